"""A model whose last layer is fed the labels and adds the loss, as where texts of unknown place are read."""

from __future__ import annotations

from typing import Any

import numpy as np

from probes.layers import output_layers
from tests.probes.making import LIVE, classes, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def labelled_inside(rate: float) -> Any:
    """A classifier of which the loss is added by a layer that takes the labels as an input."""
    import keras
    from keras import layers

    class Compares(layers.Layer):  # type: ignore[misc]
        def call(self, labels: Any, given: Any) -> Any:
            wrong = keras.losses.sparse_categorical_crossentropy(labels, given)
            self.add_loss(keras.ops.mean(wrong))
            return given

    rows, labels = keras.Input((6,), name="rows"), keras.Input((1,), name="labels")
    hidden = layers.Dense(16, activation="relu")(rows)
    shares = layers.Dense(3, activation="softmax", name="shares")(hidden)
    model = keras.Model([rows, labels], Compares()(labels, shares))
    model.compile(keras.optimizers.Adam(rate))
    return make_case(model, {"rows": table(), "labels": classes()[:, None].astype("float32")}, epochs=40)


def test_what_a_layer_adds_is_the_loss_where_there_is_no_other() -> None:
    learns = measured(labelled_inside(0.03), "recorded_run")
    assert learns["first_loss"] > 0.8
    assert learns["fall"] > 0.5
    assert learns["penalty_share"] == 0
    assert measured(labelled_inside(1e-9), "recorded_run")["fall"] < 0.06, "a loss that does not move"


def test_beside_a_loss_it_is_a_penalty() -> None:
    import keras
    from keras import layers

    held = layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0))
    case = make_case(compiled(keras.Sequential([keras.Input((6,)), held])), table(), quantity(), epochs=2)
    assert measured(case, "recorded_run")["penalty_share"] > 0


def test_shares_that_a_layer_holds_against_labels_are_the_output() -> None:
    case = labelled_inside(0.01)
    assert [one.layer.name for one in output_layers(case)] == ["shares"]
    assert measured(case, "activations")["normalising_hidden"] == 0


def test_shares_that_another_layer_reads_are_hidden() -> None:
    import keras
    from keras import layers

    inner = [keras.Input((6,)), layers.Dense(4, activation="softmax"), layers.Dense(3, activation="softmax")]
    case = make_case(compiled(keras.Sequential(inner), "adam", "sparse_categorical_crossentropy"), table(), classes())
    assert measured(case, "activations")["normalising_hidden"] == 1
    assert np.isclose(measured(case, "activations")["depth"], 2)
