"""The scores of a watched run as figures, beside those of simple models."""

from __future__ import annotations

import math
from typing import Any

from .reference import Reference
from .running import Run
from .scoring import Score
from .tasks import Output


def worst_output(
    training: list[tuple[Output, Score]], validation: list[tuple[Output, Score]], known: tuple[Reference, ...]
) -> dict[str, Any]:
    """The numbers of the output that falls furthest short of its reference (of chance, where there is none)."""
    chosen: dict[str, Any] | None = None
    for row in by_output(training, validation, known):
        if chosen is None or _badness(row) > _badness(chosen):
            chosen = row
    names = [
        "score",
        "skill_training",
        "skill_validation",
        "score_training",
        "score_validation",
        "skill_reference",
        "reference_model",
        "shortfall",
        "margin",
        "reference_lead",
        "ahead",
        "gap",
        "wrong",
        "evenness",
        "majority_share",
        "prediction_spread",
    ]
    return chosen or {**dict.fromkeys(names), "gap": 0.0}


def by_output(
    training: list[tuple[Output, Score]], validation: list[tuple[Output, Score]], known: tuple[Reference, ...]
) -> list[dict[str, Any]]:
    """Of each output the figures of its scores, by the names that they have in the measurement."""
    by_name = {one.output.name: one for one in known}
    held = {output.name: score for output, score in validation}
    return [_row(score, held.get(output.name), by_name.get(output.name)) for output, score in training]


def by_loss_alone(worst: dict[str, Any], losses: dict[str, float | None], ran: Run) -> dict[str, Any]:
    """Where no output has a task, the share of the first loss that went away stands for the skill.

    Of several losses that a step logs none need fall: of two nets that play against each other one gains what the
    other loses.
    """
    fall = losses["fall"]
    if worst["score"] is not None or fall is None or not math.isfinite(fall) or ran.loss_from == "parts":
        return worst
    skill = max(-1.0, fall)
    return {**worst, "score": "loss", "skill_training": skill, "skill_validation": skill}


def _badness(row: dict[str, Any]) -> float:
    shortfall, skill = row["shortfall"], row["skill_validation"]
    assert isinstance(skill, float)
    return float(shortfall) if isinstance(shortfall, float) and shortfall > 0.05 else 0.05 - 0.01 * skill


def _row(score: Score, held: Score | None, reference: Reference | None) -> dict[str, Any]:
    final = held or score
    margin = _standard_error(final) * 2
    return {
        "score": score.measure,
        "skill_training": score.skill,
        "skill_validation": final.skill,
        "score_training": score.value,
        "score_validation": final.value,
        "skill_reference": reference.expected.skill if reference else None,
        "reference_model": reference.model if reference else None,
        "shortfall": max(0.0, reference.expected.skill - max(final.skill, 0.0) - margin) if reference else None,
        "margin": margin,
        "ahead": final.skill - reference.expected.skill - margin if reference else None,
        "reference_lead": reference.score.skill - reference.training.skill if reference and held else None,
        "gap": score.skill - held.skill if held else 0.0,
        "wrong": final.wrong if math.isfinite(final.wrong) else None,
        "evenness": final.evenness,
        "majority_share": score.majority,
        "prediction_spread": score.spread if math.isfinite(score.spread) else None,
    }


def _standard_error(score: Score) -> float:
    """Of the skill, from that of the score."""
    return score.error / max(1 - score.chance, 1e-6)
