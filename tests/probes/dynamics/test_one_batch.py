"""Learning one batch by heart."""

from __future__ import annotations

from typing import Any

import pytest

from probes.dynamics import one_batch
from tests.probes.making import LIVE, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_batch, "STEPS", 80)


def seen(rate: float) -> dict[str, Any]:
    import keras

    return measured(make_case(compiled(net(), keras.optimizers.Adam(rate), "mse"), table(), quantity()), "one_batch")


def test_a_batch_that_is_learnt() -> None:
    found = seen(0.05)
    assert (found["rows"], found["steps"]) == (32, 80)
    assert found["fall"] > 0.8
    assert found["skill"] > 0.7
    assert not found["nonfinite"]
    assert not found["rises"]


def test_a_batch_that_is_not_learnt() -> None:
    found = seen(1e-7)
    assert abs(found["fall"]) < 0.05
    assert not found["still_falling"]


def test_a_batch_that_is_learnt_slowly_but_evenly() -> None:
    import keras

    far = make_case(compiled(net(), keras.optimizers.Adam(1e-3), "mse"), table(), quantity() + 20)
    found = measured(far, "one_batch")
    assert found["still_falling"]
    assert found["fall"] < 0.5


def test_weights_left_out_do_not_stop_it() -> None:
    model = compiled(net(3, "softmax"), "adam", "sparse_categorical_crossentropy")
    from tests.probes.making import classes

    assert measured(make_case(model, table(), classes(), class_weight={0: 1.0}), "one_batch")["steps"] == 80


def test_a_budget_that_is_spent() -> None:
    case = make_case(compiled(net()), table(), quantity())
    assert "budget" in unknown(case, "one_batch", seconds=0.0)


def test_one_row() -> None:
    assert "one row" in unknown(make_case(compiled(net()), table(1), quantity(1)), "one_batch")
