"""Recognise handwritten digits with a small convolutional network."""
import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow import keras
from tensorflow.keras import layers


def get_data(seed):
    digits = load_digits()
    images = digits.images.astype("float32") / 16.0
    images = np.expand_dims(images, -1)
    return train_test_split(images, digits.target, test_size=0.2, random_state=seed, stratify=digits.target)


def get_model(filters=16):
    inputs = keras.Input(shape=(8, 8, 1))
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(filters * 2, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.25)(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seed", type=int, default=43)
    args = parser.parse_args()
    keras.utils.set_random_seed(args.seed)

    x_train, x_val, y_train, y_val = get_data(args.seed)
    model = get_model()
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=2e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
    )
    model.fit(
        x_train,
        y_train,
        batch_size=args.batch_size,
        epochs=args.epochs,
        validation_data=(x_val, y_val),
        verbose=2,
    )


if __name__ == "__main__":
    main()
