"""Route a support ticket by its words and by the account's figures."""
import keras
import numpy as np
from keras import layers
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(97)
rng = np.random.default_rng(97)

TOPICS = {0: range(1, 9), 1: range(9, 17), 2: range(17, 25)}
n = 2400
topic = rng.integers(0, 3, n)
urgent = rng.random(n) < 0.5
words = rng.integers(25, 60, (n, 15))
for i in range(n):
    spots = rng.choice(15, 4, replace=False)
    words[i, spots] = rng.choice(list(TOPICS[int(topic[i])]), 4)
account = np.column_stack([rng.gamma(2.0, 300.0, n), rng.integers(1, 400, n), np.where(urgent, 9, 4) + rng.normal(0, 1.2, n)])
queue = topic * 2 + urgent

train, test = slice(0, 1920), slice(1920, None)
scaler = StandardScaler().fit(account[train])
account = scaler.transform(account).astype("float32")

word_input = keras.Input((15,), dtype="int32", name="words")
account_input = keras.Input((3,), name="account")
w = layers.Embedding(60, 16)(word_input)
w = layers.GlobalAveragePooling1D()(w)
a = layers.Dense(16, activation="relu")(account_input)
h = layers.Concatenate()([w, a])
h = layers.Dense(32, activation="relu")(h)
output = layers.Dense(6, activation="softmax")(h)

model = keras.Model(inputs=[word_input, account_input], outputs=output)
model.compile(
    optimizer=keras.optimizers.Adam(5e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(
    {"words": words[train], "account": account[train]},
    queue[train],
    validation_data=({"words": words[test], "account": account[test]}, queue[test]),
    epochs=12,
    batch_size=64,
    verbose=2,
)
