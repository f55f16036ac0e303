"""The settings of `fit` against the data: batches, epochs, callbacks and what they watch, weights of classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Budget, Case
from ..catalogue import probe
from ..loss_weights import loss_weights
from ..row_weights import row_weights, sample_weights
from ..structures import first_leaf
from ..tasks import class_ids, outputs, target_of


@dataclass(frozen=True)
class FitArguments:
    """How `fit` is called."""

    epochs: int
    """Epochs planned."""
    batch_size: int
    """Samples of one batch."""
    rows: int
    """Samples of one epoch, as far as known."""
    steps_per_epoch: int
    """Batches of one epoch; 0 where unknown."""
    planned_steps: int
    """Steps of the whole plan; 0 where unknown."""
    batch_share: float
    """Batch size over rows, in (0, 1]."""
    whole_epoch: bool
    """Whether one epoch goes through all rows; false where `steps_per_epoch` cuts it short."""
    epoch_share: float
    """Share of the rows that one epoch goes through, in (0, 1]."""
    shuffle: bool
    """Whether `fit` shuffles (arrays only)."""
    has_validation: bool
    """Whether there are validation data."""
    validation_rows: int
    """Rows of validation data known of."""
    watches_missing: str | None
    """What a callback watches although nothing logs it; null where all is logged."""
    watching_callback: str | None
    """Class of that callback."""
    patience: int | None
    """Smallest patience of an early-stopping or plateau callback; null where there is none."""
    stops_on_training: bool
    """Whether early stopping watches a training figure although there are validation data."""
    wrong_direction: bool
    """Whether a callback is told to maximise a loss, or to minimise an accuracy."""
    reduce_factor: float | None
    """Factor of a plateau callback."""
    stopping: bool
    """Whether an early-stopping callback is there."""
    class_weighted: bool
    """Whether `class_weight` or sample weights are given."""
    class_weight_ratio: float
    """Largest over smallest class weight, 1 or more; 1 without."""
    class_weight_missing: int
    """Classes of the targets that the weights leave out."""
    class_weight_zero: int
    """Classes all of whose rows have weight zero."""
    class_weight_spread: float
    """Largest over smallest total weight of a class (rows times weight), 1 or more; of the counts without weights."""
    class_weight_wrong_way: bool
    """Whether weights enlarge the frequent classes."""
    weight_mean: float
    """Mean weight of a row, whatever its sign; 1 without weights."""
    zero_weights: float
    """Share of rows whose weight is zero, in [0, 1]."""
    loss_weights: tuple[float, ...]
    """`compile`'s loss weights."""
    loss_weight_ratio: float
    """Largest over smallest of them that are above zero, 1 or more."""
    stops_in_wrong_direction: bool = False
    """Whether early stopping waits for a loss to rise, or for an accuracy to fall."""
    loss_weights_idle: int = 0
    """Outputs whose loss weighs nothing, or less than nothing."""


