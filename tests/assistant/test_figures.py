from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.concepts import concepts
from assistant.figures import chance_classes, course, figures


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("stuck at 0.693", 0.693, "number"),
        ("50 % accuracy", 0.5, "percent"),
        ("99%", 0.99, "percent"),
        ("60 percent", 0.6, "percent"),
        ("nan at epoch 3", 3.0, "epoch"),
        ("after 200 steps", 200.0, "step"),
        ("in the 2nd epoch", 2.0, "epoch"),
        ("after two epochs", 2.0, "epoch"),
        ("in the second epoch", 2.0, "epoch"),
        ("loss is 1e12", 1e12, "number"),
        ("val acc .99", 0.99, "number"),
        ("-0.5", -0.5, "number"),
        ("98,000", 98000.0, "number"),
    ],
)
def test_a_figure(text: str, value: float, unit: str) -> None:
    assert [(one.value, one.unit) for one in figures(text)] == [(value, unit)]


@pytest.mark.parametrize("text", ["Conv2D fails", "float16", "no number", "relu6"])
def test_letters_with_digits_are_no_figures(text: str) -> None:
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("typed", "classes"), [("0.693", 2), ("0.6931", 2), ("0.69", 2), ("2.3026", 10), ("2.303", 10), ("1.0986", 3)]
)
def test_the_loss_of_guessing(typed: str, classes: int) -> None:
    assert chance_classes(typed) == classes
    meaning = figures(f"loss {typed}")[0].means
    assert meaning is not None
    assert f"ln {classes}" in meaning


@pytest.mark.parametrize("typed", ["0.7", "3", "0.5", "2.5", "nan", "-0.693", "0.6999"])
def test_other_figures_are_no_guessing(typed: str) -> None:
    assert chance_classes(typed) is None


def test_even_shares_tell_of_guessing() -> None:
    meaning = figures("accuracy 50 %")[0].means
    assert meaning is not None
    assert "2 equally frequent classes" in meaning
    assert figures("accuracy 61 %")[0].means is None


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 2], None),
        ([0.9, 3.4, 120, 98000], "up"),
        ([3, 2, 1], "down"),
        ([0.5, 2.1, 0.7, 3.0], "swing"),
        ([1.098, 1.098, 1.097], "same"),
        ([0, 0, 0], "same"),
    ],
)
def test_the_course_of_a_row(values: list[float], wanted: str | None) -> None:
    assert course(values) == wanted


@given(st.sampled_from([2, 3, 10, 100, 1000]), st.integers(2, 6))
def test_ln_of_the_classes_is_known_however_many_decimals(classes: int, decimals: int) -> None:
    assert chance_classes(f"{math.log(classes):.{decimals}f}") == classes


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(math.isfinite(one.value) or one.value > 0 for one in figures(text))
    assert isinstance(concepts(text), list)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("train acc 0.99 val acc 0.6", "VAL_WORSE"),
        ("val acc is 99% but train acc only 70%", "VAL_BETTER"),
        ("train acc 0.62 val acc 0.61", "CLOSE"),
        ("validation accuracy is higher than training accuracy", "VAL_BETTER"),
        ("val loss lower than train loss", "VAL_BETTER"),
        ("test accuracy much lower than train accuracy", "VAL_WORSE"),
        ("it starts at 1.2 and ends at 56000", "RISES_FAR"),
        ("from 2.30 to 2.25", "MOVES_LITTLE"),
    ],
)
def test_what_two_figures_tell(text: str, wanted: str) -> None:
    assert wanted in concepts(text)[-1]


def test_clauses_keep_subject_and_behaviour_together() -> None:
    assert concepts("val loss goes up but training is fine") == [["VAL", "LOSS", "UP"], ["TRAIN", "GOOD"]]
