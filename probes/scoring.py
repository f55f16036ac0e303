"""How well a model does, by its task and not by its loss: balanced accuracy at the program's own rule, or R2."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case, fed
from .recording import Batch
from .steps import counted
from .structures import cut, map_leaves
from .tasks import Output, class_ids, in_order, outputs, target_of
from .together import rows_that_count

SCORED_ROWS = 1500
ROWS_OF_CLASSES = 2000
SUREST = 0.3
CHUNK = 250
DISTANCE = 1.001
"""Predictions reach beyond this where they are no probabilities."""
LEAST_SHARE = 0.005
"""Share of the steps below which a class of labels a step is left out of the balanced accuracy."""


@dataclass(frozen=True)
class Score:
    """The score of one output on some rows.

    Attributes:
        measure: ``balanced_accuracy`` or ``r2``.
        value: balanced accuracy in [0, 1], or R2, not below -1.
        chance: what a constant prediction scores.
        rows: how many were scored.
        majority: share of the most frequent predicted class, or of the most frequent predicted value.
        spread: standard deviation of predictions over that of targets; for classes, distinct ones over those there.
        finite: whether every prediction is finite.
        wrong: share of rows of exclusive classes that are predicted wrongly; NaN for other tasks.
        sure_wrong: the same of the three tenths of rows of which the model is surest.
        error: standard error of the value: binomial within each class, combined over classes; 0.25 / sqrt(rows) for R2.
    """

    measure: str
    value: float
    chance: float
    rows: int
    majority: float
    spread: float
    finite: bool
    error: float = 0.0
    wrong: float = math.nan
    sure_wrong: float = math.nan

    @property
    def evenness(self) -> float | None:
        """Of the surest rows the share that is wrong, 1.6 standard errors taken off, over that of all rows.

        Near 0 where errors are hard cases, near 1 where labels are wrong at random (confident learning, Northcutt et
        al. 2021); None without an error.
        """
        if not self.wrong > 0:
            return None
        error = math.sqrt(self.sure_wrong * (1 - self.sure_wrong) / max(1.0, SUREST * self.rows))
        return max(0.0, self.sure_wrong - 1.6 * error) / self.wrong

    @property
    def skill(self) -> float:
        """Of the way from chance to perfect, the share that is covered; in [-1, 1]."""
        return max(-1.0, (self.value - self.chance) / (1.0 - self.chance)) if self.chance < 1 else 0.0


def predict(case: Case, batch: Batch) -> list[NDArray[Any]]:
    """The outputs on a batch in inference mode, one array an output, in chunks of 250 rows."""
    import tensorflow as tf

    model = case.model

    def forward() -> Any:
        takes = getattr(model, "_call_has_training_arg", True)
        return tf.function(lambda x: model(x, training=False) if takes else model(x), reduce_retracing=True)

    function = case.once("forward", forward) if not getattr(model, "run_eagerly", False) else model
    fixed = _fixed_rows(model)
    size, parts = fixed or (batch.rows if case.train.together else CHUNK), []
    for start in range(0, batch.rows, size):
        count = min(size, batch.rows - start)
        # The last rows are filled up with some that are there already.
        chosen = np.arange(start, start + (fixed or count)) % batch.rows
        piece = Batch(cut(batch.x, chosen), None, None)
        given = [np.asarray(one, dtype="float64") for one in in_order(case, function(fed(piece, case).x))]
        parts.append([one[:count] for one in given])
    return [np.concatenate(one, axis=0) for one in zip(*parts, strict=True)]


def _fixed_rows(model: Any) -> int:
    """The number of rows that a model wants in every batch; 0 where any number will do.

    Stateful ones want one, and those that were built on a batch name its size, though they would take any.
    """
    try:
        shapes = [tuple(one.shape) for one in model.inputs]
    except (AttributeError, TypeError, ValueError):
        # A subclassed model names no inputs.
        return 0
    return next((int(shape[0]) for shape in shapes if shape and shape[0] is not None), 0)


def scores(case: Case, batch: Batch) -> list[tuple[Output, Score]]:
    """The score of every output that has a task, on these rows; none where there is no such output."""
    if not outputs(case):
        return []
    return score_predictions(case, predict(case, batch), batch)


def score_predictions(case: Case, predicted: list[NDArray[Any]], batch: Batch) -> list[tuple[Output, Score]]:
    """As :func:`scores`, of predictions already made."""
    found = []
    for place, output in enumerate(outputs(case)):
        if output.kind == "none" or place >= len(predicted):
            continue
        score = score_of(output, *_counted(case, output, predicted[place], batch))
        if score is not None:
            found.append((output, _against_training(case, output, score)))
    return found


def _counted(case: Case, output: Output, predicted: NDArray[Any], batch: Batch) -> tuple[NDArray[Any], NDArray[Any]]:
    """Predictions and targets; without the steps that are masked or of weight zero, and without rows set aside."""
    target = target_of(output, batch)
    mask = counted(case, output, batch) if output.kind == "sequence" else rows_that_count(case, batch)
    if mask is None or predicted.shape[: mask.ndim] != mask.shape:
        return predicted, target
    return predicted[mask], target[mask]


def _against_training(case: Case, output: Output, score: Score) -> Score:
    """Of rows of one class alone every guess is right or wrong together; chance is then that of the training's classes.

    Sorted rows, of which ``validation_split`` takes the last, leave such validation rows.
    """
    if score.chance < 1 or output.kind not in ("binary", "multiclass"):
        return score
    target = target_of(output, case.train.sample(ROWS_OF_CLASSES))
    known = len(np.unique(class_ids(output, target)))
    return replace(score, chance=1.0 / known) if known > 1 else score


def score_of(output: Output, predicted: NDArray[Any], target: NDArray[Any]) -> Score | None:
    """The score of predictions; None where predictions and targets do not belong together."""
    if output.kind in ("binary", "multiclass", "sequence"):
        return _classes(output, predicted, target)
    if output.kind == "multilabel":
        return _labels(output, predicted, target)
    return _quantities(predicted, target)


def decided(output: Output, predicted: NDArray[Any]) -> NDArray[np.int64]:
    """Class ids by the program's own decision rule: the largest, or the threshold that the loss implies."""
    width = predicted.shape[-1] if predicted.ndim > 1 else 1
    if width > 1:
        return np.asarray(predicted.argmax(axis=-1).ravel(), dtype=np.int64)
    return (predicted.ravel() > threshold(output)).astype(np.int64)


