"""Rows between those of training and those of validation."""

from __future__ import annotations

import pytest

from tests.assistant.patching.written import edited, treated

HEAD = "import keras\n\nx, y = load()\n"
TAIL = 'model = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile(optimizer="adam", loss="mse")\n'
FIT = "model.fit(x_train, y_train, validation_data=(x_val, y_val))\n"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (
            "x_train, y_train = x[:20], y[:20]\nx_val, y_val = x[1300:], y[1300:]\n",
            "x_train, y_train = x[:1300], y[:1300]\nx_val, y_val = x[1300:], y[1300:]\n",
        ),
        (
            "N = 20\nx_train, y_train = x[:N], y[:N]\nx_val = x[1300:1500]\ny_val = y[1300:1500]\n",
            "N = 1300\nx_train, y_train = x[:N], y[:N]\nx_val = x[1300:1500]\ny_val = y[1300:1500]\n",
        ),
        (
            "x_train = x[:20].astype('float32')\ny_train = y[:20]\nx_val, y_val = x[100:] / 2, y[100:]\n",
            "x_train = x[:100].astype('float32')\ny_train = y[:100]\nx_val, y_val = x[100:] / 2, y[100:]\n",
        ),
    ],
)
def test_they_are_trained_on(written: str, wanted: str) -> None:
    assert edited(HEAD + written + TAIL + FIT, "use_left_out_rows") == HEAD + wanted + TAIL + FIT


@pytest.mark.parametrize(
    "written",
    [
        "x_train, y_train = x[:80], y[:80]\nx_val, y_val = x[80:], y[80:]\n",
        "x_train, y_train = x[:80], y[:80]\nx_val, y_val = other[100:], others[100:]\n",
        "x_train, y_train = x[:80], y[:80]\nx_val, y_val = x[-20:], y[-20:]\n",
        "x_train, x_val, y_train, y_val = train_test_split(x, y)\n",
        "x_train, y_train = x[:80], y[:80]\nx_test = x[80:90]\nx_val, y_val = x[90:], y[90:]\n",
        "N = 20\nx_train, y_train = x[:N], y[:N]\nx_test = x[N:90]\nx_val, y_val = x[90:], y[90:]\n",
        "N = 20\nx_train, y_train = x[:N], y[:N]\nx_val, y_val = x[90:], y[90:]\nsteps = N\n",
        "x_train, y_train = x[:20], z['y'][:20]\nx_val, y_val = x[90:], y[90:]\n",
    ],
)
def test_where_none_are_left_out_a_person_has_to_gather_them(written: str) -> None:
    found = treated(HEAD + written + TAIL + FIT, "use_left_out_rows")
    assert found.diff is None
    assert "gather them" in found.instructions[0]


def test_without_validation_rows_nothing_is_known_of_what_is_left() -> None:
    found = treated(
        HEAD + "x_train, y_train = x[:20], y[:20]\n" + TAIL + "model.fit(x_train, y_train)\n", "use_left_out_rows"
    )
    assert found.diff is None
