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


RANDOM = np.random.default_rng(2)
SCALED = RANDOM.standard_normal((64, 20, 3)).astype("float32")
BESIDE = np.arange(20)[None, :, None] >= LENGTHS[:, None, None]
RISING = np.clip(np.cumsum(np.abs(SCALED), axis=1) / 6, 0, 1)


def series(x: Any, mask: float | None = None) -> dict[str, Any]:
    import keras
    from keras import layers

    masking = [] if mask is None else [layers.Masking(mask)]
    model = keras.Sequential([keras.Input(x.shape[1:]), *masking, layers.LSTM(2), layers.Dense(1)])
    return measured(make_case(compiled(model), x, quantity()), "sequence_padding")


def test_ids_that_are_padded_with_another_value() -> None:
    found = seen(np.where(LEADING == 0, -1, LEADING)[:, ::-1])
    assert (found["padding_value"], found["trailing"], found["masked"]) == (-1.0, True, False)
    assert found["padding_share"] == seen(LEADING)["padding_share"]
    assert not seen(np.where(LEADING == 0, -1, LEADING), mask=True)["masked"]


@pytest.mark.parametrize("fill", [-1.0, -999.0, 1e6])
def test_series_that_are_padded_with_any_value(fill: float) -> None:
    padded = np.where(BESIDE, fill, SCALED).astype("float32")
    found = series(padded)
    assert (found["padding_value"], found["trailing"], found["masked"]) == (fill, True, False)
    assert found["padding_share"] == pytest.approx(1 - LENGTHS.mean() / 20)
    assert series(padded, fill)["masked"]
    assert not series(padded, 0.0)["masked"]


def test_series_that_are_scaled_after_they_were_padded() -> None:
    padded = np.where(BESIDE, 0.0, SCALED + 2)
    found = series(((padded - padded.mean((0, 1))) / padded.std((0, 1)) * [1, -1, 1]).astype("float32"), 0.0)
    assert found["padding_share"] > 0.8
    assert (found["padding_value"], found["masked"]) == (None, False)


@pytest.mark.parametrize(
    "x",
    [
        RISING,
        RISING[..., :1],
        # Each at its own level, and all at the limit of the sensor.
        np.where(BESIDE, SCALED[:, :1], SCALED),
        np.where(BESIDE, 4.0, SCALED)[..., :1],
        np.where(BESIDE, SCALED.max(), SCALED),
    ],
    ids=["shares of a sum", "share of a sum", "own level", "limit", "limit of all"],
)
def test_series_that_end_with_a_constant(x: Any) -> None:
    assert series(x.astype("float32"))["padding_share"] < 0.1


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


@pytest.mark.parametrize(("frozen", "known", "share"), [(True, 2, 0.75), (True, 8, 0.0), (False, 2, 0.0)])
def test_words_that_a_table_of_vectors_lacks(frozen: bool, known: int, share: float) -> None:
    import keras
    from keras import layers

    vectors = np.zeros((9, 4))
    vectors[1 : known + 1] = RANDOM.normal(size=(known, 4))
    looked_up = layers.Embedding(9, 4, weights=[vectors], trainable=not frozen, name="vectors")
    model = keras.Sequential([keras.Input((16,)), looked_up, layers.LSTM(2), layers.Dense(1, activation="sigmoid")])
    words = np.stack([np.arange(8)[np.arange(16) % 8] + 1] * 64)
    found = measured(make_case(compiled(model, "adam", "binary_crossentropy"), words, binary()), "sequence_padding")
    assert found["blank_words"] == pytest.approx(share)
    assert found["blank_layer"] == ("vectors" if frozen else None)


@pytest.mark.parametrize(("mask", "share"), [(0.0, 0.5), (-1.0, 0.0)])
def test_a_mask_that_takes_steps_out_of_the_middle(mask: float, share: float) -> None:
    events = np.where(np.arange(20)[None, :, None] % 2 == 0, 1.0, 0.0) * np.ones((64, 1, 3))
    assert series(events.astype("float32"), mask)["masked_inside"] == pytest.approx(share, abs=0.05)
