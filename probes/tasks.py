"""The task of each output, named from targets and loss, never from the head."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case, fed
from .encoding import encoding_of
from .losses import logits_expected, loss_name, losses_of
from .overriding import overrides
from .recording import Batch
from .structures import leaves, named_leaves

FAMILIES = {
    "sparse_categorical_crossentropy": "sparse_crossentropy",
    "categorical_crossentropy": "crossentropy",
    "categorical_focal_crossentropy": "crossentropy",
    "kl_divergence": "crossentropy",
    "binary_crossentropy": "binary_crossentropy",
    "binary_focal_crossentropy": "binary_crossentropy",
    "hinge": "hinge",
    "squared_hinge": "hinge",
    "categorical_hinge": "categorical_hinge",
    "mean_squared_error": "squared_error",
    "mean_absolute_error": "absolute_error",
    "mean_absolute_percentage_error": "relative_error",
    "mean_squared_logarithmic_error": "relative_error",
    "huber": "absolute_error",
    "log_cosh": "absolute_error",
    "logcosh": "absolute_error",
    "poisson": "relative_error",
    "cosine_similarity": "cosine",
}
PERCENTAGE = "mean_absolute_percentage_error"
CLASSIFYING = ("sparse_crossentropy", "crossentropy", "binary_crossentropy", "hinge", "categorical_hinge")
EXAMINED_ROWS = 2000
MOST_ORDERED, ROWS_A_CLASS = 50, 3
"""Distinct whole numbers at most, and rows for each of them at least, that a loss of quantities may be given as ids."""


@dataclass(frozen=True)
class Output:
    """One output of the model, with what it is trained towards.

    Attributes:
        name: of the output.
        loss: name of the loss in Keras' snake case; empty where none is compiled.
        family: of :data:`FAMILIES`; ``other`` for a loss of the user's own, ``none`` where none is compiled.
        from_logits: what the loss was told of its predictions.
        kind: ``binary``, ``multiclass``, ``multilabel``, ``regression``, ``sequence``, ``reconstruction`` or ``none``.
        encoding: of the targets: ``integers``, ``one_hot``, ``shares`` (of each class, as smoothing and mixing make of
            one-hot rows), ``zero_one``, ``minus_plus_one``, ``many_hot``, ``floats``, ``text``.
        classes: classes that the targets name (highest id + 1 for integers); 0 where they name none.
        position: of the output among the leaves of the targets.
    """

    name: str
    loss: str
    family: str
    from_logits: bool
    kind: str
    encoding: str
    classes: int
    position: int


def outputs(case: Case) -> tuple[Output, ...]:
    """Every output with its task; empty where no targets are recorded, or the program's step has other ones."""
    return case.once("outputs", lambda: _outputs(case))


def _compares_by_itself(case: Case, found: tuple[Output, ...]) -> bool:
    """Whether the program's own training step holds what the model gives against something else than `fit`'s targets.

    A class with a `train_step` and no `call` uses inner models as it likes. One that compiles no loss and gives several
    things for one target, which is no class, does so as well: the target is the second of two views of a picture, say,
    or a picture of another kind into which it is to be translated. So does one whose `call` does not take the inputs
    alone: of a triplet, which Keras reads as inputs, targets and weights, it takes all three.
    """
    if not overrides(case.model, "call"):
        return True
    if not overrides(case.model) or any(one.family != "none" or one.encoding != "floats" for one in found):
        return False
    try:
        given = case.model(fed(case.train.head(2), case).x, training=False)
    except Exception:  # noqa: BLE001 - a model that fails on its true inputs fails in training, and is told there
        return True
    return len(leaves(given)) > len(found)


def why_no_outputs(case: Case) -> str:
    """In words, why :func:`outputs` is empty."""
    if case.train.y is None:
        return "the program gives `fit` no targets"
    return "the training step is the program's own, and what it holds against the targets is not known"


def _outputs(case: Case) -> tuple[Output, ...]:
    sample = case.train.sample(EXAMINED_ROWS)
    if sample.y is None:
        return ()
    names = tuple(getattr(case.model, "output_names", None) or ())
    targets = named_leaves(sample.y, names, "output")
    losses = losses_of(case.model, [name for name, _ in targets])
    inputs = [np.asarray(one) for one in leaves(sample.x)]
    found = tuple(
        _output(name, np.asarray(target), losses[place], inputs, _counts_right(case.model, name, place), place)
        for place, (name, target) in enumerate(targets)
    )
    if _compares_by_itself(case, found):
        return ()
    return tuple(replace(one, kind="none") if _names_things(case, one, sample) else one for one in found)


def _names_things(case: Case, output: Output, sample: Batch) -> bool:
    """Whether whole numbers, for each of which the model gives several, are ids that a step of the program's own reads.

    They are no quantities then, as the words of a text are none, and what the step makes of them is not known.
    """
    quantities = output.kind in ("regression", "reconstruction")
    if output.family != "none" or not quantities or output.encoding != "integers":
        return False
    try:
        given = leaves(case.model(fed(case.train.head(2), case).x, training=False))
    except Exception:  # noqa: BLE001 - a model that fails on its inputs is looked at elsewhere
        return False
    wanted = target_of(output, sample)[: min(2, case.train.rows)]
    return output.position < len(given) and int(np.size(given[output.position])) > wanted.size


