"""Which numbers show a symptom, and which no longer do."""

from __future__ import annotations

import dataclasses

import pytest

from probes.case import Error
from probes.trials.symptoms import SKILL_SYMPTOMS, Yardstick, shows_symptom, swing, symptom_gone, worst_output
from probes.trials.training import ArmRun, OutputScore

YARDSTICK = Yardstick({"output": 0.9})
FALLING = tuple(2.0 * 0.9**step for step in range(40))


def arm(
    skill: float, *, training: float | None = None, curve: tuple[float, ...] = FALLING, finite: bool = True
) -> ArmRun:
    score = OutputScore("output", "balanced_accuracy", 0.1 + 0.9 * skill, skill, training or skill, 0.1, 1000, 0.2)
    return ArmRun((score,), curve, 100, 4.0, 1.0, finite, True)


def failed() -> ArmRun:
    return ArmRun((), (), 0, 0.0, 0.0, False, True, Error("ValueError", "shapes", "training"))


@pytest.mark.parametrize("symptom", SKILL_SYMPTOMS)
def test_falling_short_of_the_reference_is_the_symptom(symptom: str) -> None:
    assert shows_symptom(arm(0.3), symptom, YARDSTICK)
    assert not shows_symptom(arm(0.85), symptom, YARDSTICK)
    assert symptom_gone(arm(0.85), arm(0.3), symptom, YARDSTICK)
    assert not symptom_gone(arm(0.5), arm(0.3), symptom, YARDSTICK)


def test_four_fifths_of_the_shortfall_are_enough() -> None:
    assert symptom_gone(arm(0.75), arm(0.0), "loss_flat", YARDSTICK)


def test_without_a_reference_a_fixed_skill_counts() -> None:
    assert shows_symptom(arm(0.5), "underfit", Yardstick({}))
    assert not shows_symptom(arm(0.75), "underfit", Yardstick({}))


def test_a_loss_that_is_not_finite() -> None:
    broken = arm(0.0, finite=False)
    assert shows_symptom(broken, "loss_nan", YARDSTICK)
    assert not shows_symptom(arm(0.5), "loss_nan", YARDSTICK)
    assert shows_symptom(arm(0.0), "loss_nan", YARDSTICK), "as lost as one whose numbers overflowed"
    assert symptom_gone(arm(0.8), broken, "loss_nan", YARDSTICK)
    assert not symptom_gone(broken, broken, "loss_nan", YARDSTICK)


def test_overfitting_is_the_gap() -> None:
    control = arm(0.5, training=0.95)
    assert shows_symptom(control, "overfit", YARDSTICK)
    assert symptom_gone(arm(0.7, training=0.85), control, "overfit", YARDSTICK)
    assert not symptom_gone(arm(0.4, training=0.45), control, "overfit", YARDSTICK)


def test_a_loss_that_grows_diverges_though_the_score_be_as_good_as_any() -> None:
    growing = arm(0.85, curve=FALLING[::-1])
    assert shows_symptom(growing, "loss_diverges", YARDSTICK)
    assert not shows_symptom(growing, "underfit", YARDSTICK)
    assert symptom_gone(arm(0.85), growing, "loss_diverges", YARDSTICK)
    assert not symptom_gone(growing, growing, "loss_diverges", YARDSTICK)


def test_crashes_are_failures_and_nothing_else() -> None:
    assert shows_symptom(failed(), "crashes", YARDSTICK)
    assert not shows_symptom(arm(0.1), "crashes", YARDSTICK)
    assert symptom_gone(arm(0.8), failed(), "crashes", YARDSTICK)


def test_a_swinging_loss_shows_though_the_skill_is_there() -> None:
    swinging = tuple(2.0 + (0.8 if step % 8 < 4 else -0.8) for step in range(40))
    assert swing(arm(0.9, curve=swinging)) > swing(arm(0.9))
    assert shows_symptom(arm(0.9, curve=swinging), "loss_oscillates", YARDSTICK)
    assert not shows_symptom(arm(0.9), "loss_oscillates", YARDSTICK)
    assert symptom_gone(arm(0.9), arm(0.9, curve=swinging), "loss_oscillates", YARDSTICK)


def test_a_loss_that_swings_at_its_floor_does_no_harm() -> None:
    floor = tuple(0.3 + 0.12 * (step % 4 < 2) for step in range(60))
    assert swing(arm(0.9, curve=floor)) > 0.15
    assert symptom_gone(arm(0.9, curve=floor), arm(0.2), "loss_oscillates", YARDSTICK)
    assert not symptom_gone(arm(0.75, curve=floor), arm(0.2), "loss_oscillates", YARDSTICK)
    assert not symptom_gone(arm(0.9, curve=floor), arm(0.9, curve=floor), "loss_oscillates", YARDSTICK)


def test_the_worst_output_is_scored() -> None:
    first, second = arm(0.9).outputs[0], OutputScore("other", "r2", 0.1, 0.1, 0.1, 0.0, 100, 0.0)
    run = ArmRun((first, second), FALLING, 1, 1.0, 1.0, True, True)
    assert worst_output([run], Yardstick({"output": 0.9, "other": 0.8})) == "other"
    assert worst_output([failed()], YARDSTICK) is None


def test_one_class_is_seen_where_simple_models_know_no_better() -> None:
    poor = Yardstick({"output": 0.05})

    def saying(skill: float, majority: float) -> ArmRun:
        score = OutputScore("output", "balanced_accuracy", 0.5 + skill / 2, skill, skill, 0.5, 1000, majority)
        return dataclasses.replace(arm(skill), outputs=(score,))

    control = saying(0.0, 1.0)
    assert shows_symptom(control, "predicts_one_class", poor)
    assert not shows_symptom(control, "loss_flat", poor)
    assert not shows_symptom(saying(0.4, 0.9), "predicts_one_class", poor)
    assert not shows_symptom(saying(0.02, 0.9), "predicts_one_class", poor)
    assert symptom_gone(saying(0.4, 0.8), control, "predicts_one_class", poor)
    assert not symptom_gone(saying(0.04, 0.97), control, "predicts_one_class", poor)
    assert not symptom_gone(control, control, "predicts_one_class", poor)
