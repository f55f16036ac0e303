import keras
import tensorflow as tf
from keras import layers
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(164)

X, y = make_classification(
    n_samples=3200, n_features=16, n_informative=8, n_redundant=2, n_classes=4, class_sep=2.0, flip_y=0.01, random_state=164
)
X = ((X - X.mean(axis=0)) / X.std(axis=0)).astype("float32")
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, random_state=164)


class ConfidencePenalty(keras.Model):
    """Cross-entropy with a small bonus for undecided predictions."""

    def __init__(self, classes, strength=0.02):
        super().__init__()
        self.hidden = [layers.Dense(units, activation="relu") for units in (64, 32)]
        self.head = layers.Dense(classes, activation="softmax")
        self.strength = strength

    def call(self, inputs):
        h = inputs
        for layer in self.hidden:
            h = layer(h)
        return self.head(h)

    def train_step(self, data):
        inputs, target = data
        with tf.GradientTape() as tape:
            probabilities = self(inputs, training=True)
            entropy = -tf.reduce_mean(tf.reduce_sum(probabilities * tf.math.log(probabilities + 1e-7), axis=-1))
            loss = self.compute_loss(y=target, y_pred=probabilities) - self.strength * entropy
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(target, probabilities)
        return {metric.name: metric.result() for metric in self.metrics}


model = ConfidencePenalty(4)
model.compile(keras.optimizers.Adam(0.002), loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
model.fit(X_train, y_train, batch_size=32, epochs=12, validation_data=(X_val, y_val), verbose=2)
