"""Layers by what they do: activation functions judged by their values, weights, order along the model."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .case import Case
from .watching import layer_paths

PARAMETRIC = (
    "Dense",
    "EinsumDense",
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "Conv1DTranspose",
    "Conv2DTranspose",
    "SeparableConv1D",
    "SeparableConv2D",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "LocallyConnected1D",
)
CONVOLUTIONAL = tuple(name for name in PARAMETRIC if "Conv" in name or "Locally" in name)
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "Bidirectional")
NORMALISING = (
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "RMSNormalization",
    "UnitNormalization",
)
DROPPING = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout")
MERGING = ("Add", "Subtract", "Multiply", "Average", "Concatenate", "Maximum", "Minimum", "Dot")
MULTIPLYING = ("Multiply", "Dot", "Matmul", "Einsum", "Tensordot", "BatchDot")
ACTIVATING = ("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax")
ATTENDING = ("MultiHeadAttention", "Attention", "AdditiveAttention", "GroupQueryAttention")
STRAIGHT = ("InputLayer", "Flatten", "Reshape", "Rescaling", "Normalization", "BatchNormalization")
ENDING = (*PARAMETRIC, *RECURRENT, *ATTENDING, "Embedding", "TimeDistributed")
"""What may be the last layer with weights of an output; a normalisation behind it is not."""
POOLING_TO_ONE = (
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
)


@dataclass(frozen=True)
class LayerNote:
    """One layer as the probes read it.

    Attributes:
        path: unique name.
        kind: class name.
        shape: of what the activation does: ``linear``, ``rectifying``, ``saturating``, ``normalising``, ``smooth``, or
            ``none`` where the layer has no activation of its own.
        units: size of the last axis of its output, where known.
        trainable: whether any of its weights is trained.
        layer: the live layer.
    """

    path: str
    kind: str
    shape: str
    units: int | None
    trainable: bool
    parameters: int
    layer: Any


def layer_notes(case: Case) -> tuple[LayerNote, ...]:
    """Every layer below the model, in order; the order of a subclassed model is that of its attributes."""
    return case.once("layer_notes", lambda: _notes(case.model))


def _notes(model: Any) -> tuple[LayerNote, ...]:
    # What Keras' own layers are made of (projections of an attention, the cell of a recurrent layer) is their affair.
    inside = {
        id(part) for layer in model._flatten_layers() if _is_composite(layer) for part in layer._flatten_layers()[1:]
    }
    return tuple(_note(path, layer) for path, layer in layer_paths(model) if id(layer) not in inside)


def _is_composite(layer: Any) -> bool:
    wraps = type(layer).__name__ in ("TimeDistributed", "SpectralNormalization")
    return type(layer).__module__.startswith("keras.src.layers.") and bool(layer._layers) and not wraps


def own_weights(layer: Any) -> list[Any]:
    """The weights that training could change, frozen ones included; those of its parts too for Keras' own layers."""
    parts = layer._flatten_layers() if _is_composite(layer) else [layer]
    return [one for part in parts for one in part._trainable_variables]


def _note(path: str, layer: Any) -> LayerNote:
    kind = type(layer).__name__
    return LayerNote(
        path=path,
        kind=kind,
        shape=activation_shape(layer),
        units=_units(layer),
        trainable=bool(layer.trainable_weights) if layer.weights else True,
        parameters=int(sum(np.prod(one.shape) for one in layer.weights)) if layer.built else 0,
        layer=layer,
    )


def activation_shape(layer: Any) -> str:
    """What the layer's activation does to numbers from -6 to 6; ``none`` where it has none.

    A function is ``normalising`` if its outputs over an axis sum to one, ``linear`` if it is a straight line,
    ``rectifying`` if it is zero or nearly so for all negative numbers, ``saturating`` if it is flat at both ends.
    """
    kind = type(layer).__name__
    if kind in ("ReLU", "LeakyReLU", "PReLU", "ELU"):
        return "rectifying"
    if kind == "Softmax":
        return "normalising"
    function = getattr(layer, "activation", None)
    if function is None or kind in RECURRENT:
        return "none"
    return _shape_of(function)


@lru_cache(maxsize=256)
def _shape_of(function: Any) -> str:
    import keras

    grid = np.linspace(-6, 6, 25, dtype="float32")
    try:
        values = np.asarray(keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(grid[None, :]))))[0]
    except Exception:  # noqa: BLE001 - an activation of the user's own that takes no such numbers has no shape
        return "smooth"
    if values.shape != grid.shape:
        return "smooth"
    if abs(float(values.sum()) - 1) < 1e-3 and values.min() >= 0:
        return "normalising"
    steps = np.diff(values)
    if np.allclose(steps, steps[0], atol=1e-5) and abs(float(steps[0])) > 1e-6:
        return "linear"
    low, high = abs(float(steps[:2].max())), abs(float(steps[-2:].max()))
    if low < 0.02 and high < 0.02:
        return "saturating"
    return "rectifying" if high > 0.05 and abs(float(values[0])) <= 3.0 else "smooth"


