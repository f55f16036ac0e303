"""Pixels that the program divides as whole numbers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from probes.case import Case
from tests.probes.making import LIVE, binary, compiled, make_case, measured, net, table

pytestmark = LIVE

PIXELS = (table() > 1.0).astype("float32")


def case_of(source: str, x: Any) -> Case:
    case = make_case(compiled(net(1, "sigmoid"), "sgd", "binary_crossentropy"), x, binary())
    places = SimpleNamespace(
        user_code=SimpleNamespace(program="train.py"), source=lambda _: SimpleNamespace(text=source)
    )
    case.places = places
    return case


@pytest.mark.parametrize(
    ("source", "x", "divided"),
    [
        ("x = load()\nx = x // 255\n", PIXELS, True),
        ("x = load()\nx //= 255.0\n", PIXELS, True),
        ("x = load()\nx = x // 255\n", PIXELS - 1, True),
        ("x = load()\nx = x // 255\n", PIXELS * 2, False),
        ("x = load()\nx = x / 255  # not x // 255\n", PIXELS, False),
        ("half = len(x) // 2\n", PIXELS, False),
        ("steps = len(x) // 256\n", PIXELS, False),
        ("x = x // 255\n", table(), False),
        ("x = (x //\n", PIXELS, False),
    ],
)
def test_both_the_division_and_what_it_leaves(source: str, x: Any, divided: bool) -> None:
    assert measured(case_of(source, x), "input_statistics")["divided_whole"] is divided
