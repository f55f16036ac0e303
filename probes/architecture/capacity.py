"""How much the model can hold against what the data ask of it, and whether its kind fits the kind of data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..handing_on import is_handed_on
from ..inputs import input_leaves, is_image, is_tokens, looked_up
from ..layers import ATTENDING, CONVOLUTIONAL, PARAMETRIC, RECURRENT, hidden_layers, layer_notes, uncalled_layers
from ..receptive_field import sight
from ..tasks import outputs
from .paths import goes_past


@dataclass(frozen=True)
class Capacity:
    """Size and kind of the model against the data."""

    parameters: int
    """Trainable weights."""
    rows: int
    """Rows of training data known of."""
    parameters_per_row: float
    """Trainable weights over training rows."""
    hidden_layers: int
    """Layers with weights that are not output layers, recurrent and attention layers included."""
    widest: int
    """Units of the widest hidden layer; 0 without one."""
    narrowest: int
    """Units of the narrowest hidden layer, of those that nothing goes past where there are any; 0 without one."""
    narrowest_layer: str | None
    """Name of that layer."""
    narrowest_to_output: float
    """Its units over the classes (or the width of the output, for quantities); 99 without a hidden layer."""
    input_size: int
    """Numbers in one sample."""
    output_size: int
    """Classes, or width of the output."""
    linear_model: bool
    """Whether there is no hidden layer at all."""
    data_kind: str
    """`table`, `image`, `sequence`, `tokens`, `text` or `mixed`."""
    convolutional: bool
    """Whether the model has convolutions."""
    recurrent: bool
    """Whether the model has recurrent layers."""
    attending: bool
    """Whether the model has attention."""
    dense_on_images: bool
    """Whether pictures of 16 x 16 or more go into dense layers alone."""
    dense_on_sequence: bool
    """Whether sequences of steps go into dense layers alone."""
    convolution_on_table: bool
    """Whether a table of features goes through convolutions or recurrent layers."""
    embedding_too_small: bool
    """Whether token ids reach or exceed the number of rows of every embedding."""
    largest_token: int
    """Largest token id met; 0 without tokens."""
    vocabulary: int
    """Rows of the largest embedding; 0 without one. Smaller ones may hold positions."""
    floor_of_map: int
    """Smallest spatial extent of a convolution's output; 0 without convolutions."""
    dropout_total: float
    """Share of units kept through all dropouts in a row: the product of 1 - rate."""
    all_that_passes: bool = False
    """Whether what the narrowest hidden layer gives is all that another layer with weights is given; looked at only
    where it has fewer units than there are classes."""
    gone_past: bool = False
    """Whether what the narrowest hidden layer reads reaches every output by another way too, as where a residual branch
    is added to its own input. A layer that nothing goes past is looked at first."""
    uncalled: int = 0
    """Layers that the model made and never calls."""
    first_uncalled: str | None = None
    """First of them."""
    receptive_share: float = 1.0
    """Share of the input's extent that a place of the last feature map sees before all places are pooled, in (0, 1], on
    the axis where that is least; 1 where a layer reads all places together."""
    receptive_field: tuple[int, ...] = ()
    """The same in places along each axis."""
    receptive_layer: str | None = None
    """The layer that gives this map."""


