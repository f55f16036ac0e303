"""A classifier of small pictures that stays near chance."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(5)

rng = np.random.default_rng(5)
classes, size, rows = 8, 10, 1600
patterns = (rng.random((classes, size, size)) < 0.4).astype("float32")
labels = rng.integers(0, classes, size=rows)
pictures = np.clip(patterns[labels] + rng.normal(0.0, 0.25, size=(rows, size, size)), 0.0, 1.0)
pictures = pictures.astype("float32")[..., None]

x_train, y_train = pictures[:1200], labels[:1200]
x_val, y_val = pictures[1200:], labels[1200:]

model = keras.Sequential(
    [
        layers.Input((size, size, 1)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(32, activation="relu"),
        layers.Dense(classes),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=6, batch_size=32, verbose=2)
