"""A classifier of two interleaved half moons whose loss falls and then stays."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(17)

rng = np.random.default_rng(17)
rows = 2000
labels = rng.integers(0, 2, size=rows)
angle = rng.uniform(0.0, np.pi, size=rows)
points = np.where(
    labels[:, None] == 0,
    np.stack([np.cos(angle), np.sin(angle)], axis=1),
    np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1),
)
points = (points + rng.normal(0.0, 0.12, size=points.shape)).astype("float32")
points = (points - points.mean(axis=0)) / points.std(axis=0)

schedule = keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=0.01, decay_steps=10, decay_rate=0.5)

model = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(32, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(schedule), loss="binary_crossentropy", metrics=["accuracy"])
model.fit(points, labels, validation_split=0.2, epochs=15, batch_size=32, verbose=2)