@probe(
    "capacity",
    title="What the model can hold against what the data ask",
    cost="instant",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> Capacity:
    """Count weights, widths and rows."""
    notes = layer_notes(case)
    if not notes:
        raise Unanswerable("the model shows no layers")
    sample = case.train.sample(200)
    named = [(name, np.asarray(one)) for name, one in input_leaves(case, sample)]
    arrays = [one for _, one in named]
    kinds = {_kind(case, one) for one in arrays}
    names = {one.kind for one in notes}
    hidden = hidden_layers(case)
    widths = [(one.units, one.path) for one in hidden if one.units]
    past = {one.path for one in hidden if one.units and goes_past(case.model, one.layer)}
    narrow = min([one for one in widths if one[1] not in past] or widths, default=(0, None))
    known = outputs(case)
    # Whole numbers trained as quantities, such as ages, are written like ids of classes and come out of one unit.
    size = max((one.classes if one.classes > 2 and one.kind != "regression" else 1 for one in known), default=1)
    parameters = int(sum(np.prod(one.shape) for one in case.model.trainable_variables))
    rows = case.train.total_rows or case.train.rows
    spatial = bool(names & set(CONVOLUTIONAL))
    recurrent, attending = bool(names & set(RECURRENT)), bool(names & set(ATTENDING))
    embeddings = [one.layer.input_dim for one in notes if one.kind == "Embedding"]
    ids = looked_up(case, sample)
    tokens = [int(np.max(one)) for name, one in named if is_tokens(case, one) and (ids is None or name in ids)]
    plain = names <= {
        *PARAMETRIC,
        "Flatten",
        "Dropout",
        "InputLayer",
        "Activation",
        "ReLU",
        "BatchNormalization",
        "Rescaling",
    }
    large = any(is_image(one) and int(np.prod(one.shape[1:3])) >= 256 for one in arrays)
    idle = uncalled_layers(case)
    narrowest = next((one for one in hidden if one.path == narrow[1]), None)
    seen = sight(case)
    return Capacity(
        parameters=parameters,
        rows=rows,
        parameters_per_row=parameters / max(1, rows),
        hidden_layers=len(hidden) + sum(one.kind in (*RECURRENT, *ATTENDING) for one in notes),
        widest=max((one for one, _ in widths), default=0),
        narrowest=narrow[0] or 0,
        narrowest_layer=narrow[1],
        narrowest_to_output=(narrow[0] or 0) / size if widths else 99.0,
        input_size=int(sum(np.prod(one.shape[1:]) for one in arrays)),
        output_size=size,
        linear_model=not hidden and not recurrent and not attending and not _unknown(names),
        data_kind=kinds.pop() if len(kinds) == 1 else "mixed",
        convolutional=spatial,
        recurrent=recurrent,
        attending=attending,
        dense_on_images=large and not spatial and not attending and plain,
        dense_on_sequence=any(_kind(case, one) == "sequence" for one in arrays) and plain and not spatial,
        convolution_on_table=_kind_of_table(case, arrays) and (spatial or recurrent),
        embedding_too_small=bool(tokens) and bool(embeddings) and max(tokens) >= max(embeddings),
        largest_token=max(tokens, default=0),
        vocabulary=max(embeddings, default=0),
        floor_of_map=_floor(notes),
        dropout_total=float(
            np.prod([1 - float(getattr(one.layer, "rate", 0.0)) for one in notes if "Dropout" in one.kind])
        ),
        uncalled=len(idle),
        first_uncalled=idle[0].path if idle else None,
        receptive_share=seen.share if seen else 1.0,
        receptive_field=seen.field if seen else (),
        receptive_layer=seen.layer if seen else None,
        gone_past=narrow[1] in past,
        all_that_passes=narrowest is not None
        and (narrow[0] or 0) < size
        and any(one.kind in PARAMETRIC and bool(is_handed_on(case, narrowest, one)) for one in notes),
    )


def _kind(case: Case, array: np.ndarray) -> str:
    if array.dtype.kind in "OUS":
        return "text"
    if is_tokens(case, array):
        return "tokens"
    if is_image(array):
        return "image"
    return "sequence" if array.ndim == 3 and array.shape[1] > 1 else "table"


def _kind_of_table(case: Case, arrays: list[np.ndarray]) -> bool:
    return len(arrays) == 1 and arrays[0].ndim == 3 and arrays[0].shape[1] == 1


def _unknown(names: set[str]) -> bool:
    import keras

    return any(one not in dir(keras.layers) for one in names)


def _floor(notes: object) -> int:
    smallest = 0
    for one in notes:  # type: ignore[attr-defined]
        if one.kind not in CONVOLUTIONAL:
            continue
        try:
            shape = one.layer.output.shape[1:-1]
        except (AttributeError, ValueError):
            continue
        known = [int(size) for size in shape if size is not None]
        if known:
            smallest = min(known) if not smallest else min(smallest, *known)
    return smallest
