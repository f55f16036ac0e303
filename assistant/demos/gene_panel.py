"""A classifier of gene panels: perfect in training, poor in validation."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(37)

rng = np.random.default_rng(37)
rows, genes = 600, 60
panel = rng.normal(size=(rows, genes)).astype("float32")
score = panel[:, :12].sum(axis=1) + rng.normal(0.0, 2.5, size=rows)
ill = (score > 0.0).astype("float32")

x_train, y_train = panel[:120], ill[:120]
x_val, y_val = panel[120:], ill[120:]

model = keras.Sequential(
    [
        layers.Input((genes,)),
        layers.Dense(512, activation="relu"),
        layers.Dense(512, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=40, batch_size=16, verbose=2)
