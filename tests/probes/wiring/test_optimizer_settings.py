"""The optimizer's settings and the plan of its learning rate."""

from __future__ import annotations

from typing import Any

import pytest

from tests.probes.making import LIVE, compiled, make_case, measured, net, quantity, table, unknown

pytestmark = LIVE


def seen(optimizer: Any, **fit: Any) -> dict[str, Any]:
    return measured(make_case(compiled(net(), optimizer, "mse"), table(), quantity(), **fit), "optimizer_settings")


def optimizers() -> Any:
    import keras

    return keras.optimizers


def test_a_customary_optimizer() -> None:
    found = seen("adam", epochs=4)
    assert (found["optimizer"], found["scheduled"], found["schedule"]) == ("Adam", False, None)
    assert found["rate"] == pytest.approx(1e-3)
    assert found["rate_to_typical"] == pytest.approx(1.0)
    assert (found["planned_mean_share"], found["planned_fall_point"]) == (1.0, 1.0)
    assert found["tightest_clip"] is None
    assert not found["negative_rate"]
    assert not found["loss_scaled"]


@pytest.mark.parametrize(("rate", "share"), [(3.0, 300), (1e-6, 1e-4)])
def test_rates_far_from_customary(rate: float, share: float) -> None:
    assert seen(optimizers().SGD(rate))["rate_to_typical"] == pytest.approx(share)


def test_momentum_counts_as_rate() -> None:
    assert seen(optimizers().SGD(0.01, momentum=0.99))["rate_to_typical"] == pytest.approx(10)
    assert seen(optimizers().SGD(0.01, momentum=0.9))["rate_to_typical"] == pytest.approx(1)


def test_a_rate_below_zero() -> None:
    assert seen(optimizers().SGD(-0.01))["negative_rate"]


def test_a_schedule_that_dies_early() -> None:
    schedule = optimizers().schedules.ExponentialDecay(0.01, decay_steps=1, decay_rate=0.5)
    found = seen(optimizers().Adam(schedule), epochs=20)
    assert (found["scheduled"], found["schedule"]) == (True, "ExponentialDecay")
    assert found["planned_fall_point"] < 0.3
    assert found["planned_mean_share"] < 0.1


def test_a_rate_that_is_warmed_up_is_not_fallen() -> None:
    schedule = optimizers().schedules.CosineDecay(0.0, 80, warmup_target=0.05, warmup_steps=20)
    found = seen(optimizers().SGD(schedule, momentum=0.9), epochs=50)
    assert found["planned_fall_point"] > 0.9
    assert (found["rate"], found["rate_to_typical"]) == (pytest.approx(0.01), pytest.approx(1.0))
    assert found["planned_peak_to_typical"] == pytest.approx(5, rel=0.05)


def test_a_warm_up_to_a_rate_that_is_far_too_low() -> None:
    schedule = optimizers().schedules.CosineDecay(0.0, 80, warmup_target=1e-6, warmup_steps=20)
    assert seen(optimizers().Adam(schedule), epochs=50)["rate_to_typical"] == pytest.approx(1e-3, rel=0.05)


def test_a_schedule_that_starts_again() -> None:
    schedule = optimizers().schedules.CosineDecayRestarts(0.01, first_decay_steps=10, t_mul=1.0)
    assert seen(optimizers().Adam(schedule), epochs=20)["restarts"] >= 2


@pytest.mark.parametrize("takes", [1, 2])
def test_a_scheduling_callback(takes: int) -> None:
    import keras

    rates = (lambda epoch: 0.1**epoch) if takes == 1 else (lambda epoch, rate: rate * 0.1)
    found = seen("adam", epochs=5, callbacks=[keras.callbacks.LearningRateScheduler(rates)])
    assert found["schedule"] == "LearningRateScheduler"
    assert found["planned_final_share"] < 1e-3


def test_clipping() -> None:
    found = seen(optimizers().Adam(global_clipnorm=1e-3))
    assert (found["global_clipnorm"], found["tightest_clip"], found["clipnorm"]) == (1e-3, 1e-3, None)


def test_a_scaled_loss() -> None:
    found = seen(optimizers().LossScaleOptimizer(optimizers().SGD(0.1)))
    assert (found["loss_scaled"], found["optimizer"]) == (True, "SGD")


def test_no_optimizer() -> None:
    case = make_case(net(), table(), quantity())
    assert "without an optimizer" in unknown(case, "optimizer_settings")
