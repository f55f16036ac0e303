"""A classifier of spectra that is good in training, while its validation figures are all over the place."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(53)

rng = np.random.default_rng(53)
rows, bands, kinds = 1500, 40, 4
kind = rng.integers(0, kinds, size=rows)
peaks = rng.uniform(0.4, 0.6, size=(kinds, bands))
spectra = np.clip(peaks[kind] + rng.normal(0.0, 0.08, size=(rows, bands)), 0.0, 1.0).astype("float32")

x_train, y_train = spectra[:1200], kind[:1200]
x_val, y_val = spectra[1200:], kind[1200:]

model = keras.Sequential(
    [
        layers.Input((bands,)),
        layers.Dense(64),
        layers.BatchNormalization(momentum=0.9999),
        layers.Activation("relu"),
        layers.Dense(64),
        layers.BatchNormalization(momentum=0.9999),
        layers.Activation("relu"),
        layers.Dense(kinds, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=15, batch_size=32, verbose=2)
