from __future__ import annotations

import math

import pytest

from assistant.wording import fill, fill_code


@pytest.mark.parametrize(
    ("template", "values", "filled"),
    [
        ("{a:.1e}", {"a": 0.00012}, "1.2e-04"),
        ("{a.b} and {l.0.name}", {"a": {"b": 3}, "l": [{"name": "dense[0]"}]}, "3 and dense[0]"),
        ("{a:.2f}", {"a": None}, "(not measured)"),
        ("{a:.2f}", {}, "(not measured)"),
        ("{a:.2f}", {"a": math.nan}, "NaN"),
        ("{a}", {"a": ["x", "y"]}, "x, y"),
        ("{a:.1f}", {"a": [1.0, 2.0]}, "1.0, 2.0"),
        ("{a:d}", {"a": "many"}, "many"),
        ("{{literal}}", {}, "{literal}"),
    ],
)
def test_texts_are_filled_from_measurements(template: str, values: dict[str, object], filled: str) -> None:
    assert fill(template, values) == filled


@pytest.mark.parametrize(
    ("template", "values", "filled"),
    [
        ("SGD({learning_rate|1e-3})", {"learning_rate": 0.5}, "SGD(0.5)"),
        ("SGD({learning_rate|1e-3})", {}, "SGD(1e-3)"),
        ("SGD({learning_rate|1e-3})", {"learning_rate": math.nan}, "SGD(1e-3)"),
        ("class_weight={{0: 1.0}}", {}, "class_weight={0: 1.0}"),
        ("{name}", {}, "name"),
        ("{x|}", {}, ""),
    ],
)
def test_code_is_filled_from_facts(template: str, values: dict[str, object], filled: str) -> None:
    assert fill_code(template, values) == filled
