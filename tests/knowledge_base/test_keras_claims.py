"""What the knowledge base says about Keras today, executed on the Keras that is installed.

A new release of Keras that changes one of these turns a test red, and the entry named in it must be written anew.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = [
    pytest.mark.keras,
    # Keras 3.15 converts variables in a way that NumPy 2 has deprecated.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]

Floats = NDArray[np.float32]
ROWS = 64


@pytest.fixture(scope="module")
def keras() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return pytest.importorskip("keras")


@pytest.fixture(scope="module")
def tf(keras: Any) -> Any:
    return pytest.importorskip("tensorflow")


@pytest.fixture(autouse=True)
def _seed(keras: Any) -> None:
    keras.utils.set_random_seed(0)


@pytest.fixture
def x() -> Floats:
    return np.random.default_rng(0).normal(size=(ROWS, 4)).astype("float32")


@pytest.fixture
def y(x: Floats) -> Floats:
    return (x[:, 0] > 0).astype("float32")


def network(keras: Any, units: int = 1, activation: str | None = "sigmoid") -> Any:
    return keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu", name="hidden"),
            keras.layers.Dense(units, activation=activation, name="output"),
        ]
    )


def kernel(model: Any, name: str) -> Floats:
    return np.array(model.get_layer(name).kernel)


# --- weights of classes and samples: class_weight_misuse ---


@pytest.mark.parametrize("kind", [np.asarray, list])
def test_weights_of_samples_as_loss_weights_raise(keras: Any, x: Floats, kind: Any) -> None:
    model = network(keras, 3, "softmax")
    with pytest.raises(ValueError, match=r"ambiguous|loss_weights"):  # noqa: PT012 (compile raises, or the first step)
        model.compile("adam", "categorical_crossentropy", loss_weights=kind(np.ones(ROWS)))
        model.fit(x, np.eye(3)[np.arange(ROWS) % 3], verbose=0)


def test_weights_of_classes_and_samples_go_to_fit(keras: Any, x: Floats, y: Floats) -> None:
    model = network(keras)
    model.compile("adam", "binary_crossentropy")
    model.fit(x, y, class_weight={0: 1.0, 1: 10.0}, verbose=0)
    model.fit(x, y, sample_weight=np.ones(ROWS), verbose=0)


def test_a_class_without_weight_counts_one(keras: Any, x: Floats) -> None:
    labels = np.arange(ROWS) % 2
    losses = []
    for weights in ({0: 3.0}, {0: 3.0, 1: 1.0}):
        keras.utils.set_random_seed(1)
        model = network(keras, 2, "softmax")
        model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
        losses.append(model.fit(x, labels, class_weight=weights, shuffle=False, verbose=0).history["loss"][0])
    assert losses[0] == pytest.approx(losses[1])


# --- images: insufficient_augmentation, train_val_shift ---


def test_image_data_generator_is_deprecated(tf: Any) -> None:
    assert "DEPRECATED" in tf.keras.preprocessing.image.ImageDataGenerator.__doc__


def test_one_image_data_generator_also_distorts_the_validation_subset(tf: Any) -> None:
    images = np.random.default_rng(0).uniform(size=(20, 8, 8, 3)).astype("float32")
    generator = tf.keras.preprocessing.image.ImageDataGenerator(horizontal_flip=True, validation_split=0.5)
    flow = generator.flow(images, ignore_class_split=True, subset="validation", shuffle=False, batch_size=10, seed=0)
    shown = next(flow)
    assert not np.allclose(shown, images[:10])


def test_random_layers_act_in_training_alone(keras: Any) -> None:
    images = np.random.default_rng(0).uniform(size=(16, 8, 8, 3)).astype("float32")
    layers = [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomRotation(0.06),
        keras.layers.RandomTranslation(0.1, 0.1),
        keras.layers.RandomZoom(0.1),
        keras.layers.RandomBrightness(0.1, value_range=(0.0, 1.0)),
        keras.layers.RandomContrast(0.2),
    ]
    for layer in layers:
        assert np.allclose(layer(images, training=False), images, atol=1e-6)
        assert not np.allclose(layer(images, training=True), images, atol=1e-3)


# --- targets, outputs and losses ---


def test_labels_of_minus_one_raise_nothing_and_drive_the_loss_below_zero(keras: Any, x: Floats, y: Floats) -> None:
    model = network(keras, activation=None)
    model.compile(keras.optimizers.Adam(0.05), keras.losses.BinaryCrossentropy(from_logits=True))
    history = model.fit(x, 2 * y - 1, epochs=20, verbose=0)
    assert history.history["loss"][-1] < 0


def test_class_numbers_out_of_range_raise_on_a_cpu(keras: Any, tf: Any, x: Floats) -> None:
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("a GPU gives NaN in place of an error")
    model = network(keras, 3, "softmax")
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(tf.errors.InvalidArgumentError):
        model.fit(x, np.full(ROWS, 7), verbose=0)


def test_softmax_on_one_unit_lets_the_loss_fall_and_always_predicts_one(keras: Any, x: Floats, y: Floats) -> None:
    model = network(keras, 1, "softmax")
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    with pytest.warns(UserWarning, match="operation will always return the value 1"):  # noqa: PT031
        history = model.fit(x, y, epochs=30, verbose=0).history
        predicted = model.predict(x, verbose=0)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["accuracy"][-1] == pytest.approx(y.mean(), abs=1e-6)
    # Compiled for some processors, the quotient of a number by itself is short of 1 by the last bit.
    assert predicted == pytest.approx(1.0, abs=1e-6)


def test_from_logits_after_softmax_warns_and_uses_the_raw_scores(keras: Any, x: Floats) -> None:
    labels = np.arange(ROWS) % 3
    model = network(keras, 3, "softmax")
    with pytest.warns(UserWarning, match="from_logits=True"):
        healed = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, model(x))
    right = keras.losses.SparseCategoricalCrossentropy()(labels, model(x))
    assert float(healed) == pytest.approx(float(right), abs=1e-5)


def test_raw_scores_taken_for_probabilities_raise_nothing(
    keras: Any, x: Floats, recwarn: pytest.WarningsRecorder
) -> None:
    model = network(keras, 3, None)
    loss = keras.losses.SparseCategoricalCrossentropy()(np.arange(ROWS) % 3, model(x))
    assert float(loss) > np.log(3)
    assert not [one for one in recwarn if "logits" in str(one.message)]


def test_accuracy_on_raw_scores_needs_a_threshold_of_zero(keras: Any) -> None:
    scores, labels = np.array([[0.2], [-0.2]]), np.array([[1.0], [0.0]])
    assert float(keras.metrics.BinaryAccuracy(threshold=0.5)(labels, scores)) == 0.5
    assert float(keras.metrics.BinaryAccuracy(threshold=0.0)(labels, scores)) == 1.0


def test_losses_of_compile_align_targets_of_another_rank(keras: Any, x: Floats, y: Floats) -> None:
    losses = []
    for targets in (y, y[:, None]):
        keras.utils.set_random_seed(1)
        model = network(keras, activation=None)
        model.compile(keras.optimizers.SGD(0.0), "mse")
        losses.append(model.fit(x, targets, shuffle=False, verbose=0).history["loss"][0])
    assert losses[0] == pytest.approx(losses[1])


def test_ranks_that_broadcast_in_a_step_of_ones_own_lead_to_the_mean(keras: Any, tf: Any, x: Floats) -> None:
    targets = x[:, 0] * 2 + 5
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.Adam(0.2)
    for _ in range(200):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(targets - model(x)))
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
    predicted = np.array(model(x)).ravel()
    assert predicted.mean() == pytest.approx(targets.mean(), abs=0.1)
    assert predicted.std() < 0.1 * targets.std()


def test_metrics_that_the_remedies_name_exist(keras: Any) -> None:
    truth, said = np.array([[0.0], [1.0], [1.0]]), np.array([[0.1], [0.8], [0.6]])
    metrics = [
        keras.metrics.Precision(),
        keras.metrics.Recall(),
        keras.metrics.AUC(curve="PR", name="auc_pr"),
        keras.metrics.MeanAbsoluteError(),
        keras.metrics.R2Score(),
    ]
    assert all(np.isfinite(float(metric(truth, said))) for metric in metrics)


def test_label_smoothing_wants_one_hot_rows(keras: Any) -> None:
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)(np.eye(3), np.eye(3) * 0.8 + 0.1)
    assert np.isfinite(float(loss))


# --- values that are not finite ---


def test_relu_swallows_a_nan_while_the_weights_are_spoilt(keras: Any, tf: Any) -> None:
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("said of CPUs")
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(256, 4)).astype("float32")
    labels = (inputs[:, 0] > 0).astype("float32")
    inputs[3, 2] = np.nan
    if np.isnan(tf.function(tf.nn.relu, jit_compile=True)(tf.constant([np.nan, 1.0]))).any():
        pytest.skip("compiled for this processor, ReLU passes NaN on")
    model = network(keras)
    model.compile("adam", "binary_crossentropy")
    epochs = 4
    history = model.fit(inputs, labels, epochs=epochs, callbacks=[keras.callbacks.TerminateOnNaN()], verbose=0)
    assert len(history.history["loss"]) == epochs
    assert history.history["loss"][-1] == pytest.approx(np.log(2), abs=0.05)
    assert any(np.isnan(weights).any() for weights in model.get_weights())


def test_check_numerics_names_the_tensor(tf: Any) -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="after my layer"):
        tf.debugging.check_numerics(tf.constant([1.0, np.nan]), "after my layer")


def test_the_root_of_zero_has_no_finite_gradient(tf: Any) -> None:
    zero = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        root = tf.sqrt(zero)
    assert float(root) == 0.0
    assert not np.isfinite(float(tape.gradient(root, zero)))


# --- order and split of the data ---


def test_validation_split_takes_the_last_rows_before_shuffling(keras: Any) -> None:
    rows = np.arange(100, dtype="float32")[:, None]
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(0.0), loss=lambda truth, said: said)
    history = model.fit(rows, rows, validation_split=0.2, shuffle=True, verbose=0)
    assert history.history["val_loss"][0] == pytest.approx(rows[80:].mean())


def test_a_small_shuffle_buffer_leaves_runs(tf: Any) -> None:
    labels = np.repeat([0, 1], 500)
    small = next(iter(tf.data.Dataset.from_tensor_slices(labels).shuffle(10, seed=0).batch(100))).numpy()
    whole = next(iter(tf.data.Dataset.from_tensor_slices(labels).shuffle(1000, seed=0).batch(100))).numpy()
    assert set(small) == {0}
    assert set(whole) == {0, 1}


def test_sequences_are_padded_in_front_unless_told_otherwise(keras: Any) -> None:
    assert keras.utils.pad_sequences([[5, 6]], maxlen=4).tolist() == [[0, 0, 5, 6]]


def test_mask_zero_makes_the_recurrent_layer_skip_padding(keras: Any) -> None:
    model = keras.Sequential([keras.layers.Embedding(10, 4, mask_zero=True), keras.layers.LSTM(3)])
    short, padded = np.array(model(np.array([[5, 6]]))), np.array(model(np.array([[5, 6, 0, 0, 0]])))
    assert np.allclose(short, padded, atol=1e-6)


# --- learning rate, schedules, callbacks ---


@pytest.mark.parametrize("callback", ["ReduceLROnPlateau", "EarlyStopping"])
def test_callbacks_that_watch_a_missing_figure_only_warn(keras: Any, x: Floats, y: Floats, callback: str) -> None:
    model = network(keras)
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    epochs = 4
    with pytest.warns(UserWarning, match="`val_loss` which is not available"):
        history = model.fit(
            x,
            y,
            epochs=epochs,
            callbacks=[getattr(keras.callbacks, callback)(monitor="val_loss", patience=1)],
            verbose=0,
        )
    assert len(history.history["loss"]) == epochs


def test_plateau_without_validation_never_lowers_the_rate_and_logs_it(keras: Any, x: Floats, y: Floats) -> None:
    model = network(keras)
    model.compile(keras.optimizers.SGD(0.01), "binary_crossentropy")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=1, min_delta=10.0)
    with pytest.warns(UserWarning, match="`val_loss` which is not available"):
        history = model.fit(x, y, epochs=4, callbacks=[callback], verbose=0)
    assert history.history["learning_rate"] == pytest.approx([0.01] * 4)


def test_a_decayed_rate_is_read_at_the_step_not_from_the_configuration(keras: Any, x: Floats, y: Floats) -> None:
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
    model = network(keras)
    model.compile(keras.optimizers.SGD(schedule), "binary_crossentropy")
    model.fit(x, y, batch_size=16, verbose=0)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.1 * 0.5**4)
    assert model.optimizer.get_config()["learning_rate"]["config"]["initial_learning_rate"] == pytest.approx(0.1)


def test_schedules_that_the_remedies_name_exist(keras: Any) -> None:
    schedules = keras.optimizers.schedules
    warm = schedules.CosineDecay(0.0, decay_steps=1000, warmup_target=1e-3, warmup_steps=10)
    assert float(warm(0)) == 0.0
    assert float(warm(10)) == pytest.approx(1e-3)
    restarts = schedules.CosineDecayRestarts(1e-3, first_decay_steps=100)
    assert float(restarts(101)) > float(restarts(99))


def test_adadelta_and_adagrad_start_at_a_thousandth(keras: Any) -> None:
    assert float(keras.optimizers.Adadelta().learning_rate) == pytest.approx(1e-3)
    assert float(keras.optimizers.Adagrad().learning_rate) == pytest.approx(1e-3)


def first_step(keras: Any, optimizer: Any, gradient: float) -> float:
    weight = keras.Variable(np.zeros(1, "float32"))
    optimizer.apply([keras.ops.convert_to_tensor(np.full(1, gradient, "float32"))], [weight])
    return abs(float(keras.ops.convert_to_numpy(weight)[0]))


def test_adam_steps_by_its_rate_whatever_the_gradient(keras: Any) -> None:
    for gradient in (1.0, 1e3, 1e-2):
        assert first_step(keras, keras.optimizers.Adam(0.01), gradient) == pytest.approx(0.01, rel=1e-3)


def test_a_tight_limit_stops_sgd_and_hardly_touches_adam(keras: Any) -> None:
    assert first_step(keras, keras.optimizers.SGD(0.01, clipvalue=1e-3), 1.0) == pytest.approx(1e-5, rel=1e-3)
    assert first_step(keras, keras.optimizers.Adam(0.01, clipvalue=1e-3), 1.0) == pytest.approx(0.01, rel=0.02)


def test_global_clipnorm_keeps_the_direction_and_clipvalue_does_not(keras: Any) -> None:
    steps = {}
    for limit in ("global_clipnorm", "clipvalue"):
        weight = keras.Variable(np.zeros(2, "float32"))
        gradient = keras.ops.convert_to_tensor(np.array([30.0, 3.0], "float32"))
        keras.optimizers.SGD(1.0, **{limit: 1.0}).apply([gradient], [weight])
        steps[limit] = keras.ops.convert_to_numpy(weight)
    assert steps["global_clipnorm"][0] / steps["global_clipnorm"][1] == pytest.approx(10.0, rel=1e-4)
    assert steps["clipvalue"][0] / steps["clipvalue"][1] == pytest.approx(1.0, rel=1e-4)


def test_optimizers_and_losses_may_be_named_by_their_class(keras: Any) -> None:
    assert isinstance(keras.optimizers.get("Adam"), keras.optimizers.Adam)
    assert keras.losses.get("sparse_categorical_crossentropy") is not None


def gradient_noise(keras: Any, tf: Any, x: Floats, y: Floats, batch: int) -> float:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    rng = np.random.default_rng(0)
    found = []
    for _ in range(30):
        rows = rng.choice(ROWS, batch, replace=False)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y[rows, None] - model(x[rows])))
        found.append(np.array(tape.gradient(loss, model.trainable_variables[0])).ravel())
    return float(np.std(found, axis=0).mean())


def test_small_batches_are_the_noisy_ones(keras: Any, tf: Any, x: Floats, y: Floats) -> None:
    small, large = gradient_noise(keras, tf, x, y, 2), gradient_noise(keras, tf, x, y, 48)
    assert small > 2 * large


def test_memorising_shows_in_the_validation_loss_while_the_training_loss_falls(keras: Any) -> None:
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(80, 20)).astype("float32"), rng.integers(0, 2, 80)
    model = keras.Sequential([keras.layers.Dense(128, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    history = model.fit(inputs, labels, epochs=30, validation_split=0.5, verbose=0).history
    assert history["loss"][-1] < 0.1
    assert history["val_loss"][-1] > history["val_loss"][0]


# --- layers ---


def test_layers_have_no_activation_and_glorot_weights_by_default(keras: Any) -> None:
    layer = keras.layers.Dense(3)
    assert layer.activation is keras.activations.linear
    assert isinstance(layer.kernel_initializer, keras.initializers.GlorotUniform)
    assert keras.layers.Conv2D(3, 3).activation is keras.activations.linear


def test_batch_normalisation_of_one_sample_is_zero_whatever_it_was(keras: Any) -> None:
    layer = keras.layers.BatchNormalization()
    assert np.allclose(layer(np.array([[3.0, -7.0]], "float32"), training=True), 0.0)
    assert layer.momentum == pytest.approx(0.99)


def test_a_frozen_batch_normalisation_uses_its_stored_figures(keras: Any, x: Floats) -> None:
    layer = keras.layers.BatchNormalization()
    layer.build(x.shape)
    layer.trainable = False
    assert np.allclose(layer(x + 5.0, training=True), layer(x + 5.0, training=False))


def test_running_averages_follow_slowly_at_a_high_momentum(keras: Any) -> None:
    for momentum, steps, close in ((0.9, 50, True), (0.999, 50, False)):
        layer = keras.layers.BatchNormalization(momentum=momentum)
        for _ in range(steps):
            layer(np.array([[4.0], [6.0]], "float32"), training=True)
        assert (abs(float(layer.moving_mean[0]) - 5.0) < 0.1) is close


def test_trainable_after_a_first_fit_is_silent_until_compiled_again(
    keras: Any, x: Floats, y: Floats, recwarn: pytest.WarningsRecorder
) -> None:
    model = network(keras)
    model.compile("sgd", "binary_crossentropy")
    model.fit(x, y, verbose=0)
    model.get_layer("hidden").trainable = False
    before = kernel(model, "hidden")
    model.fit(x, y, verbose=0)
    assert not np.array_equal(before, kernel(model, "hidden"))
    assert not [one for one in recwarn if "trainable" in str(one.message)]
    model.compile("sgd", "binary_crossentropy")
    before = kernel(model, "hidden")
    model.fit(x, y, verbose=0)
    assert np.array_equal(before, kernel(model, "hidden"))


@pytest.mark.parametrize("operation", ["round", "stop_gradient"])
def test_weights_that_are_cut_off_are_named_in_a_warning(keras: Any, x: Floats, y: Floats, operation: str) -> None:
    inputs = keras.Input((4,))
    cut = getattr(keras.ops, operation)(keras.layers.Dense(3, name="cut_off")(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(cut))
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="Gradients do not exist for variables .*cut_off"):
        model.fit(x, y, verbose=0)


def test_the_printed_loss_includes_the_penalty(keras: Any, x: Floats, y: Floats) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L2(10.0))])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    printed = model.fit(x, y, batch_size=ROWS, verbose=0).history["loss"][0]
    error = float(np.mean((np.array(model(x)).ravel() - y) ** 2))
    assert printed == pytest.approx(error + float(sum(model.losses)), rel=1e-4)


def test_dropout_after_the_output_changes_predictions_in_training_alone(keras: Any) -> None:
    layer = keras.layers.Dropout(0.5)
    shares = np.full((8, 4), 0.25, "float32")
    assert np.allclose(layer(shares, training=False), shares)
    assert set(np.unique(layer(shares, training=True))) == {0.0, 0.5}


def test_normalization_and_rescaling_do_what_the_remedies_say(keras: Any, x: Floats) -> None:
    layer = keras.layers.Normalization()
    layer.adapt(x * 50 + 300)
    scaled = np.array(layer(x * 50 + 300))
    assert np.allclose(scaled.mean(axis=0), 0.0, atol=1e-3)
    assert np.allclose(scaled.std(axis=0), 1.0, atol=1e-3)
    assert np.allclose(keras.layers.Rescaling(2.0, offset=3.0)(x), x * 2 + 3, atol=1e-6)


# --- steps of one's own, backends ---


def stepping(keras: Any, tf: Any, tracked: bool) -> Any:
    class Net(keras.Model):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            inputs, targets = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x=inputs, y=targets, y_pred=self(inputs, training=True))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            if not tracked:
                return {"loss": loss}
            for metric in self.metrics:
                if metric.name == "loss":
                    metric.update_state(loss)
            return {metric.name: metric.result() for metric in self.metrics}

    inputs = keras.Input((4,))
    return Net(inputs, keras.layers.Dense(1)(inputs))


@pytest.mark.parametrize("tracked", [True, False])
def test_a_step_that_does_not_update_its_tracker_logs_zero(
    keras: Any, tf: Any, x: Floats, y: Floats, tracked: bool
) -> None:
    model = stepping(keras, tf, tracked)
    model.compile("sgd", "mse")
    logged = model.fit(x, y, epochs=2, verbose=0).history["loss"]
    assert all((value > 0.0) is tracked for value in logged)


def test_theano_and_cntk_are_no_backends() -> None:
    for backend in ("theano", "cntk"):
        done = subprocess.run(
            [sys.executable, "-c", "import keras"],
            env={**os.environ, "KERAS_BACKEND": backend},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode != 0
        assert backend in done.stderr


# --- gradients of activations and losses ---


def slope(keras: Any, tf: Any, function: Any, at: float) -> float:
    point = tf.Variable([[at]])
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(function(point))
    return abs(float(tape.gradient(value, point)[0, 0]))


def test_slopes_of_activations_are_as_told(keras: Any, tf: Any) -> None:
    sigmoid, relu, leaky = keras.activations.sigmoid, keras.activations.relu, keras.activations.leaky_relu
    assert slope(keras, tf, sigmoid, 0.0) == pytest.approx(0.25)
    assert slope(keras, tf, sigmoid, 10.0) < 5e-5
    assert slope(keras, tf, relu, -1.0) == 0.0
    assert slope(keras, tf, leaky, -1.0) > 0.0


def test_squared_error_hardly_corrects_a_classifier_that_is_surely_wrong(keras: Any, tf: Any) -> None:
    truth = tf.constant([[1.0]])

    def corrected(loss: Any) -> float:
        return slope(keras, tf, lambda score: loss(truth, keras.activations.sigmoid(score)), -8.0)

    assert corrected(keras.losses.MeanSquaredError()) < 0.01 * corrected(keras.losses.BinaryCrossentropy())


def test_the_rate_can_be_raised_while_training_as_the_range_test_does(keras: Any, x: Floats, y: Floats) -> None:
    class RangeTest(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) * 10.0

    model = network(keras)
    model.compile(keras.optimizers.SGD(1e-4), "binary_crossentropy")
    model.fit(x, y, batch_size=16, callbacks=[RangeTest()], verbose=0)
    assert float(model.optimizer.learning_rate) == pytest.approx(1.0, rel=1e-3)
