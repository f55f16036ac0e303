"""Samples that the worker hands over, as a turn of the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.terminal import texts
from assistant.terminal.presenting.figures import number
from assistant.terminal.views import Picture, Samples, SampleView

EASILY_SEEN = 16
"""Pixels of the longer side up to which a picture is enlarged."""


def samples_view(key: str, given: Mapping[str, Any]) -> Samples:
    """A look at some samples."""
    samples = tuple(_sample(one) for one in given.get("samples") or ())
    return Samples(key, texts.count(len(samples), "training sample", "training samples"), samples)


def _sample(given: Mapping[str, Any]) -> SampleView:
    inputs = given.get("inputs") or ()
    picture: Picture = next((_picture(one["pixels"]) for one in inputs if one.get("pixels")), ())
    values = tuple((str(one.get("name")), _in_words(one)) for one in inputs if not one.get("pixels"))
    return SampleView(str(given.get("label", "")), picture, values)


def _picture(rows: list[list[list[int]]]) -> Picture:
    """The pixels; those of a very small picture are drawn larger."""
    times = max(1, EASILY_SEEN // max(len(rows), len(rows[0])))
    pixels = [[(int(red), int(green), int(blue)) for red, green, blue in row] for row in rows]
    wide = [tuple(pixel for pixel in row for _ in range(times)) for row in pixels]
    return tuple(row for row in wide for _ in range(times))


def _in_words(one: Mapping[str, Any]) -> str:
    if "text" in one:
        return f"“{one['text']}”"
    values = one.get("values") or ()
    size = 1
    for side in one.get("shape") or ():
        size *= side
    more = f" ... ({size:,})" if size > len(values) else ""
    return "  ".join(number(float(value)) for value in values) + more
