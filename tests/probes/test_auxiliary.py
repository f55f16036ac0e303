"""Outputs that are trained towards the same targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from probes.auxiliary import sharing_targets, without_auxiliary
from probes.case import Case
from probes.layers import head_of, hidden_layers
from probes.scoring import Score
from probes.tasks import outputs
from tests.probes.making import LIVE, compiled, make_case, measured, table

pytestmark = LIVE

Y = np.random.default_rng(4).normal(size=96).astype("float32")


def two_heads(second: Any, weights: Any = (0.9, 0.1)) -> Case:
    import keras

    class Wide(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.main = keras.layers.Dense(1, name="main")
            self.helper = keras.layers.Dense(1, name="helper")
            self.hidden = keras.layers.Dense(7, activation="relu", name="hidden")

        def call(self, x: Any) -> Any:
            hidden = self.hidden(x)
            return self.main(keras.ops.concatenate([x, hidden], axis=-1)), self.helper(hidden)

    model = Wide()
    model(table(2))
    weighed = compiled(model, "adam", ["mse", "mse"], loss_weights=None if weights is None else list(weights))
    return make_case(weighed, table(96), (Y, second))


def score(skill: float) -> Score:
    return Score("r2", skill, 0.0, 96, 0.1, 1.0, True)


def test_an_output_that_counts_less_than_another_one_with_the_same_targets_is_not_judged() -> None:
    case = two_heads(Y.copy())
    first, second = outputs(case)
    assert sharing_targets(case) == [[first.name, second.name]]
    training = [(first, score(0.9)), (second, score(0.4))]
    validation = [(first, score(0.3)), (second, score(0.8))]
    # The one that counts less, however well it does.
    assert without_auxiliary(case, training, validation) == (training[:1], validation[:1])
    assert without_auxiliary(case, training, []) == (training[:1], [])


def test_outputs_that_count_alike_are_all_judged() -> None:
    case = two_heads(Y.copy(), weights=None)
    first, second = outputs(case)
    training = [(first, score(0.0)), (second, score(1.0))]
    assert without_auxiliary(case, training, training) == (training, training)


def test_outputs_with_targets_of_their_own_are_all_judged() -> None:
    case = two_heads(Y[::-1].copy())
    first, second = outputs(case)
    training = [(first, score(0.9)), (second, score(0.4))]
    assert without_auxiliary(case, training, training) == (training, training)


def test_the_heads_of_a_model_of_the_programs_own_are_found_by_what_they_give() -> None:
    case = two_heads(Y)
    assert [head_of(case, one.name, place).path for place, one in enumerate(outputs(case))] == ["main", "helper"]
    assert [one.path for one in hidden_layers(case)] == ["hidden"]
    assert measured(case, "capacity")["narrowest"] == 7
