"""Disk failures: about one drive in fifteen fails within the month."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_class_weight

keras.utils.set_random_seed(185)

smart, fails = make_classification(
    n_samples=5000, n_features=12, n_informative=6, n_clusters_per_class=1, weights=[0.935], class_sep=1.1, flip_y=0.005, random_state=185
)
x_train, x_val, y_train, y_val = train_test_split(smart, fails, test_size=0.25, stratify=fails, random_state=185)
scaler = StandardScaler()
x_train = scaler.fit_transform(x_train)
x_val = scaler.transform(x_val)

weights = compute_class_weight("balanced", classes=np.array([0, 1]), y=y_train)
class_weight = dict(enumerate(weights))

model = keras.models.Sequential(
    [
        layers.Input((12,)),
        layers.Dense(32, activation="relu"),
        layers.Dense(16, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    loss="binary_crossentropy",
    optimizer=keras.optimizers.Adam(0.002),
    metrics=[keras.metrics.AUC(name="auc"), keras.metrics.Precision(name="precision"), keras.metrics.Recall(name="recall")],
)
model.fit(x_train, y_train, epochs=15, batch_size=64, class_weight=class_weight, validation_data=(x_val, y_val), verbose=2)
