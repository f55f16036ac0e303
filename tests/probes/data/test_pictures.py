"""Probes of pictures: quality, axes, augmentation. Where each must speak, and where it must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.probes.making import make_case, measured, travels

pytestmark = pytest.mark.keras


def discs(rows: int = 200, side: int = 32, channels: int = 1) -> Any:
    """Bright discs and squares on grey, with a little grain: pictures as they should be."""
    random = np.random.default_rng(0)
    down, right = np.mgrid[:side, :side]
    pictures = np.full((rows, side, side, channels), 0.3)
    labels = random.integers(0, 2, rows)
    for row in range(rows):
        y, x = random.uniform(10, side - 10, 2)
        size = random.uniform(4, 8)
        round_one = (down - y) ** 2 + (right - x) ** 2 < size**2
        square = (abs(down - y) < size) & (abs(right - x) < size)
        pictures[row][round_one if labels[row] else square] = random.uniform(0.6, 1.0, channels)
    pictures += random.normal(0, 0.02, pictures.shape)
    return np.clip(pictures, 0, 1).astype("float32"), labels


def case_of(x: Any, y: Any, *first: Any, **settings: Any) -> Any:
    import keras

    model = keras.Sequential(
        [keras.Input(x.shape[1:]), *first, keras.layers.Conv2D(4, 3, padding="same"), keras.layers.Flatten(),
         keras.layers.Dense(2, activation="softmax")]
    )  # fmt: skip
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return make_case(model, x, y, epochs=1, **settings)


def test_good_pictures_raise_nothing() -> None:
    x, y = discs()
    found = measured(case_of(x, y), "image_quality")
    travels("image_quality", found)
    assert found["contrast"] > 0.4
    assert found["blank_share"] == found["dark_share"] == 0
    assert found["sharpness"] > 0.01
    assert found["grain"] < 0.3


def test_bad_pictures_are_measured() -> None:
    x, y = discs()
    assert measured(case_of(np.clip(x + 0.95, None, 1.0), y), "image_quality")["contrast"] < 0.08
    assert measured(case_of(x * 0.05, y), "image_quality")["dark_share"] > 0.9
    grain = np.random.default_rng(1).normal(0, 1.2, x.shape).astype("float32")
    assert measured(case_of(x + grain, y), "image_quality")["grain"] > 0.85
    blank = x.copy()
    blank[: len(x) * 3 // 4] = 0.5
    assert measured(case_of(blank, y), "image_quality")["blank_share"] > 0.7
    soft = np.stack([_blurred(one) for one in x[..., 0]])[..., None].astype("float32")
    assert measured(case_of(soft, y), "image_quality")["sharpness"] < 0.004


def _blurred(picture: Any) -> Any:
    size = 9
    padded = np.pad(picture, size, mode="edge")
    kernel = np.ones(2 * size + 1) / (2 * size + 1)
    for axis in (0, 1):
        for _ in range(2):
            padded = np.apply_along_axis(lambda line: np.convolve(line, kernel, mode="same"), axis, padded)
    return padded[size:-size, size:-size]


def test_axes_in_order_and_out_of_order() -> None:
    x, y = discs(channels=3)
    fine = measured(case_of(x, y), "input_layout")
    travels("input_layout", fine)
    assert not fine["channels_first"]
    assert fine["reordered_roughness"] > 0.8
    torn = np.moveaxis(x, -1, 1).reshape(x.shape)
    assert measured(case_of(torn, y), "input_layout")["reordered_roughness"] < 0.5
    assert measured(case_of(np.moveaxis(x, -1, 1), y), "input_layout")["channels_first"]


def test_steps_and_features_swapped() -> None:
    import keras

    random = np.random.default_rng(0)
    waves = np.sin(np.linspace(0, 6, 30)[None, :, None] * random.uniform(0.5, 2, (120, 1, 9)) + random.uniform(0, 6))
    waves = waves * random.normal(size=(120, 1, 9))

    def layout(x: Any) -> Any:
        model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.GRU(4), keras.layers.Dense(1)])
        model.compile(loss="mse", optimizer="adam")
        return measured(make_case(model, x.astype("float32"), x[:, 0, 0], epochs=1), "input_layout")

    fine, swapped = layout(waves), layout(waves.transpose(0, 2, 1))
    assert fine["time_roughness"] < 0.3 < 0.7 < fine["feature_roughness"]
    assert swapped["feature_roughness"] < 0.3 < 0.7 < swapped["time_roughness"]


def test_rows_of_features_reshaped_into_steps() -> None:
    import keras

    random = np.random.default_rng(0)
    pace, start = random.uniform(0.1, 0.7, (150, 3, 1)), random.uniform(0, 6, (150, 3, 1))
    rows = np.sin(pace * np.arange(40) + start) + random.normal(0, 0.2, (150, 3, 40))
    long = np.sin(pace[:, :1] * np.arange(120) + start[:, :1]) + random.normal(0, 0.2, (150, 1, 120))

    def torn(x: Any) -> bool:
        model = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.GRU(4), keras.layers.Dense(1)])
        model.compile(loss="mse", optimizer="adam")
        found = measured(make_case(model, x.astype("float32"), x[:, 0, 0], epochs=1), "input_layout")
        travels("input_layout", found)
        return bool(found["neighbours_roughness"] < 0.7 and found["row_jump"] > 1.3)

    noise = random.normal(0, 0.35, (300, 6, 96))
    noise[np.arange(300), np.arange(300) % 6] += np.sin(0.4 * np.arange(96) + random.uniform(0, 6, (300, 1)))
    assert torn(rows.reshape(150, 40, 3))
    assert torn(noise.reshape(300, 96, 6)), "one feature of six says anything"
    assert not torn(rows.transpose(0, 2, 1))
    assert not torn(noise.transpose(0, 2, 1))
    assert not torn(long.reshape(150, 40, 3)), "frames of one series, as they are cut on purpose"
    assert not torn(rows.transpose(0, 2, 1) * [1.0, 50.0, 0.01] + [0.0, 3.0, -3.0]), "features of unlike sizes"
    assert not torn(random.normal(size=(150, 40, 3))), "numbers in no order at all"


def test_augmentation_gentle_destroying_and_in_inference() -> None:
    import keras

    class AlwaysMoved(keras.layers.Layer):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = keras.layers.RandomTranslation(0.2, 0.2)

        def call(self, x: Any) -> Any:
            return self.inner(x, training=True)

    x, y = discs()
    none = measured(case_of(x, y), "augmentation")
    travels("augmentation", none)
    assert none["pictures"]
    assert none["layers"] == 0
    gentle = measured(case_of(x, y, keras.layers.RandomFlip(), keras.layers.RandomRotation(0.05)), "augmentation")
    assert gentle["layers"] == 2
    assert gentle["lost_share"] < 0.1
    assert not gentle["varies_in_inference"]
    lost = measured(case_of(x, y, keras.layers.RandomTranslation(0.9, 0.9, fill_mode="constant")), "augmentation")
    assert lost["lost_share"] > 0.35
    assert measured(case_of(x, y, AlwaysMoved()), "augmentation")["varies_in_inference"]
