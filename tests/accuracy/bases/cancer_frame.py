"""Benign or malignant, from the measurements of a cell sample."""
import keras
from keras import layers
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(21)

frame = load_breast_cancer(as_frame=True).frame
target = frame.pop("target")
x_train, x_val, y_train, y_val = train_test_split(frame, target, test_size=0.25, stratify=target, random_state=21)

mean, std = x_train.mean(), x_train.std()
x_train = (x_train - mean) / std
x_val = (x_val - mean) / std

model = keras.Sequential(
    [
        layers.Input((30,)),
        layers.Dense(16, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(8, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=25, batch_size=16, validation_data=(x_val, y_val), verbose=2)