def threshold(output: Output) -> float:
    """Where one unit is cut into two classes: 0 for logits, hinge and -1/+1 targets, else 0.5."""
    signed = output.from_logits or output.family == "hinge" or output.encoding == "minus_plus_one"
    return 0.0 if signed else 0.5


def _classes(output: Output, predicted: NDArray[Any], target: NDArray[Any]) -> Score | None:
    wanted = class_ids(output, target)
    width = predicted.shape[-1] if predicted.ndim > 1 else 1
    if width == 1 and output.encoding == "integers" and output.classes > 2:
        chosen = np.round(np.nan_to_num(predicted.ravel(), nan=-1.0, posinf=-1.0, neginf=-1.0)).astype(np.int64)
    else:
        chosen = decided(output, np.nan_to_num(predicted, nan=0.0))
    if len(chosen) != len(wanted):
        return None
    finite = bool(np.isfinite(predicted).all())
    known = weighed_classes(wanted) if output.kind == "sequence" else np.unique(wanted)
    right = _right(chosen, wanted, known) if finite else 0.0
    if finite and right < 0.5 and is_distance(output, predicted):
        chosen = 1 - chosen
        right = _right(chosen, wanted, known)
    counts = np.unique(chosen, return_counts=True)[1]
    chance = 1.0 / len(known)
    return Score(
        "balanced_accuracy",
        right,
        chance,
        len(wanted),
        float(counts.max() / len(chosen)),
        len(counts) / max(1, len(known)),
        finite,
        balanced_error(right, [int((wanted == one).sum()) for one in known]),
        float((chosen != wanted).mean()),
        _sure_wrong(predicted, chosen != wanted, threshold(output)),
    )


