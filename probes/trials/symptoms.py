"""Whether the numbers of an arm show a symptom, and whether a treatment made it go. The one place that decides it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .training import ArmRun, OutputScore

TOLERANCE = 0.1
"""How far below the reference's skill a model may stay and count as having learnt, beside twice its standard error."""

ENOUGH_CLOSED = 0.8
"""Share of the shortfall that a treated arm must close where it does not reach the reference."""

LOST = 0.5
"""Shortfall from which a run whose numbers are finite has come to no more than one whose numbers are not."""

GAP = 0.1
"""Training skill over validation skill by more than this is overfitting."""

SWING = 0.15
"""Rises of the loss in the second half of a run, over where it began, from which the run is said to swing."""

GROWTH = 1.5
"""Loss at the end of a run over that at its beginning, from which it diverges, as the knowledge base has it."""

WITHOUT_REFERENCE = 0.7
"""Skill from which a model counts as having learnt where there is no reference."""

ONE_CLASS = 0.98
"""Share of the predictions that are one class, from which a run says nothing else."""

NEXT_TO_CHANCE = 0.05
"""Skill below which it has learnt nothing by that."""

RISEN = 0.15
"""Rise of the skill that shows a symptom gone which the reference does not measure."""

SKILL_SYMPTOMS = (
    "loss_flat",
    "loss_slow",
    "loss_plateau",
    "loss_diverges",
    "metric_stuck",
    "predicts_one_class",
    "underfit",
    "unsure",
)
NO_TRIAL = ("none",)


@dataclass(frozen=True)
class Yardstick:
    """What the data allow: the reference's skill by output, where there is one."""

    skills: Mapping[str, float]

    def shortfall(self, output: OutputScore) -> float:
        """By how much an output stays below what counts as learnt; 0 where it does not."""
        wanted = self.skills.get(output.name)
        if wanted is None:
            return max(0.0, WITHOUT_REFERENCE - output.skill)
        return max(0.0, wanted - output.skill - margin(output))


def margin(output: OutputScore) -> float:
    """Twice the standard error of the skill: binomial for balanced accuracy, 0.25 / sqrt(rows) for R2."""
    if output.measure == "r2":
        return 0.5 / math.sqrt(max(output.rows, 1))
    share = min(max(output.value, 0.02), 0.98)
    return 2 * math.sqrt(share * (1 - share) / max(output.rows, 1)) / max(1 - output.chance, 1e-6)


def shortfall(run: ArmRun, yardstick: Yardstick) -> float:
    """The largest shortfall of an output; 2, more than any, where the arm failed or is not finite."""
    if run.error is not None or not run.finite:
        return 2.0
    return max((yardstick.shortfall(one) for one in run.outputs), default=0.0)


def gap(run: ArmRun) -> float:
    """Training skill minus validation skill, of the output where it is largest."""
    return max((one.training_skill - one.skill for one in run.outputs), default=0.0)


