"""A trial whose treated arm is the edited program: opened again, in a scratch copy of its folder, beside the original.

For what can neither be carried out on the live model nor on a clone of it. The copy trains from the starts of the same
pairs; its numbers go back to the original's worker, which has the controls and the rule.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.patching.applying import read_program
from assistant.patching.model import Treatment
from assistant.patching.patch import patch
from assistant.patching.proving import HANGING, Open
from assistant.patching.scratch import QUIET, scratch_copy
from assistant.trying import Attempt
from assistant.worker import Worker
from probes.measurement import from_wire
from probes.process.description import CaseDescription
from probes.process.errors import ProcessError

SLACK = 1.0
"""Seconds for the start of a process."""

PAIRS = 4
"""As many as prove something."""

COMPILING = 2.0
"""A training that is compiled anew takes up to so many times what one of the controls took."""

Say = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class EditedTrial:
    """What became of a trial by the edited program.

    Attributes:
        answer: as of any trial; that of the refusal, with the reason, where it was not run.
        runs: how often the edited program was run.
    """

    answer: Mapping[str, Any]
    runs: int = 0


@dataclass(frozen=True)
class Original:
    """The program as it is, and what a trial of it needs.

    Attributes:
        case: of the program.
        worker: holds it.
        symptom: that is to go.
    """

    case: CaseDescription
    worker: Worker
    symptom: str


async def try_as_source(
    original: Original, attempt: Attempt, refusal: Mapping[str, Any], open_copy: Open, seconds: float, say: Say
) -> EditedTrial:
    """Write a remedy into a program, run that in a scratch copy of its folder, and judge it beside the original.

    Args:
        original: the program.
        attempt: what is to be tried.
        refusal: the answer of the worker to which the treatment is not applicable.
        open_copy: opens a program.
        seconds: for set-up and trainings; where they do not suffice nothing is run.
        say: told before the program is run again.
    """
    began = time.monotonic()
    # What the worker would have tried first stands in its refusal.
    attempt = replace(attempt, parameters={**attempt.parameters, **refusal["parameters"]})
    edited = edited_program(original.case, attempt)
    if edited is None:
        return _refused(refusal, "it cannot be written into the program by itself either")
    set_up = original.case.seconds.get("program", 0.0) + SLACK
    if set_up + COMPILING * float(refusal["arm_seconds"]) > seconds:
        return _refused(refusal, f"running the edited program takes {set_up:.0f} s of set-up, more than time allows")
    await say("running the program with the remedy in a scratch copy of its folder, to try what only its source can do")
    program = Path(original.case.folder) / original.case.source
    with scratch_copy(program, edited) as path:
        copy: Worker | None = None
        try:
            async with asyncio.timeout(2 * seconds + HANGING):
                copy = await open_copy(path, QUIET)
                answer = await _judged(original, copy, attempt, refusal, seconds - (time.monotonic() - began))
        except (ProcessError, TimeoutError) as error:
            return _refused(refusal, f"the edited program could not be run: {error or 'it took too long'}", 1)
        finally:
            if copy is not None:
                await copy.close()
    return EditedTrial({**answer, "seconds": time.monotonic() - began + float(refusal["seconds"])}, 1)


def edited_program(case: CaseDescription, attempt: Attempt) -> bytes | None:
    """The content of the program's file with the treatments of an attempt; None where one cannot be written."""
    try:
        read = read_program(Path(case.folder) / case.source)
    except UsageError:
        return None
    wanted = [Treatment(one, attempt.parameters) for one in (*attempt.given, attempt.treatment)]
    patched = patch(read.text, case.source, wanted, case)
    if {one.id for one in patched.edited} != {one.id for one in wanted}:
        return None
    try:
        return patched.edited_source.encode(read.encoding)
    except UnicodeEncodeError:
        return None


async def _judged(
    original: Original, copy: Worker, attempt: Attempt, refusal: Mapping[str, Any], seconds: float
) -> Mapping[str, Any]:
    """The answer of the original's worker to the arms of the copy; the first pair decides whether others follow."""
    case = await copy.case()
    if case.failure is not None:
        return _refused(refusal, f"the edited program fails: {case.failure.type}: {case.failure.message}").answer
    deadline = time.monotonic() + seconds
    arms: list[Any] = []
    answer: Mapping[str, Any] = refusal
    for pairs in ([0], list(range(1, PAIRS))):
        left = max(1.0, deadline - time.monotonic())
        planned = refusal["horizon"] == "planned_end"
        wanted = {"pairs": pairs, "epochs": refusal["epochs"], "planned": planned, "seconds": left}
        trained = await copy.request("arms", wanted, 4 * left + HANGING)
        arms += trained["arms"]
        name, arguments = attempt.request(original.symptom, left)
        wanted = {**arguments, "arms": arms}
        answer = from_wire(await original.worker.request(name, wanted, 4 * left + HANGING))
        if answer["treated"] and answer["treated"][0] <= answer["control"][0]:
            break
    return {**answer, "parameters": dict(attempt.parameters)}


def _refused(refusal: Mapping[str, Any], why: str, runs: int = 0) -> EditedTrial:
    return EditedTrial({**refusal, "reason": f"{refusal['reason']}; {why}"}, runs)
