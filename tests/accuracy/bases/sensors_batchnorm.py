from keras.layers import Activation, BatchNormalization, Dense, Dropout, Input
from keras.losses import CategoricalCrossentropy
from keras.models import Sequential
from keras.optimizers import SGD
from keras.optimizers.schedules import CosineDecay
from keras.utils import set_random_seed, to_categorical
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler

RANDOM_STATE = 212
set_random_seed(RANDOM_STATE)

X, y = make_classification(
    n_samples=3000, n_features=20, n_informative=10, n_classes=5, n_clusters_per_class=1, class_sep=1.8, random_state=RANDOM_STATE
)
X_train, X_test = X[:2400], X[2400:]
y_train, y_test = to_categorical(y[:2400], 5), to_categorical(y[2400:], 5)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

epochs, batch_size = 15, 48


def block(model, units):
    model.add(Dense(units, use_bias=False))
    model.add(BatchNormalization())
    model.add(Activation("relu"))


model = Sequential()
model.add(Input(shape=(20,)))
block(model, 64)
block(model, 32)
model.add(Dropout(0.2))
model.add(Dense(5, activation="softmax"))

rate = CosineDecay(0.05, decay_steps=epochs * len(X_train) // batch_size)
model.compile(optimizer=SGD(rate, momentum=0.9), loss=CategoricalCrossentropy(), metrics=["accuracy"])
model.fit(X_train, y_train, epochs=epochs, batch_size=batch_size, validation_data=(X_test, y_test), verbose=2)
