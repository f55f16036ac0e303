"""What the model can hold against what the data ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.layers import output_layers
from tests.probes.making import LIVE, classes, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def seen(x: Any, y: Any, *body: Any, loss: str = "mse") -> dict[str, Any]:
    import keras

    model = keras.Sequential([keras.Input(x.shape[1:]), *body])
    return measured(make_case(compiled(model, "adam", loss), x, y), "capacity")


def dense(units: int, activation: str | None = None, name: str | None = None) -> Any:
    from keras import layers

    return layers.Dense(units, activation=activation, name=name)


def test_widths_and_counts() -> None:
    found = seen(table(), quantity(), dense(8, "relu", "wide"), dense(2, "relu", "narrow"), dense(1))
    assert (found["parameters"], found["rows"]) == (56 + 18 + 3, 64)
    assert (found["hidden_layers"], found["widest"], found["narrowest"]) == (2, 8, 2)
    assert (found["narrowest_layer"], found["data_kind"], found["linear_model"]) == ("narrow", "table", False)
    assert not found["dense_on_images"]


def test_a_model_without_a_hidden_layer() -> None:
    found = seen(table(), quantity(), dense(1))
    assert found["linear_model"]
    assert found["narrowest_to_output"] == 99.0


def test_a_bottleneck() -> None:
    x, y = table(), np.arange(64) % 10
    found = seen(x, y, dense(2, "relu"), dense(10, "softmax"), loss="sparse_categorical_crossentropy")
    assert found["output_size"] == 10
    assert found["narrowest_to_output"] < 0.25
    assert found["all_that_passes"]


def test_whole_numbers_trained_as_quantities_are_no_classes() -> None:
    found = seen(table(), (np.arange(64) % 10).astype("float32"), dense(2, "relu"), dense(1))
    assert found["output_size"] == 1
    assert found["narrowest_to_output"] == 2


def test_a_narrow_layer_beside_the_way_is_no_bottleneck() -> None:
    import keras
    from keras import layers

    inputs = keras.Input((6,))
    hidden = layers.Dense(16, activation="relu")(inputs)
    gate = layers.Dense(1, activation="sigmoid")(hidden)
    outputs = layers.Dense(10, activation="softmax")(layers.Multiply()([hidden, gate]))
    model = compiled(keras.Model(inputs, outputs), "adam", "sparse_categorical_crossentropy")
    assert not measured(make_case(model, table(), np.arange(64) % 10), "capacity")["all_that_passes"]


@pytest.mark.parametrize(("between", "narrowest"), [(1, 4), (3, 3)], ids=["what comes out", "a narrow code"])
def test_the_end_of_an_inner_model_is_hidden_where_layers_take_it(between: int, narrowest: int) -> None:
    import keras

    class Pair(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            code = dense(between) if between > 1 else dense(4)
            self.decoder = keras.Sequential([keras.Input((code.units,)), dense(8, "relu"), dense(1, "sigmoid")])
            self.encoder = keras.Sequential([keras.Input((6,)), dense(8, "relu"), code])

        def call(self, x: Any) -> Any:
            return self.decoder(self.encoder(x))

    found = measured(make_case(compiled(Pair(), "adam", "mse"), table(), quantity()), "capacity")
    assert found["narrowest"] == narrowest


@pytest.mark.parametrize(
    ("last", "head"), [("nothing", "GRU"), ("plain", "Dense"), ("wrapped", "Dense")], ids=["none", "plain", "wrapped"]
)
def test_the_output_layer_of_every_step(last: str, head: str) -> None:
    import keras
    from keras import layers

    output = layers.Dense(2, "softmax")
    ends = {"nothing": [], "plain": [output], "wrapped": [layers.TimeDistributed(output)]}[last]
    body = [layers.Embedding(9, 8), layers.SpatialDropout1D(0.2), layers.GRU(2, return_sequences=True), *ends]
    model = compiled(keras.Sequential([keras.Input((5,)), *body]), "adam", "sparse_categorical_crossentropy")
    ids = np.arange(320).reshape(64, 5)
    case = make_case(model, ids % 9, ids % 2)
    assert [one.kind for one in output_layers(case)] == [head]
    if last != "nothing":
        assert not measured(case, "activations")["normalising_hidden"]
    assert measured(case, "regularisation")["after_output"] is None


def test_pictures_through_dense_layers() -> None:
    from keras import layers

    pictures = np.random.default_rng(0).random((64, 16, 16, 1), dtype="float32")
    flat = seen(pictures, quantity(), layers.Flatten(), dense(4, "relu"), dense(1))
    folded = seen(pictures, quantity(), layers.Conv2D(2, 3), layers.GlobalAveragePooling2D(), dense(1))
    assert (flat["data_kind"], flat["dense_on_images"], flat["convolutional"]) == ("image", True, False)
    assert (folded["dense_on_images"], folded["convolutional"], folded["floor_of_map"]) == (False, True, 14)


def test_token_ids_beyond_the_embedding() -> None:
    import keras
    from keras import layers

    ids = np.random.default_rng(0).integers(0, 30, (64, 5))
    model = keras.Sequential([layers.Embedding(20, 2), layers.GlobalAveragePooling1D(), dense(1)])
    case = make_case(compiled(model), ids % 20, quantity())
    fits = measured(case, "capacity")
    assert (fits["data_kind"], fits["vocabulary"], fits["embedding_too_small"]) == ("tokens", 20, False)


def test_dropouts_in_a_row() -> None:
    from keras import layers

    found = seen(table(), quantity(), dense(4, "relu"), layers.Dropout(0.5), layers.Dropout(0.5), dense(1))
    assert found["dropout_total"] == 0.25
    assert seen(table(), classes(), dense(1))["dropout_total"] == 1.0


@pytest.mark.filterwarnings("ignore:.*unbuilt state")
def test_layers_that_are_made_and_never_called() -> None:
    import keras

    class Forgetful(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.out = dense(8, "relu", "first"), dense(1, name="out")

        def call(self, inputs: Any) -> Any:
            return self.out(inputs)

    case = make_case(compiled(Forgetful(), "adam", "mse"), table(), quantity())
    found = measured(case, "capacity")
    assert (found["uncalled"], found["linear_model"]) == (1, True)
    assert found["first_uncalled"].endswith("first")
    assert measured(case, "signal")["linear_network"]
    assert seen(table(), quantity(), dense(8, "relu"), dense(1))["uncalled"] == 0


class TestHowFarConvolutionsSee:
    PICTURES = np.random.default_rng(0).standard_normal((64, 28, 28, 1)).astype("float32")
    SERIES = np.random.default_rng(0).standard_normal((64, 100, 2)).astype("float32")

    def test_kernels_strides_and_pools_add_up(self) -> None:
        from keras import layers

        body = (layers.Conv2D(4, 3), layers.MaxPooling2D(2), layers.Conv2D(4, 3, name="last"))
        found = seen(self.PICTURES, quantity(), *body, layers.GlobalAveragePooling2D(), dense(1))
        assert (found["receptive_field"], found["receptive_layer"]) == ([8, 8], "last")
        assert found["receptive_share"] == 8 / 28

    def test_dilation_counts(self) -> None:
        from keras import layers

        body = (layers.Conv1D(4, 3, dilation_rate=2**one) for one in range(4))
        found = seen(self.SERIES, quantity(), *body, layers.GlobalMaxPooling1D(), dense(1))
        assert found["receptive_field"] == [1 + 2 * (1 + 2 + 4 + 8)]

    def test_one_kernel_sees_little_of_a_long_series(self) -> None:
        from keras import layers

        body = (layers.Conv1D(4, 3), layers.GlobalAveragePooling1D())
        assert seen(self.SERIES, quantity(), *body, dense(1))["receptive_share"] == 0.03

    @pytest.mark.parametrize("axes", [2, 3], ids=["picture by picture", "behind a change of shape"])
    def test_pairs_of_films_have_other_axes_than_the_convolutions(self, axes: int) -> None:
        from keras import layers

        films = np.random.default_rng(0).standard_normal((8, 2, 5, 12, 12, 3)).astype("float32")
        each = layers.TimeDistributed(layers.TimeDistributed(layers.Conv2D(2, 3)))
        body = (each,) if axes == 2 else (layers.Reshape((10, 12, 12, 3)), layers.Conv3D(2, 3))
        flat = layers.Reshape((-1, 10, 10, 2))
        found = seen(films, quantity(8), *body, flat, layers.GlobalAveragePooling3D(), dense(1))
        assert (found["receptive_layer"], found["receptive_share"]) == (None, 1.0)

    def test_what_reads_all_places_together_has_no_limit(self) -> None:
        from keras import layers

        assert (
            seen(self.PICTURES, quantity(), layers.Conv2D(4, 3), layers.Flatten(), dense(1))["receptive_share"] == 1.0
        )
        assert seen(self.SERIES, quantity(), layers.LSTM(4), dense(1))["receptive_share"] == 1.0


def test_a_residual_branch_is_no_bottleneck() -> None:
    import keras
    from keras import layers

    def gone_past(residual: bool) -> bool:
        given = keras.Input((6,))
        inner = keras.Sequential([dense(2, "relu", "narrow"), dense(6)])
        x = layers.Add()([given, inner(given)]) if residual else inner(given)
        case = make_case(compiled(keras.Model(given, dense(1)(x)), "adam", "mse"), table(), quantity())
        found = measured(case, "capacity")
        assert found["narrowest_layer"] == "narrow"
        return bool(found["gone_past"])

    assert gone_past(residual=True)
    assert not gone_past(residual=False)


def test_beside_another_input_a_layer_is_a_bottleneck_as_well() -> None:
    import keras
    from keras import layers

    inputs = [keras.Input((6,), name=name) for name in ("left", "right")]
    branches = [dense(width, "relu", name)(one) for width, name, one in zip((1, 8), "ab", inputs, strict=True)]
    model = compiled(keras.Model(inputs, dense(1)(layers.Concatenate()(branches))), "adam", "mse")
    found = measured(make_case(model, {"left": table(), "right": table()}, quantity()), "capacity")
    assert (found["narrowest_layer"], found["gone_past"]) == ("a", False)


def test_whole_numbers_beside_ids_are_no_ids() -> None:
    import keras
    from keras import layers

    job, age = keras.Input((1,), name="job"), keras.Input((1,), name="age")
    read = layers.Flatten()(layers.Embedding(8, 3)(job))
    model = keras.Model([job, age], dense(1)(layers.Concatenate()([read, age])))
    random = np.random.default_rng(0)
    ages, jobs = random.integers(18, 80, (64, 1)), random.integers(0, 8, (64, 1))
    found = measured(make_case(compiled(model), [jobs, ages], quantity()), "capacity")
    assert (found["largest_token"] < 8, found["embedding_too_small"]) == (True, False)
    swapped = measured(make_case(compiled(model), [ages, jobs], quantity()), "capacity")
    assert swapped["embedding_too_small"]
