"""The inputs: finite, scaled, varied."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import LIVE, binary, compiled, make_case, measured, net, quantity, table

pytestmark = LIVE


def seen(x: Any, y: Any = None, model: Any = None) -> dict[str, Any]:
    model = model or compiled(net(width=np.shape(x)[-1]))
    return measured(make_case(model, x, quantity() if y is None else y), "input_statistics")


def test_standardised_inputs() -> None:
    found = seen(table())
    assert (found["nonfinite_share"], found["nonfinite_input"], found["blank_rows"]) == (0.0, None, 0.0)
    assert found["magnitude"] == pytest.approx(1, abs=0.3)
    assert found["scale_ratio"] < 2
    assert (found["constant_share"], found["duplicate_share"], found["stream"]) == (0.0, 0.0, False)
    assert found["inputs"][0]["kind"] == "table"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite(value: float) -> None:
    x = table()
    x[3, 2], x[3, 3], x[9, 0] = value, value, value
    found = seen(x)
    assert found["nonfinite_share"] == pytest.approx(3 / x.size)
    assert found["nonfinite_rows"] == pytest.approx(2 / len(x))
    assert found["nonfinite_input"] is not None
    assert np.isfinite([found["magnitude"], found["minimum"], found["maximum"]]).all()


def test_inputs_that_are_all_missing() -> None:
    found = seen(np.full((64, 6), np.nan))
    assert found["nonfinite_share"] == 1.0
    assert found["minimum"] == "NaN"


def test_large_and_shifted_inputs() -> None:
    assert seen(table() * 500)["magnitude"] > 300
    assert seen(table() + 100)["offset"] > 50


def test_columns_of_other_scales() -> None:
    assert seen(table() * np.array([1, 1, 1, 1, 1, 1000.0]))["scale_ratio"] > 500


def test_columns_that_never_vary_and_blank_rows() -> None:
    x = table()
    x[:, 0] = 4.0
    assert seen(x)["constant_share"] == pytest.approx(1 / 6)
    assert seen(np.zeros((64, 6)))["blank_rows"] == 1.0


def test_rows_that_stand_twice() -> None:
    x = table()
    x[32:] = x[:32]
    assert seen(x)["duplicate_share"] == seen(x)["copied_share"] == pytest.approx(0.5)


def test_rows_of_a_few_categories_are_no_copies() -> None:
    found = seen(np.random.default_rng(3).integers(0, 2, (64, 3)).astype("float32"))
    assert found["duplicate_share"] > 0.8
    assert found["copied_share"] == 0.0


def test_a_model_that_rescales_by_itself() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((6,)), layers.Rescaling(1 / 255), layers.Dense(1)])
    assert seen(table() * 255, model=compiled(model))["rescaled_inside"]
    assert not seen(table())["rescaled_inside"]
    for frozen in (False, True):
        norm = layers.BatchNormalization(trainable=not frozen)
        model = keras.Sequential([keras.Input((6,)), norm, layers.Dense(1)])
        assert seen(table() * 255, model=compiled(model))["rescaled_inside"] is not frozen


def test_pictures_that_are_rescaled_behind_their_augmentation() -> None:
    import keras
    from keras import layers

    def model(*rescaling: Any) -> Any:
        flips = [layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.2)]
        body = [keras.Sequential(flips), *rescaling, layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)]
        return compiled(keras.Sequential([keras.Input((8, 8, 3)), *body]))

    pictures = np.random.default_rng(0).uniform(0, 255, (64, 8, 8, 3)).astype("float32")
    assert seen(pictures, model=model(layers.Rescaling(1 / 255)))["rescaled_inside"]
    assert not seen(pictures, model=model())["rescaled_inside"]


def test_inputs_that_are_rescaled_one_by_one_are_left_out() -> None:
    import keras
    from keras import layers

    def model(*rescaled: str) -> Any:
        given = {name: keras.Input((1,), name=name) for name in ("age", "chol", "kind", "sugar")}
        norm = {name: layers.Normalization(mean=200.0, variance=900.0)(given[name]) for name in rescaled}
        looked_up = layers.IntegerLookup(vocabulary=[1, 2], output_mode="one_hot")(given["kind"])
        parts = [looked_up, *(norm.get(name, given[name]) for name in ("age", "chol", "sugar"))]
        return compiled(keras.Model(given, layers.Dense(1)(layers.Concatenate()(parts))))

    rng = np.random.default_rng(0)
    x = {name: rng.normal(200, 30, (64, 1)).astype("float32") for name in ("age", "chol", "sugar")}
    x["kind"] = rng.integers(1, 3, (64, 1))
    assert seen(x, model=model("age", "chol", "sugar"))["rescaled_inside"]
    one_left = seen(x, model=model("age", "chol"))
    assert one_left["largest_input"] == "sugar"
    assert one_left["magnitude"] > 100


def test_token_ids_are_no_quantities() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([layers.Embedding(900, 2), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    found = seen(np.random.default_rng(0).integers(0, 900, (64, 5)), model=compiled(model))
    assert found["inputs"][0]["kind"] == "tokens"
    assert found["magnitude"] == 1.0
    assert found["largest_input"] is None


def test_pictures_of_bytes() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(1)])
    pictures = np.random.default_rng(0).integers(0, 255, (64, 8, 8, 1), dtype="uint8")
    found = seen(pictures, binary(), compiled(model))
    assert found["inputs"][0]["kind"] == "image"
    assert found["maximum"] > 200
    assert found["scale_ratio"] == 1.0


def test_what_fixed_numbers_at_the_front_make_of_the_inputs() -> None:
    import keras
    from keras import layers

    def model(*front: object) -> object:
        return compiled(keras.Sequential([keras.Input((6,)), *front, layers.Dense(1)]))

    twice = seen(table(), model=model(layers.Rescaling(1 / 255)))
    assert twice["inner_magnitude"] == pytest.approx(twice["magnitude"] / 255, rel=0.01)
    assert seen(table() * 255, model=model(layers.Rescaling(1 / 255)))["inner_magnitude"] == pytest.approx(1, rel=0.5)
    assert seen(table(), model=model(layers.Rescaling(1, offset=900.0)))["inner_offset"] > 60
    assert seen(table() * 255, model=model(layers.Normalization()))["inner_magnitude"] > 25
    # A normalisation by the batch undoes any scale, and without such layers there is nothing to tell.
    assert seen(table(), model=model(layers.Rescaling(1 / 255), layers.BatchNormalization()))["inner_magnitude"] is None
    assert seen(table())["inner_magnitude"] is None
