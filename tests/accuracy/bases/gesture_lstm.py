import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models
from tensorflow.keras.utils import to_categorical

tf.keras.utils.set_random_seed(71)

NAMES = ["circle", "swipe", "shake", "rest"]
STEPS = 20


def record(kind):
    t = np.linspace(0, 2 * np.pi, STEPS)
    phase, speed = np.random.uniform(0, 2 * np.pi), np.random.uniform(0.8, 1.2)
    if kind == 0:
        path = np.stack([np.cos(speed * t + phase), np.sin(speed * t + phase)], axis=1)
    elif kind == 1:
        path = np.stack([np.linspace(-1, 1, STEPS) * speed, np.zeros(STEPS) + np.cos(phase)], axis=1)
    elif kind == 2:
        path = np.stack([np.sin(4 * speed * t + phase), np.zeros(STEPS)], axis=1)
    else:
        path = np.zeros((STEPS, 2)) + [np.cos(phase), np.sin(phase)]
    return path + np.random.normal(0, 0.25, path.shape)


kinds = np.random.randint(0, len(NAMES), 1600)
x = np.stack([record(k) for k in kinds]).astype("float32")
y = to_categorical(kinds, len(NAMES))

model = models.Sequential([
    layers.Input((STEPS, 2)),
    layers.LSTM(24),
    layers.Dense(16, activation="relu"),
    layers.Dense(len(NAMES), activation="softmax"),
])
model.compile(loss="categorical_crossentropy", optimizer=tf.keras.optimizers.RMSprop(0.003), metrics=["accuracy"])
history = model.fit(x, y, epochs=12, batch_size=32, validation_split=0.2, verbose=2)
