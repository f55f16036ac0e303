"""Which units never fire, which are stuck at their ends, and how far the signal comes through the layers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..first_steps import first_steps
from ..idle_normalisation import normalisation_active
from ..layers import DROPPING, before_in_graph, layer_notes
from ..watching import ACTIVATION_FIELDS

_FIELD = {name: place for place, name in enumerate(ACTIVATION_FIELDS)}


@dataclass(frozen=True)
class LayerUnits:
    """The outputs of one layer in the first steps."""

    layer: str
    """Name of the layer."""
    shape: str
    """What its activation does."""
    dead_share: float
    """Share of units that gave zero for every sample, in [0, 1]."""
    saturated_share: float
    """Share of outputs at the ends of a saturating activation (beyond 0.99, or below 0.01 for one never negative)."""
    mean: float
    """Mean output."""
    std: float
    """Standard deviation of the outputs."""
    variation: float
    """Mean over outputs of their standard deviation over the samples of a batch."""
    largest: float
    """Largest absolute output."""
    finite_share: float
    """Share of finite outputs, in [0, 1]."""


@dataclass(frozen=True)
class UnitHealth:
    """Which units are alive."""

    layers: tuple[LayerUnits, ...]
    """Every layer with floating outputs, in order, at most 150."""
    dead_share: float
    """Largest share of dead units in a layer with a rectifying activation, in [0, 1]."""
    dead_layer: str | None
    """That layer."""
    all_dead: bool
    """Whether a whole layer is dead."""
    saturated_share: float
    """Largest share of saturated outputs in a hidden layer with a saturating activation, in [0, 1]."""
    saturated_layer: str | None
    """That layer."""
    signal_kept: float
    """Variation over samples at the last hidden layer over that at the first; near 0 where inputs no longer matter."""
    signal_lost_at: str | None
    """First layer after which less than a thousandth of the first layer's variation is left."""
    largest: float
    """Largest absolute output of a hidden layer."""
    nonfinite_layer: str | None
    """First layer with an output that is not finite."""
    dropout_active: bool | None
    """Whether dropout layers drop in the training step; null without dropout."""
    normalisation_active: bool | None = None
    """Whether batch normalisation moves its averages in a training step of the program's own; null where the step is
    Keras' own, or even a call in training mode moves none."""


@probe("unit_health", title="Which units are dead or stuck", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> UnitHealth:
    """Watch the first steps of the planned training."""
    seen = first_steps(case)
    rows = []
    for note in layer_notes(case):
        numbers = [one.activations[note.path] for one in seen.seen if note.path in one.activations]
        if not numbers:
            continue
        last = np.median(np.asarray(numbers), axis=0)
        alive = seen.alive.get(note.path)
        rows.append(
            LayerUnits(
                layer=note.path,
                shape=note.shape,
                dead_share=float(1 - alive.mean()) if alive is not None and note.shape == "rectifying" else 0.0,
                saturated_share=_saturated(note, last),
                mean=float(last[_FIELD["mean"]]),
                std=float(last[_FIELD["std"]]),
                variation=float(last[_FIELD["variation"]]),
                largest=float(last[_FIELD["largest"]]),
                finite_share=float(min(one[_FIELD["finite_share"]] for one in numbers)),
            )
        )
    if not rows:
        raise Unanswerable("no layer's outputs can be seen from the training step")
    hidden = rows[:-1] or rows
    dead = max(hidden, key=lambda row: row.dead_share)
    stuck = max(hidden, key=lambda row: row.saturated_share)
    first = next((row.variation for row in hidden if row.variation > 0), 0.0)
    lost = next((row.layer for row in hidden if first > 0 and row.variation < 1e-3 * first), None)
    return UnitHealth(
        layers=tuple(rows[:150]),
        dead_share=dead.dead_share,
        dead_layer=dead.layer if dead.dead_share > 0 else None,
        all_dead=dead.dead_share >= 1.0,
        saturated_share=stuck.saturated_share,
        saturated_layer=stuck.layer if stuck.saturated_share > 0 else None,
        signal_kept=hidden[-1].variation / first if first > 0 else 0.0,
        signal_lost_at=lost,
        largest=max((row.largest for row in hidden), default=0.0),
        nonfinite_layer=next((row.layer for row in rows if row.finite_share < 1), None),
        dropout_active=_dropout_active(case, rows),
        normalisation_active=normalisation_active(case),
    )


def _saturated(note: object, numbers: np.ndarray) -> float:
    from ..layers import reach_of

    if note.shape != "saturating":  # type: ignore[attr-defined]
        return 0.0
    high = float(numbers[_FIELD["high_share"]])
    low = float(numbers[_FIELD["low_share"]]) if reach_of(note.layer)[0] >= 0 else 0.0  # type: ignore[attr-defined]
    return min(1.0, high + low)


def _dropout_active(case: Case, rows: list[LayerUnits]) -> bool | None:
    from ..first_steps import first_steps as again

    notes, seen = list(layer_notes(case)), again(case).seen[0].activations
    paths = {id(one.layer): one.path for one in notes}
    verdicts = []
    for place, note in enumerate(notes):
        rate = float(getattr(note.layer, "rate", 0.0) or 0.0)
        if note.kind not in DROPPING or rate < 0.05 or note.path not in seen or not place:
            continue
        wired = paths.get(id(before_in_graph(note.layer)))
        before = seen.get(wired or notes[place - 1].path)
        # Where all is zero already, dropping shows nothing.
        if before is None or float(before[_FIELD["zero_share"]]) >= 0.9:
            continue
        zeros = float(seen[note.path][_FIELD["zero_share"]])
        dropped = zeros - float(before[_FIELD["zero_share"]]) > 0.2 * rate * (1 - float(before[_FIELD["zero_share"]]))
        # In code of the program's own the layer before it is a guess: only too few zeros tell that nothing is dropped.
        if dropped or wired or zeros < 0.5 * rate:
            verdicts.append(dropped)
    return all(verdicts) if verdicts else None
