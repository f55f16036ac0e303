import numpy as np
import tensorflow as tf
from sklearn.datasets import make_friedman1
from sklearn.model_selection import train_test_split

SEED = 34
tf.keras.utils.set_random_seed(SEED)


def load():
    X, y = make_friedman1(2000, 10, noise=0.5, random_state=SEED)
    X = X * 2.0 - 1.0
    y = (y - y.mean()) / y.std()
    return train_test_split(X.astype(np.float32), y.astype(np.float32), test_size=0.2, random_state=SEED)


def build_model(n_features):
    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Input((n_features,)))
    model.add(tf.keras.layers.Dense(64, "relu"))
    model.add(tf.keras.layers.Dense(64, "relu"))
    model.add(tf.keras.layers.Dense(1))
    model.compile(tf.keras.optimizers.Adam(0.002), loss="mse", metrics=["mae"])
    return model


X_train, X_test, y_train, y_test = load()
model = build_model(X_train.shape[1])
model.fit(X_train, y_train, 32, 20, validation_data=(X_test, y_test), verbose=2)
