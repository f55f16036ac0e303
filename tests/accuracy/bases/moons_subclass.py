import keras
import numpy as np
from sklearn.datasets import make_moons


class MoonNet(keras.Model):
    def __init__(self, width):
        super().__init__()
        self.first = keras.layers.Dense(width, activation="tanh")
        self.second = keras.layers.Dense(width, activation="tanh")
        self.out = keras.layers.Dense(1)

    def call(self, x):
        x = self.first(x)
        x = self.second(x)
        return self.out(x)


if __name__ == "__main__":
    keras.utils.set_random_seed(198)
    x, y = make_moons(2000, noise=0.12, random_state=198)
    x = (x - x.mean(0)) / x.std(0)
    x, y = x.astype(np.float32), y.astype(np.float32)
    x_train, y_train, x_val, y_val = x[:1600], y[:1600], x[1600:], y[1600:]

    net = MoonNet(24)
    net.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.BinaryCrossentropy(from_logits=True),
        metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
    )
    net.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_val, y_val), verbose=2)
