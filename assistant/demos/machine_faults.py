"""A yes-or-no classifier of machine readings whose accuracy does not move."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(31)

rng = np.random.default_rng(31)
rows = 2000
vibration = rng.normal(0.0, 1.0, size=rows)
heat = rng.normal(0.0, 1.0, size=rows)
load = rng.normal(0.0, 1.0, size=rows)
hours = rng.normal(0.0, 1.0, size=rows)
readings = np.stack([vibration, heat, load, hours], axis=1).astype("float32")
faulty = (vibration * heat + 0.7 * load + rng.normal(0.0, 0.2, size=rows) > 0.0).astype("float32")

x_train, y_train = readings[:1600], faulty[:1600]
x_val, y_val = readings[1600:], faulty[1600:]

model = keras.Sequential(
    [
        layers.Input((4,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10, batch_size=32, verbose=2)
