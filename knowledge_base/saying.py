"""Texts with places to fill: what an answer says of a measurement, where it points, and the code of a remedy.

A ``say`` names fields of the measurement (``{layers.0.name}``, ``{ratio:.1e}``). ``{matching.name}`` stands for that
field of every item that fulfils the first condition on items in the answer's ``when``. The code of a remedy names facts
of the case with a default, ``{learning_rate|1e-3}``.
"""

from __future__ import annotations

import math
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge_base.conditions import MISSING, Condition, look_up, matching_items
from knowledge_base.questions import Answer

MATCHING = "matching"
MISSING_VALUE = "(not measured)"
_MOST_NAMED = 4
_FACT = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_FACT_NAME = re.compile(r"[a-z_][a-z0-9_.]*")


class TemplateError(ValueError):
    """A text with places to fill does not parse; the message says why."""


@dataclass(frozen=True)
class Field:
    """A place to fill.

    Attributes:
        path: the dotted path of the field.
        spec: how the value is formatted, as in Python's format strings.
    """

    path: str
    spec: str


def fields(template: str) -> list[Field]:
    """The places to fill in a ``say`` or a ``locate``.

    Raises:
        TemplateError: a brace is open, or a place has no name.
    """
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        raise TemplateError(str(error)) from error
    found = [Field(path, spec or "") for _, path, spec, conversion in parsed if path is not None and not conversion]
    if len(found) != sum(path is not None for _, path, _, _ in parsed) or any(not one.path for one in found):
        raise TemplateError("a place to fill is written {field} or {field:format}")
    return found


def say(answer: Answer, measurement: Mapping[str, Any]) -> str:
    """What an answer says of a measurement; a field that it lacks reads *(not measured)*."""
    return "".join(_filled(answer.say or "", answer, measurement))


def places(answer: Answer, measurement: Mapping[str, Any]) -> tuple[str, ...]:
    """The places that an answer points at, one for each item where a field is a list; none for a missing field."""
    found: list[str] = []
    for template in answer.locate:
        named = fields(template)
        if not named:
            found.append(template)
            continue
        value = _value(named[0].path, answer, measurement)
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                found.append(template.replace(f"{{{named[0].path}}}", str(one)))
    return tuple(dict.fromkeys(found))


def _filled(template: str, answer: Answer, measurement: Mapping[str, Any]) -> Iterator[str]:
    for literal, path, spec, _ in string.Formatter().parse(template):
        yield literal
        if path is not None:
            yield formatted(_value(path, answer, measurement), spec or "")


def _value(path: str, answer: Answer, measurement: Mapping[str, Any]) -> Any:
    if path == MATCHING or path.startswith(f"{MATCHING}."):
        condition = answer.when if isinstance(answer.when, Condition) else None
        found = matching_items(condition, measurement)
        items = found[1] if found else []
        return _each(items, path.removeprefix(MATCHING).removeprefix("."))
    value = look_up(measurement, path)
    if value is not MISSING:
        return value
    head, _, tail = path.partition(".")
    inside = look_up(measurement, head)
    return _each(inside, tail) if tail and isinstance(inside, list) else None


def _each(items: Sequence[Any], path: str) -> list[Any]:
    values = [look_up(item, path) if path else item for item in items]
    return [None if value is MISSING else value for value in values]


def formatted(value: Any, spec: str) -> str:
    """A value in a sentence: lists are joined, and what is not measured or not finite says so."""
    if value is None:
        return MISSING_VALUE
    if isinstance(value, (list, tuple)):
        words = [formatted(one, spec) for one in value]
        if len(words) > _MOST_NAMED:
            words = [*words[: _MOST_NAMED - 1], f"{len(words) - _MOST_NAMED + 1} more"]
        return joined(words)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "infinity" if value > 0 else "minus infinity"
    if isinstance(value, float) and not spec:
        return f"{value:.4g}"
    try:
        return format(value, spec)
    except (TypeError, ValueError):
        return str(value)


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence; *none* for none."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words) if words else "none"


@dataclass(frozen=True)
class Fact:
    """A place in a remedy's code.

    Attributes:
        name: the case's fact.
        default: what stands there where the fact is not known.
    """

    name: str
    default: str


def facts(code: str) -> list[Fact]:
    """The facts that a remedy's code names.

    Raises:
        TemplateError: a brace is neither doubled nor part of ``{fact|default}``.
    """
    found: list[Fact] = []
    for match in _FACT.finditer(code):
        if match.group(0) in ("{{", "}}"):
            continue
        name, bar, default = (match.group(1) or "").partition("|")
        if not bar or not _FACT_NAME.fullmatch(name):
            line = code.count("\n", 0, match.start()) + 1
            raise TemplateError(
                f"line {line} of the code: {match.group(0)!r} is not {{fact|default}}; literal braces are doubled"
            )
        found.append(Fact(name, default))
    return found


def fill(code: str, known: Mapping[str, Any]) -> str:
    """The code of a remedy with the facts of a case, each default where the fact is not known.

    Where nothing can be said without the fact (its default is ``?``), the part of the comment that says it is left out.
    """
    lines = (_without_unsaid(line, known) for line in code.split("\n"))
    return _FACT.sub(lambda match: _fact(match, known), "\n".join(lines))


def _without_unsaid(line: str, known: Mapping[str, Any]) -> str:
    statement, mark, comment = line.partition("#")
    if not mark or "|?}" not in comment:
        return line
    said = [part for part in comment.split(";") if not _unsaid(part, known)]
    return f"{statement}#{';'.join(said)}" if said else statement.rstrip()


def _unsaid(part: str, known: Mapping[str, Any]) -> bool:
    return any(match.group(1) and _fact(match, known) == "?" for match in _FACT.finditer(part))


def _fact(match: re.Match[str], known: Mapping[str, Any]) -> str:
    if match.group(0) in ("{{", "}}"):
        return match.group(0)[0]
    name, _, default = (match.group(1) or "").partition("|")
    value = known.get(name)
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return default
    return f"{value:.6g}" if isinstance(value, float) else str(value)
