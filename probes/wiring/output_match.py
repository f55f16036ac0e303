"""Whether outputs, loss and targets fit each other, judged on the numbers of one batch, never by names of layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case, Error, fed
from ..catalogue import Unanswerable, probe
from ..encoding import SUMS_APART
from ..layers import head_of, last_activation, layer_notes, reach_of
from ..overriding import overrides
from ..recording import Batch
from ..scoring import is_distance, with_large_inputs
from ..tasks import PERCENTAGE, Output, in_order, outputs, target_of, why_no_outputs

ROWS = 256
DISTINCT_AMONG = 2000
"""Rows among which it is counted how many distinct targets there are."""
_ERRORS = ("squared_error", "absolute_error", "relative_error")
_CROSS_ENTROPIES = ("sparse_crossentropy", "crossentropy", "binary_crossentropy")


LOGARITHMIC = ("mean_squared_logarithmic_error", "poisson")
NEAR_ZERO = 0.05
"""Targets below this share of the median are near zero: an error in per cent of them counts twenty times as much."""


@dataclass(frozen=True)
class OutputFit:
    """One output, its loss and its targets."""

    output: str
    """Name of the output."""
    task: str
    """The task, from targets and loss."""
    family: str
    """Family of the loss."""
    from_logits: bool
    """What the loss was told of its predictions."""
    units: int
    """Size of the last axis of the predictions."""
    classes: int
    """Classes that the targets name; 0 for quantities."""
    minimum: float
    """Smallest prediction on the batch."""
    maximum: float
    """Largest prediction on the batch."""
    probabilities: bool
    """Whether every prediction lies in [0, 1] (and is not all the same number)."""
    sums_to_one: bool
    """Whether the predictions of each row sum to 1, on two units or more."""
    constant: bool
    """Whether every prediction of the batch is the same number whatever the input."""
    nonnegative: bool
    """Whether no prediction is negative and at least a twentieth are exactly zero."""
    bounded_one: bool
    """Whether no prediction leaves [-1, 1] even with inputs enlarged a thousandfold."""
    outside: float
    """Share of targets outside the range that the output can reach, in [0, 1]."""
    rank_differs: bool
    """Whether predictions and targets have another number of axes (a column of one left out of account)."""
    broadcasts: bool
    """Whether targets (N,) would broadcast against predictions (N, 1) in a loss of the program's own."""
    activation: str
    """What the last activation does: `linear`, `rectifying`, `saturating`, `normalising`, `smooth`, `none`."""
    layer: str
    """Name of the output's last layer with weights."""
    two_for_binary: bool = False
    """Whether a binary cross-entropy is given two distinct targets, whatever numbers they are."""
    distance: bool = False
    """Whether a loss of the program's own tells two classes apart by numbers that are never negative, nor end at 1."""
    over_the_batch: bool = False
    """Whether the predictions of each unit sum to 1 over the rows of the batch, on two rows or more."""
    shares: bool = False
    """Whether the targets are shares: numbers in [0, 1], of more than two values."""
    distribution: bool = False
    """Whether each row of the targets shares out one whole among classes."""
    shared_out: bool = False
    """Whether the predictions of each row sum to 1, and quantities that are its targets do not."""


@dataclass(frozen=True)
class OutputMatch:
    """How outputs, losses and targets fit; each flag is true where it is true of any output."""

    outputs: tuple[OutputFit, ...]
    """Every output."""
    layer: str
    """Last layer of the output that fits worst (of the first, where all fit)."""
    logits_into_probabilities: bool
    """Raw scores go into a cross-entropy that expects probabilities."""
    probabilities_into_logits: bool
    """Probabilities go into a cross-entropy that was told `from_logits=True`."""
    one_unit_constant: bool
    """One unit gives the same number whatever the input, as a softmax on one unit does."""
    exclusive_without_softmax: bool
    """Exclusive classes on units in [0, 1] that do not sum to 1, under a loss that takes them as a distribution."""
    softmax_for_labels: bool
    """Labels that may stand together on units that sum to 1."""
    binary_loss_on_distribution: bool
    """A binary cross-entropy on exclusive classes, three or more."""
    regression_loss_on_classes: bool
    """A squared or absolute error on class targets."""
    crossentropy_on_quantities: bool
    """A cross-entropy on targets that are quantities."""
    bounded_for_quantities: bool
    """An output that cannot reach some of the quantities that are its targets."""
    rectified_output: bool
    """A rectified output that is exactly zero for part of the batch."""
    too_few_units: bool
    """Fewer units than classes that the targets name."""
    one_unit_for_classes: bool
    """One unit for three classes or more; two that a binary loss reads, however they are numbered, are not."""
    unused_units: int
    """Units beyond the classes that the targets name (most over outputs)."""
    rank_mismatch: bool
    """Predictions and targets with another number of axes."""
    broadcast_risk: bool
    """Targets (N,) against predictions (N, 1) while the loss or the step is the program's own."""
    custom_loss: bool
    """A loss of the program's own, or none compiled."""
    unreachable: float
    """Largest share of targets outside the range that an output can reach."""
    predictions_finite: bool
    """Whether every prediction on the batch is finite."""
    one_unit_for_distribution: bool = False
    """A cross-entropy over classes on one unit and two classes, which a binary cross-entropy is made for."""
    divided_by_nothing: float = 0.0
    """Share of what a percentage error adds up that rests on targets near zero, in [0, 1]; 0 under another loss."""
    percentage_across_zero: float = 0.0
    """Share of the rarer sign among targets of a percentage error, in [0, 0.5]; 0 under another loss."""
    negative_under_logarithm: float = 0.0
    """Share of negative targets under a loss that takes logarithms, in [0, 1]; 0 under another loss."""
    normalised_over_batch: bool = False
    """Predictions that are shared out among the rows of a batch, as a softmax over the first axis does."""
    distribution_loss_on_labels: bool = False
    """A cross-entropy over classes that exclude each other, on labels that may stand together."""
    quantities_shared_out: bool = False
    """An output whose numbers sum to 1 in every row, where the quantities that are its targets do not."""
    loss_on_distance: bool = False
    """A loss of the program's own that tells two classes apart by a distance."""