def in_order(case: Case, given: Any) -> list[Any]:
    """What the model gives, one array an output, in the order of :func:`outputs`.

    A mapping is read by the names of the targets; Keras sorts the names of a functional model's outputs, and neither
    that order nor the mapping's own need be that of the targets.
    """
    names = [one.name for one in outputs(case)]
    if isinstance(given, Mapping) and set(names) <= set(given):
        return [given[name] for name in names]
    found = leaves(given)
    known = list(getattr(case.model, "output_names", None) or ())
    if isinstance(case.train.y, Mapping) and len(known) == len(found) and set(names) <= set(known):
        return [found[known.index(name)] for name in names]
    return found


def target_of(output: Output, batch: Batch) -> NDArray[Any]:
    """The targets of this output in a batch."""
    if isinstance(batch.y, Mapping) and output.name in batch.y:
        return np.asarray(batch.y[output.name])
    return np.asarray(leaves(batch.y)[output.position])


def _counts_right(model: Any, name: str, place: int) -> bool:
    """Whether an accuracy is watched on the output of this name, at this place."""
    return "acc" in str(metrics_of(model, name, place)).lower()


def metrics_of(model: Any, name: str, place: int) -> Any:
    """The compiled metrics of an output as the program gave them; None without."""
    given = getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None)
    if isinstance(given, Mapping):
        return given.get(name)
    if isinstance(given, (list, tuple)) and any(isinstance(one, (list, tuple)) for one in given):
        return given[place] if place < len(given) else None
    return given


def _output(name: str, target: NDArray[Any], loss: Any, inputs: list[Any], accurate: bool, position: int) -> Output:
    called = loss_name(loss)
    family = FAMILIES.get(called, "other" if called else "none")
    encoding, classes = encoding_of(target)
    kind = _kind(target, encoding, family, inputs, accurate)
    # Masks that were turned or moved have shares at their edges.
    softened = kind == "sequence" and family == "binary_crossentropy" and target.shape[-1] == 1
    if encoding == "floats" and (kind == "binary" or (softened and np.all((target >= 0) & (target <= 1)))):
        encoding, classes = "shares", 2
    if kind == "multiclass" and encoding in ("floats", "integers") and target.ndim > 1 and target.shape[-1] > 1:
        # One-hot rows that are weighed: the class is where the number stands.
        encoding, classes = "one_hot", target.shape[-1]
    return Output(name, called, family, logits_expected(loss), kind, encoding, classes, position)


def _kind(target: NDArray[Any], encoding: str, family: str, inputs: list[Any], accurate: bool) -> str:
    # Ids, and one-hot rows under a cross-entropy, are classes, also where they stand beside inputs that look like them.
    names_classes = family == "sparse_crossentropy" or (family == "crossentropy" and encoding == "one_hot")
    if not names_classes and _is_copy(target, inputs):
        return "reconstruction"
    width = target.shape[-1] if target.ndim > 1 else 1
    if target.ndim >= 3 or (target.ndim == 2 and width > 1 and family == "sparse_crossentropy"):
        # What a loss of the program's own makes of masks of 0 and 1 is not known; that they name classes is.
        named = ("one_hot", "integers", "zero_one") if family in ("other", "none") else ("one_hot", "integers")
        return "sequence" if family in CLASSIFYING or encoding in named else "regression"
    if encoding == "one_hot":
        return "multiclass"
    if encoding == "many_hot":
        return "multilabel"
    if family in ("sparse_crossentropy", "crossentropy", "categorical_hinge"):
        if width == 1:
            return "multiclass"
        if _weighs_classes(target):
            # A one-hot row times what the action came to, as policy gradients have it, asks for nothing by itself.
            return "none" if np.nanmin(target) < 0 else "multiclass"
        # Numbers that are no shares of a whole are quantities, whatever the loss takes them for.
        return "multiclass" if encoding == "shares" and (accurate or _peaked(target)) else "regression"
    if encoding in ("zero_one", "minus_plus_one"):
        return "binary" if width == 1 else "multilabel"
    if family == "binary_crossentropy":
        return "multiclass" if encoding == "shares" and width > 1 else _under_binary_loss(target, encoding, accurate)
    if encoding == "integers" and width == 1 and (family == "hinge" or (accurate and _name_classes(target))):
        return "multiclass"
    return "none" if encoding == "text" else "regression"


def _weighs_classes(target: NDArray[Any]) -> bool:
    """Whether no row has more than one number that is not zero."""
    return bool((np.count_nonzero(target, axis=-1) <= 1).all())


