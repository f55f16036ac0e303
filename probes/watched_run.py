"""The planned training, watched: step by step where that is cheap, and with the scores before and after it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .case import Budget, Case, Error
from .catalogue import Unanswerable
from .course import Course, Standing
from .dynamics.nan_origin import FINITE_THROUGHOUT
from .keeping import unchanged
from .layers import layer_notes
from .reference import Reference, references
from .run_scores import by_output
from .running import Plan, Run, run
from .scoring import SCORED_ROWS, Score, scores
from .stepping import InstrumentedStep
from .tasks import Output

CLOSELY = 64
"""So many steps are all looked into, one by one, or as many as these seconds allow but for the least."""
CLOSELY_SECONDS = 6.0
LEAST_CLOSELY = 12
LATER_EVERY = 16
"""Behind those one in so many is looked into."""
SAVED = 0.3
"""Share of the time that steps which are not looked into save, at a guess: they have to be compiled first, which costs
about as much as the first step, and is done where it pays."""


@dataclass
class Watched:
    """What is gathered while the run goes on.

    Attributes:
        weights_nonfinite: first watched step at which a weight was NaN or infinite; None where none was.
        every: one step in so many is looked into.
        planned: steps that the program plans; 0 where that is unknown.
        late_from: from this step on units are watched.
        began: when the step that the time of the others is measured from began.
        first: seconds of the first step.
        alive: per layer, for each unit whether it gave anything but zero at any late step.
        failed: what scoring raised, where it did.
    """

    weights_nonfinite: int | None = None
    every: int = 1
    planned: int = 0
    late_from: int = 0
    began: float = 0.0
    first: float = 0.0
    alive: dict[str, np.ndarray] = field(default_factory=dict)
    failed: Error | None = None


@dataclass(frozen=True)
class WatchedRun:
    """A planned training that was watched.

    Attributes:
        ran: the run itself.
        watched: what was gathered while it went on.
        start: the scores on training rows before it.
        known: simple models of the same rows.
        moved: distance of the weights from their start over their norm at the start.
    """

    ran: Run
    watched: Watched
    start: list[tuple[Output, Score]]
    known: tuple[Reference, ...]
    moved: float


def watch_run(case: Case, budget: Budget) -> WatchedRun:
    """Train as planned on the recorded data, and watch."""
    known = _references(case)
    planned = (case.fit.steps_per_epoch or 0) * case.fit.planned_epochs
    watched = Watched(planned=planned, late_from=int(0.8 * planned))
    start = scored(case, "train", watched)
    weights_before = _weights(case)
    allowed = Budget(max(1.0, budget.left))
    course = Course(allowed.seconds, planned, lambda: _standings(case, known))
    plan = Plan(
        case.train,
        epochs=case.fit.planned_epochs,
        validation=True,
        callbacks=True,
        on_step=lambda number, step: _look(watched, number, step),
        stop=course.ends,
        watch="recorded_run",
    )
    watched.began = time.perf_counter()
    ran = run(case, plan, allowed)
    moved = _distance(weights_before, _weights(case))
    case.shared["recorded_run"] = ran
    if ran.complete and watched.weights_nonfinite is None and np.isfinite(ran.losses).all():
        case.shared[FINITE_THROUGHOUT] = ran.steps
    return WatchedRun(ran, watched, start, known, moved)


def _references(case: Case) -> tuple[Reference, ...]:
    try:
        return references(case)
    except Unanswerable:
        return ()


def _standings(case: Case, known: tuple[Reference, ...]) -> list[Standing]:
    """How far each output has come in the middle of the run; nothing where that cannot be told."""
    with unchanged(case.model):
        nothing = Watched()
        training, validation = scored(case, "train", nothing), scored(case, "validation", nothing)
    if nothing.failed is not None:
        return []
    rows = by_output(training, validation, known)
    return [
        Standing(one["skill_training"], one["skill_validation"], one["skill_reference"], one["margin"]) for one in rows
    ]


def _look(watched: Watched, number: int, step: InstrumentedStep) -> None:
    if watched.weights_nonfinite is None and number % watched.every == 0:
        updates = step.raw["updates"]
        if any(float(one[2]) < 1.0 for name, one in updates.items() if name.startswith("+")):
            watched.weights_nonfinite = number
    if number == 0:
        watched.first, watched.began = time.perf_counter() - watched.began, time.perf_counter()
    spent = time.perf_counter() - watched.began
    if watched.every == 1 and (number == CLOSELY or (number >= LEAST_CLOSELY and spent > CLOSELY_SECONDS)):
        watched.every = LATER_EVERY
        left = spent / number * (watched.planned - number)
        if SAVED * left > watched.first:
            step.lighten()
    if number >= watched.late_from and number % watched.every == 0:
        for path, units in step.raw["alive"].items():
            now = np.asarray(units).astype(bool)
            known = watched.alive.get(path)
            watched.alive[path] = now if known is None or known.shape != now.shape else known | now
    step.looks = (number + 1) % watched.every == 0


def _weights(case: Case) -> list[np.ndarray]:
    return [np.asarray(one.numpy(), dtype="float64") for one in case.model.trainable_variables]


def _distance(before: list[np.ndarray], after: list[np.ndarray]) -> float:
    size = math.sqrt(sum(float((one**2).sum()) for one in before))
    moved = math.sqrt(sum(float(((one - two) ** 2).sum()) for one, two in zip(before, after, strict=True)))
    return moved / size if size else (0.0 if moved == 0 else math.inf)


def scored(case: Case, part: str, watched: Watched) -> list[tuple[Output, Score]]:
    """The scores on training or validation rows; none where there are no targets, or where the model fails on them."""
    held = case.train if part == "train" else case.validation
    if held is None or held.y is None:
        return []
    try:
        return scores(case, held.sample(SCORED_ROWS))
    except Unanswerable:
        raise
    except Exception as problem:  # noqa: BLE001 - a model that fails on some rows fails in training or validation as well
        watched.failed = watched.failed or Error.of(problem, "training")
        return []


def dead_units(case: Case, watched: Watched) -> dict[str, Any]:
    """The rectifying layer of which most units gave zero at every watched late step, with their share."""
    shares = [
        (float(1 - watched.alive[note.path].mean()), note.path)
        for note in layer_notes(case)
        if note.shape == "rectifying" and note.path in watched.alive
    ]
    worst = max(shares, default=(0.0, None))
    return {"dead_share": worst[0], "dead_layer": worst[1] if worst[0] > 0 else None}
