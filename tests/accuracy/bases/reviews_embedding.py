import numpy as np
from keras import Sequential, layers, utils

utils.set_random_seed(55)
rng = np.random.default_rng(55)

GOOD = "great lovely superb enjoyed brilliant warm funny clever moving perfect".split()
BAD = "awful dull boring hated clumsy cold tedious bland noisy broken".split()
PLAIN = "the a film plot actor it was and of scene music story with very this one ending camera script I".split()
vocabulary = {word: i + 1 for i, word in enumerate(GOOD + BAD + PLAIN)}


def write_review(positive):
    length = rng.integers(8, 20)
    words = list(rng.choice(PLAIN, length))
    for position in rng.choice(length, 3, replace=False):
        words[position] = rng.choice(GOOD if (rng.random() < 0.9) == positive else BAD)
    return " ".join(words)


labels = rng.integers(0, 2, 2400)
texts = [write_review(bool(label)) for label in labels]

maxlen = 20
sequences = np.zeros((len(texts), maxlen), dtype="int32")
for row, text in enumerate(texts):
    ids = [vocabulary[w] for w in text.split()][:maxlen]
    sequences[row, : len(ids)] = ids

model = Sequential()
model.add(layers.Input((maxlen,), dtype="int32"))
model.add(layers.Embedding(len(vocabulary) + 1, 16, mask_zero=True))
model.add(layers.GlobalAveragePooling1D())
model.add(layers.Dense(16, activation="relu"))
model.add(layers.Dense(1, activation="sigmoid"))

model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(sequences[:1900], labels[:1900], batch_size=32, epochs=10, validation_data=(sequences[1900:], labels[1900:]), verbose=2)
