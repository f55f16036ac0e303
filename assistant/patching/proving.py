"""Whether a patched program, opened again as a new case, no longer shows the symptom."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.events import CaseOpened, EventBeyond
from assistant.patching.scratch import QUIET, scratch_copy
from assistant.walking import CRASHES, HEALTHY, RECORDED_RUN, UNSURE
from assistant.worker import Worker, probe_finished
from knowledge_base.loading import KnowledgeBase
from knowledge_base.questions import answer_of
from probes.process.errors import ProcessError

LATE = ("overfit", "loss_plateau", "underfit", "validation_erratic", "loss_nan", "loss_slow")
"""Symptoms that a run which was cut short cannot clear."""

RISE = 0.03
"""By how much the skill must rise where another symptom has come in place of the one that is gone."""

HANGING = 20.0
"""Seconds beyond twice the time of the run after which a patched program counts as hung."""

SKILLS = ("skill_validation", "skill_training")
"""Fields of the recorded run that say how well the model does, the more telling first."""

Open = Callable[[Path, Mapping[str, str]], Awaitable[Worker]]
"""Opens the program at a path, with these variables set, in the interpreter of the session."""


@dataclass(frozen=True)
class Proof:
    """What became of a patched program."""

    proven: bool
    """Whether it no longer shows the symptom."""
    text: str
    """The same in a sentence."""
    seconds: float
    """Wall-clock seconds of set-up and run, and of what was looked at beyond it."""
    beyond: tuple[EventBeyond, ...] = ()
    """The dialogue over the patched program, where it still shows a symptom and was looked at."""


@dataclass(frozen=True)
class Seen:
    """What the recorded run of a patched program shows."""

    proven: bool
    """Whether the symptom of the original is gone, or has given way to another with which the model does better."""
    text: str
    """The same in a sentence."""
    symptom: str | None = None
    """The symptom it shows; None where its training could not be watched."""
    begun: tuple[EventBeyond, ...] = ()
    """The case as it was opened, and the recorded run."""


Look = Callable[[Worker, Seen], Awaitable[tuple[EventBeyond, ...]]]
"""Looks into what a patched program still shows; no events where that is not worth it."""


async def prove(
    program: Path,
    edited: bytes,
    open_copy: Open,
    kb: KnowledgeBase,
    symptom: str,
    before: Mapping[str, Any] | None,
    seconds: float,
    look: Look | None = None,
) -> Proof:
    """Run an edited program in a scratch copy of its folder and look at its planned training.

    Args:
        program: the original.
        edited: the content of its file after the patch.
        open_copy: opens a program.
        kb: says by which measurements a symptom shows.
        symptom: the symptom of the original.
        before: what the recorded run of the original measured; None where it failed.
        seconds: what the recorded run may take.
        look: looks into what the patched program still shows; None where nobody wants that.
    """
    started = time.monotonic()
    with scratch_copy(program, edited) as path:
        worker: Worker | None = None
        beyond: tuple[EventBeyond, ...] = ()
        try:
            async with asyncio.timeout(2 * seconds + HANGING):
                worker = await open_copy(path, QUIET)
                seen = await _examined(worker, kb, symptom, before, seconds)
            if look is not None:
                beyond = await look(worker, seen)
        except TimeoutError:
            seen = Seen(False, "The patched program took too long to be watched to its end.")
        except ProcessError as error:
            seen = Seen(False, f"The patched program could not be run to its training: {error}")
        finally:
            if worker is not None:
                await worker.close()
    return Proof(seen.proven, seen.text, time.monotonic() - started, beyond)


async def _examined(
    worker: Worker, kb: KnowledgeBase, symptom: str, before: Mapping[str, Any] | None, seconds: float
) -> Seen:
    case = await worker.case()
    if case.failure is not None:
        return Seen(False, f"The patched program fails: {case.failure.type}: {case.failure.message}")
    finished = probe_finished(RECORDED_RUN, await worker.probe(RECORDED_RUN, seconds))
    if finished.measurement is None:
        return Seen(False, f"The training of the patched program could not be watched: {finished.unknown}")
    verdict, text = judged(kb, symptom, before, finished.measurement)
    shown = shown_symptom(kb, finished.measurement)
    return Seen(verdict, text, shown, (CaseOpened(case=case), finished))


def judged(
    kb: KnowledgeBase, symptom: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> tuple[bool, str]:
    """Whether a symptom is gone, by the recorded runs of the original and of the patched program, and a sentence.

    A healthy run clears every symptom. Where another symptom shows in its place, the model must also do better.
    """
    shown = shown_symptom(kb, after)
    if shown == HEALTHY and bool(after.get("completed")):
        return True, "The patched program, opened again, trains to its planned end and learns."
    if shown is None:
        return False, "Whether the patched program still shows the symptom could not be told."
    if shown in (symptom, CRASHES) and (shown == CRASHES or after.get("completed")):
        return False, "The patched program, opened again, still shows the symptom."
    if (symptom in LATE or shown == symptom) and not after.get("completed"):
        return False, "The time was too short to watch the patched program to its planned end."
    skill, was = _skill(after), _skill(before or {})
    better = skill is not None and (was is None or skill >= was + RISE)
    if symptom not in (UNSURE, HEALTHY) and better:
        return True, "The patched program, opened again, no longer shows the symptom."
    return False, "The patched program, opened again, shows another symptom and does not do better."


def shown_symptom(kb: KnowledgeBase, measurement: Mapping[str, Any]) -> str | None:
    """The symptom that a recorded run shows; None where it cannot be told."""
    for question in kb.questions.values():
        if question.probe != RECORDED_RUN or not any(one.symptom for one in question.answers.values()):
            continue
        chosen = answer_of(question, measurement)
        if chosen.answer_id is not None:
            symptom = question.answers[chosen.answer_id].symptom
            if symptom is not None:
                return symptom
    return None


def _skill(measurement: Mapping[str, Any]) -> float | None:
    for name in SKILLS:
        value = measurement.get(name)
        if isinstance(value, (int, float)) and math.isfinite(value):
            return float(value)
    return None
