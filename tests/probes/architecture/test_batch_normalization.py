"""How batch normalisation is used."""

from __future__ import annotations

from typing import Any

import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, quantity, table

pytestmark = LIVE


def seen(after: bool = False, trainable: bool = True, hidden: bool = True, **settings: Any) -> dict[str, Any]:
    import keras
    from keras import layers

    fit = {name: settings.pop(name) for name in ("batch_size", "epochs") if name in settings}
    norm = layers.BatchNormalization(name="norm", trainable=trainable, **settings)
    body = [layers.Dense(4, name="hidden", trainable=hidden), norm, layers.Dense(1, name="last")]
    if after:
        body = [layers.Dense(4, name="hidden"), layers.Dense(1, name="last"), norm]
    return measured(
        make_case(compiled(keras.Sequential([keras.Input((6,)), *body])), table(), quantity(), **fit),
        "batch_normalization",
    )


def test_a_customary_use() -> None:
    found = seen(batch_size=16, epochs=3, momentum=0.9)
    assert (found["layers"], found["first"], found["smallest_population"]) == (1, "norm", 16)
    assert found["forgotten"] == pytest.approx(0.9**12)
    assert (found["frozen"], found["frozen_fresh"], found["after_output"], found["with_bias"]) == (0, 0, False, 1)


def test_averages_that_do_not_keep_up() -> None:
    found = seen(batch_size=32, epochs=2, momentum=0.999)
    assert found["highest_momentum"] == pytest.approx(0.999)
    assert found["slowest"] == "norm"
    assert found["forgotten"] > 0.99


def test_batches_of_two() -> None:
    assert seen(batch_size=2)["smallest_population"] == 2


def test_frozen_before_it_saw_anything() -> None:
    found = seen(trainable=False)
    assert (found["frozen"], found["frozen_fresh"], found["frozen_with_others"]) == (1, 1, False)
    found = seen(trainable=False, hidden=False)
    assert (found["frozen"], found["frozen_fresh"], found["frozen_with_others"]) == (1, 1, True)


def test_behind_the_output() -> None:
    assert seen(after=True)["after_output"]


def test_a_model_without_it() -> None:
    from tests.probes.making import net

    found = measured(make_case(compiled(net()), table(), quantity()), "batch_normalization")
    assert (found["layers"], found["first"], found["forgotten"]) == (0, None, 0.0)
