"""Filling the texts of the knowledge base with what was measured."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

MISSING = "(not measured)"

_CODE_PLACE = re.compile(r"\{\{|\}\}|\{([A-Za-z_][\w.]*)(?:\|([^{}]*))?\}")


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The template with its ``{field:format}`` places filled; a place whose value is missing says so.

    Fields may be dotted, and may hold an index into a list: ``{layers.0.name}``.
    """
    return _Filling().vformat(template, (), values)


def fill_code(template: str, values: Mapping[str, Any]) -> str:
    """Code with its ``{name|default}`` places filled: the value where there is one, else the default.

    Literal braces are doubled in the template.
    """

    def one(match: re.Match[str]) -> str:
        if match[0] in ("{{", "}}"):
            return match[0][0]
        value = lookup(values, match[1])
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return match[2] if match[2] is not None else match[1]
        return f"{value:g}" if isinstance(value, float) else str(value)

    return _CODE_PLACE.sub(one, template)


def lookup(values: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    value: Any = values
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


class _Filling(string.Formatter):
    """``str.format`` over JSON-like values, which never fails on a value it did not expect."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        return lookup(kwargs, field_name), field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return MISSING
        if isinstance(value, (list, tuple)):
            return ", ".join(self.format_field(one, format_spec) for one in value)
        if isinstance(value, float) and not math.isfinite(value):
            return "NaN" if math.isnan(value) else "infinity" if value > 0 else "minus infinity"
        try:
            return format(value, format_spec)
        except (TypeError, ValueError):
            return str(value)
