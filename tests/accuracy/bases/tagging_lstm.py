"""Mark the words of a sentence that belong to a name: one label a step, padded sentences."""
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(237)
rng = np.random.default_rng(237)

LONGEST, WORDS = 16, 50
TITLES, NAMES = range(1, 5), range(5, 25)


def sentence():
    length = rng.integers(8, LONGEST + 1)
    words = rng.integers(5, WORDS, length)
    tags = np.zeros(length, "int32")
    for start in rng.choice(length - 2, 2, replace=False):
        words[start], words[start + 1] = rng.choice(TITLES), rng.choice(NAMES)
    for i in range(1, length):
        if words[i - 1] in TITLES and words[i] in NAMES:
            tags[i] = 1
    return words, tags


def pad(parts):
    return np.stack([np.pad(part, (0, LONGEST - len(part))) for part in parts])


made = [sentence() for _ in range(1500)]
words = pad([m[0] for m in made])
tags = pad([m[1] for m in made])
present = (words > 0).astype("float32")
cut = 1200

tokens = keras.Input((LONGEST,))
h = layers.Embedding(WORDS, 16, mask_zero=True)(tokens)
h = layers.Bidirectional(layers.LSTM(16, return_sequences=True))(h)
h = layers.Dropout(0.1)(h)
marks = layers.Dense(2, activation="softmax")(h)
tagger = keras.Model(tokens, marks)
tagger.compile(optimizer=keras.optimizers.Adam(0.008), loss="sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
tagger.fit(words[:cut], tags[:cut], sample_weight=present[:cut], epochs=8, batch_size=32, validation_data=(words[cut:], tags[cut:], present[cut:]), verbose=2)
