"""Trainings that were not reached are told from calls of other libraries, and from those that were."""

from __future__ import annotations

import pytest

from probes.process.further_fits import fits_of_other_models, further_fits
from probes.process.source_text import SourceText

PROGRAM = """\
scaler.fit(x)
model.fit(x, y, epochs=3)
base.trainable = True
model.fit(
    x,
    y,
    epochs=3,
)
forest.fit(x, y, sample_weight=w)
"""


@pytest.mark.parametrize(
    ("met", "lines"), [({2}, [4]), (range(4, 9), [2]), ({2, 4}, [])], ids=["the_first", "the_second", "both"]
)
def test_what_is_left(met: set[int] | range, lines: list[int]) -> None:
    assert further_fits(SourceText(PROGRAM), met) == lines


@pytest.mark.parametrize(
    ("program", "met", "lines"),
    [
        (PROGRAM, {2}, []),
        ("teacher.fit(x, epochs=3)\npupil.fit(x, epochs=3)\npupil.fit(x, epochs=9)\n", {1}, [2, 3]),
        ("teacher.fit(x, epochs=3)\npupil.fit(x, epochs=3)\npupil.fit(x, epochs=9)\n", {1, 2}, []),
        ("build().fit(x, epochs=3)\nself.model.fit(x, epochs=3)\n", {1}, [2]),
        ("a.fit(x, epochs=3)\nb.fit(x, epochs=3)\n", set(), []),
    ],
)
def test_which_train_another_model(program: str, met: set[int], lines: list[int]) -> None:
    assert fits_of_other_models(SourceText(program), met) == lines


def test_a_broken_file_has_none() -> None:
    assert further_fits(SourceText("model.fit(x, epochs=3"), set()) == []
