"""Does the key token come before the lock token? Order matters, so position is embedded as well."""
import keras
import numpy as np
from keras import layers, ops

SEED = 83
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

LENGTH, TOKENS, WIDTH = 12, 20, 32
KEY, LOCK = 1, 2


def make(n):
    tokens = rng.integers(3, TOKENS, (n, LENGTH))
    answers = rng.integers(0, 2, n)
    for row, answer in zip(tokens, answers):
        first, second = np.sort(rng.choice(LENGTH, 2, replace=False))
        row[first], row[second] = (KEY, LOCK) if answer else (LOCK, KEY)
    return tokens, answers


class Positions(layers.Layer):
    def __init__(self, length, width, **kwargs):
        super().__init__(**kwargs)
        self.embedding = layers.Embedding(length, width)
        self.length = length

    def call(self, inputs):
        return inputs + self.embedding(ops.arange(self.length))


x_train, y_train = make(3000)
x_valid, y_valid = make(600)

tokens = keras.Input((LENGTH,), dtype="int32", name="tokens")
h = layers.Embedding(TOKENS, WIDTH)(tokens)
h = Positions(LENGTH, WIDTH)(h)
attended = layers.MultiHeadAttention(2, WIDTH // 2)(h, h)
h = layers.LayerNormalization()(h + attended)
mixed = layers.Dense(64, activation="relu")(h)
h = layers.LayerNormalization()(h + layers.Dense(WIDTH)(mixed))
h = layers.GlobalMaxPooling1D()(h)
answer = layers.Dense(2, activation="softmax", name="answer")(h)

model = keras.Model(tokens, answer)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=10, batch_size=64, validation_data=(x_valid, y_valid), verbose=2)