def _peaked(target: NDArray[Any]) -> bool:
    """Whether most rows give more than half of the whole to one class, as smoothed labels do."""
    return bool(np.nanmedian(target.max(axis=-1)) > 0.5)


def _name_classes(target: NDArray[Any]) -> bool:
    """Whether whole numbers may be ids of classes: few, without wide gaps, and each of them several times.

    Counts, ages and prices are whole numbers too, and an accuracy is often asked for beside them by habit.
    """
    values = np.unique(target)
    covered = len(values) >= 0.5 * (float(values.max()) - float(values.min()) + 1)
    return bool(len(values) <= MOST_ORDERED and covered and target.size >= ROWS_A_CLASS * len(values))


def _under_binary_loss(target: NDArray[Any], encoding: str, accurate: bool) -> str:
    if encoding == "integers" and len(np.unique(target)) <= MOST_ORDERED:
        return "multiclass"
    if not accurate or not np.all((target >= 0) & (target <= 1)):
        return "regression"
    return "binary" if target.ndim == 1 or target.shape[-1] == 1 else "multilabel"


def _is_copy(target: NDArray[Any], inputs: list[Any]) -> bool:
    for one in inputs:
        if one.size == target.size and one.dtype.kind in "fiu" and target.dtype.kind in "fiu":
            flat, wanted = one.reshape(len(one), -1)[:200], target.reshape(len(target), -1)[:200]
            if flat.shape == wanted.shape and wanted.shape[1] > 1:
                difference = float(np.nanmean(np.abs(flat - wanted)))
                spread = float(np.nanstd(wanted)) or 1.0
                # Denoising autoencoders see a noisy copy: strongly correlated, not the same.
                if difference < 1e-6 * spread or _correlated(flat, wanted):
                    return True
    return False


def _correlated(first: NDArray[Any], second: NDArray[Any]) -> bool:
    a, b = first.ravel().astype("float64"), second.ravel().astype("float64")
    if not (np.isfinite(a).all() and np.isfinite(b).all()) or a.std() == 0 or b.std() == 0:
        return False
    return bool(abs(np.corrcoef(a, b)[0, 1]) > 0.7)


def class_ids(output: Output, target: NDArray[Any]) -> NDArray[np.int64]:
    """Targets of a classification as one class id a row."""
    if output.encoding in ("one_hot", "shares") and target.ndim > 1 and target.shape[-1] > 1:
        return np.asarray(target.reshape(-1, target.shape[-1]).argmax(axis=-1), dtype=np.int64)
    flat = target.ravel()
    if output.encoding == "shares":
        return (flat > 0.5).astype(np.int64)
    if output.encoding == "minus_plus_one":
        return (flat > 0).astype(np.int64)
    if flat.dtype.kind == "f":
        # A cross-entropy of integer labels reads floats as integers; this is what training sees.
        flat = np.where(np.isfinite(flat), flat, 0.0)
    return flat.astype(np.int64)


def _loss_of_shares(output: Output, target: NDArray[Any]) -> float:
    """Of the mean shares; NaN where rows that share themselves out leave no loss to fall far below it."""
    rows = target.reshape(-1, target.shape[-1]).astype("float64")
    rows = rows[np.isfinite(rows).all(axis=1)]
    least = _entropy(rows).mean() if len(rows) else math.nan
    whole = float(_entropy(rows.mean(axis=0, keepdims=True))[0]) if len(rows) else math.nan
    if not least < 0.5 * whole:
        return math.nan
    return whole - float(least) if output.loss == "kl_divergence" else whole


def _entropy(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-(rows * np.log(np.maximum(rows, 1e-12))).sum(axis=1))


def constant_loss(output: Output, target: NDArray[Any]) -> float:
    """The loss of the best constant prediction, from the targets alone; NaN where the loss is none of Keras' own.

    Entropy of the class shares for cross-entropies, variance for the squared error, mean absolute deviation from the
    median for the absolute error.
    """
    if output.family in ("sparse_crossentropy", "crossentropy"):
        if output.encoding == "shares":
            return _loss_of_shares(output, target)
        if output.encoding not in ("one_hot", "integers", "zero_one"):
            return math.nan
        shares = np.unique(class_ids(output, target), return_counts=True)[1] / max(1, len(class_ids(output, target)))
        return float(-(shares * np.log(shares)).sum())
    flat = target.reshape(len(target), -1).astype("float64")
    flat = flat[np.isfinite(flat).all(axis=1)]
    if not len(flat):
        return math.nan
    if output.family == "binary_crossentropy":
        mean = np.clip(flat.mean(axis=0), 1e-7, 1 - 1e-7)
        return (
            float(np.mean(-(mean * np.log(mean) + (1 - mean) * np.log(1 - mean))))
            if ((flat >= 0) & (flat <= 1)).all()
            else math.nan
        )
    if output.family == "squared_error":
        return float(np.mean(np.var(flat, axis=0)))
    if output.family == "absolute_error":
        return float(np.mean(np.abs(flat - np.median(flat, axis=0))))
    return math.nan
