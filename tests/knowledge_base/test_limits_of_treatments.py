"""Limits that stand in the worker, where no knowledge base is at hand, and in a question: the two agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from knowledge_base.loading import load
from knowledge_base.questions import answer_of
from probes.data.signal import FAR_LESS
from probes.trials.counters.fewer_rows import HANDFUL
from probes.trials.counters.permuted_labels import SIGNAL_IN_VALIDATION
from probes.trials.symptoms import GROWTH
from probes.trials.treatments.batches import FEW_ROWS, MOST_OF_ALL
from probes.trials.treatments.dropout import NEXT_TO_NOTHING
from probes.trials.treatments.optimizer import FAR_ABOVE, LARGE_GUARD
from probes.trials.treatments.targets import LARGEST, SMALLEST

QUESTIONS = load().questions
UNIT = {"target_scale": 1.0, "target_small": 1.0, "drowning": 0.0}
DROPS = {"decay_a_step": 0.0, "after_output": None, "highest_rate": 0.5, "penalty": 0.0}
BATCH = {"batch_size": 200, "batch_share": MOST_OF_ALL, "planned_steps": 20}


@pytest.mark.parametrize(
    ("question", "numbers", "cause"),
    [
        ("targets_scaled", {**UNIT, "target_scale": LARGEST * 1.01}, "targets_not_scaled"),
        ("targets_scaled", {**UNIT, "target_small": SMALLEST * 0.99}, "targets_not_scaled"),
        ("batch_sane", {**BATCH, "rows": FEW_ROWS + 1}, "batch_size_bad"),
        ("regularisation_measured", {**DROPS, "kept": NEXT_TO_NOTHING}, "over_regularised"),
    ],
)
def test_a_question_speaks_of_what_a_treatment_takes_for_measured(
    question: str, numbers: Mapping[str, Any], cause: str
) -> None:
    assert speaks_for(question, numbers, cause)


@pytest.mark.parametrize(
    ("question", "numbers", "cause"),
    [
        (
            "targets_scaled",
            {**UNIT, "target_scale": LARGEST * 0.99, "target_small": SMALLEST * 1.01},
            "targets_not_scaled",
        ),
        ("batch_sane", {**BATCH, "rows": FEW_ROWS}, "batch_size_bad"),
    ],
)
def test_a_treatment_leaves_alone_what_a_question_calls_sane(
    question: str, numbers: Mapping[str, Any], cause: str
) -> None:
    assert not speaks_for(question, numbers, cause)


def speaks_for(question: str, numbers: Mapping[str, Any], cause: str) -> bool:
    chosen = answer_of(QUESTIONS[question], numbers).answer_id
    assert chosen is not None
    return QUESTIONS[question].answers[chosen].evidence.get(cause) in ("decides", "strong", "weak")


@pytest.mark.parametrize(
    ("question", "answer", "field", "limit"),
    [
        ("inputs_predict_targets", "spoilt_at_random", "within_validation", SIGNAL_IN_VALIDATION),
        ("inputs_predict_targets", "moved_apart_in_training", "skill", FAR_LESS),
        ("enough_rows", "handful", "rows_per_class", HANDFUL),
        ("rate_customary", "low_by_epsilon", "epsilon", LARGE_GUARD),
        ("rate_customary", "low_by_epsilon", "rate_to_typical", FAR_ABOVE),
        ("what_the_run_shows", "diverges", "growth", GROWTH),
    ],
)
def test_an_answer_and_the_worker_draw_the_line_at_the_same_number(
    question: str, answer: str, field: str, limit: float
) -> None:
    condition = QUESTIONS[question].answers[answer].when
    assert condition is not None
    assert limit in set(limits_of(condition.model_dump(), field))


def limits_of(condition: Any, field: str) -> Iterator[float]:
    """The numbers that a condition compares a field with."""
    if isinstance(condition, Mapping):
        if field in condition:
            yield from numbers_in(condition[field])
        for one in condition.values():
            yield from limits_of(one, field)
    elif isinstance(condition, Sequence) and not isinstance(condition, str):
        for one in condition:
            yield from limits_of(one, field)


def numbers_in(test: Mapping[str, Any]) -> Iterator[float]:
    """The numbers of one comparison, plain ones and factors of another field."""
    for limit in test.values():
        if isinstance(limit, Mapping) and isinstance(limit.get("times"), float):
            yield limit["times"]
        if isinstance(limit, (tuple, float, int)):
            yield from limit if isinstance(limit, tuple) else (limit,)
