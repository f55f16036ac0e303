"""Whether the plan comes further from other random starts than from the program's own."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..keeping import unchanged
from ..running import Plan, paced, run
from ..scoring import scores
from ..trials.starting import Starts

STARTS = 5
ENOUGH = 3
STEPS = 1000
SECONDS = 9.0
"""What the steps of all starts may take together, without what each run costs before its first step."""
LONGEST = 27.0
"""What everything may take together; a start that would not end within it is not begun."""
_ROWS = 400
_BETTER = 0.15
FAR = 0.25


@dataclass(frozen=True)
class Start:
    """A run from one start."""

    loss: float
    """Mean loss of the last eighth of the steps, without the penalty; infinite where it was not finite."""
    skill: float | None
    """Share of the way from chance to perfect on training rows, in [-1, 1]; null without a task."""


@dataclass(frozen=True)
class StartSpread:
    """Runs of the first part of the plan from several starts; where weights were set, not drawn, there is none."""

    starts: tuple[Start, ...]
    """The program's own start, then others; three where none of those is far ahead of it, else up to five."""
    steps: int
    """Steps of each run."""
    horizon_share: float
    """Steps of each run over the planned steps, in (0, 1]."""
    own_loss: float
    """Final loss from the program's own start."""
    other_loss: float
    """Median final loss from the others."""
    own_to_other: float
    """The one over the other."""
    own_skill: float | None
    """Skill from the program's own start."""
    other_skill: float | None
    """Median skill from the others."""
    behind: float
    """By how much the own skill stays behind that of all others (of all but one where there are four); without a task,
    the share of the own final loss that they save."""
    between: float
    """Largest minus smallest skill (or, without a task, share of the largest loss) over all starts."""
    ahead_share: float = 0.0
    """Share of the other starts whose skill is above the own by more than 0.25 (without a task: whose final loss is
    below three quarters of it), in [0, 1]; 0 where fewer than four starts were run."""
    best_skill: float = 0.0
    """Largest skill from another start (without a task, the share of the own final loss that the best one saves)."""


@probe("start_spread", title="The plan from other random starts", cost="training", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> StartSpread:
    """Run the plan from the own start and from two to four others."""
    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled")
    starts = Starts(case.model)
    if not starts.varies:
        raise Unanswerable("the model was trained or its weights were set before, so no start can be drawn")
    whole = (case.fit.steps_per_epoch or STEPS) * max(1, case.fit.planned_epochs)
    steps = min(whole, STEPS)
    found: list[Start] = []
    allowed, slowest = Budget(min(LONGEST, budget.left)), 0.0
    for pair in range(STARTS):
        began = time.perf_counter()
        taken, start = _from(case, starts, pair, steps, allowed)
        slowest = max(slowest, time.perf_counter() - began)
        if pair == 0:
            steps = taken
        if taken == steps or not math.isfinite(start.loss):
            found.append(start)
        if allowed.left < slowest or (len(found) >= ENOUGH and not _any_ahead(found)):
            break
    if len(found) < ENOUGH:
        raise Unanswerable("the budget did not allow three starts")
    return _summary(found, steps, whole)


def _from(case: Case, starts: Starts, pair: int, steps: int, left: Budget) -> tuple[int, Start]:
    with unchanged(case.model, case.fit.callbacks):
        starts.begin(case.model, pair)
        # The own start says how many steps there are; the others take as many, also where the machine is busier now.
        seconds = SECONDS / STARTS if pair == 0 else SECONDS
        plan = Plan(case.train, epochs=max(1, case.fit.planned_epochs), stop=paced(steps, seconds))
        ran = run(case, plan, left)
        if ran.error is not None and not ran.losses:
            raise Unanswerable(f"training fails: {ran.error.type}")
        skills = [score.skill for _, score in scores(case, case.train.sample(_ROWS))]
    data = np.asarray(ran.losses) - np.asarray(ran.penalties)
    loss = float(np.mean(data[-max(1, len(data) // 8) :]))
    return ran.steps, Start(loss if math.isfinite(loss) else math.inf, min(skills) if skills else None)


def _any_ahead(found: list[Start]) -> bool:
    own = found[0]
    return any(_behind([own, one]) >= _BETTER for one in found[1:])


def _behind(found: list[Start]) -> float:
    # One other start may be stuck as well, where there are four; else all must do better.
    own, others = found[0], found[1:]
    spared = 1 if len(others) >= STARTS - 1 else 0
    if own.skill is not None:
        return sorted(one.skill or 0.0 for one in others)[spared] - own.skill
    other = sorted((one.loss for one in others), reverse=True)[spared]
    return 1 - other / own.loss if 0 < own.loss < math.inf and math.isfinite(other) else 0.0


def _saved(own: Start, others: list[Start]) -> float:
    best = min(one.loss for one in others)
    return max(0.0, 1 - best / own.loss) if 0 < own.loss < math.inf else 0.0


def _summary(found: list[Start], steps: int, whole: int) -> StartSpread:
    own, others = found[0], found[1:]
    other_loss = float(np.median([one.loss for one in others]))
    skills = [one.skill for one in found if one.skill is not None]
    losses = [one.loss for one in found if math.isfinite(one.loss)]
    if skills:
        between = max(skills) - min(skills)
    else:
        between = (max(losses) - min(losses)) / max(losses) if losses and max(losses) > 0 else 0.0
    return StartSpread(
        starts=tuple(found),
        steps=steps,
        horizon_share=min(1.0, steps / max(1, whole)),
        own_loss=own.loss,
        other_loss=other_loss,
        own_to_other=own.loss / other_loss if other_loss > 0 and math.isfinite(own.loss) else 1.0,
        own_skill=own.skill,
        other_skill=float(np.median([one.skill for one in others if one.skill is not None])) if skills else None,
        behind=_behind(found),
        between=between,
        best_skill=max((one.skill for one in others if one.skill is not None), default=_saved(own, others)),
        ahead_share=sum(_behind([own, one]) > FAR for one in others) / len(others) if len(found) > ENOUGH else 0.0,
    )
