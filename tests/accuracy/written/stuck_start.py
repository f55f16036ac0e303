"""Tell opposite quadrants apart with as few units as can do it."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)
rng = np.random.default_rng(1)
x = rng.uniform(-1, 1, size=(800, 2)).astype("float32")
y = (x[:, 0] * x[:, 1] > 0).astype("float32")

model = keras.Sequential([keras.Input((2,)), layers.Dense(4, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(optimizer=keras.optimizers.Adam(0.02), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x[:600], y[:600], validation_data=(x[600:], y[600:]), epochs=40, batch_size=32, verbose=0)
