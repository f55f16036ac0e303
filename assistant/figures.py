"""Figures in what a person typed: which of them tell something, and what."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Unit = Literal["percent", "epoch", "step", "number"]

_FIGURE = re.compile(
    r"(?P<before>\b(?:epochs?|steps?|batch(?:es)?|iterations?)\s+#?)?"
    r"(?<![\w.])(?P<value>-?(?:\d[\d,]*\d|\d)?(?:\.\d+|(?<=\d))(?:e[-+]?\d+)?)(?:(?:st|nd|rd|th)\b|(?!\w*[a-z_]))"
    r"\s*(?P<after>%|percent\b|per cent\b|epochs?\b|steps?\b|batch(?:es)?\b|iterations?\b)?",
    re.IGNORECASE,
)
_WORDS = {"first": 1, "second": 2, "third": 3, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "twenty": 20}
_WORDED = re.compile(rf"\b(?P<word>{'|'.join(_WORDS)})\s+(?P<unit>epochs?|steps?|batch(?:es)?|iterations?)\b", re.I)
_ROUND_CLASSES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 26, 50, 100, 200, 1000)
_ALIKE = 0.01


@dataclass(frozen=True)
class Figure:
    """A number that was typed.

    Attributes:
        text: as it was typed.
        value: the number; a share where the unit is percent (0.5 for ``50 %``).
        unit: what it counts, as far as the words around it tell.
        means: what it tells by itself, such as the loss of guessing between some number of classes; or ``None``.
        at: where in the text it begins.
    """

    text: str
    value: float
    unit: Unit
    means: str | None = None
    at: int = 0


def figures(text: str) -> tuple[Figure, ...]:
    """The figures in a text, in the order typed."""
    found = [figure for match in _FIGURE.finditer(text) if (figure := _figure(match))]
    for match in _WORDED.finditer(text):
        value = float(_WORDS[match["word"].lower()])
        found.append(Figure(match[0], value, _unit(match["unit"]), at=match.start()))
    return tuple(sorted(found, key=lambda one: one.at))


def chance_classes(typed: str) -> int | None:
    """The number of classes between which guessing costs this much cross-entropy: ln 2 is 0.693, ln 10 is 2.303.

    The figure must be typed with two decimals or more, and be right to its last one.
    """
    decimals = len(typed.partition(".")[2])
    if decimals < 2 or not typed.replace(".", "", 1).isdigit():
        return None
    off = 0.6 * 10 ** -min(decimals, 4)
    return next((count for count in _ROUND_CLASSES if abs(float(typed) - math.log(count)) <= off), None)


def course(values: Sequence[float]) -> str | None:
    """What a row of three or more figures does: ``same``, ``up``, ``down``, ``swing``; ``None`` for fewer."""
    if len(values) < 3:
        return None
    if max(values) - min(values) <= _ALIKE * max(abs(one) for one in values):
        return "same"
    steps = [later - earlier for earlier, later in pairwise(values)]
    if all(step >= 0 for step in steps):
        return "up"
    return "down" if all(step <= 0 for step in steps) else "swing"


def _figure(match: re.Match[str]) -> Figure | None:
    typed = match["value"].replace(",", "")
    try:
        value = float(typed)
    except ValueError:
        return None
    unit = _unit(match["after"] or match["before"] or "")
    value = value / 100 if unit == "percent" else value
    shown = " ".join(match[0].split()) if unit != "number" else match["value"]
    return Figure(shown, value, unit, next(_meanings(typed, value, unit), None), match.start("value"))


def _unit(words: str) -> Unit:
    lowered = words.lower()
    if "%" in lowered or "cent" in lowered:
        return "percent"
    if "epoch" in lowered:
        return "epoch"
    return "step" if re.search("step|batch|iteration", lowered) else "number"


def _meanings(typed: str, value: float, unit: Unit) -> Iterator[str]:
    classes = chance_classes(typed) if unit == "number" else None
    if classes:
        yield f"{typed} is ln {classes}, the loss of guessing between {classes} classes"
    if unit == "percent" and value in (0.5, 0.25, 0.2, 0.1):
        yield f"{value:.0%} is what guessing between {round(1 / value)} equally frequent classes gets right"
