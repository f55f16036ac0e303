from __future__ import annotations

import math

import pytest

from assistant.terminal.widgets.code import fitted
from assistant.terminal.widgets.ticks import Ticks

CODE = """model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),  # was 0.5
    loss="sparse_categorical_crossentropy", metrics=["accuracy", "#1"],
)"""


def test_code_that_fits_stays_as_it_is() -> None:
    assert fitted(CODE, 90) == CODE


@pytest.mark.parametrize("width", [60, 56, 44])
def test_long_lines_go_on_below_and_comments_stand_above(width: int) -> None:
    lines = fitted(CODE, width).splitlines()
    assert max(map(len, lines)) <= max(width, len("    optimizer=keras.optimizers.Adam(learning_rate=0.001),"))
    place = lines.index("    # was 0.5")
    assert lines[place + 1] == "    optimizer=keras.optimizers.Adam(learning_rate=0.001),"
    assert '"#1"],' in fitted(CODE, width)
    assert "".join(fitted(CODE, width).split()).replace("#was0.5", "") == "".join(CODE.split()).replace("#was0.5", "")


def test_a_piece_that_is_no_whole_program_is_laid_out_too() -> None:
    assert fitted("def f(a, b:\n    return a  # as long as this is, it goes on", 24) == (
        "def f(a, b:\n    # as long as this\n    # is, it goes on\n    return a"
    )


@pytest.mark.parametrize(
    ("low", "high", "powers", "labels"),
    [
        (0.0, 60.0, False, ["0", "20", "40", "60"]),
        (-1.3, 2.2, False, ["-1", "0", "1", "2"]),
        (-2.3, 2.1, True, ["0.01", "0.1", "1", "10", "100"]),
        (-6.0, 2.0, True, ["1e-06", "0.0001", "0.01", "1", "100"]),
        (0.1, 0.8, True, ["2", "5"]),
        (1.0, 1.0, False, ["1"]),
    ],
)
def test_numbers_beside_an_axis_are_few_and_round(low: float, high: float, powers: bool, labels: list[str]) -> None:
    ticks, shown = Ticks(5, powers=powers).get_ticks_and_labels(low, high)
    assert shown == labels
    assert all(math.isfinite(one) for one in ticks)
