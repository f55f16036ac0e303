"""What trials prove on small programs, and what they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.trials.handler import run_counter_trial, run_trial
from tests.probes.making import make_case
from tests.probes.trials.programs import blobs, classifier, plane, sequential

pytestmark = pytest.mark.keras


def tried(case: Case, *treatments: str, symptom: str = "loss_flat", **more: Any) -> dict[str, Any]:
    return run_trial(case, {"treatments": list(treatments), "symptom": symptom, "seconds": 60, **more})


def test_a_learning_rate_too_low_is_proven_and_nothing_else_is() -> None:
    case = classifier(rate=1e-5)
    answer = tried(case, "set_learning_rate", parameters={"direction": "up"})
    assert answer["proven"], answer["why_not"]
    assert answer["parameters"]["learning_rate"] > 1e-3
    assert len(answer["control"]) == len(answer["treated"]) == 4
    assert answer["symptom_gone"]
    assert answer["horizon"] == "planned_end"
    assert answer["score"] == "balanced_accuracy"
    for other in ("set_hidden_activation", "set_loss", "scale_inputs", "set_batch_size", "set_initializer"):
        assert not tried(case, other)["proven"], other


def test_broad_treatments_yield_to_specific_ones() -> None:
    case = classifier(rate=1e-5)
    answer = tried(case, "set_optimizer", parameters={"learning_rate": 0.01})
    assert not answer["proven"]
    assert "more specific" in answer["why_not"], answer


def test_on_a_healthy_program_nothing_is_tried() -> None:
    case = classifier()
    answer = tried(case, "set_learning_rate", symptom="none")
    assert not answer["applicable"]
    assert answer["control"] == []
    forced = tried(case, "set_learning_rate")
    assert not forced["proven"]
    assert forced["treated"] == []
    assert "does not show" in forced["why_not"]


def test_unscaled_targets_are_proven_in_original_units() -> None:
    import keras

    x, y = plane()
    model = sequential(keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1), shape=(6,))
    model.compile(keras.optimizers.Adam(0.01), "mse")
    case = make_case(model, x, 1e4 * y + 5e4, epochs=15, batch_size=16)
    answer = tried(case, "scale_targets")
    assert answer["proven"], answer["why_not"]
    assert answer["score"] == "r2"
    assert min(answer["treated"]) > 0.8


def test_a_set_helps_where_its_members_do_not() -> None:
    import keras

    keras.utils.set_random_seed(3)
    x, y = blobs()
    model = sequential(keras.layers.Dense(16, activation="relu"), keras.layers.Dense(3))
    model.compile(keras.optimizers.SGD(1e-5), "sparse_categorical_crossentropy")
    case = make_case(model, x, y, epochs=16, batch_size=16)
    assert not tried(case, "set_from_logits")["proven"]
    both = tried(case, "set_from_logits", "set_learning_rate", parameters={"direction": "up"})
    assert both["proven"], both["why_not"]
    given = tried(case, "set_learning_rate", given=["set_from_logits"], parameters={"direction": "up"})
    assert given["proven"], given["why_not"]


def test_a_step_that_ignores_the_loss_does_not_feel_another_one() -> None:
    import keras
    import tensorflow as tf

    class Own(keras.Sequential):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(tf.one_hot(y, 3) - self(x, training=True)))
            found = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(found, self.trainable_variables, strict=True))
            return {"loss": loss}

    model = Own([keras.Input((8,)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    x, y = blobs()
    answer = tried(make_case(model, x, y, epochs=2), "set_from_logits")
    assert not answer["proven"]
    assert not answer["applicable"] or answer["treated"] == answer["control"]


def test_a_program_that_crashes_is_repaired() -> None:
    import keras

    layers = keras.layers
    x, y = blobs(160, width=16)
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(8, 2), layers.Dense(3, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    case = make_case(model, x.reshape(-1, 4, 4, 1), np.eye(3)[y], epochs=20, batch_size=16)
    assert case.error is not None
    answer = tried(case, "flatten_features", symptom="crashes")
    assert answer["proven"], answer["why_not"]
    assert answer["control"] == [0.0] * 4


def test_unknown_treatments_and_tasks_are_refused() -> None:
    import keras

    assert "no treatment" in tried(classifier(), "hope")["reason"]
    x, _ = plane()
    model = sequential(keras.layers.Dense(2), shape=(6,))
    model.compile("sgd", "mse")
    case = make_case(model, x, np.asarray([["a", "b"]] * len(x)), epochs=1)
    assert not tried(case, "set_loss")["proven"]


def test_misaligned_labels_are_proven_by_permuting_them() -> None:
    random = np.random.default_rng(5)
    x, y = blobs(300)
    case = classifier(x=x, y=random.permutation(y), epochs=8)
    answer = run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "metric_stuck", "seconds": 60})
    assert answer["proven"], answer
    assert "permuted" in answer["text"]
    other = run_counter_trial(case, {"cause": "inputs_uninformative", "symptom": "metric_stuck", "seconds": 60})
    assert not other["proven"]
    assert "structure" in other["text"]


def test_a_network_that_learns_nothing_accuses_no_labels() -> None:
    x, y = blobs(300)
    case = classifier(rate=1e-9, x=x, y=np.random.default_rng(5).permutation(y), epochs=4)
    answer = run_counter_trial(case, {"cause": "labels_misaligned", "symptom": "loss_flat", "seconds": 60})
    assert (answer["proven"], answer["refuted"]) == (False, False)
    assert "follow from the inputs" in answer["text"]


def test_counter_trials_prove_nothing_of_sound_data() -> None:
    case = classifier(rate=1e-5)
    for cause in ("labels_misaligned", "inputs_uninformative", "label_noise", "too_little_data"):
        assert not run_counter_trial(case, {"cause": cause, "symptom": "loss_flat", "seconds": 30})["proven"], cause
    assert not run_counter_trial(case, {"cause": "lr_too_low", "symptom": "loss_flat"})["applicable"]
