"""Compress digit images to ten numbers and back."""
import keras
from keras import layers
from sklearn.datasets import load_digits

keras.utils.set_random_seed(118)

pixels = load_digits().data.astype("float32")
pixels = pixels / 16.0
x_train, x_test = pixels[:1400], pixels[1400:]

encoder = keras.Sequential([layers.Input((64,)), layers.Dense(48, activation="relu"), layers.Dense(10)], name="encoder")
decoder = keras.Sequential([layers.Input((10,)), layers.Dense(48, activation="relu"), layers.Dense(64, activation="sigmoid")], name="decoder")

image = keras.Input((64,))
autoencoder = keras.Model(image, decoder(encoder(image)), name="autoencoder")
autoencoder.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse")
autoencoder.fit(x_train, x_train, epochs=40, batch_size=64, validation_data=(x_test, x_test), verbose=2)
