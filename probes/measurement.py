"""Measurements on the wire: dataclasses to JSON values, with numbers that are not finite as words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


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
