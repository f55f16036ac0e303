"""The evidence for tuned settings, and their patch: from starts that the search has not seen, and in the program."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.patching.applying import read_program
from assistant.patching.model import Treatment
from assistant.patching.patch import patch
from assistant.patching.proving import Open
from assistant.patching.scratch import QUIET, scratch_copy
from assistant.tuning.outcome import LEAST_GAIN
from assistant.tuning.search import Search, Untouched
from assistant.tuning.space import treatments_of
from assistant.worker import HANGING, Worker
from probes.measurement import from_wire
from probes.process.description import CaseDescription
from probes.process.errors import ProcessError

PAIRS = 4
"""With four, every tuned score above every untouched one comes by chance once in 70 times."""

FIRST_PAIR = 1
"""The search works on pair 0; evidence begins behind it."""


@dataclass(frozen=True)
class Scores:
    """Scores by pair, of the program as it is and with other settings."""

    untouched: tuple[float, ...]
    tuned: tuple[float, ...]


async def gather(search: Search, settings: Mapping[str, Any], until: float) -> Scores:
    """Train both from fresh starts, as far as time allows; on the monotonic clock."""
    untouched: list[float] = []
    tuned: list[float] = []
    longest = 0.0
    for pair in range(FIRST_PAIR, FIRST_PAIR + PAIRS):
        began = time.monotonic()
        if began + longest > until:
            break
        untouched.append(await search.score({}, pair))
        tuned.append(await search.score(settings, pair))
        longest = max(longest, time.monotonic() - began)
    return Scores(tuple(untouched), tuple(tuned))


@dataclass(frozen=True)
class Written:
    """Settings as an edit of the program.

    Attributes:
        diff: the patch; None where nothing could be written.
        edited: content of the program's file with it.
        instructions: what has to be changed by hand.
    """

    diff: str | None
    edited: bytes
    instructions: tuple[str, ...]


def written(case: CaseDescription, settings: Mapping[str, Any]) -> Written:
    """Write settings into the program."""
    try:
        read = read_program(Path(case.folder) / case.source)
    except UsageError as problem:
        return Written(None, b"", (str(problem),))
    wanted = [Treatment(id, parameters) for id, parameters in treatments_of(settings)]
    patched = patch(read.text, case.source, wanted, case)
    try:
        return Written(patched.diff, patched.edited_source.encode(read.encoding), patched.instructions)
    except UnicodeEncodeError:
        return Written(None, b"", (f"Save {case.source} as UTF-8 to have it patched.",))


async def does_as_well(
    program: Path, edit: Written, open_copy: Open, untouched: Untouched, scores: Scores, seconds: float
) -> bool:
    """Whether the patched program, run in a scratch copy of its folder, beats what the program as it is did.

    It trains from the start of the first pair of the evidence.
    """
    wanted = {"settings": {}, "pair": FIRST_PAIR, "epochs": untouched.epochs, "planned": untouched.planned}
    with scratch_copy(program, edit.edited) as path:
        copy: Worker | None = None
        try:
            async with asyncio.timeout(2 * seconds + HANGING):
                copy = await open_copy(path, QUIET)
                if (await copy.case()).failure is not None:
                    return False
                answer = from_wire(await copy.request("tuning", {**wanted, "seconds": seconds}, 4 * seconds))
        except (ProcessError, TimeoutError):
            return False
        finally:
            if copy is not None:
                await copy.close()
    return bool(answer["applicable"]) and float(answer["score"]) >= scores.untouched[0] + LEAST_GAIN
