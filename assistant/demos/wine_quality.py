"""A classifier of measured wines whose loss falls far too slowly."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(13)

rng = np.random.default_rng(13)
rows, features = 2000, 11
table = rng.normal(size=(rows, features)).astype("float32")
taste = table[:, 0] * 1.2 - table[:, 3] + 0.8 * table[:, 5] * table[:, 7] + rng.normal(0.0, 0.2, size=rows)
grade = np.digitize(taste, np.quantile(taste, [1 / 3, 2 / 3]))

x_train, y_train = table[:1600], grade[:1600]
x_val, y_val = table[1600:], grade[1600:]

model = keras.Sequential(
    [
        layers.Input((features,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(3, activation="softmax"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=5e-5),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=10, batch_size=32, verbose=2)
