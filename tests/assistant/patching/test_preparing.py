"""Inputs that a reshape tore, and inputs that were divided as whole numbers."""

from __future__ import annotations

import pytest

from tests.assistant.patching.written import edited, treated

HEAD = "import keras\nimport numpy as np\nimport tensorflow as tf\n\nraw, y = load()\n"
TAIL = 'model = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile(optimizer="adam", loss="mse")\n'
FIT = "model.fit(x, y)\n"


def prepared(treatment: str, lines: str, fit: str = FIT) -> str:
    """The lines that prepare the data as they are after the edit."""
    found = edited(HEAD + lines + TAIL + fit, treatment)
    assert found.startswith(HEAD)
    return found.removeprefix(HEAD).removesuffix(TAIL + fit)


def refused(treatment: str, lines: str, fit: str = FIT) -> bool:
    found = treated(HEAD + lines + TAIL + fit, treatment)
    return found.diff is None and "by hand" in found.instructions[0]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("x = raw.reshape(-1, 28, 28, 3)\n", "x = raw.reshape(-1, 3, 28, 28).transpose(0, 2, 3, 1)\n"),
        ("x = np.reshape(raw, (50, 40, 6))\n", "x = raw.reshape(50, 6, 40).transpose(0, 2, 1)\n"),
        ("x = raw.reshape((n, 6))\n", "x = raw.reshape(6, n).T\n"),
        ("x = np.log(raw).reshape(n, 8, 4) / 2\n", "x = np.log(raw).reshape(n, 4, 8).transpose(0, 2, 1) / 2\n"),
    ],
)
def test_axes_are_moved_in_place_of_a_reshape(written: str, wanted: str) -> None:
    assert prepared("move_axes", written) == wanted


@pytest.mark.parametrize(
    "written",
    [
        "x = raw[:, :4]\n",
        "x = raw.reshape(len(raw), -1)\n",
        "x = raw.reshape(-1, 784)\n",
        "x = raw.reshape(-1, 1)\n",
        "x = raw.reshape(-1, 28, 28, 1)\n",
        "x = tf.reshape(raw, (-1, 4, 3))\n",
    ],
)
def test_what_tears_nothing_is_left_alone(written: str) -> None:
    assert refused("move_axes", written)


def test_training_and_validation_inputs_are_prepared_alike() -> None:
    lines = "x = raw[:80].reshape(80, 8, 4)\nx_val = raw[80:].reshape(20, 8, 4)\n"
    found = prepared("move_axes", lines, "model.fit(x, y[:80], validation_data=(x_val, y[80:]))\n")
    assert found.count(".transpose(0, 2, 1)") == 2
    assert "raw[80:].reshape(20, 4, 8)" in found


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("x = raw // 255\n", "x = raw / 255\n"),
        ("x = (raw // 255).astype('float32')\n", "x = (raw / 255).astype('float32')\n"),
        ("x = raw\nx //= 255\n", "x = raw\nx = x / 255\n"),
        ("x = (raw / 255).astype(np.uint8)\n", 'x = (raw / 255).astype("float32")\n'),
        ("x = (raw / 255.0).astype('int32')\n", 'x = (raw / 255.0).astype("float32")\n'),
    ],
)
def test_inputs_are_divided_as_fractions(written: str, wanted: str) -> None:
    assert prepared("divide_as_fractions", written) == wanted


def test_only_the_last_reshape_is_a_move() -> None:
    lines = "x = raw.reshape(-1, 3, 32, 32)\nx = x.reshape(-1, 32, 32, 3)\n"
    wanted = "x = raw.reshape(-1, 3, 32, 32)\nx = x.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)\n"
    assert prepared("move_axes", lines) == wanted


def test_places_and_counts_stay_whole() -> None:
    lines = "x = raw[: len(raw) * 4 // 5]\nhours = seconds // 3600\nx = np.concatenate([x // 255, hours], axis=1)\n"
    assert prepared("divide_as_fractions", lines) == lines.replace("x // 255", "x / 255")


def test_other_whole_divisions_stay() -> None:
    lines = "half = len(raw) // 2\nx = raw // 255\n"
    assert prepared("divide_as_fractions", lines) == "half = len(raw) // 2\nx = raw / 255\n"
    assert refused("divide_as_fractions", "half = len(raw) // 2\nx = raw[:half]\n")
