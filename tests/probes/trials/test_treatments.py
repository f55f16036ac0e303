"""What each treatment makes of an arm, and where it does not apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.tasks import outputs
from probes.trials.arm import Arm
from probes.trials.treating import NotApplicable, treatments
from tests.probes.making import make_case
from tests.probes.trials.programs import blobs, classifier, plane, sequential

pytestmark = pytest.mark.keras


def treated(case: Case, treatment: str, **parameters: Any) -> tuple[Arm, Mapping[str, Any]]:
    """An entered arm with this treatment, with the first of its candidates."""
    arm = Arm.of(case)
    arm.__enter__()
    one = treatments()[treatment]
    return arm, one.apply(arm, one.candidates(arm, parameters)[0])


def refusal(case: Case, treatment: str, **parameters: Any) -> str:
    with pytest.raises(NotApplicable) as reason:
        treated(case, treatment, **parameters)
    return str(reason.value)


def model_case(*layers: Any, loss: Any, y: Any = None, x: Any = None, shape: Any = (8,), **more: Any) -> Case:
    own_x, own_y = blobs(96)
    optimizer = more.pop("optimizer", "sgd")
    model = sequential(*layers, shape=shape)
    model.compile(optimizer, loss, metrics=more.pop("metrics", None))
    return make_case(model, own_x if x is None else x, own_y if y is None else y, epochs=2, **more)


def dense(*arguments: Any, **more: Any) -> Any:
    import keras

    return keras.layers.Dense(*arguments, **more)


def test_rates() -> None:
    case = classifier(rate=0.3)
    arm, said = treated(case, "set_learning_rate", direction="down")
    arm.on_start[0](0)
    assert float(arm.optimizer.learning_rate) == pytest.approx(said["learning_rate"]) == pytest.approx(0.01)
    assert "no schedule" in refusal(case, "drop_schedule")
    assert "no room" in refusal(classifier(rate=1.0), "set_learning_rate", direction="up")


def test_schedules_become_constant() -> None:
    import keras

    schedule = keras.optimizers.schedules.ExponentialDecay(0.2, 1, 0.1)
    watching = keras.callbacks.LearningRateScheduler(lambda epoch: 0.0)
    case = model_case(
        dense(3), loss="mse", optimizer=keras.optimizers.SGD(schedule), y=np.eye(3)[blobs(96)[1]], callbacks=[watching]
    )
    arm, said = treated(case, "drop_schedule")
    assert said == {"learning_rate": pytest.approx(0.2), "removed": "schedule, LearningRateScheduler"}
    assert arm.callbacks == []
    restarting, _ = treated(case, "warm_restart")
    assert type(restarting.optimizer._learning_rate).__name__ == "CosineDecayRestarts"


def test_a_rate_rises_at_first_and_then_holds() -> None:
    case = classifier(rate=0.3, epochs=20)
    arm, said = treated(case, "warm_up")
    schedule = arm.optimizer._learning_rate
    rates = [
        float(schedule(step)) for step in (0, said["warmup_steps"] // 2, said["warmup_steps"], said["decay_steps"])
    ]
    assert rates[0] == 0
    assert rates[1] == pytest.approx(0.15, rel=0.1)
    assert rates[2:] == pytest.approx([0.3, 0.3])
    arm.__exit__()
    assert float(case.optimizer.learning_rate) == pytest.approx(0.3)
    assert "no part" in refusal(classifier(epochs=1), "warm_up")


def test_optimizers() -> None:
    import keras

    arm, said = treated(classifier(), "set_optimizer")
    assert said == {"optimizer": "Adam", "learning_rate": 1e-3}
    assert type(arm.optimizer).__name__ == "Adam"
    arm.__exit__()
    wanted = {"optimizer": "SGD", "learning_rate": 0.5, "settings": {"momentum": 0.7}}
    arm, said = treated(classifier(), "set_optimizer", **wanted)
    assert said == wanted
    assert arm.optimizer.momentum == pytest.approx(0.7)
    arm.__exit__()
    assert "cannot be made" in refusal(classifier(), "set_optimizer", optimizer="SGD", settings={"beta_1": 0.7})
    odd = keras.optimizers.Adam(1e-3, beta_1=0.1, clipvalue=1e-6)
    case = model_case(dense(3, activation="softmax"), loss="sparse_categorical_crossentropy", optimizer=odd)
    arm, _ = treated(case, "reset_optimizer_settings")
    assert arm.optimizer.beta_1 == pytest.approx(0.9)
    assert arm.optimizer is not odd
    arm.__exit__()
    assert case.optimizer is odd
    arm, said = treated(case, "unclip_gradients")
    assert odd.clipvalue is None
    assert "clipvalue" in said["removed"]
    arm.__exit__()
    assert odd.clipvalue == 1e-6
    assert "already" in refusal(case, "clip_gradients")
    assert "defaults" in refusal(classifier_with("adam"), "reset_optimizer_settings")


@pytest.mark.parametrize(
    ("rate", "epsilon", "swallowed"), [(1e-3, 1.0, True), (1e-3, 1e-7, False), (0.045, 1.0, False)]
)
def test_an_epsilon_that_swallows_gradients_is_a_defect_that_is_measured(
    rate: float, epsilon: float, swallowed: bool
) -> None:
    import keras

    found = treatments()["reset_optimizer_settings"].in_case(
        classifier_with(keras.optimizers.Adam(rate, epsilon=epsilon))
    )
    assert found.measured is swallowed
    assert (found.yields_to == ()) is swallowed


def classifier_with(optimizer: Any) -> Case:
    return model_case(dense(3, activation="softmax"), loss="sparse_categorical_crossentropy", optimizer=optimizer)


def test_inputs_are_scaled_on_training_rows() -> None:
    x, y = blobs(96)
    scales = np.asarray([1.0, 10, 100, 1e3, 1e4, 1, 1, 1])
    case = model_case(
        dense(3), loss="mse", x=x * scales, y=np.eye(3)[y], validation_data=(2 * x * scales, np.eye(3)[y])
    )
    arm, said = treated(case, "scale_inputs")
    assert said == {"method": "standardise"}
    assert np.asarray(arm.train.x).std(axis=0) == pytest.approx(np.ones(8), abs=1e-3)
    assert arm.validation is not None
    assert np.asarray(arm.validation.x).std(axis=0) == pytest.approx(2 * np.ones(8), abs=1e-2)
    assert "unit scale" in refusal(classifier(), "scale_inputs")


def test_validation_inputs_get_the_scale_of_training_inputs() -> None:
    x, y = blobs(96)
    scales = np.asarray([1.0, 10, 100, 1e3, 1e4, 1, 1, 1])
    case = model_case(dense(3), loss="mse", y=np.eye(3)[y], validation_data=(30 * x * scales + 5, np.eye(3)[y]))
    arm, said = treated(case, "align_validation")
    assert said == {"method": "standardise"}
    assert arm.validation is not None
    assert np.asarray(arm.validation.x) == pytest.approx(np.asarray(x), abs=1e-3)
    shifted = model_case(dense(3), loss="mse", y=np.eye(3)[y], validation_data=(1.5 * x + 0.5, np.eye(3)[y]))
    assert "one scale" in refusal(shifted, "align_validation")
    assert "no validation data" in refusal(model_case(dense(3), loss="mse", y=np.eye(3)[y]), "align_validation")


def test_validation_pixels_get_the_factor_of_training_pixels() -> None:
    import keras

    pictures = np.random.default_rng(0).integers(0, 256, (64, 6, 6, 1)).astype("float32")
    y = np.eye(3)[blobs(64)[1]]
    case = model_case(
        keras.layers.Flatten(),
        dense(3),
        loss="mse",
        x=pictures / 255,
        y=y,
        shape=(6, 6, 1),
        validation_data=(pictures, y),
    )
    assert treated(case, "align_validation")[1] == {"method": "rescale", "factor": pytest.approx(1 / 255)}


def test_random_layers_pass_on_what_they_get() -> None:
    import keras

    pictures = np.random.default_rng(0).random((32, 6, 6, 1)).astype("float32")
    augment = keras.Sequential([keras.layers.RandomFlip(), keras.layers.RandomRotation(0.5)])
    layers = [augment, keras.layers.Flatten(), dense(3)]
    case = model_case(*layers, loss="mse", x=pictures, y=np.eye(3)[blobs(32)[1]], shape=(6, 6, 1))

    def varied() -> bool:
        return not np.array_equal(np.asarray(augment(pictures, training=True)), pictures)

    assert varied()
    arm, said = treated(case, "less_augmentation")
    assert said["layers"].count("random") == 2
    assert not varied()
    arm.__exit__()
    assert varied()
    assert "at random" in refusal(classifier(), "less_augmentation")


def test_pixels_are_divided_and_token_ids_left_alone() -> None:
    import keras

    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (64, 6, 6, 1)).astype("float32")
    case = model_case(
        keras.layers.Flatten(), dense(3), loss="mse", x=pictures, y=np.eye(3)[blobs(64)[1]], shape=(6, 6, 1)
    )
    _, said = treated(case, "scale_inputs")
    assert said == {"method": "rescale", "factor": pytest.approx(1 / 255)}
    words = random.integers(1, 500, (64, 12))
    words[:, 6:] = 0
    layers = [keras.layers.Embedding(500, 4), keras.layers.LSTM(4), dense(1, activation="sigmoid")]
    case = model_case(*layers, loss="binary_crossentropy", x=words, y=blobs(64, 2)[1], shape=(12,))
    assert "token ids" in refusal(case, "scale_inputs")
    arm, said = treated(case, "mask_padding")
    assert said["padding"] == pytest.approx(0.5)
    assert arm.model.layers[0].mask_zero


def test_layers_that_scale_are_enough() -> None:
    import keras

    case = model_case(
        keras.layers.Rescaling(1e-3), dense(3), loss="mse", x=1e3 * blobs(96)[0], y=np.eye(3)[blobs(96)[1]]
    )
    assert "itself" in refusal(case, "scale_inputs")


def test_inputs_that_are_scaled_twice_are_scaled_once() -> None:
    import keras

    y = np.eye(3)[blobs(96)[1]]
    x = blobs(96)[0]
    twice = keras.layers.Rescaling(1 / 255, name="again")
    arm, said = treated(model_case(twice, dense(3), loss="mse", x=x, y=y), "scale_inputs")
    assert said == {"method": "unscale", "layers": ["again"]}
    assert np.asarray(arm.train.x) / 255 == pytest.approx(x, rel=1e-3, abs=1e-5)


def test_a_normalisation_that_was_never_adapted_scales_nothing() -> None:
    import keras

    y = np.eye(3)[blobs(96)[1]]
    case = model_case(keras.layers.Normalization(), dense(3), loss="mse", x=300 * blobs(96)[0], y=y)
    _, said = treated(case, "scale_inputs")
    assert said == {"method": "standardise"}


@pytest.mark.parametrize(
    ("labels", "loss", "units", "expected", "said"),
    [
        (lambda y: y + 1, "sparse_categorical_crossentropy", 3, [0, 1, 2], "ids from 0"),
        (lambda y: y / 255, "sparse_categorical_crossentropy", 3, [0, 1, 2], "ids from 0"),
        (lambda y: 10 * y + 7, "sparse_categorical_crossentropy", 3, [0, 1, 2], "ids from 0"),
        (lambda y: np.eye(3)[y], "sparse_categorical_crossentropy", 3, [0, 1, 2], "ids from one-hot"),
        (lambda y: y + 1, "categorical_crossentropy", 3, [0.0, 1.0], "one-hot"),
        (lambda y: 2 * (y > 0) - 1, "binary_crossentropy", 1, [0.0, 1.0], "0 and 1"),
        (lambda y: (y > 0).astype(int), "hinge", 1, [-1.0, 1.0], "-1 and +1"),
    ],
)
def test_labels_are_written_as_the_loss_reads_them(
    labels: Any, loss: str, units: int, expected: list[Any], said: str
) -> None:
    case = model_case(dense(units), loss=loss, y=labels(blobs(96)[1]), metrics=["accuracy"])
    arm, carried_out = treated(case, "encode_labels")
    assert np.unique(arm.train.y).tolist() == expected
    assert carried_out["encoding"] == said


def test_labels_of_a_distance_that_an_own_loss_judges_are_turned_round() -> None:
    import keras

    def own(wanted: Any, given: Any) -> Any:
        return keras.ops.mean(wanted * given + (1 - wanted) * keras.ops.relu(1 - given))

    labels = (blobs(96)[1] > 0).astype("int64")
    arm, carried_out = treated(model_case(dense(1, activation="relu"), loss=own, y=labels), "encode_labels")
    assert np.asarray(arm.train.y).tolist() == (1 - labels).tolist()
    assert carried_out["encoding"] == "1 and 0"
    assert refusal(model_case(dense(1, activation="sigmoid"), loss=own, y=labels), "encode_labels")


def test_labels_that_fit_are_left_alone() -> None:
    assert "as the loss reads them" in refusal(classifier(), "encode_labels")


def test_targets_are_scaled_only_where_they_are_far_from_unit_scale() -> None:
    x, y = plane(96)
    case = model_case(dense(1), loss="mse", x=x, y=1e3 * y + 50, shape=(6,))
    arm, _ = treated(case, "scale_targets")
    assert np.asarray(arm.train.y).std() == pytest.approx(1.0, abs=1e-3)
    assert "unit scale" in refusal(model_case(dense(1), loss="mse", x=x, y=y, shape=(6,)), "scale_targets")


def test_targets_of_one_of_several_outputs_are_named() -> None:
    import keras

    def case_of(second: float) -> Case:
        inputs = keras.Input((6,))
        hidden = dense(4, activation="relu")(inputs)
        model = keras.Model(inputs, [dense(1, name="near")(hidden), dense(1, name="far")(hidden)])
        model.compile("adam", ["mse", "mse"])
        x, y = plane(96)
        return make_case(model, x, [second * y, 1e3 * y + 50], epochs=1)

    arm, said = treated(case_of(1.0), "scale_targets")
    assert (said["target_output"], said["target_place"]) == (outputs(arm.held)[1].name, 1)
    assert "target_output" not in treated(case_of(1e3), "scale_targets")[1], "no one spread would do for both"


def test_losses() -> None:
    one_hot = np.eye(3)[blobs(96)[1]]
    arm, said = treated(model_case(dense(3, activation="softmax"), loss="mse", y=one_hot), "set_loss")
    assert said == {"loss": "CategoricalCrossentropy"}
    assert type(arm.model.loss).__name__ == "CategoricalCrossentropy"
    _, said = treated(model_case(dense(3), loss="sparse_categorical_crossentropy"), "set_from_logits")
    assert said == {"from_logits": True}
    case = model_case(dense(3, activation="softmax"), loss=from_logits())
    assert treated(case, "set_from_logits")[1] == {"from_logits": False}
    assert "fits" in refusal(classifier(), "set_loss")
    assert "told" in refusal(classifier(), "set_from_logits")


def from_logits() -> Any:
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


@pytest.mark.parametrize(
    ("units", "activation", "loss", "labels", "expected"),
    [
        (1, "softmax", "binary_crossentropy", lambda y: (y > 0).astype(int), "sigmoid"),
        (3, "sigmoid", "sparse_categorical_crossentropy", lambda y: y, "softmax"),
        (3, "relu", "categorical_crossentropy", lambda y: np.eye(3)[y], "softmax"),
        (1, "sigmoid", "mse", lambda y: 3.7 * y - 2.2, "linear"),
    ],
)
def test_output_activations(units: int, activation: str, loss: str, labels: Any, expected: str) -> None:
    case = model_case(
        dense(4, activation="relu"), dense(units, activation=activation), loss=loss, y=labels(blobs(96)[1])
    )
    arm, said = treated(case, "set_output_activation")
    assert said == {"output_activation": expected}
    assert arm.model.layers[-1].activation.__name__ == expected
    arm.__exit__()
    assert case.model.layers[-1].activation.__name__ == activation


def test_a_softmax_over_the_batch_becomes_one_over_classes() -> None:
    import keras

    case = model_case(dense(3), keras.layers.Softmax(axis=0), loss="sparse_categorical_crossentropy")
    arm, said = treated(case, "set_output_activation")
    assert said == {"output_activation": "softmax"}
    assert np.asarray(arm.model(blobs(96)[0])).sum(axis=1) == pytest.approx(np.ones(96), abs=1e-4)
    kept = model_case(dense(3), keras.layers.Softmax(), loss="sparse_categorical_crossentropy")
    assert "fits" in refusal(kept, "set_output_activation")


def test_output_units() -> None:
    case = model_case(dense(1, activation="sigmoid"), loss="sparse_categorical_crossentropy")
    arm, said = treated(case, "set_output_units")
    assert said == {"output_units": 3, "output_activation": "softmax"}
    assert arm.model.output_shape == (None, 3)
    assert arm.model.layers[-1].activation.__name__ == "softmax"


def test_hidden_activations() -> None:
    import keras

    layers = keras.layers
    case = model_case(
        dense(8),
        layers.BatchNormalization(),
        layers.ReLU(),
        dense(8),
        dense(3, activation="softmax"),
        loss=from_logits(),
    )
    arm, said = treated(case, "set_hidden_activation")
    assert said == {"hidden_activation": "relu", "layers": 1}
    assert arm.model.layers[0].activation.__name__ == "linear"
    assert arm.model.layers[3].activation.__name__ == "relu"
    recurrent = model_case(
        layers.LSTM(4, activation="relu"), dense(3), loss="mse", x=np.zeros((96, 5, 2)), shape=(5, 2)
    )
    arm, said = treated(recurrent, "set_hidden_activation")
    assert said["hidden_activation"] == "tanh"
    assert arm.model.layers[0].cell.activation.__name__ == "tanh"


def test_initializers_and_starts() -> None:
    import keras

    case = model_case(
        dense(64, activation="relu", kernel_initializer="zeros"), dense(3, activation="softmax"), loss=from_logits()
    )
    arm, said = treated(case, "set_initializer")
    assert said == {"initializer": "HeNormal", "layers": 1, "biases": []}
    assert arm.initializer is not None
    shut = model_case(
        dense(64, activation="relu", bias_initializer=keras.initializers.Constant(-9.0)),
        dense(3, activation="softmax", bias_initializer=keras.initializers.Constant(-9.0)),
        loss=from_logits(),
    )
    arm, said = treated(shut, "set_initializer")
    assert said == {"initializer": "Zeros", "layers": 0, "biases": [shut.model.layers[0].name]}
    assert type(arm.initializer(shut.model.layers[0], "bias")).__name__ == "Zeros"
    assert arm.initializer(shut.model.layers[1], "bias") is None
    assert "fitting" in refusal(classifier(), "set_initializer")
    arm, _ = treated(classifier(), "new_start")
    assert arm.start_offset == 100


def test_initial_weights_of_a_layer_of_its_own() -> None:
    import keras

    class Linear(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.w = self.add_weight(shape=(shape[-1], 16), initializer="zeros", name="w")
            self.b = self.add_weight(shape=(16,), initializer="zeros", name="b")

        def call(self, x: Any) -> Any:
            return keras.ops.relu(x @ self.w + self.b)

    own = Linear()
    arm, said = treated(model_case(own, dense(3, activation="softmax"), loss=from_logits()), "set_initializer")
    assert said["layers"] == 1
    assert arm.initializer(own, "w") is not None
    assert arm.initializer(own, "b") is None


def test_batch_normalisation() -> None:
    import keras

    layer = keras.layers.BatchNormalization(momentum=0.999)
    case = model_case(dense(8, activation="relu"), layer, dense(3), loss=from_logits())
    arm, _ = treated(case, "set_batch_normalization_momentum")
    assert layer.momentum == 0.9
    arm.__exit__()
    arm, _ = treated(case, "remove_batch_normalization")
    x = np.ones((2, 8), "float32")
    assert np.array_equal(np.asarray(layer(x, training=True)), x)
    arm.__exit__()
    assert layer.momentum == 0.999
    assert not np.array_equal(np.asarray(layer(x + np.arange(2)[:, None], training=True)), x)
    assert "already" in refusal(case, "add_batch_normalization")
    arm, _ = treated(classifier(), "add_batch_normalization")
    kinds = [type(one).__name__ for one in arm.model._flatten_layers()]
    assert kinds.count("BatchNormalization") == 2
    assert "behind the output" in refusal(case, "move_batch_normalization")
    last = model_case(dense(8, activation="relu"), dense(3), keras.layers.BatchNormalization(), loss=from_logits())
    arm, _ = treated(last, "move_batch_normalization")
    kinds = [type(one).__name__ for one in arm.model.layers]
    assert kinds == ["Dense", "Sequential", "Identity"]
    assert [type(one).__name__ for one in arm.model.layers[1].layers] == ["BatchNormalization", "Dense"]


def test_dropout_and_penalties() -> None:
    import keras

    layers = keras.layers
    case = model_case(
        dense(8, activation="relu", kernel_regularizer=keras.regularizers.L2(1.0)),
        layers.Dropout(0.8),
        layers.BatchNormalization(),
        dense(3),
        layers.Dropout(0.5),
        loss=from_logits(),
    )
    arm, said = treated(case, "less_dropout")
    assert said == {"dropout": 0.2, "dropout_before": 0.8, "layers": 2}
    arm.__exit__()
    assert case.model.layers[1].rate == 0.8
    arm, said = treated(case, "less_regularization")
    assert said["penalty_before"] == 1.0
    assert float(case.model.layers[0].kernel.regularizer.l2) == pytest.approx(1e-4)
    arm.__exit__()
    assert float(case.model.layers[0].kernel.regularizer.l2) == 1.0
    arm, said = treated(case, "move_dropout")
    kinds = [type(one).__name__ for one in arm.model.layers]
    assert kinds == ["Dense", "Identity", "Sequential", "Dense", "Identity"]
    assert "penalised already" in refusal(case, "more_regularization")
    arm, said = treated(classifier(), "add_dropout")
    assert said == {"dropout": 0.3}
    assert [type(one).__name__ for one in arm.model._flatten_layers()].count("Dropout") == 1
    assert treated(classifier(), "more_regularization")[1] == {"l2": 1e-3, "layers": 2}


def test_frozen_layers() -> None:
    case = model_case(dense(8, trainable=False), dense(3), loss=from_logits())
    arm, said = treated(case, "unfreeze")
    assert len(arm.model.trainable_variables) == 4
    assert said["unfrozen"] == case.model.layers[0].name
    arm.__exit__()
    assert len(case.model.trainable_variables) == 2
    assert "trainable" in refusal(classifier(), "unfreeze")


def test_a_softmax_inside_goes_and_one_that_weighs_stays() -> None:
    import keras

    inputs = keras.Input((4,))
    hidden = dense(8, activation="softmax", name="hidden")(inputs)
    weights = dense(8, activation="softmax", name="weights")(hidden)
    outputs = dense(3, activation="softmax")(keras.layers.Multiply()([weights, dense(8, activation="relu")(hidden)]))
    model = keras.Model(inputs, outputs)
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = blobs(96)
    arm, said = treated(make_case(model, np.resize(x, (96, 4)), y, epochs=1), "replace_hidden_softmax")
    assert said == {"hidden_activation": "relu", "layers": "hidden"}
    assert arm.model.get_layer("hidden").activation.__name__ == "relu"
    assert arm.model.get_layer("weights").activation.__name__ == "softmax"
    assert "weighs nothing" in refusal(classifier(), "replace_hidden_softmax")


@pytest.mark.parametrize(("rates", "measured"), [((0.8, 0.9), True), ((0.5, 0.5, 0.5), False)])
def test_dropout_that_lets_next_to_nothing_pass_is_a_defect_by_itself(rates: tuple[float, ...], measured: bool) -> None:
    import keras

    case = model_case(*(keras.layers.Dropout(one) for one in rates), dense(3), loss=from_logits())
    found = treatments()["less_dropout"].in_case(case)
    assert found.measured is measured
    assert found.yields_to == (() if measured else ("set_learning_rate",))


def test_sizes() -> None:
    case = classifier()
    assert [one.units for one in treated(case, "more_units")[0].model.layers] == [64, 64, 3]
    wide = model_case(dense(64, activation="relu"), dense(64, activation="relu"), dense(3), loss=from_logits())
    assert [one.units for one in treated(wide, "fewer_units")[0].model.layers] == [16, 16, 3]
    arm, _ = treated(case, "add_hidden_layer")
    assert sum("dense" in one.name for one in arm.model._flatten_layers(include_self=False)) == 5
    import keras

    apart = model_case(dense(3), keras.layers.Activation("softmax"), loss="sparse_categorical_crossentropy")
    arm, _ = treated(apart, "add_hidden_layer")
    assert [one.shape[-1] for one in arm.model.trainable_variables] == [64, 64, 3, 3]
    deep = model_case(*[dense(8, activation="relu") for _ in range(5)], dense(3), loss=from_logits())
    assert treated(deep, "remove_layers")[1] == {"removed": 3}
    assert "no more than two" in refusal(case, "remove_layers")


def test_a_model_of_a_class_of_its_own_is_not_rebuilt() -> None:
    import keras

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.first, self.last = dense(8, activation="sigmoid"), dense(3, activation="softmax")

        def call(self, x: Any) -> Any:
            return self.last(self.first(x))

    model = Own()
    model.compile("sgd", "sparse_categorical_crossentropy")
    case = make_case(model, *blobs(96), epochs=1)
    assert "class of the program's own" in refusal(case, "more_units")
    arm, said = treated(case, "set_hidden_activation")
    assert said == {"hidden_activation": "relu", "layers": 1}
    assert model.first.activation.__name__ == "relu"
    assert model.last.activation.__name__ == "softmax"
    arm.__exit__()
    assert model.first.activation.__name__ == "sigmoid"


def test_batches_and_order() -> None:
    x, y = blobs(96)
    order = np.argsort(y)
    case = model_case(
        dense(3), loss=from_logits(), x=x[order], y=y[order], validation_split=0.25, shuffle=False, batch_size=1
    )
    arm, said = treated(case, "set_batch_size")
    assert said == {"batch_size": 16, "batch_size_before": 1}
    assert arm.fit.batch_size == 16
    arm, said = treated(case, "shuffle_data")
    assert said == {"shuffle": True, "split": "random"}
    assert arm.validation is not None
    assert set(np.unique(arm.validation.y)) == {0, 1, 2}
    assert set(np.unique(case.validation.y)) == {2}  # type: ignore[union-attr]
    assert "usual size" in refusal(classifier(), "set_batch_size")
    assert "shuffled" in refusal(classifier(), "shuffle_data")


def test_a_batch_of_nearly_all_rows_is_split() -> None:
    x, y = blobs(400)
    whole = model_case(dense(3), loss=from_logits(), x=x, y=y, batch_size=400)
    assert treated(whole, "split_full_batch")[1] == {"batch_size": 16, "batch_size_before": 400}
    assert "most of the rows" in refusal(
        model_case(dense(3), loss=from_logits(), x=x, y=y, batch_size=150), "split_full_batch"
    )
    few = model_case(dense(3), loss=from_logits(), x=x[:200], y=y[:200], batch_size=200)
    assert "most of the rows" in refusal(few, "split_full_batch")


def test_recorded_batches_are_cut_anew() -> None:
    import tensorflow as tf

    x, y = blobs(96)
    model = sequential(dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    case = make_case(model, tf.data.Dataset.from_tensor_slices((x, y)).batch(2), epochs=1)
    arm, _ = treated(case, "set_batch_size")
    assert arm.train.batches == ()
    assert arm.train.rows == 96
    assert arm.fit.steps_per_epoch is None


def test_class_weights() -> None:
    x, y = blobs(96)
    rare = np.where(np.arange(96) < 88, 0, y)
    case = model_case(dense(3), loss=from_logits(), x=x, y=rare, class_weight={0: 9.0, 1: 1.0, 2: 1.0})
    arm, _ = treated(case, "set_class_weight")
    weights = arm.fit.class_weight
    assert weights is not None
    assert min(weights, key=lambda one: weights[one]) == 0
    arm, _ = treated(case, "drop_class_weight")
    assert arm.fit.class_weight is None
    assert "equally" in refusal(model_case(dense(3), loss=from_logits(), y=np.arange(96) % 3), "set_class_weight")
    assert "no weights" in refusal(classifier(), "drop_class_weight")


def test_epochs_augmentation_and_bad_rows() -> None:
    import keras

    arm, said = treated(classifier(epochs=4), "more_epochs")
    assert said == {"epochs": 12, "epochs_before": 4}
    assert arm.epochs_factor == 3.0
    pictures = np.random.default_rng(0).random((32, 12, 12, 3)).astype("float32")
    case = model_case(
        keras.layers.Flatten(), dense(3), loss=from_logits(), x=pictures, y=blobs(32)[1], shape=(12, 12, 3)
    )
    arm, _ = treated(case, "augment")
    assert arm.augment is not None
    changed = arm.augment([pictures], np.random.default_rng(1))[0]
    assert changed.shape == pictures.shape
    assert not np.array_equal(changed, pictures)
    assert "pictures" in refusal(classifier(), "augment")
    x, y = blobs(96)
    x[:3, 0] = np.nan
    arm, said = treated(model_case(dense(3), loss=from_logits(), x=x, y=y), "drop_bad_rows")
    assert (said["method"], arm.train.rows) == ("drop rows", 93)
    x[:40, 1] = np.inf
    arm, said = treated(model_case(dense(3), loss=from_logits(), x=x, y=y), "drop_bad_rows")
    assert (said["method"], arm.train.rows) == ("fill with the median", 96)
    assert np.isfinite(arm.train.x).all()
    assert "finite" in refusal(classifier(), "drop_bad_rows")
    x[40:, 1] = 1.0
    x[:1, 2] = np.nan
    arm, said = treated(model_case(dense(3), loss=from_logits(), x=x, y=y), "impute_inputs")
    assert said == {"method": "fill with the median", "bad_rows": 40}
    assert (arm.train.rows, bool(np.isfinite(arm.train.x).all())) == (96, True)
    assert "finite" in refusal(classifier(), "impute_inputs")


def test_features_are_flattened_before_the_dense_layers() -> None:
    import keras

    x = np.random.default_rng(0).random((32, 4, 4, 1)).astype("float32")
    layers = [keras.layers.Conv2D(2, 2), dense(3, activation="softmax")]
    model = sequential(*layers, shape=(4, 4, 1))
    model.compile("adam", "categorical_crossentropy")
    case = make_case(model, x, np.eye(3)[blobs(32)[1]], epochs=1)
    arm, said = treated(case, "flatten_features")
    assert arm.model.output_shape == (None, 3)
    assert said == {"before": layers[1].name}
    assert "flat features" in refusal(classifier(), "flatten_features")


def test_half_precision() -> None:
    import keras

    layers = [keras.layers.Dense(8, dtype="mixed_float16"), dense(3)]
    case = model_case(*layers, loss=from_logits())
    arm, said = treated(case, "use_float32")
    assert said == {"dtype": "float32", "layers": 1}
    assert layers[0].compute_dtype == "float32"
    arm.__exit__()
    assert layers[0].compute_dtype == "float16"
    assert "single precision" in refusal(classifier(), "use_float32")


def test_targets_get_the_shape_of_predictions() -> None:
    import keras

    class Squares(keras.losses.Loss):
        def call(self, wanted: Any, given: Any) -> Any:
            return (wanted - given) ** 2

    x, y = plane(96)
    case = model_case(dense(1), loss=Squares(), x=x, y=y.ravel(), shape=(6,))
    arm, said = treated(case, "match_target_shape")
    assert said == {"axis": "added"}
    assert np.asarray(arm.train.y).shape == (96, 1)
    same = model_case(dense(1), loss="mse", x=x, y=y.reshape(-1, 1), shape=(6,))
    assert "same shape" in refusal(same, "match_target_shape")


def test_an_own_step_gives_way_to_that_of_keras() -> None:
    import keras

    class Idle(keras.Model):
        def train_step(self, data: Any) -> dict[str, Any]:
            return {"loss": self.compute_loss(x=data[0], y=data[1], y_pred=self(data[0]))}

    inputs = keras.Input((8,))
    model = Idle(inputs, dense(3, activation="softmax")(inputs))
    model.compile("sgd", "sparse_categorical_crossentropy")
    case = make_case(model, *blobs(96), epochs=2)
    before = model.get_weights()[0].copy()
    arm, _ = treated(case, "use_keras_step")
    x, y = blobs(96)
    model.train_step((keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)))
    assert not np.array_equal(model.get_weights()[0], before)
    arm.__exit__()
    assert "train_step" not in vars(model)
    assert "as Keras does" in refusal(classifier(), "use_keras_step")


def test_an_embedding_gets_a_row_for_every_id() -> None:
    import keras

    ids = np.random.default_rng(0).integers(0, 12, (64, 5)).astype("int32")
    ids[0, 0] = 12

    def case(rows: int) -> Case:
        layers = [keras.layers.Embedding(rows, 4), keras.layers.Flatten(), dense(1, activation="sigmoid")]
        return model_case(*layers, loss="binary_crossentropy", x=ids, y=blobs(64, 2)[1], shape=(5,))

    arm, said = treated(case(12), "widen_embedding")
    assert said == {"input_dim": 13}
    assert arm.model.layers[0].input_dim == 13
    assert "has a row" in refusal(case(13), "widen_embedding")


def test_weights_of_outputs_go() -> None:
    import keras

    x, y = plane(96)
    inputs = keras.Input((6,))
    model = keras.Model(inputs, {"one": dense(1, name="one")(inputs), "other": dense(1, name="other")(inputs)})
    model.compile("sgd", {"one": "mse", "other": "mse"}, loss_weights={"one": 1.0, "other": 0.0})
    arm, said = treated(make_case(model, x, {"one": y, "other": y}, epochs=2), "drop_class_weight")
    assert said == {"removed": "loss_weights"}
    assert arm.model._compile_loss._user_loss_weights is None
    arm.__exit__()
    assert model._compile_loss._user_loss_weights == {"one": 1.0, "other": 0.0}
    assert "no weights" in refusal(classifier(), "drop_class_weight")


def test_gradients_are_let_through() -> None:
    import keras
    import tensorflow as tf

    stop = keras.layers.Lambda(lambda x: keras.ops.stop_gradient(x), output_shape=(4,))
    case = model_case(dense(4), stop, dense(1), loss="mse", y=blobs(96)[1])

    def reaches() -> bool:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(case.model(blobs(96)[0]))
        return tape.gradient(loss, case.model.trainable_variables[0].value) is not None

    assert not reaches()
    arm, _ = treated(case, "drop_stop_gradient")
    assert reaches()
    arm.__exit__()
    assert not reaches()


def test_early_stopping_goes() -> None:
    import keras

    model = sequential(dense(3, activation="softmax"))
    model.compile("sgd", "sparse_categorical_crossentropy")
    stop = keras.callbacks.EarlyStopping(monitor="loss", patience=0)
    case = make_case(model, *blobs(96), epochs=80, callbacks=[stop])
    arm, said = treated(case, "more_patience")
    assert said == {"patience": 20}
    assert arm.callbacks == []
    arm.__exit__()
    model = sequential(keras.layers.Dense(1), shape=(6,))
    model.compile("sgd", "mse", metrics=["accuracy"])
    stop = keras.callbacks.EarlyStopping(monitor="accuracy", patience=0)
    arm, said = treated(make_case(model, *plane(96), epochs=80, callbacks=[stop]), "more_patience")
    assert said == {"patience": 20, "monitor": "loss"}
    assert "sooner" in refusal(classifier(), "more_patience")


@pytest.mark.filterwarnings("ignore:You are using a softmax")
@pytest.mark.parametrize("way", ["dense", "activation", "layer"])
def test_a_softmax_over_one_number_is_taken_over_the_steps(way: str) -> None:
    import keras

    steps = keras.Input((6, 4))
    scores = {
        "dense": lambda: dense(1, activation="softmax", name="shares")(steps),
        "activation": lambda: keras.layers.Activation("softmax", name="shares")(dense(1)(steps)),
        "layer": lambda: keras.layers.Softmax(name="shares")(dense(1)(steps)),
    }[way]()
    pooled = keras.layers.GlobalAveragePooling1D()(keras.layers.Multiply()([steps, scores]))
    model = keras.Model(steps, dense(3, activation="softmax")(pooled))
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).random((96, 6, 4)).astype("float32")
    arm, said = treated(make_case(model, x, blobs(96)[1], epochs=1), "softmax_over_steps")
    assert said == {"layer": "shares"}
    shares = np.asarray(keras.Model(steps, arm.model.get_layer("shares").output)(x))
    assert shares.sum(axis=1) == pytest.approx(np.ones((96, 1)), abs=1e-4)
    assert "no layer" in refusal(classifier(), "softmax_over_steps")


def test_weights_in_bare_variables_are_for_the_source_alone() -> None:
    import keras
    import tensorflow as tf

    class Own(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable(tf.ones((8, 8)))

        def call(self, x: Any) -> Any:
            return tf.matmul(x, self.w)

    case = model_case(Own(), dense(3, activation="softmax"), loss="sparse_categorical_crossentropy")
    assert "where it is written" in refusal(case, "track_variables")
    assert "bare" in refusal(classifier(), "track_variables")
