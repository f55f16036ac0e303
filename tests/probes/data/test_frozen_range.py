"""The range of pixels that frozen layers were trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.probes.making import LIVE, compiled, make_case, measured

pytestmark = LIVE

PIXELS = np.random.default_rng(0).random((32, 8, 8, 3)).astype("float32")


def seen(x: Any, *, bias: float, frozen: bool = True) -> dict[str, Any]:
    """Convolutions whose biases are of the size that their training left: large for pixels up to 255."""
    import keras

    layers = keras.layers
    base = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(8, 3, activation="relu")])
    base.layers[0].bias.assign(bias * np.arange(1.0, 9.0))
    base.trainable = not frozen
    model = keras.Sequential([keras.Input((8, 8, 3)), base, layers.GlobalAveragePooling2D(), layers.Dense(1)])
    return measured(make_case(compiled(model), x, np.zeros(len(x))), "frozen_range")


def test_pixels_too_small_for_the_frozen_layers() -> None:
    found = seen(PIXELS, bias=20.0)
    assert found["frozen_front"]
    assert found["given"] < 0.1
    assert found["gain"] > 4
    assert "255" in found["best_range"] or "138" in found["best_range"]


def test_pixels_of_their_own_range() -> None:
    assert seen(PIXELS, bias=0.02)["gain"] < 3
    assert seen(0.4 + 0.1 * PIXELS, bias=0.0)["gain"] < 1.5


def test_nothing_to_tell() -> None:
    assert not seen(PIXELS, bias=20.0, frozen=False)["frozen_front"]
    assert not seen(PIXELS * 255, bias=20.0)["frozen_front"]
