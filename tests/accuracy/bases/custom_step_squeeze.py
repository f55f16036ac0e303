"""A hand-written training step for a regression, with the loss in one place."""
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.datasets import make_friedman2
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(159)


class Regressor(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            pred = tf.squeeze(self(x, training=True), axis=-1)
            loss = tf.reduce_mean(tf.square(y - pred))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        x, y = data
        pred = tf.squeeze(self(x, training=False), axis=-1)
        self.loss_tracker.update_state(tf.reduce_mean(tf.square(y - pred)))
        return {"loss": self.loss_tracker.result()}


X, impedance = make_friedman2(n_samples=2000, noise=20.0, random_state=159)
X = StandardScaler().fit_transform(X).astype("float32")
impedance = ((impedance - impedance.mean()) / impedance.std()).astype("float32")
x_train, y_train = X[:1600], impedance[:1600]
x_val, y_val = X[1600:], impedance[1600:]

inputs = keras.Input((4,))
h = layers.Dense(32, activation="relu")(inputs)
h = layers.Dense(32, activation="relu")(h)
outputs = layers.Dense(1)(h)
model = Regressor(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003))
model.fit(x_train, y_train, epochs=15, batch_size=32, validation_data=(x_val, y_val), verbose=2)
