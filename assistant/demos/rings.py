"""A classifier of points in rings that gets better and then no further."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(41)

rng = np.random.default_rng(41)
rows = 2400
ring = rng.integers(0, 3, size=rows)
radius = 0.5 + ring + rng.normal(0.0, 0.12, size=rows)
angle = rng.uniform(0.0, 2.0 * np.pi, size=rows)
height = 0.5 * ring + rng.normal(0.0, 0.4, size=rows)
points = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1).astype("float32")
points = (points - points.mean(axis=0)) / points.std(axis=0)

x_train, y_train = points[:1800], ring[:1800]
x_val, y_val = points[1800:], ring[1800:]

model = keras.Sequential(
    [
        layers.Input((3,)),
        layers.Dense(64),
        layers.Dense(64),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=15, batch_size=32, verbose=2)
