"""Which layers and weights of deep models are watched."""

from __future__ import annotations

import pytest

from probes.watching import evenly, layer_paths
from tests.probes.making import LIVE


@pytest.mark.parametrize(("count", "most"), [(0, 5), (5, 5), (6, 5), (159, 48), (1000, 96)])
def test_some_of_many(count: int, most: int) -> None:
    found = evenly(list(range(count)), most)
    assert len(found) == min(count, most)
    assert found == sorted(set(found))
    assert not count or (found[0], found[-1]) == (0, count - 1)


class TestOfAModel:
    pytestmark = LIVE

    def test_layers_within_layers_keep_their_order(self) -> None:
        import keras
        from keras import layers

        encoder = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a"), layers.Dense(2, name="b")])
        decoder = keras.Sequential([keras.Input((2,)), layers.Dense(3, name="c"), layers.Dense(4, name="d")])
        inputs = keras.Input((4,))
        paths = [path for path, _ in layer_paths(keras.Model(inputs, decoder(encoder(inputs))))]
        assert [one for one in paths if len(one) == 1] == ["a", "b", "c", "d"]
