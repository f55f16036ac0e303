"""Rows that stand on both sides of the split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.overlap import identified, keys, near_copies, seen_ahead
from tests.probes.making import LIVE, compiled, make_case, quantity, table


def test_equal_rows_have_equal_keys() -> None:
    rows = table()
    rows[5] = rows[3]
    found = keys([rows, np.arange(64) * 0])
    assert found[5] == found[3]
    assert len(set(found)) == 63


def test_categories_identify_no_row() -> None:
    assert identified([table()])
    assert not identified([np.random.default_rng(0).integers(0, 3, (64, 4)).astype("float32")])
    assert not identified([np.round(table(), 0)])


class TestOfAModel:
    pytestmark = LIVE

    def ahead(self, rows: int) -> float | None:
        """Of a model that is right on the first `rows` validation rows, which it was trained on, and on no others."""
        import keras

        model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, use_bias=False)])
        model.layers[0].set_weights([np.arange(6, dtype="float32")[:, None]])
        x, held = table(400), table(400)[: rows + 60]
        held[rows:] += 0.5
        y = np.concatenate([quantity(400)[:rows], np.random.default_rng(2).standard_normal(60)])
        return seen_ahead(make_case(compiled(model), x, quantity(400), validation_data=(held, y)))

    def test_rows_known_by_heart_lead(self) -> None:
        assert (self.ahead(60) or 0) > 0.9

    def test_too_few_rows_tell_nothing(self) -> None:
        assert self.ahead(10) is None


def test_jittered_rows_are_near_copies_and_others_are_not() -> None:
    random = np.random.default_rng(3)
    among, fresh = random.normal(size=(600, 5)), random.normal(size=(80, 5))
    copies = among[:40] + 1e-3 * random.normal(size=(40, 5))
    found = near_copies(np.concatenate([copies, fresh, among[40:60]]), among)
    assert found[:40].all()
    assert not found[40:].any(), "neither fresh rows nor exact copies"


@pytest.mark.parametrize(
    "rows", [np.linspace(0, 1, 400)[:, None], np.sin(np.arange(600) / 40 + np.arange(8)[:, None]).T]
)
def test_even_grids_and_windows_of_a_series_are_no_copies(rows: Any) -> None:
    assert near_copies(rows[::3], np.delete(rows, np.s_[::3], axis=0)).mean() < 0.1


def test_points_of_a_plane_are_seldom_near_copies() -> None:
    random = np.random.default_rng(4)
    assert near_copies(random.uniform(size=(300, 2)), random.uniform(size=(3000, 2))).mean() < 0.05
    assert near_copies(random.uniform(size=(300, 1)), random.uniform(size=(3000, 1))).mean() < 0.3
