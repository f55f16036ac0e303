"""A classifier of hand gestures whose loss swings and does not settle."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(43)

rng = np.random.default_rng(43)
rows, sensors, kinds = 2000, 12, 6
kind = rng.integers(0, kinds, size=rows)
poses = rng.normal(0.0, 0.8, size=(kinds, sensors))
readings = (poses[kind] + rng.normal(0.0, 1.0, size=(rows, sensors))).astype("float32")

x_train, y_train = readings[:1600], kind[:1600]
x_val, y_val = readings[1600:], kind[1600:]

model = keras.Sequential(
    [
        layers.Input((sensors,)),
        layers.Dense(48, activation="tanh"),
        layers.Dense(48, activation="tanh"),
        layers.Dense(kinds, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=12, batch_size=32, verbose=2)
