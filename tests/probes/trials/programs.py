"""Small faulty programs, made in the test process."""

from __future__ import annotations

from typing import Any

import numpy as np

from probes.case import Case
from tests.probes.making import make_case


def blobs(rows: int = 240, classes: int = 3, width: int = 8, seed: int = 0) -> tuple[Any, Any]:
    """Inputs of unit scale in clusters, and the cluster of each as an integer."""
    random = np.random.default_rng(seed)
    centres = random.normal(0, 1.2, (classes, width))
    y = random.integers(0, classes, rows)
    return (centres[y] + random.normal(0, 0.5, (rows, width))).astype("float32"), y.astype("int64")


def plane(rows: int = 240, width: int = 6, seed: int = 0) -> tuple[Any, Any]:
    """Inputs, and a quantity that is linear in them."""
    random = np.random.default_rng(seed)
    x = random.normal(0, 1, (rows, width)).astype("float32")
    return x, (x @ random.normal(0, 1, width) + 0.05 * random.normal(0, 1, rows)).astype("float32")


def sequential(*layers: Any, shape: tuple[int, ...] = (8,)) -> Any:
    """A sequential model with a fixed input shape."""
    import keras

    return keras.Sequential([keras.Input(shape), *layers])


def classifier(
    hidden: Any = "relu", *, rate: float = 0.01, epochs: int = 10, x: Any = None, y: Any = None, **fit: Any
) -> Case:
    """A classifier of three classes with two hidden layers, under SGD; the same at every call."""
    import keras

    keras.utils.set_random_seed(3)
    layers = keras.layers
    model = sequential(
        layers.Dense(16, activation=hidden), layers.Dense(16, activation=hidden), layers.Dense(3, activation="softmax")
    )
    model.compile(keras.optimizers.SGD(rate, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    own_x, own_y = blobs()
    x, y = own_x if x is None else x, own_y if y is None else y
    return make_case(model, x, y, epochs=epochs, batch_size=16, validation_split=0.25, **fit)


def rich() -> Case:
    """A program with so many faults that nearly every treatment has something to treat."""
    import keras

    layers = keras.layers
    x, y = blobs()
    frozen = layers.Dense(32, activation="sigmoid", kernel_regularizer="l2", trainable=False)
    model = sequential(
        layers.Dense(32, activation="sigmoid", kernel_initializer=keras.initializers.RandomNormal(0.0, 2.0)),
        frozen,
        layers.Dropout(0.5),
        layers.BatchNormalization(momentum=0.99),
        layers.Dense(32, activation="sigmoid", activity_regularizer="l1"),
        layers.Dense(32, activation="sigmoid"),
        layers.Dense(32, activation="sigmoid"),
        layers.Dropout(0.6),
        layers.Dense(3),
        layers.Dropout(0.3),
    )
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 3, 0.5)
    model.compile(keras.optimizers.SGD(schedule, momentum=0.5, clipnorm=1e-3), "sparse_categorical_crossentropy")
    callbacks = [
        keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1),
        keras.callbacks.EarlyStopping("val_loss"),
    ]
    weights = {0: 1.0, 1: 5.0, 2: 1.0}
    x = np.concatenate([40 * x, np.full((3, 8), np.nan, "float32")]).astype("float32")
    y = np.concatenate([y, [0, 1, 2]])
    return make_case(
        model,
        x,
        y,
        epochs=2,
        batch_size=4,
        shuffle=False,
        class_weight=weights,
        callbacks=callbacks,
        validation_data=(x[:60], y[:60]),
    )
