"""Measurements on the wire: dataclasses to JSON values, with numbers that are not finite as words, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

_NUMBERS: Mapping[str, float] = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_wire(value: Any) -> Any:
    """A JSON value for a measurement or a part of one.

    Numbers that are not finite become ``"NaN"``, ``"Infinity"`` or ``"-Infinity"``, because JSON has no word for them
    and a null would read as *not measured*.

    Raises:
        TypeError: the value is of no kind that a measurement may hold.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return number if math.isfinite(number) else "NaN" if math.isnan(number) else f"{'-' * (number < 0)}Infinity"
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_wire(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_wire(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_wire(one) for one in value]
    raise TypeError(f"a measurement cannot hold {type(value).__name__}")


def from_wire(value: Any) -> Any:
    """A JSON value with the words for numbers that are not finite turned into those numbers."""
    if isinstance(value, dict):
        return {key: from_wire(one) for key, one in value.items()}
    if isinstance(value, list):
        return [from_wire(one) for one in value]
    if isinstance(value, str):
        return _NUMBERS.get(value, value)
    return value
