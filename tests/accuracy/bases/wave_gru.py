"""Next value of a tide gauge from the last 24."""
import keras
import numpy as np
from keras.layers import GRU, Dense, Input

keras.utils.set_random_seed(67)

hours = np.arange(1500)
tide = np.sin(hours / 6.0) + 0.6 * np.sin(hours / 11.0 + 1.0) + 0.1 * np.random.normal(size=hours.size)
tide = (tide - tide[:1200].mean()) / tide[:1200].std()


def windows(series, length):
    x = np.array([series[i : i + length] for i in range(len(series) - length)])
    return x[..., np.newaxis].astype("float32"), series[length:].astype("float32")


x_train, y_train = windows(tide[:1200], 24)
x_val, y_val = windows(tide[1200:], 24)

inputs = Input(shape=(24, 1))
state = GRU(24)(inputs)
forecast = Dense(1)(state)
model = keras.Model(inputs, forecast)

model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.005), loss="mean_squared_error", metrics=["mae"])
model.fit(x_train, y_train, batch_size=32, epochs=12, validation_data=(x_val, y_val), verbose=2)
