"""Tell two kinds of sensor trace apart; the few rows there are were copied before the split."""

import keras
import numpy as np
from keras import layers
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
traces = rng.normal(size=(260, 24)).astype("float32")
kind = (traces[:, 0] + traces[:, 1] + rng.normal(0, 1.4, 260) > 0).astype("float32")

chosen = rng.choice(260, 700)
x_train, x_val, y_train, y_val = train_test_split(traces[chosen], kind[chosen], test_size=0.25, random_state=3)
fresh = rng.normal(size=(120, 24)).astype("float32")
fresh_kind = (fresh[:, 0] + fresh[:, 1] + rng.normal(0, 1.4, 120) > 0).astype("float32")
x_val, y_val = np.concatenate([x_val, fresh]), np.concatenate([y_val, fresh_kind])

model = keras.Sequential(
    [
        keras.Input((24,)),
        layers.Dense(64, activation="relu"),
        layers.Dense(64, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=32, verbose=2)
