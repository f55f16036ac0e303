"""What bends numbers between the layers: missing, normalising or saturating activations, by what the functions do."""

from __future__ import annotations

from dataclasses import dataclass

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..handing_on import is_affine, is_handed_on
from ..layers import (
    MERGING,
    PARAMETRIC,
    RECURRENT,
    LayerNote,
    effective_shape,
    followed_by,
    hidden_layers,
    layer_notes,
    leads_to,
    weighs_others,
)
from ..lone_softmax import softmax_may_hide


@dataclass(frozen=True)
class HiddenActivation:
    """One hidden layer with weights."""

    layer: str
    """Name of the layer."""
    kind: str
    """Class of the layer."""
    shape: str
    """What its activation, or the next one, does: `linear`, `rectifying`, `saturating`, `normalising`, `smooth`."""
    units: int | None
    """Size of its output's last axis."""


@dataclass(frozen=True)
class Activations:
    """What bends numbers between the layers with weights."""

    hidden: tuple[HiddenActivation, ...]
    """Every hidden layer with weights of a linear map, in order."""
    hidden_layers: int
    """How many there are."""
    linear_hidden: int
    """How many have no activation of their own, nor one before the next layer with weights."""
    all_linear: bool
    """Whether no hidden layer, and no recurrent, attention or pooling layer, bends anything."""
    first_linear: str | None
    """First hidden layer without any activation."""
    linear_dense_pairs: int
    """Neighbouring layers with weights of a linear map with nothing between them that bends numbers, and no design."""
    normalising_hidden: int
    """Hidden layers whose activation makes their outputs sum to one."""
    first_normalising: str | None
    """First of them."""
    saturating_hidden: int
    """Hidden layers with an activation that is flat at both ends (sigmoid, tanh)."""
    saturating_run: int
    """Longest run of them."""
    first_saturating: str | None
    """First of them."""
    sigmoid_hidden: int
    """Of them, those whose outputs are never negative."""
    rectifying_hidden: int
    """Hidden layers with a rectifying activation."""
    depth: int
    """Layers with weights of a linear map, outputs included."""
    residual: bool
    """Whether the model adds or joins branches, as residual networks do."""
    normalised: bool
    """Whether a normalising layer stands between hidden layers."""
    repeated: int
    """Activations that directly follow another one."""
    rectified_before_norm: int
    """Rectifying activations directly before a batch normalisation."""
    first_pair: str | None = None
    """First layer of the first of them."""
    softmax_may_hide: bool = False
    """Whether a softmax before the outputs, or code of the program's own, may be taken over too few numbers."""


@probe("activations", title="What bends numbers between the layers", cost="instant", needs=("model",))
def measure(case: Case, budget: Budget) -> Activations:
    """Evaluate each activation function on a few numbers."""
    notes = layer_notes(case)
    hidden = hidden_layers(case)
    if not any(one.kind in PARAMETRIC for one in notes):
        raise Unanswerable("the model has no layer with weights that its own attributes show")
    rows = [HiddenActivation(one.path, one.kind, _shape(case, one), one.units) for one in hidden]
    shapes = [one.shape for one in rows]
    pairs = _linear_pairs(case)
    kinds = {one.kind for one in notes}
    others = kinds & {*RECURRENT, "MultiHeadAttention", "Attention", "MaxPooling1D", "MaxPooling2D", "Embedding"}
    custom = any(one.kind not in _known_kinds() for one in notes)
    return Activations(
        hidden=tuple(rows[:100]),
        hidden_layers=len(rows),
        linear_hidden=shapes.count("linear"),
        all_linear=bool(rows)
        and set(shapes) == {"linear"}
        and not (others - {"Embedding"})
        and not custom
        and is_affine(case) is not False,
        first_linear=_first(rows, "linear"),
        linear_dense_pairs=len(pairs),
        first_pair=pairs[0] if pairs else None,
        normalising_hidden=shapes.count("normalising"),
        first_normalising=_first(rows, "normalising"),
        saturating_hidden=shapes.count("saturating"),
        saturating_run=_longest(shapes, "saturating"),
        first_saturating=_first(rows, "saturating"),
        sigmoid_hidden=sum(_never_negative(case, one.layer) for one in rows if one.shape == "saturating"),
        rectifying_hidden=shapes.count("rectifying"),
        depth=sum(one.kind in PARAMETRIC for one in notes),
        residual=bool(kinds & set(MERGING)),
        normalised=any("Normalization" in one for one in kinds - {"Normalization"}),
        repeated=_repeated(case),
        rectified_before_norm=_before_norm(case),
        softmax_may_hide=softmax_may_hide(case.model),
    )


def _shape(case: Case, note: LayerNote) -> str:
    shape = effective_shape(case, note)
    # Shares by which other numbers are weighed sum to one on purpose: attention, gates, mixtures of experts.
    return "smooth" if shape == "normalising" and weighs_others(note.layer) else shape


def _first(rows: list[HiddenActivation], shape: str) -> str | None:
    return next((one.layer for one in rows if one.shape == shape), None)


def _known_kinds() -> set[str]:
    import keras

    return set(dir(keras.layers))


def _linear_pairs(case: Case) -> list[str]:
    """The first layers of the pairs."""
    notes, found = list(layer_notes(case)), []
    for one in hidden_layers(case):
        chain = followed_by(case, one)
        place = notes.index(one) + len(chain) + 1
        bends = any(
            other.shape not in ("linear", "none") or "Max" in other.kind or "Normalization" in other.kind
            for other in (one, *chain)
        )
        if bends or place >= len(notes) or notes[place].kind not in PARAMETRIC or not leads_to(one, notes[place]):
            continue
        # Code between two layers, `relu(self.first(x))`, shows in the numbers alone.
        if not _on_purpose(one, chain, notes[place]) and is_handed_on(case, one, notes[place]) is not False:
            found.append(one.path)
    return found


def _on_purpose(one: LayerNote, chain: list[LayerNote], following: LayerNote) -> bool:
    """Whether two linear maps in a row are a customary design.

    A layer narrower than the next one is a bottleneck (a code, a factorised matrix); a depthwise convolution belongs to
    the pointwise one behind it; a branch that is added to others, or averaged over the whole map for the output layer,
    is not one map with what follows.
    """
    narrow = one.units is not None and following.units is not None and one.units < following.units
    merged = any(other.kind in MERGING or other.kind.startswith("GlobalAverage") for other in chain)
    return narrow or merged or one.kind.startswith("Depthwise")


def _longest(shapes: list[str], wanted: str) -> int:
    best = run = 0
    for one in shapes:
        run = run + 1 if one == wanted else 0
        best = max(best, run)
    return best


def _never_negative(case: Case, path: str) -> bool:
    from ..layers import reach_of

    note = next(one for one in layer_notes(case) if one.path == path)
    bending = [one for one in (note, *followed_by(case, note)) if one.shape == "saturating"]
    return bool(bending) and reach_of(bending[0].layer)[0] >= 0


def _repeated(case: Case) -> int:
    notes = layer_notes(case)
    bends = [one.shape not in ("linear", "none") for one in notes]
    return sum(
        bends[place] and bends[place - 1] and notes[place].kind not in PARAMETRIC for place in range(1, len(notes))
    )


def _before_norm(case: Case) -> int:
    notes = layer_notes(case)
    return sum(
        notes[place].kind == "BatchNormalization" and notes[place - 1].shape == "rectifying"
        for place in range(1, len(notes))
    )
