"""Digits served batch by batch, slightly moved each time."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(203)


class MovedDigits(keras.utils.PyDataset):
    def __init__(self, images, labels, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.images, self.labels, self.batch_size = images, labels, batch_size
        self.order = np.random.permutation(len(images))

    def __len__(self):
        return len(self.images) // self.batch_size

    def __getitem__(self, index):
        rows = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        batch = self.images[rows]
        shift = np.random.randint(-1, 2)
        return np.roll(batch, shift, axis=2), self.labels[rows]

    def on_epoch_end(self):
        self.order = np.random.permutation(len(self.images))


images, labels = load_digits(return_X_y=True)
images = images.reshape((-1, 8, 8, 1)) / 16.0
x_train, x_val, y_train, y_val = train_test_split(images, labels, test_size=0.2, random_state=203, stratify=labels)
train = MovedDigits(x_train, y_train, batch_size=32)

model = keras.Sequential()
model.add(layers.Input((8, 8, 1)))
for filters in (16, 32):
    model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
    model.add(layers.MaxPooling2D())
model.add(layers.Flatten())
model.add(layers.Dense(48, activation="relu"))
model.add(layers.Dense(10, activation="softmax"))
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(train, epochs=20, validation_data=(x_val, y_val), verbose=2)
