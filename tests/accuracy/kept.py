"""Results kept beside the programs, so that a run can go on where it stopped and be read without training again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .generate import LabelledProgram, write
from .outcome import Outcome
from .validate import digest

RESULT = "result.json"


@dataclass(frozen=True)
class Kept:
    """A program with what its check left behind."""

    program: LabelledProgram
    outcome: Outcome


def keep(program: LabelledProgram, folder: Path, outcome: Outcome) -> None:
    """Write the result, and the report alone for readers, into the program's own folder."""
    place = write(program, folder)
    (place / "report.json").write_text(json.dumps(outcome.report, indent=1))
    (place / RESULT).write_text(json.dumps({"source": digest(program.mutant.source), **asdict(outcome)}))


def kept(program: LabelledProgram, folder: Path) -> Outcome | None:
    """The result of an earlier run on this very source, if there is one."""
    file = folder / program.mutant.id / RESULT
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text())
    if found.pop("source") != digest(program.mutant.source):
        return None
    return Outcome(**found | {"events": tuple(found["events"])})


def all_kept(programs: Iterable[LabelledProgram], folder: Path) -> list[Kept]:
    """Every program of these that has a result."""
    found = ((program, kept(program, folder)) for program in programs)
    return [Kept(program, outcome) for program, outcome in found if outcome is not None]
