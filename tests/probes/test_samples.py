"""A look at some samples with their labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.samples import EDGE, MOST, VALUES, look_at, pictures
from tests.probes.making import classes, compiled, make_case, net, table


class TestPictures:
    """Pictures as they are drawn; no model is needed."""

    def test_bytes_stay_as_they_are(self) -> None:
        array = np.arange(2 * 4 * 4 * 3, dtype="uint8").reshape(2, 4, 4, 3)
        assert (pictures(array) == array).all()

    def test_shares_of_one_become_bytes(self) -> None:
        array = np.linspace(0, 1, 2 * 8 * 8).reshape(2, 8, 8)
        found = pictures(array)
        assert found.shape == (2, 8, 8, 3)
        assert (found.min(), found.max()) == (0, 255)
        assert (found[..., 0] == found[..., 2]).all()

    @pytest.mark.parametrize("factor", [1e-3, 1.0, 3000.0])
    def test_any_other_range_is_stretched(self, factor: float) -> None:
        found = pictures(np.random.default_rng(0).normal(size=(3, 8, 8, 1)) * factor)
        assert (found.min(), found.max()) == (0, 255)

    def test_what_is_not_finite_or_all_alike_is_drawn_all_the_same(self) -> None:
        array = np.full((1, 8, 8), np.nan)
        assert pictures(array).shape == (1, 8, 8, 3)

    def test_channels_that_stand_first_are_seen(self) -> None:
        assert pictures(np.zeros((2, 3, 12, 16))).shape == (2, 12, 16, 3)

    def test_large_pictures_become_small_and_keep_their_shape(self) -> None:
        array = np.zeros((1, 200, 100, 3), "uint8")
        array[:, :100] = 200
        found = pictures(array)
        assert found.shape == (1, EDGE, EDGE // 2, 3)
        assert (found[0, 0, 0, 0], found[0, -1, 0, 0]) == (200, 0)


@pytest.mark.keras
@pytest.mark.usefixtures("live_models")
class TestLook:
    """What the worker hands over."""

    def case(self, x: Any, y: Any, loss: str = "sparse_categorical_crossentropy") -> Any:
        return make_case(compiled(net(3, "softmax"), "adam", loss), x, y)

    def test_rows_of_a_table_come_with_their_own_labels(self) -> None:
        x, y = table(), classes()
        given = look_at(self.case(x, y), 5, 1)["samples"]
        assert len(given) == 5
        for one in given:
            row = next(n for n in range(len(x)) if np.allclose(x[n][:VALUES], one["inputs"][0]["values"]))
            assert one["label"] == str(int(y[row]))

    def test_another_seed_shows_others_and_no_look_is_large(self) -> None:
        case = self.case(table(), classes())
        assert look_at(case, 5, 1) == look_at(case, 5, 1) != look_at(case, 5, 2)
        assert len(look_at(case, 10_000, 1)["samples"]) == MOST

    def test_one_hot_labels_are_told_by_their_class(self) -> None:
        y = np.eye(3)[classes()]
        labels = {one["label"] for one in look_at(self.case(table(), y, "categorical_crossentropy"), 12, 0)["samples"]}
        assert labels <= {"0", "1", "2"}
