"""The inputs of a case by name, and what kind of data each is, judged by shape, values and the layers that read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .recording import Batch
from .structures import named_leaves

_RESCALING = (
    "Normalization",
    "Rescaling",
    "BatchNormalization",
    "LayerNormalization",
    "GroupNormalization",
    "UnitNormalization",
    "Discretization",
    "IntegerLookup",
    "StringLookup",
    "CategoryEncoding",
    "Hashing",
    "Embedding",
)
_ARITHMETIC = ("TrueDivide", "Divide", "Multiply", "Subtract")
_PASSING = ("InputLayer", "Concatenate", "Reshape", "Flatten", "ExpandDims", "Squeeze", "Permute", "Transpose", "Cast")
_LOOKING_UP = frozenset({"gather", "gather_nd", "embedding_lookup", "take", "one_hot"})
_PICTURING = ("Resizing", "CenterCrop", "ZeroPadding")


def input_leaves(case: Case, batch: Batch) -> list[tuple[str, Any]]:
    """Every input array with its name: a mapping's key, or the model's own name of the input.

    How each of the rows that a model takes together is joined to all others says nothing of that row alone, and is left
    out where there is more.
    """
    names = tuple(getattr(case.model, "input_names", None) or ())
    found = named_leaves(batch.x, names, "input")
    if not case.train.together:
        return found
    return [(name, one) for name, one in found if np.shape(one)[1:] != (case.train.rows,)] or found


def rescaled_inputs(case: Case, batch: Batch) -> frozenset[str]:
    """Of several inputs the names of those that reach nothing but layers that rescale or encode them, by the graph."""
    tensors = _input_tensors(case.model, batch.x, [name for name, _ in input_leaves(case, batch)])
    return frozenset(name for name, one in tensors.items() if _rescaled_behind(one._keras_history.operation))


def looked_up(case: Case, batch: Batch) -> frozenset[str] | None:
    """Of several inputs the names of those that go straight into an embedding; None where the graph does not tell."""
    tensors = _input_tensors(case.model, batch.x, [name for name, _ in input_leaves(case, batch)])
    if not tensors:
        return None
    return frozenset(name for name, one in tensors.items() if _looked_up_behind(one._keras_history.operation))


def _looked_up_behind(operation: Any) -> bool:
    kinds = [(node.operation, type(node.operation).__name__) for node in operation._outbound_nodes]
    # Inside a model of its own everything may happen to them.
    return any(
        kind == "Embedding" or hasattr(one, "layers") or (kind in _PASSING and _looked_up_behind(one))
        for one, kind in kinds
    )


def _input_tensors(model: Any, given: Any, names: list[str]) -> dict[str, Any]:
    """By the name of an input its tensor in the model's graph; nothing of a subclassed model, which has none."""
    try:
        tensors = list(model.inputs)
    except (AttributeError, TypeError, ValueError):
        return {}
    if len(tensors) < 2:
        return {}
    if isinstance(given, Mapping):
        called = {one.name: one for one in tensors}
        return {name: called[name] for name in names if name in called}
    return dict(zip(names, tensors, strict=True)) if len(names) == len(tensors) else {}


def _rescaled_behind(operation: Any, around: tuple[Any, ...] = ()) -> bool | None:
    """Whether all that reads what the operation gives rescales it; None where nothing reads it.

    ``around`` are the models inside which the operation stands, the innermost first.
    """
    nodes = list(operation._outbound_nodes)
    if not nodes:
        return _rescaled_behind(around[0], around[1:]) if around else None
    return _all_known(_rescales(node, around) for node in nodes)


def _rescales(node: Any, around: tuple[Any, ...]) -> bool | None:
    operation, kind = node.operation, type(node.operation).__name__
    if kind in _RESCALING or (kind in _ARITHMETIC and len(node.input_tensors) == 1):
        return True
    inner = getattr(operation, "inputs", None) if hasattr(operation, "layers") else None
    if inner:
        return _all_known(_rescaled_behind(one._keras_history.operation, (operation, *around)) for one in inner)
    passes = kind in _PASSING or kind.startswith(("Random", *_PICTURING))
    return _rescaled_behind(operation, around) if passes else False


def _all_known(found: Iterable[bool | None]) -> bool | None:
    known = [one for one in found if one is not None]
    return all(known) if known else None


def looks_up(case: Case) -> bool:
    """Whether the model looks ids up: by a layer of Keras, or by code of its own."""
    return any(type(layer).__name__ == "Embedding" for layer in case.model._flatten_layers()) or gathers(case)


def gathers(case: Case) -> bool:
    """Whether code of the program's own, or an operation between layers, looks rows up by number."""
    return case.once("gathers", lambda: _gathers(case.model))


def _gathers(model: Any) -> bool:
    layers = model._flatten_layers(include_self=True)
    between = {type(one).__name__ for one in getattr(model, "operations", ())}
    own = {type(layer) for layer in layers if not type(layer).__module__.startswith("keras.")}
    functions = [one for kind in own for one in vars(kind).values()]
    functions += [getattr(layer, "function", None) for layer in layers]
    called = {name for one in functions for name in _names_in(getattr(one, "__code__", None))}
    return bool(called & _LOOKING_UP) or bool(between & {"Take", "OneHot"})


def _names_in(code: CodeType | None) -> Iterator[str]:
    """The names that a function's code uses, functions inside it included."""
    if code is not None:
        yield from code.co_names
        for inner in code.co_consts:
            yield from _names_in(inner if isinstance(inner, CodeType) else None)


def is_tokens(case: Case, array: NDArray[Any]) -> bool:
    """Whether an array holds token ids: whole numbers, at most two axes, and an embedding in the model."""
    if array.dtype.kind not in "iuf" or array.ndim > 2 or not array.size:
        return False
    values: NDArray[Any] = np.asarray(array[:500], dtype="float64")
    ids = bool(np.all(values == np.round(values)) and np.all(values >= 0) and np.any(values > 1))
    return ids and looks_up(case)


def ids_alone(case: Case) -> bool:
    """Whether every input is an id or two a row that the model looks up, whose interplay simple models do not see."""
    sample = case.train.sample(200)
    arrays = [np.asarray(one) for _, one in input_leaves(case, sample)]
    return bool(arrays) and all(int(np.prod(one.shape[1:])) <= 2 and is_tokens(case, one) for one in arrays)


def pictures_varied(case: Case) -> bool:
    """Whether the inputs are pictures and a pipeline gives other ones in every epoch."""
    return case.train.varied and any(is_image(one) for _, one in input_leaves(case, case.train.sample(8)))


def is_image(array: NDArray[Any]) -> bool:
    """Whether an array holds pictures: four axes, with two of them at least 4 long, or three with both at least 8."""
    if array.ndim == 4:
        return bool(sum(size >= 4 for size in array.shape[1:]) >= 2)
    return array.ndim == 3 and min(array.shape[1:]) >= 8 and array.shape[1] == array.shape[2]
