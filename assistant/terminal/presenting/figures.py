"""Numbers and measurements for people: sensible digits, one line a field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

MOST_ITEMS = 6
"""Items of a list that are written out; the rest is counted."""

MOST_LINES = 60

WIDE_RANGE = 30.0
"""Curves whose largest value is more than so many times their median are drawn in powers of ten."""


def figure(value: Any) -> str:
    """One value as a person would write it down."""
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return number(value)
    return str(value)


def number(value: float) -> str:
    """Three digits that matter; words for what is not finite."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "infinity" if value > 0 else "minus infinity"
    if value == int(value) and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e3 <= abs(value) < 1e6 else f"{value:.3g}"


def details(measurement: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every field of a measurement as label and value; parts of parts are indented by their name."""
    return tuple(_fields(measurement, ""))[:MOST_LINES]


def _fields(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        label = f"{before}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _fields(value, f"{label}: ")
        elif isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
            yield label, f"{len(value)}"
            for position, item in enumerate(value[:MOST_ITEMS]):
                yield f"  {item.get('name', position + 1)}", _short(item)
        elif isinstance(value, (list, tuple)):
            yield label, _listed(value)
        else:
            yield label, figure(value)


def _short(item: Mapping[str, Any]) -> str:
    plain = [
        (name, value) for name, value in item.items() if name != "name" and not isinstance(value, (list, tuple, dict))
    ]
    return ", ".join(f"{name.replace('_', ' ')} {figure(value)}" for name, value in plain[:MOST_ITEMS])


def _listed(values: list[Any] | tuple[Any, ...]) -> str:
    if not values:
        return "none"
    shown = ", ".join(figure(one) for one in values[:MOST_ITEMS])
    return f"{shown}, ... ({len(values)} in all)" if len(values) > MOST_ITEMS else shown
