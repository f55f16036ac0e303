"""One network, two answers: the rent of a flat (a number) and whether it is let within a week (yes or no)."""
import numpy as np
import tensorflow as tf
from sklearn.model_selection import train_test_split
from tensorflow import keras

keras.utils.set_random_seed(105)
rng = np.random.default_rng(105)

n = 2200
size = rng.uniform(25, 140, n)
rooms = np.clip(np.round(size / 28 + rng.normal(0, 0.6, n)), 1, 6)
floor = rng.integers(0, 9, n)
distance = rng.gamma(2.0, 2.5, n)
lift = rng.integers(0, 2, n)
rent = 9.5 * size + 60 * rooms - 45 * np.sqrt(distance) * (size / 80) - 30 * floor * (1 - lift) + rng.normal(0, 40, n)
appeal = -0.3 * (distance - 5) - 0.004 * (rent - 800) + 0.35 * (lift - 0.5) * floor + rng.normal(0, 0.3, n)
let = (appeal > np.median(appeal)).astype("float32")

features = np.column_stack([size, rooms, floor, distance, lift]).astype("float32")
rent = (rent - rent.mean()) / rent.std()
x_tr, x_te, rent_tr, rent_te, let_tr, let_te = train_test_split(features, rent, let, test_size=0.2, random_state=105)

norm = keras.layers.Normalization()
norm.adapt(x_tr)

inp = keras.layers.Input(shape=(5,))
trunk = norm(inp)
for units in [48, 48]:
    trunk = keras.layers.Dense(units, activation="relu")(trunk)
rent_out = keras.layers.Dense(1, name="rent")(trunk)
let_out = keras.layers.Dense(1, activation="sigmoid", name="let")(trunk)
model = keras.Model(inp, {"rent": rent_out, "let": let_out})

model.compile(
    optimizer=tf.keras.optimizers.Adam(3e-3),
    loss={"rent": "mse", "let": "binary_crossentropy"},
    metrics={"rent": ["mae"], "let": ["accuracy"]},
)
model.fit(x_tr, {"rent": rent_tr, "let": let_tr}, validation_data=(x_te, {"rent": rent_te, "let": let_te}), epochs=18, batch_size=32, verbose=2)
