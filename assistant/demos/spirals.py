"""A classifier of three noisy spirals whose loss will not come down."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(7)

rng = np.random.default_rng(7)
labels = rng.integers(0, 3, size=1500)
radius = np.sqrt(rng.uniform(0.02, 1.0, size=1500))
angle = 3.5 * radius + labels * 2.0 * np.pi / 3.0 + rng.normal(0.0, 0.15, size=1500)
points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype("float32")
points = points / points.std(axis=0)

x_train, y_train = points[:1200], labels[:1200]
x_val, y_val = points[1200:], labels[1200:]

model = keras.Sequential(
    [
        layers.Input((2,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.5),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=15, batch_size=32, verbose=2)
