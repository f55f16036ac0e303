# three rings, half precision where it is safe
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers, mixed_precision

mixed_precision.set_global_policy("mixed_float16")
keras.utils.set_random_seed(172)

n_points = 1800
ring = np.random.randint(0, 3, n_points)
angle = np.random.uniform(0, 2 * np.pi, n_points)
radius = 0.5 + 0.6 * ring + np.random.normal(0, 0.1, n_points)
points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype("float32")
x_train, y_train = points[:1440], ring[:1440]
x_val, y_val = points[1440:], ring[1440:]

net_in = keras.Input(shape=(2,))
net = net_in
for _ in range(2):
    net = layers.Dense(32)(net)
    net = layers.ReLU()(net)
net = layers.Dense(3)(net)
net_out = layers.Activation("softmax", dtype="float32")(net)

model = keras.Model(net_in, net_out)
model.compile(optimizer=keras.optimizers.Adam(0.005), loss="sparse_categorical_crossentropy", metrics=["sparse_categorical_accuracy"])
model.fit(x_train, y_train, epochs=14, batch_size=32, validation_data=(x_val, y_val), verbose=2)
