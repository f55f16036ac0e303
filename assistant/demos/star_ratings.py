"""A classifier of reviews with one to five stars that stops with an error."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(43)

rng = np.random.default_rng(43)
rows, words, length = 1500, 400, 24
stars = rng.integers(1, 6, size=rows)
mood = rng.integers(0, words // 5, size=(rows, length))
reviews = np.where(rng.random((rows, length)) < 0.5, mood + (stars[:, None] - 1) * (words // 5), rng.integers(0, words, size=(rows, length)))

x_train, y_train = reviews[:1200], stars[:1200]
x_val, y_val = reviews[1200:], stars[1200:]

model = keras.Sequential(
    [
        layers.Input((length,), dtype="int32"),
        layers.Embedding(words, 16),
        layers.GlobalAveragePooling1D(),
        layers.Dense(32, activation="relu"),
        layers.Dense(5, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=8, batch_size=32, verbose=2)
