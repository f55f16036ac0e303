"""The losses of a watched run as figures: where they begin and end, how far they fall, and whether they settle."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .case import Case
from .curves import Curve, oscillation, share_of_fall_late, thinned, trend
from .running import Run
from .scoring import SCORED_ROWS
from .tasks import constant_loss, outputs, target_of


def epoch_means(data: np.ndarray, ran: Run) -> list[float]:
    """Mean loss of each epoch; of equal parts of the run where fewer than four epochs were finished."""
    edges = [0, *ran.epoch_steps]
    if len(edges) > 4 and edges[-1] >= len(data) - 1:
        return [float(np.mean(data[a:b])) for a, b in itertools.pairwise(edges) if b > a]
    parts = np.array_split(data, min(24, max(1, len(data) // 4))) if len(data) else []
    return [float(np.mean(one)) for one in parts if len(one)]


def loss_figures(
    data: np.ndarray, penalty: np.ndarray, total: np.ndarray, by_epoch: list[float], case: Case
) -> dict[str, Any]:
    """The figures of the training loss, by the names that they have in the measurement.

    Args:
        data: of each step, without the penalty on weights.
        penalty: that penalty.
        total: both together.
        by_epoch: means of ``data``, as :func:`epoch_means` gives them.
        case: whose targets tell the loss of the best constant prediction.
    """
    if not len(data):
        names = [
            "first_loss",
            "final_loss",
            "best_loss",
            "peak_loss",
            "fall",
            "rise",
            "growth",
            "penalty_share",
            "final_penalty_share",
        ]
        rest = ["oscillation", "epoch_oscillation", "late_fall", "late_trend", "late_drop"]
        return {
            **dict.fromkeys(names + rest, math.nan),
            "constant_loss": _constant(case),
            "loss_to_constant": None,
        }
    head = max(1, min(5, len(data) // 20))
    first = float(np.median(data[:head]))
    final, best = by_epoch[-1], float(np.nanmin(by_epoch)) if np.isfinite(by_epoch).any() else math.nan
    constant = _constant(case)
    scale = abs(first) or 1.0
    return {
        "first_loss": first,
        "final_loss": final,
        "best_loss": best,
        "peak_loss": float(np.nanmax(by_epoch)) if np.isfinite(by_epoch).any() else math.nan,
        "constant_loss": constant,
        "loss_to_constant": final / constant if constant else None,
        "fall": (first - best) / scale,
        "rise": final / best if best > 0 else 1.0,
        "growth": final / first if first > 0 else math.nan,
        "penalty_share": _share(penalty[:head], total[:head]),
        "final_penalty_share": _share(penalty[-head:], total[-head:]),
        "oscillation": oscillation(data),
        "epoch_oscillation": _rises(by_epoch),
        "late_fall": share_of_fall_late(by_epoch),
        "late_trend": trend(by_epoch),
        "late_drop": max(0.0, -trend(by_epoch)),
    }


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    total = float(np.sum(np.abs(whole)))
    return float(np.clip(np.sum(part) / total, 0.0, 1.0)) if total > 0 and math.isfinite(total) else 0.0


def _rises(by_epoch: list[float]) -> float:
    half = np.asarray(by_epoch[len(by_epoch) // 2 :])
    if len(half) < 3:
        return 0.0
    return float(np.mean(half[1:] > half[:-1] * 1.05))


def _constant(case: Case) -> float | None:
    sample = case.train.sample(SCORED_ROWS)
    if sample.y is None or len(outputs(case)) != 1 or case.fit.class_weight is not None or sample.weights is not None:
        return None
    found = constant_loss(outputs(case)[0], target_of(outputs(case)[0], sample))
    return None if math.isnan(found) else found


def first_nonfinite(total: np.ndarray) -> int | None:
    """The first step whose loss is NaN or infinite."""
    where = np.flatnonzero(~np.isfinite(total))
    return int(where[0]) if len(where) else None


def validation_figures(ran: Run, by_epoch: list[float]) -> dict[str, Any]:
    """The figures of the validation loss, by the names that they have in the measurement."""
    losses = [one["val_loss"] for one in ran.epochs if "val_loss" in one]
    names = ("first_loss", "final_loss", "best_loss", "rise", "to_training", "jump")
    if not losses:
        return {**{f"validation_{name}": None for name in names}, "validation_late_trend": trend(by_epoch)}
    finite = [one for one in losses if math.isfinite(one)]
    best = min(finite) if finite else math.nan
    late = np.asarray(losses[len(losses) // 2 :])
    jump = float(np.max(np.abs(np.diff(late))) / max(abs(float(np.median(late))), 1e-12)) if len(late) > 1 else 0.0
    logged = ran.epochs[-1].get("loss", math.nan)
    return {
        "validation_first_loss": losses[0],
        "validation_final_loss": losses[-1],
        "validation_best_loss": best,
        "validation_rise": losses[-1] / best if best > 0 else 1.0,
        "validation_to_training": losses[-1] / logged if logged > 0 else None,
        "validation_jump": jump,
        "validation_late_trend": trend(losses),
    }


def lost_in_validation(losses: dict[str, float | None], validation: float | None) -> float | None:
    """Of the fall of the training loss the share by which the validation loss lies above it at the end."""
    first, final = losses["first_loss"], losses["final_loss"]
    if validation is None or first is None or final is None or not first > final:
        return None
    return (validation - final) / (first - final)


def logged_curves(ran: Run) -> tuple[Curve, ...]:
    """Every logged number by epoch, of at most 60 epochs."""
    names = list(dict.fromkeys(name for one in ran.epochs for name in one))
    return tuple(Curve(name, tuple(thinned([one.get(name, math.nan) for one in ran.epochs], 60))) for name in names)