def with_large_inputs(batch: Batch) -> Batch:
    """The same rows with inputs a thousand times as large: what an output can reach, an untrained one seldom shows."""

    def grow(one: NDArray[Any]) -> NDArray[Any]:
        return one * np.asarray(1000, one.dtype) if one.dtype.kind == "f" else one

    return Batch(map_leaves(grow, batch.x), batch.y, batch.weights)


def is_distance(output: Output, predicted: NDArray[Any]) -> bool:
    """Whether predictions are distances that a loss of the program's own judges: never negative, and not bounded by 1.

    Then that loss alone says whether a small one means class 0 or class 1.
    """
    width = predicted.shape[-1] if predicted.ndim > 1 else 1
    own = output.family == "other" and output.kind == "binary" and output.encoding == "zero_one"
    return bool(own and width == 1 and predicted.min() >= 0 and predicted.max() > DISTANCE)


def _right(chosen: NDArray[np.int64], wanted: NDArray[np.int64], known: NDArray[np.int64]) -> float:
    return float(np.mean([np.mean(chosen[wanted == one] == one) for one in known]))


def weighed_classes(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of labels a step the classes that count in a balanced accuracy, the two most frequent ones among them always.

    Tags and pixels of some kinds stand at a handful of steps, and one of them would weigh as much as thousands.
    """
    known, counts = np.unique(ids, return_counts=True)
    least = min(LEAST_SHARE * len(ids), np.sort(counts)[-2:][0])
    return np.asarray(known[counts >= least])


def _sure_wrong(predicted: NDArray[Any], wrong: NDArray[np.bool_], cut: float) -> float:
    rows = np.nan_to_num(predicted).reshape(len(wrong), -1)
    if rows.shape[1] > 1:
        ordered = np.sort(rows, axis=1)
        margin = ordered[:, -1] - ordered[:, -2]
    else:
        margin = np.abs(rows[:, 0] - cut)
    return float(wrong[margin >= np.quantile(margin, 1 - SUREST)].mean())


def _labels(output: Output, predicted: NDArray[Any], target: NDArray[Any]) -> Score | None:
    if predicted.shape != target.shape:
        return None
    finite = bool(np.isfinite(predicted).all())
    cut = threshold(output)
    chosen, wanted = predicted > cut, target > 0.5
    columns = [column for column in range(target.shape[-1]) if 0 < wanted[:, column].mean() < 1]
    right = [0.5 * (chosen[wanted[:, one], one].mean() + (~chosen[~wanted[:, one], one]).mean()) for one in columns]
    value = float(np.mean(right)) if right and finite else 0.5
    return Score(
        "balanced_accuracy",
        value,
        0.5,
        len(target),
        float(max(chosen.mean(), 1 - chosen.mean())),
        float(chosen.std() / max(wanted.std(), 1e-9)),
        finite,
        balanced_error(value, [int(wanted[:, one].sum()) for one in columns] * 2),
    )


def _quantities(predicted: NDArray[Any], target: NDArray[Any]) -> Score | None:
    if predicted.size != target.size:
        return None
    finite = bool(np.isfinite(predicted).all())
    wanted = target.reshape(len(target), -1).astype("float64")
    given = predicted.reshape(len(target), -1)
    fine = np.isfinite(wanted).all(axis=1)
    wanted, given = wanted[fine], given[fine]
    spread = float(((wanted - wanted.mean(axis=0)) ** 2).sum()) if len(wanted) else 0.0
    if not spread:
        return None
    value = max(-1.0, 1.0 - float(((wanted - given) ** 2).sum()) / spread) if finite else -1.0
    rounded = np.round(given[:, 0], 6)
    same = float(np.unique(rounded, return_counts=True)[1].max() / len(rounded)) if finite else 1.0
    share = float(given.std(axis=0).mean() / max(float(wanted.std(axis=0).mean()), 1e-300)) if finite else math.nan
    return Score("r2", value, 0.0, len(wanted), same, share, finite, 0.25 / math.sqrt(len(wanted)))


def balanced_error(value: float, counts: list[int]) -> float:
    """Standard error of a balanced accuracy: each class' binomial error with the mean share, combined over classes."""
    share = min(max(value, 0.02), 0.98)
    known = [max(1, one) for one in counts]
    return math.sqrt(sum(share * (1 - share) / one for one in known)) / max(1, len(known))
