"""Programs of every kind that Keras accepts, small: each function makes the case of one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from probes.case import Case

from .making import ROWS, batch_case, binary, classes, compiled, make_case, net, quantity, table

PROGRAMS: dict[str, Callable[[], Case]] = {}


def program(make: Callable[[], Case]) -> Callable[[], Case]:
    PROGRAMS[make.__name__] = make
    return make


@program
def regression() -> Case:
    return make_case(compiled(net()), table(), quantity(), epochs=2, validation_split=0.25)


@program
def one_class_missing() -> Case:
    model = compiled(net(4, "softmax"), "adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return make_case(model, table(), classes(), epochs=2, validation_data=(table(24), np.full(24, 3)))


@program
def one_class_only() -> Case:
    model = compiled(net(1, "sigmoid"), "adam", "binary_crossentropy", metrics=["accuracy"])
    return make_case(model, table(), np.zeros(ROWS), epochs=2)


@program
def constant_target() -> Case:
    return make_case(compiled(net()), table(), np.full(ROWS, 7.0), epochs=2, validation_split=0.2)


@program
def mapped_inputs_and_outputs() -> Case:
    import keras
    from keras import layers

    left, right = keras.Input((6,), name="left"), keras.Input((2,), name="right")
    joined = layers.Concatenate()([layers.Dense(4, activation="relu")(left), right])
    outputs = {
        "price": layers.Dense(1, name="price")(joined),
        "sort": layers.Dense(3, activation="softmax", name="sort")(joined),
    }
    model = keras.Model({"left": left, "right": right}, outputs)
    model.compile("adam", {"price": "mse", "sort": "sparse_categorical_crossentropy"}, metrics={"sort": ["accuracy"]})
    x = {"right": table()[:, :2], "left": table()}
    y = {"sort": classes(), "price": quantity()}
    return make_case(model, x, y, epochs=2, validation_split=0.25)


@program
def outputs_with_some_losses() -> Case:
    import keras
    from keras import layers

    given = keras.Input((6,))
    hidden = layers.Dense(4, activation="relu")(given)
    model = keras.Model(given, [layers.Dense(1, name="one")(hidden), layers.Dense(2, name="two")(hidden)])
    model.compile("sgd", loss=["mse", None], loss_weights=[0.5, 0.5])
    return make_case(model, table(), [quantity(), np.eye(2)[binary().astype(int)]], epochs=2)


@program
def two_inputs_in_a_list() -> Case:
    import keras
    from keras import layers

    first, second = keras.Input((6,)), keras.Input((6,))
    model = keras.Model([first, second], layers.Dense(1, activation="sigmoid")(layers.Add()([first, second])))
    model.compile("adam", "binary_crossentropy")
    return make_case(model, [table(), table()], binary(), epochs=2, validation_data=([table(), table()], binary()))


@program
def pairs_of_films() -> Case:
    import keras
    from keras import layers

    films = np.random.default_rng(0).random((ROWS, 2, 4, 8, 8, 3)).astype("float32")
    given = keras.Input(films.shape[1:])
    encoder = keras.Sequential([layers.Conv3D(2, 2), layers.GlobalAveragePooling3D(), layers.Dense(4)])
    apart = keras.ops.abs(encoder(given[:, 0]) - encoder(given[:, 1]))
    model = keras.Model(given, layers.Dense(1, activation="sigmoid")(apart))
    model.compile("adam", "binary_crossentropy")
    return make_case(model, films, binary(), epochs=2, validation_split=0.25)


def batches_forever(size: int = 16) -> Iterator[Any]:
    while True:
        yield table(size), binary(size)


@program
def generator() -> Case:
    model = compiled(net(1, "sigmoid"), "adam", "binary_crossentropy")
    return make_case(model, batches_forever(), epochs=2, steps_per_epoch=4)


@program
def generator_with_a_validation_generator() -> Case:
    model = compiled(net(1, "sigmoid"), "adam", "binary_crossentropy", metrics=["accuracy"])
    return make_case(
        model, batches_forever(), epochs=2, steps_per_epoch=4, validation_data=batches_forever(), validation_steps=2
    )


@program
def pydataset() -> Case:
    import keras

    class Rows(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 5

        def __getitem__(self, index: int) -> Any:
            size = 16 if index < 4 else 7
            return table(size), quantity(size), np.ones(size)

    return make_case(compiled(net()), Rows(), epochs=2, validation_data=Rows())


@program
def dataset() -> Case:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((table(), classes())).shuffle(64).batch(10)
    model = compiled(net(3), "adam", losses().SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return make_case(model, rows, epochs=2, validation_data=rows)


@program
def endless_dataset() -> Case:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices((table(), quantity())).repeat().batch(8)
    return make_case(compiled(net()), rows, epochs=2, steps_per_epoch=6)


@program
def ragged_dataset() -> Case:
    import keras
    import tensorflow as tf
    from keras import layers

    def rows() -> Iterator[Any]:
        for length in (4, 6, 4, 9):
            yield np.ones((8, length), "int32"), np.arange(8, dtype="float32") % 2

    shapes = (tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None,), tf.float32))
    data = tf.data.Dataset.from_generator(rows, output_signature=shapes)
    model = keras.Sequential([layers.Embedding(5, 4), layers.LSTM(3), layers.Dense(1, activation="sigmoid")])
    return make_case(compiled(model, "adam", "binary_crossentropy"), data, epochs=2)


@program
def ragged_tensors() -> Case:
    import keras
    import tensorflow as tf
    from keras import layers

    rows = tf.ragged.constant([[1] * (1 + place % 5) for place in range(ROWS)])
    model = keras.Sequential([layers.Embedding(5, 4), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    data = tf.data.Dataset.from_tensor_slices((rows, quantity())).batch(8)
    return make_case(compiled(model), data.map(lambda x, y: (x.to_tensor(), y)), epochs=1)


@program
def frames() -> Case:
    import pandas as pd

    frame = pd.DataFrame(table(), columns=list("abcdef"))
    model = compiled(net(1, "sigmoid"), "adam", "binary_crossentropy")
    return make_case(model, frame, pd.Series(binary(), name="sold"), epochs=2, validation_split=0.2)


@program
def frames_of_mixed_types() -> Case:
    import pandas as pd

    frame = pd.DataFrame({"a": table()[:, 0], "b": classes(), "c": binary() > 0})
    model = compiled(net(1, width=3))
    return make_case(model, frame.astype("float32"), pd.DataFrame({"y": quantity()}), epochs=2)


@program
def lists() -> Case:
    return make_case(compiled(net()), [table()], [quantity()], epochs=2)


@program
def tensors() -> Case:
    import tensorflow as tf

    return make_case(compiled(net()), tf.constant(table()), tf.constant(quantity()), epochs=2)


@program
def sample_weights() -> Case:
    return make_case(
        compiled(net()),
        table(),
        quantity(),
        sample_weight=np.linspace(0, 1, ROWS),
        epochs=2,
        validation_data=(table(), quantity(), np.ones(ROWS)),
    )


@program
def class_weights() -> Case:
    model = compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    return make_case(model, table(), classes(), class_weight={0: 1.0, 1: 5.0}, epochs=2)


@program
def targets_without_a_column() -> Case:
    return make_case(compiled(net(), "adam", lambda y, p: (y - p) ** 2), table(), quantity(), epochs=2)


@program
def targets_with_a_column() -> Case:
    return make_case(compiled(net(1, "sigmoid"), "adam", "bce"), table(), binary()[:, None], epochs=2)


@program
def one_hot_targets() -> Case:
    model = compiled(net(3, "softmax"), "adam", "categorical_crossentropy", metrics=["accuracy"])
    return make_case(model, table(), np.eye(3)[classes()], epochs=2, validation_split=0.2)


@program
def several_labels() -> Case:
    model = compiled(net(4, "sigmoid"), "adam", "binary_crossentropy", metrics=["binary_accuracy"])
    return make_case(model, table(), (table()[:, :4] > 0).astype("int64"), epochs=2)


@program
def true_and_false() -> Case:
    return make_case(compiled(net(1, "sigmoid"), "adam", "binary_crossentropy"), table(), binary() > 0, epochs=2)


@program
def hinge() -> Case:
    return make_case(compiled(net(1, "tanh"), "adam", "hinge"), table(), binary() * 2 - 1, epochs=2)


@program
def mixed_precision() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu", dtype="mixed_float16"),
            layers.BatchNormalization(dtype="mixed_float16"),
            layers.Dense(1, dtype="float32"),
        ]
    )
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam())
    return make_case(compiled(model, optimizer, "mse"), table(), quantity(), epochs=2)


@program
def mixed_precision_to_the_end() -> Case:
    import keras
    from keras import layers

    kind = "mixed_float16"
    model = keras.Sequential(
        [keras.Input((6,), dtype="float16"), layers.Dense(8, "relu", dtype=kind), layers.Dense(1, dtype=kind)]
    )
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    return make_case(compiled(model, optimizer, "mse"), table().astype("float16"), quantity(), epochs=2)


@program
def eager() -> Case:
    model = compiled(net(), "adam", "mse", run_eagerly=True)
    return make_case(model, table(), quantity(), epochs=1, validation_split=0.25)


@program
def loss_of_its_own() -> Case:
    import tensorflow as tf

    def asymmetric(wanted: Any, given: Any) -> Any:
        return tf.reduce_mean(tf.abs(wanted - given) * 2.0)

    return make_case(compiled(net(), "adam", asymmetric), table(), quantity(), epochs=2)


@program
def loss_class_of_its_own() -> Case:
    import keras

    class Asymmetric(keras.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return keras.ops.mean(keras.ops.abs(y_true - y_pred), axis=-1)

    return make_case(compiled(net(), "adam", Asymmetric()), table(), quantity()[:, None], epochs=2)


@program
def added_loss() -> Case:
    import keras
    from keras import layers

    class Adding(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(keras.ops.mean(inputs**2))
            return inputs

    model = keras.Sequential([keras.Input((6,)), layers.Dense(4), Adding(), layers.Dense(1)])
    return make_case(compiled(model, "adam", "mse"), table(), quantity(), epochs=2)


@program
def no_targets() -> Case:
    import keras
    from keras import layers

    class Reconstruction(layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(keras.ops.mean((inputs[0] - inputs[1]) ** 2))
            return inputs[1]

    given = keras.Input((6,))
    model = keras.Model(given, Reconstruction()([given, layers.Dense(6)(layers.Dense(2, "relu")(given))]))
    return make_case(compiled(model, "adam", None), table(), epochs=2)


@program
def lambda_layers() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Lambda(lambda one: one * 2.0),
            layers.Dense(4, activation=lambda one: one * 0.5),
            layers.Lambda(lambda one: keras.ops.relu(one), output_shape=(4,)),
            layers.Dense(1),
        ]
    )
    return make_case(compiled(model), table(), quantity(), epochs=2)


@program
def integer_inputs() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential(
        [keras.Input((6,), dtype="int32"), layers.Embedding(10, 4), layers.Flatten(), layers.Dense(1)]
    )
    return make_case(compiled(model), np.abs(table() * 3).astype("int64") % 10, quantity(), epochs=2)


@program
def pictures_of_bytes() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Rescaling(1 / 255),
            layers.RandomFlip(),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3),
        ]
    )
    pictures = np.random.default_rng(0).integers(0, 255, (ROWS, 8, 8, 1), dtype="uint8")
    loss = losses().SparseCategoricalCrossentropy(from_logits=True)
    return make_case(compiled(model, "adam", loss, metrics=["accuracy"]), pictures, classes(), epochs=1)


@program
def text_inputs() -> Case:
    import keras
    import tensorflow as tf
    from keras import layers

    words = np.array([["red green"], ["green"], ["red blue"], ["blue"]] * 16, dtype=object)
    vectors = layers.TextVectorization(max_tokens=10, output_sequence_length=4)
    vectors.adapt(words)
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            vectors,
            layers.Embedding(10, 4),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    return make_case(model, tf.constant(words), binary(), epochs=2)


@program
def sequences_to_sequences() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((5, 6)),
            layers.Masking(),
            layers.Bidirectional(layers.GRU(3, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(3, activation="softmax")),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    steps = np.random.default_rng(0).standard_normal((ROWS, 5, 6))
    return make_case(model, steps, steps[..., :3].argmax(axis=-1), epochs=1, validation_split=0.2)


@program
def reconstruction() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((6,)), layers.Dense(2), layers.Dense(6)])
    return make_case(compiled(model), table(), table(), epochs=2, validation_data=(table(16), table(16)))


@program
def attention() -> Case:
    import keras
    from keras import layers

    given = keras.Input((5, 6))
    seen = layers.LayerNormalization()(given + layers.MultiHeadAttention(2, 3)(given, given))
    model = keras.Model(given, layers.Dense(1)(layers.GlobalAveragePooling1D()(seen)))
    steps = np.random.default_rng(0).standard_normal((ROWS, 5, 6)).astype("float32")
    return make_case(compiled(model), steps, steps.sum(axis=(1, 2)), epochs=1)


def subclassed(own_step: bool = False, unseen: bool = False) -> Any:
    import keras
    import tensorflow as tf
    from keras import layers

    class Net(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.hidden = [layers.Dense(5, activation="relu"), layers.Dropout(0.2)]
            self.last = layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            for one in self.hidden:
                inputs = one(inputs)
            return self.last(inputs)

    class Stepping(Net):
        def train_step(self, data: Any) -> Any:
            x, y = data[:2]
            with tf.GradientTape() as tape:
                given = self(x, training=True)
                loss = tf.reduce_mean((tf.reshape(y, (-1, 1)) - given) ** 2)
            grads = tape.gradient(loss, self.trainable_variables)
            if unseen:
                for grad, variable in zip(grads, self.trainable_variables, strict=True):
                    variable.assign_sub(0.01 * grad)
            else:
                self.optimizer.apply_gradients(zip(grads, self.trainable_variables, strict=True))
            return {"loss": loss}

    return Stepping() if own_step else Net()


def losses() -> Any:
    import keras

    return keras.losses


@program
def subclassed_model() -> Case:
    return make_case(compiled(subclassed()), table(), quantity(), epochs=2, validation_split=0.25)


@program
def own_training_step() -> Case:
    model = subclassed(own_step=True)
    model.compile(optimizer="adam")
    return make_case(model, table(), quantity(), epochs=2)


@program
def own_step_without_an_optimizer() -> Case:
    model = subclassed(own_step=True, unseen=True)
    model.compile()
    return make_case(model, table(), quantity(), epochs=2)


@program
def nested_models() -> Case:
    import keras
    from keras import layers

    inner = keras.Sequential([keras.Input((6,)), layers.Dense(4, activation="relu"), layers.BatchNormalization()])
    inner.trainable = False
    model = keras.Sequential([keras.Input((6,)), inner, layers.Dropout(0.1), layers.Dense(1)])
    return make_case(compiled(model), table(), quantity(), epochs=2)


@program
def one_layer_twice() -> Case:
    import keras
    from keras import layers

    given, shared = keras.Input((6,)), layers.Dense(6, activation="tanh")
    model = keras.Model(given, layers.Dense(1)(shared(shared(given))))
    return make_case(compiled(model), table(), quantity(), epochs=2)


@program
def nothing_to_train() -> Case:
    model = net()
    model.trainable = False
    return make_case(compiled(model), table(), quantity(), epochs=1)


@program
def model_without_weights() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((6,)), layers.Lambda(lambda one: one[:, :1], output_shape=(1,))])
    return make_case(compiled(model), table(), quantity(), epochs=1)


@program
def broken_inputs() -> Case:
    x = table()
    x[3, 2], x[5, 1], x[:, 0] = math.nan, math.inf, math.nan
    return make_case(compiled(net()), x, quantity(), epochs=2, validation_split=0.2)


@program
def broken_targets() -> Case:
    y = quantity()
    y[:4] = math.nan
    return make_case(compiled(net()), table(), y, epochs=2, validation_split=0.2)


@program
def broken_class_ids() -> Case:
    y = classes().astype("float32")
    y[:4] = math.nan
    model = compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return make_case(model, table(), y, epochs=2)


@program
def ids_beyond_the_units() -> Case:
    model = compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy")
    return make_case(model, table(), classes() + 2, epochs=1)


@program
def shapes_that_do_not_fit() -> Case:
    return make_case(compiled(net(width=5)), table(), quantity(), epochs=1)


@program
def a_layer_that_raises() -> Case:
    import keras
    from keras import layers

    class Raising(layers.Layer):
        def call(self, inputs: Any) -> Any:
            raise RuntimeError("no such day")

        def compute_output_shape(self, shape: Any) -> Any:
            return shape

    model = keras.Sequential([layers.Dense(3), Raising(), layers.Dense(1)])
    return make_case(compiled(model), table(), quantity(), epochs=1)


@program
def no_loss() -> Case:
    return make_case(compiled(net(), "adam", None), table(), quantity(), epochs=1)


@program
def four_rows() -> Case:
    return make_case(compiled(net()), table(4), quantity(4), epochs=2, validation_data=(table(1), quantity(1)))


@program
def one_row() -> Case:
    return make_case(compiled(net(1, "sigmoid"), "adam", "binary_crossentropy"), table(1), binary(1), epochs=2)


@program
def one_column() -> Case:
    return make_case(compiled(net(width=1)), table()[:, :1], quantity(), epochs=2)


@program
def one_dimensional_inputs() -> Case:
    return make_case(compiled(net(width=1)), table()[:, 0], quantity(), epochs=2)


@program
def no_epochs() -> Case:
    return make_case(compiled(net()), table(), quantity(), epochs=0)


@program
def later_epochs() -> Case:
    import keras

    callbacks = [
        keras.callbacks.EarlyStopping("val_loss", patience=0),
        keras.callbacks.ReduceLROnPlateau("val_accuracy"),
        keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 / (1 + epoch)),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
    ]
    return make_case(compiled(net()), table(), quantity(), epochs=5, initial_epoch=2, callbacks=callbacks)


@program
def scheduled_rate() -> Case:
    import keras

    rate = keras.optimizers.schedules.CosineDecay(0.1, 10)
    return make_case(compiled(net(), keras.optimizers.SGD(rate, momentum=0.9), "mse"), table(), quantity(), epochs=2)


@program
def optimizer_of_its_own() -> Case:
    import keras

    class Plain(keras.optimizers.Optimizer):
        def build(self, variables: Any) -> None:
            super().build(variables)

        def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
            self.assign_sub(variable, keras.ops.cast(learning_rate, variable.dtype) * gradient)

    return make_case(compiled(net(), Plain(0.01), "mse"), table(), quantity(), epochs=2)


@program
def several_steps_at_once() -> Case:
    model = compiled(net(), "adam", "mse", steps_per_execution=4)
    return make_case(model, table(), quantity(), epochs=2, batch_size=4)


@program
def compiled_by_xla() -> Case:
    model = compiled(net(), "adam", "mse", jit_compile=True)
    return make_case(model, table(), quantity(), epochs=1)


@program
def trained_before() -> Case:
    model = compiled(net(), "adam", "mse", metrics=["mae"])
    model.fit(table(), quantity(), epochs=1, verbose=0)
    return make_case(model, table(), quantity(), epochs=2)


@program
def loop_of_batches() -> Case:
    model = compiled(net(1, "sigmoid"), "adam", "binary_crossentropy", metrics=["accuracy"])
    return batch_case(model, [(table(8), binary(8), None)] * 6)


@program
def pairs_of_pictures() -> Case:
    import keras
    from keras import layers

    first, second = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    tower = keras.Sequential([layers.Conv2D(2, 3, activation="relu"), layers.GlobalAveragePooling2D()])
    apart = layers.Subtract()([tower(first), tower(second)])
    model = keras.Model([first, second], layers.Dense(1, activation="sigmoid")(apart))
    pictures = np.random.default_rng(0).random((ROWS, 8, 8, 3), dtype="float32")
    model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC()])
    return make_case(model, (pictures, pictures[::-1]), binary(), epochs=1)


@program
def spiky_layer_names() -> Case:
    import keras
    from keras import layers

    model = keras.Sequential(
        [keras.Input((6,)), layers.Dense(4, "elu", name="a[0]{b}"), layers.Dense(4, "gelu"), layers.Dense(1, name="ö")]
    )
    return make_case(compiled(model), table(), quantity(), epochs=1)
