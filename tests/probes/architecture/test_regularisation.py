"""What holds the model back on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def seen(*body: Any, optimizer: Any = "adam", **fit: Any) -> dict[str, Any]:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((6,)), layers.Dense(4, "relu"), *body])
    return measured(make_case(compiled(model, optimizer, "mse"), table(), quantity(), **fit), "regularisation")


def last(**settings: Any) -> Any:
    from keras import layers

    return layers.Dense(1, name="last", **settings)


def test_nothing_holds_it_back() -> None:
    found = seen(last())
    assert (found["dropouts"], found["penalised_layers"], found["penalty"], found["kept"]) == (0, 0, 0.0, 1.0)
    assert not found["any_means"]
    assert not found["constrained"]


def test_dropout_within_a_layer_that_reads_both_ways() -> None:
    from keras import layers

    both = layers.Bidirectional(layers.GRU(2, dropout=0.7), name="both")
    found = seen(layers.Reshape((2, 2)), both, last())
    assert (found["dropouts"], found["highest_layer"], found["any_means"]) == (1, "both", True)
    assert found["highest_rate"] == pytest.approx(0.7)


def test_terms_of_the_programs_own() -> None:
    from keras import layers, ops

    class Code(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            self.add_loss(ops.mean(ops.square(x)))
            return x

    assert seen(Code(), last())["own_terms"]
    assert not seen(layers.ActivityRegularization(1e-3), last())["own_terms"]


def test_dropout() -> None:
    from keras import layers

    found = seen(layers.Dropout(0.9, name="drop"), last())
    assert (found["dropouts"], found["highest_layer"], found["any_means"]) == (1, "drop", True)
    assert found["highest_rate"] == pytest.approx(0.9)
    assert found["kept"] == pytest.approx(0.1)
    assert found["after_output"] is None


def test_dropout_in_the_wrong_place() -> None:
    from keras import layers

    assert seen(last(), layers.Dropout(0.2, name="drop"))["after_output"] == "drop"
    assert seen(layers.Dropout(0.2, name="early"), layers.BatchNormalization(), last())["before_norm"] == "early"


@pytest.mark.parametrize(
    ("loss", "called"), [(["mse", None], None), (["mse", "mse"], "drop")], ids=["shown", "trained"]
)
def test_dropout_behind_features_that_are_an_output_too(loss: Any, called: str | None) -> None:
    import keras
    from keras import layers

    given = keras.Input((6,))
    features = layers.Dropout(0.3, name="drop")(layers.Dense(4, "relu")(given))
    model = compiled(keras.Model(given, [last()(features), features]), "adam", loss)
    case = make_case(model, table(), [quantity(), table()[:, :4]])
    assert measured(case, "regularisation")["after_output"] == called


def test_penalties() -> None:
    import keras

    found = seen(last(kernel_regularizer=keras.regularizers.L2(0.5)))
    assert (found["penalised_layers"], found["strongest_layer"]) == (1, "last")
    assert found["strongest_factor"] == pytest.approx(0.5)
    assert found["penalty"] > 0


def test_decay_noise_and_stopping() -> None:
    import keras
    from keras import layers

    stopping = [keras.callbacks.EarlyStopping("loss")]
    found = seen(
        layers.GaussianNoise(0.3), last(), optimizer=keras.optimizers.AdamW(weight_decay=0.1), callbacks=stopping
    )
    assert found["weight_decay"] == pytest.approx(0.1)
    assert found["decay_a_step"] == pytest.approx(1e-4)
    assert found["noise"] == pytest.approx(0.3)
    assert found["early_stopping"]


def test_what_a_residual_branch_drops_comes_past_it() -> None:
    import keras
    from keras import layers

    def model(residual: bool) -> Any:
        given = keras.Input((6,))
        x = given
        for _ in range(6):
            branch = layers.Dropout(0.25)(layers.Dense(6, "relu")(x))
            x = layers.Add()([x, layers.Dropout(0.25)(branch)]) if residual else branch
        tail = keras.Sequential([layers.Dense(4, "relu"), layers.Dropout(0.4)])
        return keras.Model(given, layers.Dense(1)(tail(x)))

    def kept(residual: bool) -> float:
        case = make_case(compiled(model(residual), "adam", "mse"), table(), quantity())
        return float(measured(case, "regularisation")["kept"])

    assert kept(residual=True) == pytest.approx(0.6)
    assert kept(residual=False) == pytest.approx(0.75**6 * 0.6)


def test_of_a_block_of_the_programs_own_the_highest_rate_counts() -> None:
    import keras
    from keras import layers

    class Block(layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = keras.Sequential([layers.Dense(6, "relu"), layers.Dropout(0.1)])
            self.dropout = layers.Dropout(0.2)

        def call(self, x: Any) -> Any:
            return x + self.dropout(self.inner(x))

    assert seen(layers.Dense(6), Block(), Block(), last())["kept"] == pytest.approx(0.64)