@probe("fit_settings", title="The settings of `fit` against the data", cost="instant", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> FitArguments:
    """Read the arguments and the callbacks."""
    fit, held = case.fit, case.train
    inside = _samples_inside(case)
    rows = (held.total_rows or held.rows) * inside
    steps = fit.steps_per_epoch or 0
    batch_size = fit.batch_size * inside
    seen = min(rows, steps * batch_size) if steps else rows
    watch = _watches(case)
    weights = _weights(case)
    losses = loss_weights(case.model)
    return FitArguments(
        epochs=fit.planned_epochs,
        batch_size=batch_size,
        rows=rows,
        steps_per_epoch=steps,
        planned_steps=steps * fit.planned_epochs,
        batch_share=min(1.0, batch_size / max(1, rows)),
        whole_epoch=bool(held.batches) or seen >= rows,
        epoch_share=1.0 if held.batches else seen / max(1, rows),
        shuffle=fit.shuffle,
        has_validation=case.validation is not None,
        validation_rows=case.validation.rows if case.validation else 0,
        loss_weights=losses,
        loss_weight_ratio=_ratio([abs(one) for one in losses]),
        loss_weights_idle=sum(one <= 0 for one in losses),
        **watch,
        **weights,
    )


def _samples_inside(case: Case) -> int:
    """How many samples of the model stand in each row of the data, as where a step of the program's own takes pairs."""
    given = np.shape(first_leaf(case.train.x))
    try:
        wanted = tuple(case.model.inputs[0].shape)[1:]
    except (AttributeError, TypeError, ValueError, IndexError):
        return 1
    extra = len(given) - 1 - len(wanted)
    return math.prod(given[1 : 1 + extra]) if extra > 0 and wanted and given[1 + extra :] == wanted else 1


def _ratio(values: list[float]) -> float:
    known = [one for one in values if one > 0]
    return max(known) / min(known) if known else 1.0


def _watches(case: Case) -> dict[str, Any]:
    logged = _logged(case)
    found: dict[str, Any] = {
        "watches_missing": None,
        "watching_callback": None,
        "patience": None,
        "stops_on_training": False,
        "wrong_direction": False,
        "stops_in_wrong_direction": False,
        "reduce_factor": None,
        "stopping": False,
    }
    for one in case.fit.callbacks:
        kind, monitor = type(one).__name__, getattr(one, "monitor", None)
        if kind not in ("EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint") or monitor is None:
            continue
        if monitor not in logged and logged:
            found["watches_missing"], found["watching_callback"] = str(monitor), kind
        if kind != "ModelCheckpoint":
            patience = int(getattr(one, "patience", 0) or 0)
            found["patience"] = patience if found["patience"] is None else min(patience, found["patience"])
            mode = getattr(one, "mode", "auto")
            wrong = (mode == "max" and "loss" in monitor) or (mode == "min" and "acc" in monitor)
            found["wrong_direction"] |= wrong
            found["stops_in_wrong_direction"] |= wrong and kind == "EarlyStopping"
        if kind == "EarlyStopping":
            found["stopping"] = True
            found["stops_on_training"] |= case.validation is not None and not monitor.startswith("val_")
        if kind == "ReduceLROnPlateau":
            found["reduce_factor"] = float(one.factor)
    return found


def _logged(case: Case) -> set[str]:
    names: set[str] = set()
    for metric in getattr(case.model, "metrics", []):
        nested = getattr(metric, "metrics", None)
        names.update(one.name for one in nested) if nested else names.add(metric.name)
    names.update({"loss", "learning_rate", "lr"})
    compiled = getattr(case.model, "_compile_metrics", None)
    for one in getattr(compiled, "metrics", None) or []:
        names.add(one.name)
    # Names of metrics given as strings are those that Keras logs.
    if case.validation is not None:
        names |= {f"val_{one}" for one in names}
    return names


def _weights(case: Case) -> dict[str, Any]:
    nothing = {
        "class_weighted": False,
        "class_weight_ratio": 1.0,
        "class_weight_missing": 0,
        "class_weight_zero": 0,
        "class_weight_spread": 1.0,
        "class_weight_wrong_way": False,
        "weight_mean": 1.0,
        "zero_weights": 0.0,
    }
    sample = case.train.sample(20_000)
    output = next((one for one in outputs(case) if one.kind in ("binary", "multiclass")), None)
    given = case.fit.class_weight
    weights = sample_weights(sample)
    if output is None or sample.y is None:
        # What a step of the program's own holds in place of targets and weights need not be weights.
        if weights is not None and weights.size and outputs(case):
            # Of weights a step a mask leaves some of every row, as where words are hidden that are to be told.
            nothing.update(
                class_weighted=True,
                weight_mean=float(np.abs(weights).mean()),
                zero_weights=float((weights.reshape(sample.rows, -1) == 0).all(axis=1).mean()),
            )
        return nothing
    ids = class_ids(output, target_of(output, sample))
    known, counts = np.unique(ids, return_counts=True)
    per_row = row_weights(case, sample, ids)
    totals = np.array([per_row[ids == one].sum() for one in known])
    means = totals / counts
    order = np.corrcoef(means, counts)[0, 1] if len(known) > 1 and means.std() > 0 and counts.std() > 0 else 0.0
    return {
        "class_weighted": given is not None or weights is not None,
        "class_weight_ratio": _ratio(means.tolist()),
        "class_weight_missing": len([one for one in known if int(one) not in given]) if given else 0,
        "class_weight_zero": int((totals == 0).sum()),
        "class_weight_spread": _ratio(totals.tolist()),
        "class_weight_wrong_way": bool(order > 0.3 and _ratio(means.tolist()) > 1.5),
        "weight_mean": float(np.abs(per_row).mean()),
        # Rows that a model takes together can be kept for validation by a weight of zero alone.
        "zero_weights": 0.0 if case.train.together else float((per_row == 0).mean()),
    }
