"""A yes-or-no classifier of alarms that says no to everything."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(47)

rng = np.random.default_rng(47)
rows, features = 3000, 12
readings = rng.normal(size=(rows, features)).astype("float32")
alarm = (rng.random(rows) < 0.04).astype("float32")
readings[alarm == 1, :4] += 0.9

x_train, y_train = readings[:2400], alarm[:2400]
x_val, y_val = readings[2400:], alarm[2400:]

model = keras.Sequential(
    [
        layers.Input((features,)),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=6, batch_size=32, verbose=2)
