"""What a program hands to ``fit`` as data, in kinds, shapes and types; nothing is read or changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .process.holding import FitCall


def data_of(call: FitCall) -> dict[str, Any]:
    """The plain values of ``CaseDescription.data``."""
    given = dict(zip(("x", "y", "sample_weight"), call.batches[0], strict=False)) if call.batches else call.arguments
    described = {name: _one_data(given.get(name)) for name in ("x", "y", "sample_weight")}
    validation = call.arguments.get("validation_data")
    if isinstance(validation, (tuple, list)) and validation:
        validation = validation[0]
    described["validation"] = _one_data(validation)
    return {name: one for name, one in described.items() if one is not None}


def _one_data(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    kind = data_kind(value)
    if kind == "dataset":
        parts = leaves(value.element_spec)
        return {
            "kind": kind,
            "shapes": [shape_of(one) or [] for one in parts],
            "dtypes": [one.dtype.name for one in parts],
        }
    if kind in ("pydataset", "generator") or not (hasattr(value, "shape") or isinstance(value, (list, tuple, Mapping))):
        return {"kind": kind, "shapes": [], "dtypes": []}
    if kind == "list":
        return {"kind": kind, "shapes": [[len(value)]], "dtypes": [type(value[0]).__name__ if value else ""]}
    parts = leaves(value)
    return {
        "kind": kind,
        "shapes": [shape_of(one) or [] for one in parts],
        "dtypes": [str(getattr(getattr(one, "dtype", None), "name", getattr(one, "dtype", ""))) for one in parts],
    }


def data_kind(value: Any) -> str:
    """What kind of thing brings the data: ``array``, ``list``, ``frame``, ``tensor``, ``dataset``, ..."""
    import keras
    import numpy as np
    import tensorflow as tf

    if isinstance(value, tf.data.Dataset):
        return "dataset"
    if isinstance(value, keras.utils.PyDataset):
        return "pydataset"
    if isinstance(value, (tf.Tensor, tf.RaggedTensor, tf.SparseTensor)):
        return "tensor"
    if isinstance(value, np.ndarray):
        return "array"
    if type(value).__module__.partition(".")[0] in ("pandas", "polars"):
        return "frame"
    if isinstance(value, (list, tuple, Mapping)):
        parts = leaves(value)
        return data_kind(parts[0]) if parts and hasattr(parts[0], "shape") else "list"
    return "generator" if hasattr(value, "__next__") else type(value).__name__


def samples_of(value: Any) -> int | None:
    """How many samples are handed over, where that can be told without reading them."""
    kind = data_kind(value) if value is not None else "none"
    if kind in ("pydataset", "generator", "dataset", "none"):
        return None
    parts = leaves(value)
    first = parts[0] if parts and hasattr(parts[0], "shape") else value
    return len(first) if hasattr(first, "__len__") else None


def leaves(value: Any) -> list[Any]:
    """The leaves of nested mappings, lists and tuples; nothing for None."""
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [leaf for one in value.values() for leaf in leaves(one)]
    if isinstance(value, (list, tuple)):
        return [leaf for one in value for leaf in leaves(one)]
    return [value]


def shape_of(output: Any) -> Any:
    """The shape of an array or tensor, or the shapes of several, as lists of numbers and None."""
    if isinstance(output, Mapping):
        return [shape_of(one) for one in output.values()]
    if isinstance(output, (list, tuple)):
        return [shape_of(one) for one in output]
    shape = getattr(output, "shape", None)
    return None if shape is None else [None if axis is None else int(axis) for axis in shape]