def swing(run: ArmRun) -> float:
    """How far the loss rises again in the second half of the run, all rises together, over where it began, in [0, inf).

    A loss that grew is measured by its own level: what swings close to its end does no harm.
    """
    curve = np.asarray([one for one in run.curve if math.isfinite(one)])
    half = curve[len(curve) // 2 :]
    if len(half) < 4:
        return 0.0
    smooth = np.asarray([part.mean() for part in np.array_split(half, min(10, len(half) // 2))])
    rises = np.diff(smooth)
    level = max(float(np.abs(smooth).mean()), abs(float(curve[0])))
    return float(rises[rises > 0].sum() / level) if level > 0 else 0.0


def growth(run: ArmRun) -> float:
    """Mean loss of the last tenth of the run over that of the first; 1 where it is too short or not above zero."""
    curve = np.asarray([one for one in run.curve if math.isfinite(one)])
    part = len(curve) // 10
    if part < 1 or curve[:part].mean() <= 0:
        return 1.0
    return float(curve[-part:].mean() / curve[:part].mean())


def shows_symptom(run: ArmRun, symptom: str, yardstick: Yardstick) -> bool:
    """Whether an untreated arm shows the symptom.

    What falls short of the reference by more than the tolerance has not learnt, which is what the symptoms of skill
    mean at the horizon; the other symptoms have their own numbers.
    """
    if run.error is not None:
        return symptom in ("crashes", "unsure", *SKILL_SYMPTOMS)
    if symptom == "crashes":
        return False
    if not run.finite:
        return True
    short = shortfall(run, yardstick) > TOLERANCE
    if symptom == "loss_nan":
        # Whether numbers that are thrown about overflow or come to rest far off is the luck of the start.
        return shortfall(run, yardstick) >= LOST
    if symptom == "overfit":
        return gap(run) > GAP
    if symptom == "loss_oscillates":
        return short or swing(run) > SWING
    if symptom == "loss_diverges":
        return short or growth(run) > GROWTH
    if symptom == "validation_erratic":
        return short or gap(run) > GAP
    if symptom == "predicts_one_class":
        return short or _is_one_class(run)
    return short


def _is_one_class(run: ArmRun) -> bool:
    """Whether nearly all predictions are one class: simple models that see no interplay may do no better."""
    classed = [one for one in run.outputs if one.measure == "balanced_accuracy"]
    return any(one.majority >= ONE_CLASS and one.skill < NEXT_TO_CHANCE for one in classed)


def symptom_gone(run: ArmRun, control: ArmRun, symptom: str, yardstick: Yardstick) -> bool:
    """Whether a treated arm no longer shows what its control shows."""
    if run.error is not None or not run.finite:
        return False
    if symptom == "overfit":
        return gap(run) < 0.5 * gap(control) and best_skill(run) >= best_skill(control)
    learnt = _learnt(run, control, yardstick)
    if symptom in ("loss_nan", "crashes"):
        return learnt or shortfall(run, yardstick) < LOST
    if symptom == "loss_oscillates":
        return learnt and (_settles(run, control) or _harmless(run, control, yardstick))
    if symptom == "loss_diverges" and shortfall(control, yardstick) <= TOLERANCE:
        # Nothing but the loss told that the control goes astray, so the loss must tell that this run does not.
        return learnt and growth(run) <= 1.0
    if symptom == "predicts_one_class" and shortfall(control, yardstick) <= TOLERANCE:
        # By the reference the control had learnt what there is, so it must be seen that there is more.
        return learnt and not _is_one_class(run) and best_skill(run) >= best_skill(control) + RISEN
    return learnt


def _settles(run: ArmRun, control: ArmRun) -> bool:
    return swing(run) <= SWING or swing(run) < 0.5 * swing(control)


def _harmless(run: ArmRun, control: ArmRun, yardstick: Yardstick) -> bool:
    # Batches of few rows differ: at its floor every loss swings, more over its level the lower that is.
    return shortfall(control, yardstick) > TOLERANCE and shortfall(run, yardstick) == 0.0


def _learnt(run: ArmRun, control: ArmRun, yardstick: Yardstick) -> bool:
    short, before = shortfall(run, yardstick), min(1.0, shortfall(control, yardstick))
    return short <= TOLERANCE or short <= (1.0 - ENOUGH_CLOSED) * before


def best_skill(run: ArmRun) -> float:
    """The lowest skill of an output; -1 where there is none."""
    return min((one.skill for one in run.outputs), default=-1.0)


def worst_output(runs: Sequence[ArmRun], yardstick: Yardstick) -> str | None:
    """The name of the output that falls furthest short over these runs; None where no run was scored."""
    falls: dict[str, list[float]] = {}
    for run in runs:
        for one in run.outputs:
            falls.setdefault(one.name, []).append(yardstick.shortfall(one) - 0.01 * one.skill)
    return max(falls, key=lambda name: float(np.mean(falls[name])), default=None)
