"""Places as a reader sees them."""

from __future__ import annotations

from assistant.report.model import LocationPart
from assistant.report.places import told_apart


def place(line: int, column: int = 1) -> LocationPart:
    return LocationPart(file="train.py", line=line, column=column, code=f"line {line}")


def test_a_place_that_comes_again_keeps_its_first_rank() -> None:
    assert told_apart([place(7), place(3), place(7, column=9)]) == (place(7), place(3))
