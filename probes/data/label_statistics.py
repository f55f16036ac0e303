"""What the targets are like: how they are written, their range, their balance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..layers import head_of, output_layers
from ..loss_weights import loss_weights
from ..recording import Batch
from ..row_weights import row_weights
from ..step_balance import step_balance
from ..structures import leaves
from ..tasks import Output, class_ids, outputs, target_of, why_no_outputs

ROWS = 20_000


@dataclass(frozen=True)
class OutputLabels:
    """The targets of one output."""

    output: str
    """Name of the output."""
    task: str
    """`binary`, `multiclass`, `multilabel`, `regression`, `sequence`, `reconstruction` or `none`."""
    encoding: str
    """`integers`, `one_hot`, `shares`, `zero_one`, `minus_plus_one`, `many_hot`, `floats` or `text`."""
    loss: str
    """Name of the loss; empty where none is compiled."""
    family: str
    """Family of the loss, such as `sparse_crossentropy`, `binary_crossentropy`, `squared_error`, `other`, `none`."""
    classes: int
    """Classes that the targets name; 0 for quantities."""
    present: int
    """Classes with at least one row; 0 for quantities."""
    counts: tuple[int, ...]
    """Rows of each class, at most 50 classes."""
    nonfinite_share: float
    """Share of targets that are NaN or infinite, in [0, 1]."""
    fractional: bool
    """Whether some targets are not whole numbers."""
    minimum: float
    """Smallest target."""
    maximum: float
    """Largest target."""
    mean: float
    """Mean of the targets."""
    std: float
    """Standard deviation of the targets (largest over columns)."""
    imbalance: float
    """Rows of the most frequent class over those of the rarest that is present, 1 or more."""
    majority: float
    """Share of the most frequent class, in [0, 1]; 0 for quantities."""
    smallest_class: int
    """Rows of the rarest class that is present; 0 for quantities."""
    distinct: int = 0
    """Distinct finite targets among the rows looked at."""


@dataclass(frozen=True)
class LabelStatistics:
    """What the targets are like; the numbers below are of the output that is worst in each respect."""

    outputs: tuple[OutputLabels, ...]
    """Every output."""
    rows: int
    """Rows looked at."""
    nonfinite_share: float
    """Largest share of targets that are NaN or infinite."""
    imbalance: float
    """Largest ratio between class sizes, or of what the classes weigh where weights even them out; 1 where no output
    has classes. Classes of the steps of sequences count where one of them drowns the others."""
    majority: float
    """Largest share of one class, weighed in the same way; 0 where no output has classes."""
    smallest_class: int
    """Rows of the rarest class; 0 where no output has classes."""
    rows_per_class: float
    """Fewest rows per class on average; the number of rows where no output has classes."""
    target_scale: float
    """Largest of |mean| and standard deviation over quantity outputs; 0 where there is none."""
    target_small: float
    """Smallest standard deviation over quantity outputs; 1 where there is none."""
    constant: bool
    """Whether the targets of an output never vary."""
    fractional_classes: bool
    """Whether an output trained with a classification loss on class ids has targets that are not whole numbers."""
    signed_for_binary: bool
    """Whether targets -1 and +1 meet a binary cross-entropy, or any target of it lies outside [0, 1]."""
    unsigned_for_hinge: bool
    """Whether targets 0 and 1 meet a hinge loss (Keras converts these itself)."""
    onehot_for_sparse: bool
    """Whether one-hot targets meet a sparse cross-entropy."""
    integers_for_onehot: bool
    """Whether class ids in one column meet a loss that expects one column a class."""
    ordered_ids: bool
    """Whether whole numbers with few distinct values are trained as quantities while accuracy is watched."""
    drowning: float = 0.0
    """Mean square of quantities under a squared error over the loss by chance of an output of classes beside them: how
    many times as much the one counts for the layers that both share. 0 without such outputs, or with loss weights."""


@probe(
    "label_statistics",
    title="The targets: how written, which range, how balanced",
    cost="instant",
    needs=("training_data",),
)
def measure(case: Case, budget: Budget) -> LabelStatistics:
    """Look at 20,000 rows at most (targets are small)."""
    sample = case.train.sample(ROWS)
    if sample.y is None:
        raise Unanswerable("the program gives `fit` no targets")
    known = outputs(case)
    parts = [_labels(output, target_of(output, sample)) for output in known]
    if not parts:
        raise Unanswerable(why_no_outputs(case))
    classed = [one for one in parts if one.present]
    weighed = [_weighed(case, sample, output, part) for output, part in zip(known, parts, strict=True) if part.present]
    weighed += [found for output in known if (found := step_balance(case, sample, output)) is not None]
    measured = [one for one in parts if one.task in ("regression", "reconstruction")]
    # Classes on one unit are the loss's fault, and no targets would mend it.
    single = {part.output for place, part in enumerate(parts) if _has_one_unit(case, part.output, place)}
    return LabelStatistics(
        outputs=tuple(parts),
        rows=sample.rows,
        nonfinite_share=max(_own_nonfinite(sample, output, part) for output, part in zip(known, parts, strict=True)),
        imbalance=max((one[0] for one in weighed), default=1.0),
        majority=max((one[1] for one in weighed), default=0.0),
        smallest_class=min((one.smallest_class for one in classed), default=0),
        rows_per_class=min((sum(one.counts) / max(1, one.present) for one in classed), default=float(sample.rows)),
        target_scale=max((max(abs(one.mean), one.std) for one in measured), default=0.0),
        target_small=min((one.std for one in measured), default=1.0),
        constant=any(one.minimum == one.maximum for one in parts),
        fractional_classes=any(one.fractional and one.family == "sparse_crossentropy" for one in parts),
        signed_for_binary=any(
            one.family == "binary_crossentropy" and (one.minimum < 0 or one.maximum > 1) for one in parts
        ),
        unsigned_for_hinge=any(one.family == "hinge" and one.encoding == "zero_one" for one in parts),
        onehot_for_sparse=any(one.family == "sparse_crossentropy" and one.encoding == "one_hot" for one in parts),
        integers_for_onehot=any(
            one.family in ("crossentropy", "categorical_hinge") and one.encoding in ("integers", "zero_one")
            for one in parts
            if one.output not in single
        ),
        ordered_ids=any(
            one.task == "multiclass" and one.encoding == "integers" and one.family.endswith("_error") for one in parts
        ),
        drowning=0.0 if loss_weights(case.model) else _drowning(parts),
    )


def _drowning(parts: list[OutputLabels]) -> float:
    """A start near zero makes the squared error of quantities their mean square; that of classes starts at chance."""
    squares = [one.mean**2 + one.std**2 for one in parts if one.task == "regression" and one.family == "squared_error"]
    chances = [
        math.log(max(2, one.classes))
        for one in parts
        if one.family in ("sparse_crossentropy", "crossentropy", "binary_crossentropy")
    ]
    return max(squares) / min(chances) if squares and chances else 0.0


def _own_nonfinite(sample: Batch, output: Output, part: OutputLabels) -> float:
    """Share of targets that are not finite by themselves: where inputs are to be given back, theirs do not count."""
    if output.kind != "reconstruction":
        return part.nonfinite_share
    target = np.asarray(target_of(output, sample), dtype="float64").reshape(sample.rows, -1)
    arrays = [np.asarray(one) for one in leaves(sample.x)]
    sources = [one.reshape(len(one), -1) for one in arrays if one.size == target.size and one.dtype.kind in "fiu"]
    return min(
        (float((~np.isfinite(target) & np.isfinite(one)).mean()) for one in sources), default=part.nonfinite_share
    )


def _weighed(case: Case, sample: Batch, output: Output, part: OutputLabels) -> tuple[float, float]:
    """Ratio between classes and share of the largest, where weights of rows and classes even them out by these."""
    if part.task not in ("binary", "multiclass") or (case.fit.class_weight is None and sample.weights is None):
        return part.imbalance, part.majority
    ids = class_ids(output, target_of(output, sample))
    weights = row_weights(case, sample, ids)
    totals = np.array([weights[ids == one].sum() for one in np.unique(ids)])
    if not (totals > 0).all():
        return part.imbalance, part.majority
    return min(part.imbalance, float(totals.max() / totals.min())), min(
        part.majority, float(totals.max() / totals.sum())
    )


def _has_one_unit(case: Case, output: str, place: int) -> bool:
    return bool(output_layers(case)) and head_of(case, output, place).units == 1


def _labels(output: Output, target: NDArray[Any]) -> OutputLabels:
    counts = _counts(output, target)
    numeric = target.dtype.kind in "fiub"
    values = target.astype("float64") if numeric else np.zeros(1)
    known = values[np.isfinite(values)]
    columns = values.reshape(len(values), -1)
    with np.errstate(invalid="ignore"):
        spread = (
            float(np.nanmax(np.nanstd(np.where(np.isfinite(columns), columns, np.nan), axis=0)))
            if len(known)
            else math.nan
        )
    return OutputLabels(
        output=output.name,
        task=output.kind,
        encoding=output.encoding,
        loss=output.loss,
        family=output.family,
        classes=output.classes if counts else 0,
        present=len(counts),
        counts=tuple(counts[:50]),
        nonfinite_share=float(1 - np.isfinite(values).mean()),
        fractional=bool(np.any(known != np.round(known))),
        minimum=float(known.min()) if len(known) else math.nan,
        maximum=float(known.max()) if len(known) else math.nan,
        mean=float(known.mean()) if len(known) else math.nan,
        std=spread,
        imbalance=max(counts) / min(counts) if counts else 1.0,
        majority=max(counts) / sum(counts) if counts else 0.0,
        smallest_class=min(counts) if counts else 0,
        distinct=len(np.unique(known)) if numeric else 0,
    )


def _counts(output: Output, target: NDArray[Any]) -> list[int]:
    if output.kind in ("binary", "multiclass"):
        return [int(one) for one in np.unique(class_ids(output, target), return_counts=True)[1]]
    if output.kind == "multilabel" and target.ndim == 2:
        return [int(one) for one in np.maximum((target > 0.5).sum(axis=0), 1)]
    return []
