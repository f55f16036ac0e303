"""The lines that are to stand in the place of a loop by hand, with the program's own names."""

from __future__ import annotations

from typing import Any

from probes.process.own_loop import advice
from tests.probes.making import LIVE, net

pytestmark = LIVE


def names() -> dict[str, Any]:
    import keras
    import tensorflow as tf

    network = net()
    rows = tf.data.Dataset.from_tensor_slices([1.0, 2.0])
    return {
        "network": network,
        "part": network.layers[0],
        "opt": keras.optimizers.SGD(),
        "loss_fn": keras.losses.MeanSquaredError(),
        "train_rows": rows,
        "val_rows": rows.batch(2),
    }


def test_the_programs_own_names() -> None:
    said = advice(names())
    assert "`network.compile(optimizer=opt, loss=loss_fn)`" in said
    assert "`network.fit(train_rows, epochs=...)`" in said


def test_what_is_not_known_is_left_open() -> None:
    assert "`model.compile(optimizer=..., loss=...)`" in advice({})
    values = names()
    several = advice({**values, "other": net(), "opt_2": type(values["opt"])()})
    assert "`model.compile(optimizer=..., loss=loss_fn)`" in several


def test_a_model_inside_another_is_not_the_one_that_is_trained() -> None:
    import keras

    inner = net()
    whole = keras.Sequential([keras.Input((6,)), inner, keras.layers.Dense(1)])
    assert "`whole.fit(" in advice({"inner": inner, "whole": whole})
