"""How sequences are padded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, compiled, make_case, measured, net, quantity, table

pytestmark = LIVE

LENGTHS = 1 + np.arange(64) % 5
LEADING = np.array([[0] * (20 - one) + [2] * one for one in LENGTHS])


def seen(x: Any, mask: bool = False, reader: str = "LSTM") -> dict[str, Any]:
    import keras
    from keras import layers

    read = layers.LSTM(2) if reader == "LSTM" else layers.GlobalAveragePooling1D()
    model = keras.Sequential([layers.Embedding(5, 3, mask_zero=mask), read, layers.Dense(1, activation="sigmoid")])
    return measured(make_case(compiled(model, "adam", "binary_crossentropy"), x, binary()), "sequence_padding")


@pytest.mark.parametrize(("x", "trailing"), [(LEADING, False), (LEADING[:, ::-1], True)], ids=["leading", "trailing"])
def test_padding_and_its_side(x: Any, trailing: bool) -> None:
    found = seen(x)
    assert found["padding_share"] > 0.8
    assert found["median_length"] == 3
    assert found["trailing"] is trailing
    assert (found["masked"], found["recurrent"], found["averaging"]) == (False, True, False)


def test_padding_that_the_model_is_told_of() -> None:
    assert seen(LEADING, mask=True)["masked"]


def test_padding_that_is_averaged() -> None:
    found = seen(LEADING, reader="average")
    assert (found["averaging"], found["recurrent"]) == (True, False)


def test_full_sequences() -> None:
    assert seen(np.full((64, 20), 2))["padding_share"] == 0.0


def test_a_table_has_no_padding() -> None:
    found = measured(make_case(compiled(net()), table(), quantity()), "sequence_padding")
    assert (found["length"], found["words"], found["padding_share"]) == (0, 0, 0.0)


def test_words_that_a_vocabulary_lacks() -> None:
    random = np.random.default_rng(0)
    known = random.integers(2, 40, (64, 12))
    x = np.where(random.random(known.shape) < 0.7, 1, known)
    found = seen(x)
    assert (found["commonest"], found["words"]) == (1, len(np.unique(x)))
    assert 0.6 < found["commonest_share"] < 0.8
    assert seen(known)["commonest_share"] < 0.1
