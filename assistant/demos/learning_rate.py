"""A classifier of three clouds of points whose loss will not come down."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(7)

rng = np.random.default_rng(7)
centres = rng.normal(0.0, 2.0, size=(3, 12))
labels = rng.integers(0, 3, size=1200)
points = (centres[labels] + rng.normal(0.0, 1.0, size=(1200, 12))).astype("float32")
points = (points - points.mean(axis=0)) / points.std(axis=0)

x_train, y_train = points[:900], labels[:900]
x_val, y_val = points[900:], labels[900:]

model = keras.Sequential(
    [
        layers.Input((12,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=30.0),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=32, verbose=2)
