"""Whether what comes out copies what went in, and which logged loss was emptied."""

from __future__ import annotations

from typing import Any

import pytest

from probes.copying import copy_figures, copy_of_inputs, emptied_loss
from tests.probes.making import compiled, make_case, table


def model_that_gives(what: str) -> Any:
    import keras

    inputs = keras.Input((6,))
    given = {"the input": lambda x: x * 1.0, "its mean": lambda x: x * 0.01, "noise": lambda x: keras.ops.sin(40 * x)}
    return compiled(
        keras.Model(
            inputs,
            keras.layers.Dense(6, trainable=False, use_bias=False, kernel_initializer="identity")(
                keras.layers.Lambda(given[what])(inputs)
            ),
        )
    )


@pytest.mark.keras
@pytest.mark.usefixtures("live_models")
@pytest.mark.parametrize(
    ("what", "fidelity", "spread"), [("the input", 1.0, 1.0), ("its mean", 0.02, 0.01), ("noise", -0.6, 0.7)]
)
def test_what_comes_out(what: str, fidelity: float, spread: float) -> None:
    found = copy_of_inputs(make_case(model_that_gives(what), table()))
    assert found is not None
    assert found.fidelity == pytest.approx(fidelity, abs=0.2)
    assert found.spread == pytest.approx(spread, abs=0.2)


@pytest.mark.keras
@pytest.mark.usefixtures("live_models")
def test_other_targets_say_what_is_wanted() -> None:
    assert copy_of_inputs(make_case(model_that_gives("the input"), table(), table()[::-1])) is None
    assert copy_of_inputs(make_case(model_that_gives("the input"), table(), table())) is not None


@pytest.mark.keras
@pytest.mark.usefixtures("live_models")
def test_why_a_model_that_its_step_alone_can_call_shows_nothing() -> None:
    import keras

    class InParts(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.decoder = keras.layers.Dense(6)

        def train_step(self, data: Any) -> dict[str, Any]:
            return {"loss": keras.ops.mean(self.decoder(data[0] if isinstance(data, tuple) else data))}

        def call(self, given: Any) -> Any:
            raise LookupError("call the decoder")

    figures = copy_figures(make_case(compiled(InParts()), table()))
    assert set(figures) == {"copied_unknown"}
    assert "LookupError" in figures["copied_unknown"]
    assert "call the decoder" in figures["copied_unknown"]


def test_a_loss_that_is_emptied() -> None:
    epochs = [
        {"loss": 3.0, "kl_loss": 2.0, "val_kl_loss": 2.0},
        {"loss": 1.0, "kl_loss": 0.1},
        {"loss": 0.9, "kl_loss": 0.001},
    ]
    assert emptied_loss(epochs, []) == ("kl_loss", pytest.approx(0.0005))
    alone = [{"loss": one["loss"]} for one in epochs]
    assert emptied_loss(alone, [0.0] * 30) is None
    assert emptied_loss(alone, [2.0] * 10 + [0.01] * 20) == ("what the model adds to the loss", pytest.approx(0.005))
    assert emptied_loss(epochs[:2], []) is None
    by_sum = [{"kl": 0.5 / 50**n, "loss": 2.0 + 0.5 / 50**n, "pixels": 2.0, "mae": 0.7} for n in range(3)]
    assert emptied_loss(by_sum, []) == ("kl", pytest.approx(0.0004))
    no_sum = [{"kl": 0.5 / 50**n, "loss": 4.0, "pixels": 2.0} for n in range(3)]
    assert emptied_loss(no_sum, []) is None
