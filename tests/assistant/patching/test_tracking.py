"""Weights in bare variables of TensorFlow become variables of Keras."""

from __future__ import annotations

from tests.assistant.patching.written import edited, text, treated

SOURCE = text(
    """
    import tensorflow as tf
    from tensorflow import keras

    rate = tf.Variable(0.1)


    class Table(keras.layers.Layer):
        def __init__(self, size):
            super().__init__()
            self.rows = tf.Variable(tf.zeros((size, 4)), trainable=True)
            self.bias = tf.Variable(initial_value=tf.zeros((size,)), name="bias")
            self.odd = tf.Variable(tf.zeros(()), validate_shape=False)

        def call(self, ids):
            return tf.gather(self.rows, ids)


    model = keras.Sequential([Table(5)])
    model.compile("adam", "mse")
    model.fit(x, y)
    """
)


def test_what_a_layer_keeps_is_made_by_keras() -> None:
    found = edited(SOURCE, "track_variables")
    assert "self.rows = keras.Variable(tf.zeros((size, 4)), trainable=True)\n" in found
    assert 'self.bias = keras.Variable(initializer=tf.zeros((size,)), name="bias")\n' in found
    assert "self.odd = tf.Variable(tf.zeros(()), validate_shape=False)\n" in found
    assert "rate = tf.Variable(0.1)\n" in found


def test_without_such_a_weight_a_person_is_told() -> None:
    found = treated(SOURCE.replace("tf.Variable", "make"), "track_variables")
    assert found.diff is None
    assert "add_weight" in found.instructions[0]
