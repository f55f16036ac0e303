"""When scores prove a cause."""

from __future__ import annotations

import pytest

from probes.trials.verdict import judge

CONTROL, TREATED = [0.1, 0.12, 0.11, 0.1], [0.9, 0.88, 0.93, 0.91]


def test_four_separate_pairs_with_the_symptom_gone_prove() -> None:
    verdict = judge(CONTROL, TREATED, 0.95, control_shows=True, gone=True)
    assert verdict.proven
    assert verdict.closes == pytest.approx(0.945, abs=0.01)


@pytest.mark.parametrize(
    ("control", "treated", "best", "shows", "gone", "why"),
    [
        (CONTROL, TREATED, 0.95, False, True, "does not show"),
        (CONTROL, [*TREATED[:3], 0.12], 0.95, True, True, "no better than some untreated"),
        (CONTROL, TREATED, 0.95, True, False, "still there"),
        (CONTROL, [0.3] * 4, 0.95, True, True, "less than half"),
        (CONTROL[:3], TREATED[:3], 0.95, True, True, "only 3 of at least 4"),
        ([], [], 0.95, True, True, "no pair"),
    ],
)
def test_every_condition_is_needed(
    control: list[float], treated: list[float], best: float, shows: bool, gone: bool, why: str
) -> None:
    verdict = judge(control, treated, best, control_shows=shows, gone=gone)
    assert not verdict.proven
    assert why in verdict.why_not


def test_the_treated_arms_may_be_the_best_known() -> None:
    assert judge(CONTROL, TREATED, 0.2, control_shows=True, gone=True).closes == pytest.approx(1.0)


def test_equal_scores_close_nothing() -> None:
    assert judge([0.5] * 4, [0.5] * 4, 0.5, control_shows=True, gone=True).closes == 0.0