@probe(
    "output_match",
    title="Whether outputs, loss and targets fit each other",
    cost="instant",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> OutputMatch:
    """Predict one batch in inference mode, without building a graph, and read the numbers."""
    batch = case.train.sample(ROWS)
    known = outputs(case)
    if not known:
        raise Unanswerable(why_no_outputs(case))
    fits = _fits(case, batch, known)

    def any_of(test: Callable[[OutputFit], bool]) -> bool:
        return any(test(one) for one in fits)

    worst = max(fits, key=_faults)
    return OutputMatch(
        outputs=tuple(fits),
        layer=worst.layer,
        logits_into_probabilities=any_of(_logits_into_probabilities),
        probabilities_into_logits=any_of(
            lambda one: one.family in _CROSS_ENTROPIES and one.from_logits and one.probabilities and not one.constant
        ),
        one_unit_constant=any_of(lambda one: one.units == 1 and one.constant and one.activation == "normalising"),
        exclusive_without_softmax=any_of(_exclusive_without_softmax),
        softmax_for_labels=any_of(lambda one: one.task == "multilabel" and one.sums_to_one),
        distribution_loss_on_labels=any_of(lambda one: one.task == "multilabel" and one.family == "crossentropy"),
        binary_loss_on_distribution=any_of(
            lambda one: (
                one.family == "binary_crossentropy" and one.task == "multiclass" and one.classes > 2 and one.units > 2
            )
        ),
        regression_loss_on_classes=any_of(
            lambda one: (
                one.task in ("binary", "multiclass")
                and one.family in ("squared_error", "absolute_error", "relative_error")
            )
        ),
        crossentropy_on_quantities=any_of(_crossentropy_on_quantities),
        bounded_for_quantities=any_of(lambda one: one.task in ("regression", "reconstruction") and one.outside > 0.02),
        rectified_output=any_of(lambda one: one.nonnegative and one.activation == "rectifying"),
        too_few_units=any_of(lambda one: one.task == "multiclass" and 1 < one.units < one.classes),
        one_unit_for_classes=any_of(
            lambda one: one.task == "multiclass" and one.units == 1 and one.classes > 2 and not one.two_for_binary
        ),
        one_unit_for_distribution=any_of(
            lambda one: (
                one.units == 1 and 0 < one.classes <= 2 and one.family in ("sparse_crossentropy", "crossentropy")
            )
        ),
        divided_by_nothing=max(
            (_near_zero(target_of(one, batch)) for one in known if one.loss == PERCENTAGE), default=0.0
        ),
        percentage_across_zero=max(
            (_across_zero(target_of(one, batch)) for one in known if one.loss == PERCENTAGE), default=0.0
        ),
        negative_under_logarithm=max(
            (float((target_of(one, batch) < 0).mean()) for one in known if one.loss in LOGARITHMIC), default=0.0
        ),
        normalised_over_batch=any_of(lambda one: one.over_the_batch),
        quantities_shared_out=any_of(lambda one: one.shared_out),
        unused_units=max(
            (one.units - one.classes for one in fits if one.task == "multiclass" and one.classes), default=0
        ),
        rank_mismatch=any_of(lambda one: one.rank_differs),
        broadcast_risk=any_of(lambda one: one.broadcasts and one.family in ("other", "none"))
        and not _is_aligned(case, batch, known),
        loss_on_distance=any_of(lambda one: one.distance),
        custom_loss=any_of(lambda one: one.family in ("other", "none")),
        unreachable=max(one.outside for one in fits),
        predictions_finite=all(math.isfinite(one.minimum) and math.isfinite(one.maximum) for one in fits),
    )


def out_of_reach(case: Case) -> float:
    """Largest share of targets outside the range that an output can reach, in [0, 1]; 0 where nothing tells."""
    try:
        fits = _fits(case, case.train.sample(ROWS), outputs(case))
    except Unanswerable:
        return 0.0
    return max((one.outside for one in fits), default=0.0)


def _fits(case: Case, batch: Batch, known: tuple[Output, ...]) -> list[OutputFit]:
    predicted = _predict(case, batch)
    enlarged = _predict(case, with_large_inputs(batch))
    if not layer_notes(case):
        raise Unanswerable("the model shows no layers")
    return [
        _fit(
            case, output, predicted[place], enlarged[place], target_of(output, batch), head_of(case, output.name, place)
        )
        for place, output in enumerate(known)
        if place < len(predicted)
    ]


def _near_zero(target: NDArray[Any]) -> float:
    """Share of the sum of 1 / max(|y|, 1e-7), as Keras divides, that targets give below a twentieth of the median."""
    sizes = np.abs(np.asarray(target, dtype="float64")).ravel()
    sizes = sizes[np.isfinite(sizes)]
    if not len(sizes):
        return 0.0
    weights = 1 / np.maximum(sizes, 1e-7)
    return float(weights[sizes <= NEAR_ZERO * np.median(sizes)].sum() / weights.sum())


def _across_zero(target: NDArray[Any]) -> float:
    return float(min((target < 0).mean(), (target > 0).mean())) if target.size else 0.0


def _is_aligned(case: Case, batch: Batch, known: tuple[Output, ...]) -> bool:
    """Whether the compiled loss gives the same for targets (N,) and (N, 1), as functions handed to ``compile`` do.

    A step of the program's own may compute another loss, so where it has one nothing is known.
    """
    from ..structures import map_leaves

    if (
        overrides(case.model)
        or getattr(case.model, "_compile_loss", None) is None
        or any(one.family == "none" for one in known)
    ):
        return False
    deeper = map_leaves(lambda one: np.asarray(one)[..., None] if np.asarray(one).ndim == 1 else one, batch.y)
    losses = []
    for y in (batch.y, deeper):
        one = fed(Batch(batch.x, y, None), case)
        try:
            losses.append(float(np.asarray(case.model.compute_loss(one.x, one.y, case.model(one.x, training=False)))))
        except Exception:  # noqa: BLE001 - a loss that fails on a few rows tells nothing here
            return False
    return bool(np.isclose(losses[0], losses[1], rtol=1e-5))


def _predict(case: Case, batch: Batch) -> list[NDArray[Any]]:
    model = case.model
    given = fed(batch, case).x
    try:
        found = model(given, training=False) if getattr(model, "_call_has_training_arg", True) else model(given)
    except Exception as problem:
        raise Unanswerable(Error.of(problem, "training").told("the model fails on a batch")) from problem
    return [np.asarray(one, dtype="float64") for one in in_order(case, found)]


def _distinct(case: Case, output: Output) -> int:
    return len(np.unique(target_of(output, case.train.sample(DISTINCT_AMONG))))


def _fit(
    case: Case, output: Output, given: NDArray[Any], enlarged: NDArray[Any], target: NDArray[Any], head: Any
) -> OutputFit:
    units = int(given.shape[-1]) if given.ndim > 1 else 1
    finite = bool(np.isfinite(given).all()) and given.size > 0
    low, high = (float(given.min()), float(given.max())) if finite else (math.nan, math.nan)
    both = np.concatenate([given.ravel(), enlarged[np.isfinite(enlarged)].ravel()])
    constant = finite and given.size > 1 and high - low < 1e-7
    sums = finite and units > 1 and _sums_to_one(given, -1)
    inside = finite and both.min() >= 0.0 and both.max() <= 1.0
    last, ids = last_activation(case, head), _ids_of_units(output, given, target)
    shape = last.shape if last else head.shape
    return OutputFit(
        output=output.name,
        task=output.kind,
        family=output.family,
        from_logits=output.from_logits,
        units=units,
        classes=output.classes if output.kind in ("binary", "multiclass", "sequence") else 0,
        distance=finite and units == 1 and is_distance(output, both),
        two_for_binary=output.family == "binary_crossentropy" and _distinct(case, output) == 2,
        minimum=low,
        maximum=high,
        probabilities=bool(inside),
        sums_to_one=sums,
        constant=constant,
        nonnegative=finite and bool(both.min() >= 0) and float((given == 0).mean()) > 0.05 and not sums,
        bounded_one=finite and bool(np.abs(both).max() <= 1.0 + 1e-6),
        outside=0.0 if ids else _outside(reach_of(last.layer if last else head.layer), both, target, output),
        rank_differs=not ids and _rank_differs(output, given, target),
        broadcasts=target.ndim == 1 and given.ndim == 2 and units == 1,
        activation=shape,
        layer=head.path,
        shares=_shares(target),
        distribution=output.encoding == "shares" and units > 1,
        shared_out=sums and output.family in _ERRORS and _lacks_sums(output, target, units),
        over_the_batch=finite and len(given) > 1 and not sums and not constant and _sums_to_one(given, 0),
    )


def _lacks_sums(output: Output, target: NDArray[Any], units: int) -> bool:
    """Whether targets that are quantities, one for each unit, do not sum to 1."""
    measured = output.kind in ("regression", "reconstruction") and target.dtype.kind in "fiu"
    if not measured or target.ndim < 2 or target.shape[-1] != units:
        return False
    sums = target.astype("float64").sum(axis=-1)
    return not float(np.nanmedian(np.abs(sums - 1.0))) < SUMS_APART


def _sums_to_one(given: NDArray[Any], axis: int) -> bool:
    return bool(given.min() >= 0 and np.allclose(given.sum(axis=axis), 1.0, atol=1e-3))


def _ids_of_units(output: Output, given: NDArray[Any], target: NDArray[Any]) -> bool:
    """Whether each target names one of as many units, whatever the program's own loss is called."""
    column = target.ndim > 1 and target.shape[-1] == 1
    known = output.encoding in ("integers", "zero_one") and given.ndim == target.ndim - column + 1
    return output.family in ("other", "none") and known and 1 < output.classes <= given.shape[-1]


def _shares(target: NDArray[Any]) -> bool:
    values = np.unique(target) if target.dtype.kind == "f" else np.zeros(0)
    return len(values) > 2 and bool(values.min() >= 0.0 and values.max() <= 1.0)


def _crossentropy_on_quantities(one: OutputFit) -> bool:
    # Of shares the binary cross-entropy is lowest at the mean, as the squared error is.
    proper = one.family == "binary_crossentropy" and one.shares and (one.probabilities or one.from_logits)
    distributed = one.family == "crossentropy" and one.distribution
    return one.task == "regression" and one.family in _CROSS_ENTROPIES and not proper and not distributed


def _outside(reach: tuple[float, float], given: NDArray[Any], target: NDArray[Any], output: Output) -> float:
    """Share of targets beyond what the last activation can give, whatever goes into it.

    Predictions beyond it show that something behind that activation stretches or moves what it gives.
    """
    if target.dtype.kind not in "fiu" or output.kind not in ("regression", "reconstruction"):
        return 0.0
    if given.size and (given.min() < reach[0] - 1e-4 or given.max() > reach[1] + 1e-4):
        return 0.0
    known = target[np.isfinite(target)]
    if not known.size:
        return 0.0
    slack = 1e-3 * (float(known.std()) or 1.0)
    return float(((known < reach[0] - slack) | (known > reach[1] + slack)).mean())


def _rank_differs(output: Output, given: NDArray[Any], target: NDArray[Any]) -> bool:
    rank = target.ndim
    if output.family == "sparse_crossentropy":
        return not (given.ndim == rank + 1 or (given.ndim == rank and target.shape[-1] == 1))
    if rank == 1:
        return not (given.ndim == 1 or (given.ndim == 2 and given.shape[-1] == 1) or given.ndim == 2)
    return bool(given.ndim != rank and not (given.ndim == rank - 1 and target.shape[-1] == 1))


def _logits_into_probabilities(one: OutputFit) -> bool:
    raw = not one.probabilities and math.isfinite(one.minimum)
    probable = one.task != "regression" or one.distribution
    return one.family in _CROSS_ENTROPIES and not one.from_logits and raw and probable


def _exclusive_without_softmax(one: OutputFit) -> bool:
    crossed = one.family in ("sparse_crossentropy", "crossentropy") and not one.from_logits
    return crossed and one.units > 1 and one.probabilities and not one.sums_to_one


def _faults(one: OutputFit) -> int:
    return sum(
        (
            _logits_into_probabilities(one),
            one.constant,
            _exclusive_without_softmax(one),
            one.outside > 0.02,
            one.shared_out,
            one.rank_differs,
            one.nonnegative,
            one.task == "multiclass" and one.units < one.classes,
        )
    )