def _units(layer: Any) -> int | None:
    for name in ("units", "filters"):
        if isinstance(getattr(layer, name, None), int):
            return int(getattr(layer, name))
    try:
        size = layer.output.shape[-1]
    except (AttributeError, ValueError, TypeError):
        return None
    return int(size) if size is not None else None


def output_layers(case: Case) -> list[LayerNote]:
    """The last layers that hold weights and feed an output, one for each output, in order of outputs."""
    found = _heads_of(case, case.model) or _inner_heads(case)[-1:]
    if not found:
        from .handing_on import givers

        weighted = [note for note in layer_notes(case) if note.kind in PARAMETRIC]
        found = givers(case) or weighted[-1:]
    return found


def _heads_of(case: Case, model: Any) -> list[LayerNote]:
    """The last layers with weights before each output of a model whose outputs are known; else none."""
    notes = {id(note.layer): note for note in layer_notes(case)}
    found = []
    for tensor in _output_tensors(model):
        layer = tensor._keras_history.operation
        while id(layer) in notes and notes[id(layer)].kind not in ENDING:
            previous = _single_input(layer) or _computed_input(layer)
            if previous is None or id(previous) not in notes:
                break
            layer = previous
        if type(layer).__name__ == "TimeDistributed":
            # What is done at every step is done by the layer inside.
            within = _heads_of(case, layer.layer)
            layer = within[0].layer if within else layer.layer
        if id(layer) in notes:
            found.append(notes[id(layer)])
    return found


def _inner_heads(case: Case) -> list[LayerNote]:
    """The heads of models inside one whose own outputs are unknown, but for those that give what other layers take.

    Any of them may be what the program's own step compares with targets, as the decoder of an autoencoder is.
    """
    from .handing_on import is_handed_on

    if _output_tensors(case.model):
        return []
    parts = [one for one in case.model._flatten_layers(include_self=False) if _output_tensors(one)]
    heads = [head for one in parts for head in _heads_of(case, one)]
    takers = [note for note in layer_notes(case) if note.kind in (*PARAMETRIC, *RECURRENT)]
    return [
        head
        for head in heads
        if not any(
            is_handed_on(case, giver, taker)
            for giver in (head, *followed_by(case, head))
            for taker in takers
            if taker.layer is not head.layer
        )
    ]


def _output_tensors(model: Any) -> list[Any]:
    try:
        return [one for one in model.outputs if hasattr(one, "_keras_history")]
    except (AttributeError, ValueError, TypeError):
        return []


def _single_input(layer: Any) -> Any:
    try:
        given = layer.input
    except (AttributeError, ValueError):
        return None
    return getattr(getattr(given, "_keras_history", None), "operation", None)


def _computed_input(layer: Any) -> Any:
    """Of what a layer of the program's own without weights joins, the one operation that is no input of the model.

    Such a layer holds what the network gives against labels that are fed in beside the inputs, and adds the loss.
    """
    nodes = list(getattr(layer, "_inbound_nodes", None) or [])
    if not nodes or layer.weights or type(layer).__module__.startswith("keras."):
        return None
    parents = [one.operation for one in nodes[0].parent_nodes]
    computed = [one for one in parents if type(one).__name__ != "InputLayer"]
    return computed[0] if len(computed) == 1 < len(parents) else None


def head_of(case: Case, name: str, place: int) -> LayerNote:
    """The output layer of the output of this name, or, where names do not tell, of that at this place."""
    heads = output_layers(case) or list(layer_notes(case))[-1:]
    known = list(getattr(case.model, "output_names", None) or ())
    if name in known and len(known) == len(heads):
        return heads[known.index(name)]
    return heads[min(place, len(heads) - 1)]


def hidden_layers(case: Case) -> list[LayerNote]:
    """Layers with weights of a linear map that are not output layers, without those that are never called."""
    last = {id(note.layer) for note in (*output_layers(case), *_inner_heads(case), *_last_inside(case))}
    idle = {note.path for note in uncalled_layers(case)}
    kinds = [note for note in layer_notes(case) if note.kind in PARAMETRIC and note.path not in idle]
    return [note for note in kinds if id(note.layer) not in last]


def _last_inside(case: Case) -> list[LayerNote]:
    """The last layer of a linear map inside each output layer that is of the program's own and holds such layers.

    What it gives is the output, or all that the output is made of.
    """
    found = []
    for head in output_layers(case):
        parts = {id(one) for one in head.layer._flatten_layers(include_self=False)}
        found += [one for one in layer_notes(case) if id(one.layer) in parts and one.kind in PARAMETRIC][-1:]
    return found


