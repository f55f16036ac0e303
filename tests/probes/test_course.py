"""How long a watched training may go on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from probes.course import Course, Standing
from probes.running import Run

GOOD = Standing(training=0.82, validation=0.8, reference=0.85, margin=0.02)


def steps_taken(
    planned: int, standings: Sequence[Standing] = (GOOD,), losses: tuple[float, float] = (1.0, 0.9), most: int = 400
) -> int:
    """Steps of a second each that a run of a hundred seconds takes."""
    now = [0.0]
    course = Course(100.0, planned, lambda: standings, clock=lambda: now[0])
    ran = Run()
    for number in range(most):
        now[0] += 1.0
        ran.losses.append(losses[0] if number < 10 else losses[1])
        if course.ends(ran) or ran.steps == planned:
            break
    return ran.steps


def test_a_run_on_a_good_course_comes_to_its_end() -> None:
    assert steps_taken(90) == 90


def test_steps_that_have_become_quicker_count() -> None:
    now = [0.0]
    course = Course(100.0, 400, lambda: [GOOD], clock=lambda: now[0])
    ran = Run()
    while ran.steps < 400:
        now[0] += 1.0 if ran.steps < 40 else 0.1
        ran.losses.append(0.9)
        if course.ends(ran):
            break
    assert ran.steps == 400


def test_a_run_that_shows_something_takes_half() -> None:
    assert steps_taken(90, [GOOD, Standing(0.3, 0.3, 0.85, 0.02)]) == 50
    assert steps_taken(90, [Standing(1.0, 0.8, 0.85, 0.02)]) == 50
    assert steps_taken(90, [Standing(0.4, 0.4, None, 0.02)]) == 50


def test_a_run_that_cannot_come_to_its_end_takes_half() -> None:
    assert steps_taken(200) == 50
    assert steps_taken(0) == 50


def test_a_run_that_is_nearly_done_comes_to_its_end_whatever_it_shows() -> None:
    assert steps_taken(60, [Standing(0.0, 0.0, 0.85, 0.02)]) == 60


@pytest.mark.parametrize(("last", "taken"), [(0.3, 90), (0.6, 50), (float("nan"), 50)])
def test_where_nothing_is_scored_the_loss_tells(last: float, taken: int) -> None:
    assert steps_taken(90, (), (1.0, last)) == taken
