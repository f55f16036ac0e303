"""Rows that a model takes all together: they are fed whole, and weights alone set some of them aside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.layers import hidden_layers
from probes.overlap import known_share
from probes.scoring import scores
from probes.trained import inference_to_training
from tests.probes.making import LIVE, batch_case, classes, compiled, make_case, measured, net, table

pytestmark = LIVE

NODES = 90
KEPT = (np.arange(NODES) % 3 == 0).astype("float32")


def citations() -> Case:
    """Nodes of a graph in one batch, of which a third is trained on and another third validates."""
    import keras
    from keras import layers

    class GraphConv(layers.Layer):  # type: ignore[misc]
        def __init__(self, units: int, activation: str | None = None) -> None:
            super().__init__()
            self.dense = layers.Dense(units, use_bias=False)
            self.activation = keras.activations.get(activation)

        def call(self, inputs: Any) -> Any:
            features, joined = inputs
            return self.activation(keras.ops.matmul(joined, self.dense(features)))

    features, joined = keras.Input((6,)), keras.Input((NODES,))
    hidden = GraphConv(8, "relu")([features, joined])
    model = keras.Model([features, joined], layers.Softmax()(GraphConv(3)([hidden, joined])))
    rows = [table(NODES), np.eye(NODES, dtype="float32")]
    ids = classes(NODES)
    return make_case(
        compiled(model, keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy"),
        rows,
        ids,
        sample_weight=KEPT,
        validation_data=(rows, ids, np.roll(KEPT, 1)),
        batch_size=NODES,
        shuffle=False,
        epochs=60,
    )


def test_nodes_of_a_graph_are_fed_whole_and_learnt() -> None:
    case = citations()
    assert case.train.together
    assert case.train.sample(10).rows == case.train.head(10).rows == NODES
    assert scores(case, case.train.sample(10))[0][1].rows == KEPT.sum()
    shown = measured(case, "recorded_run")
    assert shown["error_type"] is None
    assert shown["skill_validation"] > 0.3


def test_what_a_weight_sets_aside_was_not_trained_on() -> None:
    case = citations()
    assert known_share(case) == 0
    assert measured(case, "train_validation")["overlap"] == 0
    assert measured(case, "fit_settings")["zero_weights"] == 0


def test_the_map_inside_an_output_layer_is_no_hidden_layer() -> None:
    case = citations()
    assert [one.layer.units for one in hidden_layers(case)] == [8]
    assert measured(case, "activations")["normalising_hidden"] == 0


def test_rows_for_themselves_are_no_whole() -> None:
    case = make_case(
        compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy"),
        table(NODES),
        classes(NODES),
        sample_weight=KEPT,
        batch_size=NODES,
    )
    assert not case.train.together
    assert case.train.sample(10).rows == 10
    assert scores(case, case.train.sample(NODES))[0][1].rows == NODES
    assert measured(case, "fit_settings")["zero_weights"] > 0.6


def test_states_that_come_back_with_other_targets_are_no_copies() -> None:
    states, random = np.eye(4, dtype="float32")[np.arange(16) % 4], np.random.default_rng(0)
    met = batch_case(compiled(net(1, width=4)), [(states, random.random((16, 1))) for _ in range(20)])
    copied = batch_case(compiled(net(1, width=4)), [(states, states @ np.arange(4.0)[:, None])] * 20)
    assert measured(met, "input_statistics")["duplicate_share"] == 0
    assert measured(copied, "input_statistics")["duplicate_share"] > 0.9


def test_a_loss_at_the_end_of_one_epoch_is_compared_with_that_of_its_last_rows() -> None:
    import keras

    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    # Targets that the program moves on the way: far off at first, then what the model gives.
    batches = [(table(16), np.full((16, 1), 5.0 if number < 40 else 0.1)) for number in range(64)]
    case = batch_case(compiled(model), batches)
    late = inference_to_training(case, 0.01)
    assert late is not None
    assert late == pytest.approx(1.0, abs=0.3), "0.1 squared, over 0.01"
