"""The fields of every probe's measurement, from its type hints, in the form that the knowledge base's lint reads."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from knowledge_base.fields import FieldTree
from probes.catalogue import catalogue, hints

_PLAIN: Mapping[type, typing.Literal["flag", "integer", "number", "text"]] = {
    bool: "flag",
    int: "integer",
    float: "number",
    str: "text",
}


@cache
def catalogue_fields() -> Mapping[str, FieldTree]:
    """The fields of each probe's measurement, by the probe's id; imports the probes' modules, never TensorFlow."""
    return {id: measurement_fields(probe.measurement) for id, probe in catalogue().items()}


@cache
def known_treatments() -> frozenset[str]:
    """The treatments that can be carried out on a live case or written into a source; loads no TensorFlow."""
    from assistant.patching.registry import registered
    from probes.trials.treating import treatments

    return frozenset({*treatments(), *registered()})


def measurement_fields(measurement: type) -> FieldTree:
    """The fields of a measurement.

    Raises:
        TypeError: a field is of a type that a measurement cannot hold.
    """
    names = [field.name for field in fields(measurement)]
    found = hints(measurement)
    return FieldTree("record", fields={name: _tree(found[name]) for name in names})


def _tree(hint: Any, optional: bool = False) -> FieldTree:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union([one for one in arguments if one is not type(None)], type(None) in arguments or optional)
    if origin is typing.Literal:
        return _tree(type(arguments[0]), optional)
    if origin is typing.Annotated:
        return _tree(arguments[0], optional)
    if hint in _PLAIN:
        return FieldTree(_PLAIN[hint], optional)
    if isinstance(hint, type) and is_dataclass(hint):
        return FieldTree("record", optional, measurement_fields(hint).fields)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return FieldTree("text", optional)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return FieldTree("mapping", optional, item=_tree(arguments[1]))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return FieldTree("list", optional, item=_tree(arguments[0]))
    raise TypeError(f"a measurement cannot hold {hint!r}")


def _union(hints: list[Any], optional: bool) -> FieldTree:
    kinds = [_tree(hint, optional) for hint in hints]
    if all(tree.numeric for tree in kinds):
        return FieldTree("integer" if all(tree.kind == "integer" for tree in kinds) else "number", optional)
    if len(kinds) != 1:
        raise TypeError(f"a measurement cannot hold one of {hints!r}")
    return kinds[0]