def uncalled_layers(case: Case) -> list[LayerNote]:
    """Layers that the model made and that have no weights yet although others have: nothing ever calls them."""
    made = [note for note in layer_notes(case) if note.kind in (*PARAMETRIC, *RECURRENT, "Embedding")]
    idle = [note for note in made if not note.layer.built]
    return idle if len(idle) < len(made) else []


def adds_losses(case: Case) -> bool:
    """Whether the code of a layer's or the model's forward pass names ``add_loss``."""
    made = (case.model, *(note.layer for note in layer_notes(case)))
    calls = (inspect.unwrap(type(one).call) for one in made)
    return any("add_loss" in getattr(getattr(one, "__code__", None), "co_names", ()) for one in calls)


def is_linear(case: Case, width: int) -> bool:
    """Whether the model is one linear map of its inputs' numbers before the output's own activation.

    Args:
        case: the case.
        width: how many numbers a sample has; an output layer that reads more or fewer is given something made of them.
    """
    heads = output_layers(case)
    set_aside = {note.path for note in (*uncalled_layers(case), *heads)}
    set_aside |= {after.path for head in heads for after in followed_by(case, head) if after.kind in ACTIVATING}
    others = [note for note in layer_notes(case) if note.path not in set_aside]
    kernels = [getattr(note.layer, "kernel", None) for note in heads]
    read_all = all(one is not None and len(one.shape) == 2 and int(one.shape[0]) == width for one in kernels)
    return bool(kernels) and read_all and all(note.kind in (*STRAIGHT, *DROPPING) for note in others)


def followed_by(case: Case, note: LayerNote) -> list[LayerNote]:
    """The chain of layers after this one up to the next with weights of a linear map."""
    notes = list(layer_notes(case))
    place = notes.index(note)
    chain = []
    for other in notes[place + 1 :]:
        if other.kind in PARAMETRIC or other.kind in RECURRENT:
            break
        chain.append(other)
    return chain


def weighs_others(layer: Any) -> bool:
    """Whether what the layer gives is multiplied with something else, by the graph of a functional model.

    What only reshapes, bends or drops numbers may stand between.
    """
    ahead, seen = [layer], set()
    while ahead:
        one = ahead.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        for node in getattr(one, "_outbound_nodes", None) or []:
            kind = type(node.operation).__name__
            if kind in MULTIPLYING:
                return True
            if kind not in (*PARAMETRIC, *RECURRENT, *ATTENDING):
                ahead.append(node.operation)
    return False


def before_in_graph(layer: Any) -> Any:
    """The one layer or operation whose output a layer takes, by the graph of a functional model.

    Returns:
        None where several join, at an input, and for what is called by code of the program's own.
    """
    nodes = list(getattr(layer, "_inbound_nodes", None) or [])
    parents = list(nodes[0].parent_nodes) if nodes else []
    return parents[0].operation if len(parents) == 1 else None


def leads_to(note: LayerNote, other: LayerNote) -> bool:
    """Whether what the layer gives is all that reaches the other one; taken for true where no graph tells."""
    layer, seen = other.layer, 0
    while layer is not note.layer:
        layer, known = _single_input(layer), _has_input(layer)
        if layer is None:
            return not known
        seen += 1
        if seen > 100:
            return False
    return True


def _has_input(layer: Any) -> bool:
    try:
        return layer.input is not None
    except (AttributeError, ValueError):
        return False


def effective_shape(case: Case, note: LayerNote) -> str:
    """The shape of what comes of this layer: its own activation, or the first that follows where it has none."""
    if note.shape not in ("linear", "none"):
        return note.shape
    for other in followed_by(case, note):
        if other.shape not in ("linear", "none"):
            return other.shape
    return "linear"


def is_normalised(case: Case, note: LayerNote) -> bool:
    """Whether a normalisation follows this layer, before the next one with weights of a linear map."""
    return any(one.kind in NORMALISING for one in followed_by(case, note))


def last_activation(case: Case, head: LayerNote) -> LayerNote | None:
    """The last layer at or after an output layer whose activation bends numbers; None where the output is linear."""
    bending = [one for one in (head, *followed_by(case, head)) if one.shape not in ("linear", "none")]
    return bending[-1] if bending else None


def reach_of(layer: Any) -> tuple[float, float]:
    """Smallest and largest value that the layer's activation can give, from its values at -10,000 and 10,000."""
    import keras

    shape = activation_shape(layer)
    if shape == "normalising":
        return 0.0, 1.0
    function = getattr(layer, "activation", None) or (layer if type(layer).__name__ in ACTIVATING else None)
    if function is None or shape in ("linear", "none"):
        return -np.inf, np.inf
    given = keras.ops.convert_to_tensor(np.array([[-1e4, 0.0, 1e4]], dtype="float32"))
    values = np.asarray(keras.ops.convert_to_numpy(function(given)))
    low, high = float(values.min()), float(values.max())
    return (low if low > -100 else -np.inf), (high if high < 100 else np.inf)
