"""A deep classifier of sensor readings whose loss does not move."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(21)

rng = np.random.default_rng(21)
classes, features, rows = 5, 20, 2400
centres = rng.normal(0.0, 1.0, size=(classes, features))
labels = rng.integers(0, classes, size=rows)
readings = centres[labels] + rng.normal(0.0, 1.0, size=(rows, features))
readings = ((readings - readings.mean(axis=0)) / readings.std(axis=0)).astype("float32")

x_train, y_train = readings[:1800], labels[:1800]
x_val, y_val = readings[1800:], labels[1800:]

model = keras.Sequential([layers.Input((features,))])
for _ in range(9):
    model.add(layers.Dense(48, activation="sigmoid"))
model.add(layers.Dense(classes, activation="softmax"))

model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.05, momentum=0.9),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=12, batch_size=32, verbose=2)
