"""Transfer: filters learnt without labels from unlabelled images (their principal components) under a new head."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(123)

digits = load_digits()
images = (digits.images / 16.0).astype("float32")[..., None]
unlabelled, images = images[:500], images[500:]
labels = digits.target[500:]

patches = np.stack([unlabelled[:, r : r + 3, c : c + 3, 0].reshape(-1, 9) for r in range(6) for c in range(6)]).reshape(-1, 9)
components = PCA(8).fit(patches).components_
filters = np.concatenate([components, -components]).T.reshape(3, 3, 1, 16)

base = keras.Sequential(name="base")
base.add(layers.Input((8, 8, 1)))
base.add(layers.Conv2D(16, 3, padding="same", activation="relu", name="patch_filters"))
base.add(layers.MaxPooling2D(2))
base.get_layer("patch_filters").set_weights([filters, np.zeros(16)])
base.trainable = False

inputs = keras.Input((8, 8, 1))
features = base(inputs, training=False)
features = layers.Flatten()(features)
features = layers.Dense(64, activation="relu", name="head_hidden")(features)
outputs = layers.Dense(10, activation="softmax", name="head_output")(features)
model = keras.Model(inputs, outputs)

x_train, x_val, y_train, y_val = train_test_split(images, labels, test_size=0.2, random_state=123)
model.compile(keras.optimizers.Adam(2e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=15, validation_data=(x_val, y_val), verbose=2)
