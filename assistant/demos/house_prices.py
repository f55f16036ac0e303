"""A regression on a table of houses whose loss is NaN from the first epoch on."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(11)

rng = np.random.default_rng(11)
rows = 1500
area = rng.uniform(30.0, 400.0, size=rows)
income = rng.lognormal(10.5, 0.5, size=rows)
distance = rng.uniform(0.1, 25.0, size=rows)
age = rng.integers(0, 90, size=rows).astype("float64")

table = np.stack([area, income, distance, age], axis=1).astype("float32")
price = 0.8 * area / 400.0 + 0.5 * income / 80000.0 - 0.02 * distance - 0.002 * age
price = (price + rng.normal(0.0, 0.05, size=rows)).astype("float32")

model = keras.Sequential(
    [
        layers.Input((4,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1),
    ]
)
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.01), loss="mse", metrics=["mae"])
model.fit(table, price, validation_split=0.2, epochs=10, batch_size=32, verbose=2)
