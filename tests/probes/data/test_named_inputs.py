"""Whole numbers that name things, read by a model that multiplies them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.probes.making import LIVE, compiled, make_case, measured, net

pytestmark = LIVE

RANDOM = np.random.default_rng(3)


def seen(x: Any, y: Any) -> dict[str, Any]:
    model = compiled(net(1, "sigmoid", width=x.shape[1]), "adam", "binary_crossentropy")
    return measured(make_case(model, x.astype("float32"), y), "named_inputs")


def test_words_are_names_and_counts_are_quantities() -> None:
    words = RANDOM.integers(1, 31, (1200, 12))
    found = seen(words, (np.isin(words, range(1, 31, 2)).sum(axis=1) > 6).astype("float32"))
    assert found["as_names"] > 0.7
    assert found["gain"] > 0.25
    counts = RANDOM.integers(0, 31, (1200, 12))
    assert seen(counts, (counts @ RANDOM.standard_normal(12) > 0).astype("float32"))["gain"] == 0
