"""A forecast of demand with a training step of its own, whose loss grows."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

keras.utils.set_random_seed(3)


class Forecaster(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(32, activation="relu")
        self.out = layers.Dense(1)
        self.tracker = keras.metrics.Mean(name="loss")

    def call(self, inputs):
        return self.out(self.hidden(inputs))

    @property
    def metrics(self):
        return [self.tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            error = tf.square(y - self(x, training=True))
            loss = tf.reduce_mean(error)
        gradients = tape.gradient(loss, self.trainable_variables)
        for weight, gradient in zip(self.trainable_variables, gradients):
            weight.assign_add(0.0005 * gradient)
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


rng = np.random.default_rng(3)
hour = rng.uniform(0.0, 24.0, size=2000)
warmth = rng.normal(0.0, 1.0, size=2000)
holiday = rng.integers(0, 2, size=2000)
demand = np.sin(hour / 24.0 * 2.0 * np.pi) + 0.5 * warmth - 0.8 * holiday + rng.normal(0.0, 0.1, size=2000)

x = np.stack([np.sin(hour / 24.0 * 2.0 * np.pi), np.cos(hour / 24.0 * 2.0 * np.pi), warmth, holiday], axis=1)
x = x.astype("float32")
y = demand.astype("float32")[:, None]

model = Forecaster()
model.compile(optimizer="sgd")
model.fit(x, y, epochs=8, batch_size=64, verbose=2)
