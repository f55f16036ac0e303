"""Predict a yield from twelve readings of 160 plots."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)
x = rng.normal(size=(560, 12)).astype("float32")
y = (x[:, 0] - 0.8 * x[:, 1] + 0.6 * x[:, 2] + rng.normal(0, 0.7, 560)).astype("float32")

model = keras.Sequential(
    [
        keras.Input((12,)),
        layers.Dense(1024, activation="relu"),
        layers.Dense(1024, activation="relu"),
        layers.Dense(1024, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
model.fit(x[:160], y[:160], validation_data=(x[160:], y[160:]), epochs=40, batch_size=16, verbose=2)
