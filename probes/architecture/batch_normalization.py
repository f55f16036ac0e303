"""Batch normalisation: where it stands, how its averages keep up, and what the same batch gives in both modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..layers import PARAMETRIC, LayerNote, layer_notes, output_layers


@dataclass(frozen=True)
class BatchNormalization:
    """How batch normalisation is used."""

    layers: int
    """Batch-normalising layers."""
    first: str | None
    """First of them; null where there is none."""
    batch_size: int
    """Rows of one batch."""
    smallest_population: int
    """Fewest values that one moment is estimated from: rows of a batch times positions of the feature map."""
    highest_momentum: float
    """Highest momentum of the moving averages, in [0, 1]; 0 without."""
    slowest: str | None
    """Layer with the highest momentum."""
    forgotten: float
    """Share of the moving averages that is still their start after the planned steps: momentum ** steps."""
    planned_steps: int
    """Steps planned; 0 where unknown."""
    frozen: int
    """Batch-normalising layers that are not trainable."""
    frozen_fresh: int
    """Of them, those whose moving averages are still at their start (mean 0, variance 1), so they normalise nothing."""
    after_output: bool
    """Whether one stands after an output's last layer with weights."""
    with_bias: int
    """Layers whose bias is undone by a batch normalisation right after them (harmless, a waste)."""
    frozen_with_others: bool = False
    """Whether what stands before each of the frozen ones is frozen as well, so that not they alone were meant."""


@probe("batch_normalization", title="How batch normalisation is used", cost="instant", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> BatchNormalization:
    """Read the layers, and reckon how far the moving averages come."""
    import numpy as np

    notes = layer_notes(case)
    found = [one for one in notes if one.kind == "BatchNormalization"]
    if not notes:
        raise Unanswerable("the model shows no layers")
    steps = (case.fit.steps_per_epoch or 0) * case.fit.planned_epochs
    slow = max(found, key=lambda one: float(one.layer.momentum), default=None)
    momentum = float(slow.layer.momentum) if slow else 0.0
    heads = {one.path for one in output_layers(case)}
    places = {one.path: number for number, one in enumerate(notes)}
    frozen = [one for one in found if not one.layer.trainable]
    fresh = [
        one
        for one in frozen
        if one.layer.built
        and not np.any(one.layer.moving_mean.numpy())
        and np.all(one.layer.moving_variance.numpy() == 1)
    ]
    last = max((places[one] for one in heads if one in places), default=len(notes))
    return BatchNormalization(
        layers=len(found),
        first=found[0].path if found else None,
        batch_size=case.fit.batch_size,
        smallest_population=min((case.fit.batch_size * _positions(one.layer) for one in found), default=0),
        highest_momentum=momentum,
        slowest=slow.path if slow else None,
        forgotten=momentum**steps if slow and steps else 0.0,
        planned_steps=steps,
        frozen=len(frozen),
        frozen_fresh=len(fresh),
        after_output=any(places[one.path] > last for one in found),
        with_bias=sum(
            notes[place + 1].kind == "BatchNormalization" and bool(getattr(notes[place].layer, "use_bias", False))
            for place in range(len(notes) - 1)
        ),
        frozen_with_others=bool(frozen) and not any(_is_trained(notes[: places[one.path]]) for one in frozen),
    )


def _is_trained(before: Sequence[LayerNote]) -> bool:
    """Whether the nearest layer with weights of a linear map is trained."""
    nearest = next((one for one in reversed(before) if one.kind in PARAMETRIC), None)
    return nearest is not None and nearest.trainable


def _positions(layer: object) -> int:
    try:
        shape = layer.output.shape[1:-1]  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return 1
    count = 1
    for size in shape:
        count *= int(size or 1)
    return count
