"""The last step of an investigation: whether the combined patch is worth proving, and the proof as an event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.dialogue import MOST_SECONDS_OF_TRIALS, Dialogue
from assistant.events import PatchTried
from assistant.patching.proving import Open, prove
from assistant.report.patches import patches_of
from assistant.walking import CRASHES, HEALTHY, RECORDED_RUN
from probes.process.description import CaseDescription

AT_LEAST = 10.0
"""Seconds that a proof may take even where trials have used up theirs, as long as the budget has them."""

SLACK = 1.0
"""Seconds for the start of a process."""


@dataclass(frozen=True)
class Wanted:
    """A patch to be proven.

    Attributes:
        diff: the combined patch.
        edited: content of the program's file with it.
        seconds: what the recorded run of the patched program may take.
    """

    diff: str
    edited: bytes
    seconds: float


def to_prove(dialogue: Dialogue) -> Wanted | None:
    """The combined patch where it was not tried yet, trials were run or the program fails, and the time suffices."""
    case, symptom = dialogue.case, dialogue.symptom
    if case is None or symptom is None or symptom.id == HEALTHY or not dialogue.runs_trials:
        return None
    if symptom.id != CRASHES and not any(one.outcome for one in dialogue.facts.trials):
        return None
    left = seconds_for(dialogue, case)
    if left <= 0:
        return None
    patches = patches_of(dialogue)
    if patches.combined is None or patches.edited is None or patches.combined in dialogue.facts.patched:
        return None
    return Wanted(patches.combined, patches.edited, left)


def seconds_for(dialogue: Dialogue, case: CaseDescription) -> float:
    """What is left for the recorded run of a patched program; 0 or less where its set-up alone takes too long."""
    spent = MOST_SECONDS_OF_TRIALS - dialogue.facts.seconds
    return min(dialogue.seconds_left, max(AT_LEAST, spent)) - case.seconds.get("program", 0.0) - SLACK


async def proof_of_patch(dialogue: Dialogue, wanted: Wanted, open_copy: Open) -> PatchTried:
    """Run the patched program and say what became of the symptom."""
    case, symptom = dialogue.case, dialogue.symptom
    assert case is not None
    assert symptom is not None
    before = dialogue.facts.measured.get(RECORDED_RUN)
    proof = await prove(
        Path(case.folder) / case.source,
        wanted.edited,
        open_copy,
        dialogue.kb,
        symptom.id,
        before.measurement if before else None,
        wanted.seconds,
    )
    return PatchTried(patch=wanted.diff, proven=proof.proven, text=proof.text, seconds=proof.seconds)
