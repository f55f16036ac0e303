"""Whether training and validation data are of one kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from knowledge_base.loading import load
from knowledge_base.questions import answer_of
from tests.probes.making import LIVE, classes, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE

OTHER = np.random.default_rng(8).standard_normal((60, 6)).astype("float32")
WEIGHTS = np.arange(6, dtype="float32")


def seen(x: Any = OTHER, y: Any = OTHER @ WEIGHTS, model: Any = None, targets: Any = None) -> dict[str, Any]:
    case = make_case(
        model or compiled(net()), table(), quantity() if targets is None else targets, validation_data=(x, y)
    )
    return measured(case, "train_validation")


def test_data_of_one_kind() -> None:
    found = seen()
    assert (found["training_rows"], found["validation_rows"]) == (64, 60)
    assert found["overlap"] == 0.0
    assert found["distinct_training"] == 1.0
    assert found["scale_ratio"] < 1.5
    assert found["mean_shift"] < 0.5
    assert found["told_apart"] < 0.75
    assert found["target_range_ratio"] < 1.5
    assert not found["shape_differs"]


def test_validation_rows_that_were_trained_on() -> None:
    assert seen(np.concatenate([table()[:30], OTHER[:30]]))["overlap"] == pytest.approx(0.5)


def test_pairs_of_ids_that_chance_puts_on_both_sides_are_no_leak() -> None:
    import keras
    from keras import layers

    draws = np.random.default_rng(3)
    cells = draws.permutation(30 * 20)

    def answer(held: Any) -> str | None:
        inputs = [keras.Input((1,), name="user"), keras.Input((1,), name="film")]
        parts = [layers.Flatten()(layers.Embedding(30, 4)(one)) for one in inputs]
        model = compiled(keras.Model(inputs, layers.Dense(1)(layers.Concatenate()(parts))))
        trained, y = cells[:240], draws.normal(size=240)
        held_out = ([held // 20, held % 20], draws.normal(size=len(held)))
        case = make_case(model, [trained[:, None] // 20, trained[:, None] % 20], y, validation_data=held_out)
        return answer_of(load().questions["split_clean"], measured(case, "train_validation")).answer_id

    renumbered = draws.integers(0, 600, 100)[:, None]
    assert answer(renumbered) == "clean"
    assert answer(cells[100:200, None]) == "leaks"


@pytest.mark.parametrize(("factor", "ratio"), [(255.0, 100), (1 / 255, 100)])
def test_inputs_scaled_on_one_side_alone(factor: float, ratio: float) -> None:
    found = seen(OTHER * factor)
    assert found["scale_ratio"] > ratio
    assert found["range_ratio"] > ratio


def test_inputs_shifted_on_one_side_alone() -> None:
    found = seen(OTHER + 4)
    assert found["mean_shift"] > 3
    assert found["told_apart"] > 0.9


def test_a_pipeline_that_varies_training_rows() -> None:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((table(), quantity())).batch(16)
    noise = tf.random.Generator.from_seed(1)
    varied = rows.map(lambda x, y: (x + noise.normal(tf.shape(x)), y))
    for data, said in ((rows, False), (varied, True)):
        case = make_case(compiled(net()), data, epochs=3, validation_data=(OTHER, OTHER @ WEIGHTS))
        assert measured(case, "train_validation")["varied"] is said


def test_targets_scaled_on_one_side_alone() -> None:
    assert seen(y=OTHER @ WEIGHTS * 100)["target_range_ratio"] > 50


def test_quantities_that_lie_elsewhere() -> None:
    found = seen(y=quantity()[:60] + 2 * quantity().std())
    assert found["target_mean_shift"] == pytest.approx(2.0, abs=0.4)
    assert found["target_shift"] == 0.0


def test_classes_that_training_never_shows() -> None:
    model = compiled(net(5, "softmax"), "adam", "sparse_categorical_crossentropy")
    assert seen(y=np.arange(60) % 5, model=model, targets=classes())["new_classes"] == 2
    assert seen(y=np.arange(60) % 3, model=model, targets=classes())["new_classes"] == 0


def test_no_validation_data() -> None:
    assert "no validation data" in unknown(make_case(compiled(net()), table(), quantity()), "train_validation")


def test_validation_rows_that_are_training_rows_with_a_little_noise() -> None:
    noise = 1e-4 * np.random.default_rng(9).standard_normal((30, 6))
    found = seen(np.concatenate([table()[:30] + noise, OTHER[:30]]).astype("float32"))
    assert found["overlap"] == 0.0
    assert found["near_overlap"] == pytest.approx(0.5)
    assert seen()["near_overlap"] == 0.0
