"""The last step of an investigation: whether the combined patch is worth proving, and the proof as an event."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.dialogue import MOST_SECONDS_OF_TRIALS, Dialogue
from assistant.events import EventBeyond, PatchTried
from assistant.patching.looking import look
from assistant.patching.proving import Open, Seen, prove
from assistant.patching.worth_looking import worth_looking
from assistant.report.patches import patches_of
from assistant.trying import treatments_of_set
from assistant.walking import CRASHES, HEALTHY, RECORDED_RUN
from assistant.worker import Worker
from probes.process.description import CaseDescription

MARGIN = 2.5
"""How much longer than expected the recorded run of a patched program may take."""

SLACK = 1.0
"""Seconds for the start of a process."""


Say = Callable[[str], Awaitable[None]]
"""Tells a stage."""

SHORTEST_LOOK = 8.0
"""With fewer seconds left a patched program that still shows a symptom is not looked at any further."""


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
    if symptom.id != CRASHES and not any(one.outcome or one.proven for one in dialogue.facts.trials):
        return None
    seconds = seconds_for(dialogue, case)
    if seconds is None:
        return None
    patches = patches_of(dialogue)
    if patches.combined is None or patches.edited is None or patches.combined in dialogue.facts.patched:
        return None
    return Wanted(patches.combined, patches.edited, seconds)


def seconds_for(dialogue: Dialogue, case: CaseDescription) -> float | None:
    """What the recorded run of the patched program may take; None where what is left is less than it needs.

    The budget is the limit; within it a proof may take what it needs even where trials have used up their time.
    """
    recorded = dialogue.facts.measured.get(RECORDED_RUN)
    expected = (recorded.seconds if recorded else 0.0) * _longer(dialogue)
    whole = expected * (_cut(recorded.measurement or {}) if recorded else 1.0)
    set_up = case.seconds.get("program", 0.0) + SLACK
    wanted = max(MOST_SECONDS_OF_TRIALS - dialogue.facts.seconds, MARGIN * whole + set_up)
    seconds = min(dialogue.seconds_left, wanted) - set_up
    return seconds if seconds > 0 and seconds >= expected else None


def _cut(measured: Mapping[str, Any]) -> float:
    """By what factor the planned training is longer than the run that was recorded."""
    planned, taken = measured.get("planned_steps"), measured.get("steps")
    return max(1.0, float(planned) / float(taken)) if planned and taken else 1.0


def _longer(dialogue: Dialogue) -> float:
    """By what factor the remedies make the planned training longer: more epochs, or smaller batches."""
    factor = 1.0
    for treatment, parameters in treatments_of_set(dialogue.facts.trials):
        pair = {
            "more_epochs": ("epochs", "epochs_before"),
            "set_batch_size": ("batch_size_before", "batch_size"),
            "split_full_batch": ("batch_size_before", "batch_size"),
        }.get(treatment)
        if pair is not None:
            more, fewer = (parameters.get(name) for name in pair)
            factor *= float(more) / float(fewer) if more and fewer else 1.0
    return max(1.0, factor)


async def proof_of_patch(dialogue: Dialogue, wanted: Wanted, open_copy: Open, say: Say) -> PatchTried:
    """Run the patched program and say what became of the symptom, and what shows now that the first fault is mended.

    Args:
        dialogue: the dialogue over the program as it stands.
        wanted: its patch.
        open_copy: opens the patched program.
        say: told what is being done.
    """
    case, symptom = dialogue.case, dialogue.symptom
    assert case is not None
    assert symptom is not None
    before = dialogue.facts.measured.get(RECORDED_RUN)
    started = time.monotonic()

    async def look_on(worker: Worker, seen: Seen) -> tuple[EventBeyond, ...]:
        left = dialogue.seconds_left - (time.monotonic() - started)
        if left <= SHORTEST_LOOK or not worth_looking(dialogue, seen.symptom, better=seen.proven):
            return ()
        await say("looking for what the mended fault had hidden, in the patched program")
        return await look(worker, dialogue.kb, dialogue.catalogue, seen.begun, left)

    proof = await prove(
        Path(case.folder) / case.source,
        wanted.edited,
        open_copy,
        dialogue.kb,
        symptom.id,
        before.measurement if before else None,
        wanted.seconds,
        look_on,
    )
    return PatchTried(
        patch=wanted.diff, proven=proof.proven, text=proof.text, seconds=proof.seconds, beyond=proof.beyond
    )
