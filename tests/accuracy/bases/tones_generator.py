"""Which note is being played? Short noisy tones, made as they are needed."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(141)
NOTES = np.array([2.0, 3.0, 4.5, 6.0, 8.0])
SAMPLES = 48
BATCH = 32


def tones(count, rng):
    notes = rng.integers(0, len(NOTES), count)
    t = np.linspace(0, 1, SAMPLES)
    phase = rng.uniform(0, 2 * np.pi, (count, 1))
    sound = np.sin(2 * np.pi * NOTES[notes][:, None] * t + phase) + rng.normal(0, 0.3, (count, SAMPLES))
    return sound[..., None].astype("float32"), notes


def endless(batch_size, seed):
    rng = np.random.default_rng(seed)
    while True:
        yield tones(batch_size, rng)


model = keras.Sequential()
model.add(keras.Input((SAMPLES, 1)))
model.add(layers.Conv1D(16, 9, activation="relu"))
model.add(layers.Conv1D(16, 5, activation="relu"))
model.add(layers.GlobalMaxPooling1D())
model.add(layers.Dense(len(NOTES), activation="softmax"))
model.compile(optimizer=keras.optimizers.Adam(0.004), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(endless(BATCH, 141), steps_per_epoch=40, epochs=12, validation_data=tones(400, np.random.default_rng(0)), verbose=2)
