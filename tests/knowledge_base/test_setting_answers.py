"""What measured settings and targets are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from knowledge_base.loading import load
from knowledge_base.questions import answer_of

QUESTIONS = load().questions


def answer(question: str, numbers: Mapping[str, Any]) -> Any:
    return answer_of(QUESTIONS[question], numbers).answer_id


def rate(rate: float, momentum: float | None, to_typical: float) -> dict[str, Any]:
    return {
        "optimizer": "SGD",
        "negative_rate": False,
        "rate": rate,
        "typical_rate": 0.01,
        "momentum": momentum,
        "rate_to_typical": to_typical,
        "epsilon": None,
    }


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        (rate(0.05, 0.9995, 500.0), "high_by_momentum"),
        (rate(0.01, 0.99, 10.1), "high_by_momentum"),
        # A rate that is too high by itself, and a momentum that a low rate makes up for.
        (rate(2.0, 0.9995, 20000.0), "far_too_high"),
        (rate(1e-3, 0.99, 1.0), "customary"),
        (rate(0.05, 0.9, 5.0), "high"),
        (rate(0.5, 0.9, 50.0), "far_too_high"),
    ],
)
def test_a_step_that_momentum_makes_too_long(numbers: Mapping[str, Any], called: str) -> None:
    assert answer("rate_customary", numbers) == called


@pytest.mark.parametrize(
    ("epsilon", "to_typical", "called"),
    [
        (1.0, 1.0, "low_by_epsilon"),
        (1e-3, 1.0, "customary"),
        # A rate that makes up for it, as that of Inception, and one that is too low by itself.
        (1.0, 45.0, "far_too_high"),
        (1.0, 0.001, "far_too_low"),
    ],
)
def test_a_step_that_epsilon_makes_too_short(epsilon: float, to_typical: float, called: str) -> None:
    numbers = rate(1e-3 * to_typical, None, to_typical) | {"optimizer": "Adam", "epsilon": epsilon}
    assert answer("rate_customary", numbers) == called


def under_binary_loss(**more: Any) -> dict[str, Any]:
    return {"family": "binary_crossentropy", "minimum": 1.0, "maximum": 4.0, **more}


@pytest.mark.parametrize(("present", "called"), [(2, "outside_unit_interval"), (4, "ids_of_many_classes")])
def test_labels_of_a_binary_loss_that_count_from_one(present: int, called: str) -> None:
    classes = {"task": "multiclass", "fractional": False, "classes": present + 1, "present": present}
    output = under_binary_loss(**classes, distinct=present)
    numbers = {"fractional_classes": False, "signed_for_binary": True, "outputs": [output]}
    assert answer("targets_readable", numbers) == called


@pytest.mark.parametrize(
    ("distinct", "reach", "called"),
    [
        (480, (90.0, 420.0), "quantities"),
        (480, (-2.0, 3.0), "quantities"),
        # Labels that were brought to mean 0 and deviation 1, or to -1, 0 and 1.
        (2, (-0.8, 1.2), "outside_unit_interval"),
        (3, (-1.0, 1.0), "outside_unit_interval"),
    ],
)
def test_quantities_and_labels_under_a_binary_loss(distinct: int, reach: tuple[float, float], called: str) -> None:
    quantity = {"task": "regression", "fractional": True, "classes": 0, "present": 0, "distinct": distinct}
    output = under_binary_loss(**quantity) | dict(zip(("minimum", "maximum"), reach, strict=True))
    numbers = {"fractional_classes": False, "signed_for_binary": True, "outputs": [output]}
    assert answer("targets_readable", numbers) == called


def neighbours(before: bool, after: bool, gain: float) -> dict[str, Any]:
    return {"before": before, "after": after, "gain": gain}


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        (neighbours(False, False, 0.5), "blind_to_them"),
        (neighbours(False, False, 0.2), "blind"),
        (neighbours(False, False, 0.05), "seen"),
        (neighbours(True, False, 0.5), "one_sided"),
        (neighbours(True, True, 0.5), "seen"),
    ],
)
def test_neighbours_that_the_network_does_not_see(numbers: Mapping[str, Any], called: str) -> None:
    assert answer("neighbours_seen", numbers) == called


def starts(ahead: float, best: float, horizon: float = 1.0, own_to_other: float = 1.5) -> dict[str, Any]:
    return {
        "behind": 0.1,
        "own_to_other": own_to_other,
        "ahead_share": ahead,
        "best_skill": best,
        "own_skill": 0.35,
        "horizon_share": horizon,
        "between": 0.6,
    }


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        (starts(0.5, 0.96), "many_get_all_the_way"),
        # Before the end of the plan, and where no start learns the task, starts that differ prove less.
        (starts(0.5, 0.96, horizon=0.5), "many_get_out"),
        (starts(0.5, 0.65), "many_get_out"),
        (starts(0.5, 0.65, horizon=0.06), "starts_differ"),
        ({**starts(0.0, 0.65), "behind": 0.4}, "this_one_unlucky"),
        ({**starts(0.0, 0.65, horizon=0.06), "behind": 0.4}, "this_one_behind"),
        (starts(0.33, 0.96), "some_get_all_the_way"),
        (starts(0.33, 0.7), "starts_differ"),
        (starts(0.0, 0.4), "starts_differ"),
        (starts(0.5, 0.96, own_to_other=1.0), "starts_differ"),
    ],
)
def test_starts_that_get_further(numbers: Mapping[str, Any], called: str) -> None:
    assert answer("other_starts_better", numbers) == called


def signal(skill: float, **others: Any) -> dict[str, Any]:
    return {
        **dict.fromkeys(["within_validation", "renamed_skill", "idle_input"]),
        "divided_whole": False,
        "ids_alone": False,
        "a_step": False,
        "content_left": None,
        "skill": skill,
        "validation_skill": skill,
        "drop": 0.0,
        "rows": 300,
        "beyond_chance": 20.0,
        "structure": 0.5,
        "grain": 0.3,
        **others,
    }


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        (signal(0.3), "a_little"),
        (signal(0.3, grain=0.9), "a_little_of_grain"),
        (signal(0.6, grain=0.9), "well"),
        (signal(0.6, idle_input="account"), "one_input_idle"),
        # The others tell nearly everything: nobody misses what this input lacks.
        (signal(0.9, idle_input="account"), "well"),
    ],
)
def test_what_limits_simple_models(numbers: Mapping[str, Any], called: str) -> None:
    assert answer("inputs_predict_targets", numbers) == called


@pytest.mark.parametrize(("divided", "called"), [(True, "well_from_what_is_left"), (False, "well")])
def test_what_simple_models_make_of_spoilt_pixels_does_not_clear_them(divided: bool, called: str) -> None:
    assert answer("inputs_predict_targets", signal(0.6, divided_whole=divided)) == called
    assert ("inputs_constant" in QUESTIONS["inputs_predict_targets"].answers[called].evidence) is not divided


@pytest.mark.parametrize(
    ("told_apart", "left", "stream", "varied", "called"),
    [
        (0.95, 0.1, True, True, "spoilt_in_training"),
        (0.95, None, True, True, "spoilt_in_training"),
        # A pipeline that moves its pictures a little, and labels of other pictures.
        (0.82, 0.45, True, True, "contradicted_in_training"),
        (0.95, 0.1, False, False, "other_in_training"),
        (0.53, 0.9, True, True, "spoilt_at_random"),
        (0.53, 0.9, True, False, "in_validation_only"),
        (0.53, 0.9, False, False, "in_validation_only"),
    ],
)
def test_a_signal_in_the_validation_rows_alone(
    told_apart: float, left: float | None, stream: bool, varied: bool, called: str
) -> None:
    numbers: dict[str, Any] = {"skill": 0.05, "within_validation": 0.93, "told_apart": told_apart, "stream": stream}
    numbers |= {"content_left": left, "pictures_varied": varied, "a_step": False}
    assert answer("inputs_predict_targets", numbers) == called


@pytest.mark.parametrize(
    ("change", "called"),
    [
        ({}, "spoilt_at_random_in_part"),
        # What is learnt from pictures that are moved about holds on those that are not.
        ({"validation_skill": 0.7}, "a_little"),
        ({"pictures_varied": False}, "a_little"),
        # Masks that are not moved with their pictures.
        ({"a_step": True, "content_left": 0.6, "told_apart": 0.9}, "moved_apart_in_training"),
        ({"a_step": True, "content_left": 0.1, "told_apart": 0.9}, "a_little"),
    ],
)
def test_pictures_that_lose_most_of_what_their_labels_say(change: dict[str, Any], called: str) -> None:
    numbers = signal(0.22, within_validation=0.97, pictures_varied=True, told_apart=0.5, stream=True)
    assert answer("inputs_predict_targets", numbers | change) == called


@pytest.mark.parametrize(
    ("change", "called"),
    [
        ({}, "means_other_things"),
        ({"within_validation": 0.1}, "lost_in_validation"),
        ({"within_validation": None}, "lost_in_validation"),
        ({"validation_skill": 0.3, "drop": 0.58}, "lost_in_validation"),
    ],
)
def test_rows_that_say_nothing_of_validation(change: dict[str, Any], called: str) -> None:
    numbers = signal(0.88, within_validation=0.8, pictures_varied=False, told_apart=0.5, stream=False)
    assert answer("inputs_predict_targets", numbers | {"validation_skill": -0.1, "drop": 0.98} | change) == called


@pytest.mark.parametrize(
    ("disagreement", "sure", "called"),
    [(0.45, 0.42, "wrong_everywhere"), (0.6, 0.55, "more_wrong_than_right"), (0.45, 0.02, "agree")],
)
def test_labels_that_contradict_simple_models(disagreement: float, sure: float, called: str) -> None:
    numbers = {"sure_disagreement": sure, "disagreement": disagreement, "evenness": sure / disagreement, "lift": 6.0}
    assert answer("labels_agree", numbers | {"conflicting": 0.0, "twins": 0.0}) == called


def one_batch(fall: float, skill: float | None, still_falling: bool = False) -> dict[str, Any]:
    return {
        "nonfinite": False,
        "rises": False,
        "fall": fall,
        "skill": skill,
        "still_falling": still_falling,
        "steps": 9,
    }


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        (one_batch(0.9, 0.95), "learnt"),
        (one_batch(0.1, 0.2), "hardly"),
        # Too few rows for a score: a loss that does not move is enough.
        (one_batch(0.0, None), "hardly"),
        (one_batch(0.9, None), "learnt"),
        # A loss with a floor of its own, behind which the rows are learnt.
        (one_batch(0.1, 0.9), "learnt"),
        (one_batch(0.3, 0.2, still_falling=True), "slowly"),
    ],
)
def test_what_one_batch_tells(numbers: Mapping[str, Any], called: str) -> None:
    assert answer("one_batch_learnt", numbers) == called


def test_a_loss_that_never_moves_does_not_come_from_few_rows() -> None:
    assert "loss_flat" not in load().causes["too_little_data"].symptoms


@pytest.mark.parametrize(
    ("at_once", "largest", "called"),
    [(1.4, 0.0, "thrown_and_lost"), (2e-5, 1e-5, "hardly_move"), (0.0, 0.0, "kernels_still")],
)
def test_a_step_that_throws_the_weights_where_no_gradient_is(at_once: float, largest: float, called: str) -> None:
    numbers = {
        "idle_step": False,
        "left_out": 0,
        "uphill": None,
        "all_still": False,
        "median_ratio": 0.0,
        "largest_ratio": largest,
    }
    assert answer("updates_sane", {**numbers, "at_once": at_once}) == called


def variety(to_validation: float, crowding: float, sources: float) -> dict[str, Any]:
    return {"to_validation": to_validation, "crowding": crowding, "sources": sources, "within": 0.5}


@pytest.mark.parametrize(
    ("numbers", "called"),
    [
        (variety(0.3, 0.05, 0.02), "near_copies"),
        (variety(0.7, 0.05, 0.02), "crowded"),
        # A handful of pictures, each moved about, vary as much as others do.
        (variety(1.1, 0.05, 0.02), "copied_and_moved"),
        (variety(1.0, 0.1, 0.5), "varied"),
        (variety(1.0, 1.0, 1.0), "varied"),
    ],
)
def test_how_varied_classes_are(numbers: Mapping[str, Any], called: str) -> None:
    assert answer("classes_varied", numbers) == called


@pytest.mark.parametrize("kind", ["table", "sequence"])
@pytest.mark.parametrize(
    ("zeros", "blank", "constant", "called"),
    [
        # One of 100 categories, or a letter a step: every row says something.
        (0.99, 0.0, 0.0, "vary"),
        (0.917, 0.0, 0.1, "vary"),
        # Pixels in a row, divided as whole numbers: many rows or most columns are empty.
        (0.99, 0.2, 0.3, "nothing"),
        (0.95, 0.1, 0.3, "few_values"),
        (0.95, 0.0, 0.6, "few_values"),
    ],
)
def test_zeros_and_ones_that_name_things(kind: str, zeros: float, blank: float, constant: float, called: str) -> None:
    part = {"kind": kind, "distinct": 2, "zero_share": zeros, "blank_rows": blank, "constant_share": constant}
    numbers = {"divided_whole": False, "constant_share": constant, "blank_rows": 0.0, "inputs": [part]}
    assert answer("inputs_vary", numbers) == called
