"""Which trial comes next, and what the outcomes make of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from assistant.events import TrialFinished, TrialOutcome
from assistant.ranking import Finding
from assistant.trying import Attempt, finished, next_attempt, smallest_set, treatments_of_set
from knowledge_base.schema import Cause

CAUSES: Mapping[str, tuple[str, ...]] = {
    "lr_too_high": ("set_learning_rate",),
    "lr_too_low": ("set_learning_rate", "set_optimizer"),
    "inputs_not_scaled": ("scale_inputs", "scale_inputs"),
    "wrong_hidden_activation": ("set_hidden_activation",),
    "vanishing_gradient": ("set_hidden_activation", "remove_layers"),
    "targets_not_scaled": ("scale_targets",),
    "label_encoding_mismatch": ("encode_labels", "set_loss", "encode_labels"),
    "labels_misaligned": (),
    "too_little_data": ("augment", "use_left_out_rows"),
    "wrong_metric": (),
}


def causes() -> Mapping[str, Cause]:
    made = {
        cause: SimpleNamespace(
            remedies=[SimpleNamespace(id=f"{cause}_{place}", treatment=one) for place, one in enumerate(treatments)]
        )
        for cause, treatments in CAUSES.items()
    }
    return cast("Mapping[str, Cause]", made)


def finding(cause: str, confidence: float, status: str = "likely", because: str | None = None) -> Finding:
    return Finding(cause, 1, cast("Any", status), confidence, because, 0.0, 0.0, (), ())


def trial(
    treatment: str,
    control: tuple[float, ...] = (0.1,) * 4,
    treated: tuple[float, ...] = (0.9,) * 4,
    *,
    cause: str = "inputs_not_scaled",
    given: tuple[str, ...] = (),
    proven: bool = False,
    closes: float = 0.5,
    gone: bool = False,
    **more: Any,
) -> TrialFinished:
    outcome = TrialOutcome(
        score="r2", control=control, treated=treated, symptom_gone=gone, horizon="planned_end", steps=10, seconds=2.0
    )
    return TrialFinished(
        cause=cause,
        remedy="r",
        treatment=treatment,
        outcome=outcome,
        proven=proven,
        given=given,
        closes=closes,
        **more,
    )


def following(findings: list[Finding], *trials: TrialFinished, seconds: float = 60.0) -> Attempt | None:
    return next_attempt(findings, causes(), trials, seconds)


def test_the_likeliest_comes_first() -> None:
    attempt = following([finding("lr_too_high", 0.9), finding("inputs_not_scaled", 0.2)])
    assert attempt is not None
    assert (attempt.cause, attempt.treatment) == ("lr_too_high", "set_learning_rate")
    assert attempt.parameters == {"direction": "down"}


def test_the_first_remedy_comes_first_though_a_later_one_has_its_treatment_too() -> None:
    found = next_attempt([finding("label_encoding_mismatch", 0.9)], causes(), (), 60)
    assert found is not None
    assert (found.remedy, found.treatment) == ("label_encoding_mismatch_0", "encode_labels")


def test_a_cheap_treatment_comes_before_a_dear_one_that_is_little_likelier() -> None:
    attempt = following([finding("lr_too_high", 0.9), finding("inputs_not_scaled", 0.8)])
    assert attempt is not None
    assert attempt.treatment == "scale_inputs"


def test_one_treatment_is_tried_for_the_likeliest_of_its_causes_only() -> None:
    stand = [finding("wrong_hidden_activation", 0.9), finding("vanishing_gradient", 0.8)]
    attempt = following(stand, trial("set_hidden_activation", treated=(0.1,) * 4, cause="wrong_hidden_activation"))
    assert attempt is not None
    assert (attempt.cause, attempt.treatment) == ("vanishing_gradient", "remove_layers")


def test_opposite_directions_are_two_trials() -> None:
    stand = [finding("lr_too_low", 0.9), finding("lr_too_high", 0.8)]
    first = trial("set_learning_rate", treated=(0.1,), control=(0.1,), cause="lr_too_low", asked={"direction": "up"})
    attempt = following(stand, first)
    assert attempt is not None
    assert attempt.parameters == {"direction": "down"}


@pytest.mark.parametrize(
    ("stand", "seconds"),
    [
        ([finding("inputs_not_scaled", 0.9)], 1.0),
        ([finding("inputs_not_scaled", 0.9, "ruled_out")], 60.0),
        ([finding("inputs_not_scaled", 0.1, "possible")], 60.0),
        ([finding("wrong_metric", 0.9)], 60.0),
        ([], 60.0),
    ],
)
def test_what_is_not_worth_its_time(stand: list[Finding], seconds: float) -> None:
    assert following(stand, seconds=seconds) is None


def test_after_a_proof_only_confirmed_causes_go_on() -> None:
    proof = trial("scale_inputs", proven=True, gone=True, closes=1.0)
    assert following([finding("targets_not_scaled", 0.5, "possible")], proof) is None
    attempt = following([finding("targets_not_scaled", 0.9)], proof)
    assert attempt is not None
    assert attempt.treatment == "scale_targets"


def test_what_a_proven_cause_explains_needs_no_trial() -> None:
    proof = trial("scale_inputs", proven=True, gone=True, closes=1.0)
    assert following([finding("vanishing_gradient", 0.9, because="inputs_not_scaled")], proof) is None


def test_causes_without_treatment_go_to_a_counter_trial() -> None:
    attempt = following([finding("labels_misaligned", 0.9)])
    assert attempt is not None
    assert attempt.counter
    name, arguments = attempt.request("metric_stuck", 20.0)
    assert name == "counter_trial"
    assert arguments == {"symptom": "metric_stuck", "seconds": 20.0, "cause": "labels_misaligned"}
    done = finished(attempt, {"applicable": True, "proven": True, "text": "No signal.", "seconds": 3.0})
    assert done.counter
    assert done.proven
    assert done.text == "No signal."
    assert following([finding("labels_misaligned", 0.9)], done) is None


def test_what_a_counter_trial_has_proven_may_still_be_mended() -> None:
    proof = TrialFinished(cause="too_little_data", remedy="", treatment="", counter=True, proven=True)
    attempt = following([finding("too_little_data", 0.9, "proven")], proof)
    assert attempt is not None
    assert attempt.treatment == "augment"
    mended = trial("augment", cause="too_little_data", proven=True, gone=True, closes=1.0)
    assert following([finding("too_little_data", 0.9, "proven")], proof, mended) is None


STAND = [finding("inputs_not_scaled", 0.9), finding("targets_not_scaled", 0.8), finding("lr_too_high", 0.75)]
FIRST = trial("scale_inputs", treated=(0.4,) * 4, closes=0.4, parameters={"method": "standardise", "layers": 3})
SECOND = trial("scale_targets", treated=(0.2,) * 4, cause="targets_not_scaled", closes=0.1)
THIRD = trial("set_learning_rate", treated=(0.05,), cause="lr_too_high", asked={"direction": "down"}, closes=0.0)


def test_what_helps_is_given_to_the_next() -> None:
    attempt = following(STAND, FIRST, SECOND, THIRD)
    assert attempt is not None
    assert (attempt.treatment, attempt.given) == ("scale_targets", ("scale_inputs",))
    assert attempt.parameters == {"method": "standardise"}


def test_a_set_grows_and_each_member_is_left_out() -> None:
    both = trial("scale_targets", (0.4,) * 4, (0.95,) * 4, given=("scale_inputs",), closes=0.95, proven=True, gone=True)
    done = (FIRST, SECOND, THIRD, both)
    assert [one.treatment for one in smallest_set(done)] == ["scale_inputs", "scale_targets"]
    attempt = following(STAND, *done)
    assert attempt is not None
    assert (attempt.treatment, attempt.given) == ("scale_inputs", ("scale_targets",))
    useless = trial("scale_inputs", (0.95,) * 4, (0.94,) * 4, given=("scale_targets",), closes=0.0)
    assert [name for name, _ in treatments_of_set((*done, useless))] == ["scale_targets"]
    assert following(STAND, *done, useless) is None


def test_a_proof_that_closes_the_way_is_the_smallest_set() -> None:
    proof = trial("scale_inputs", proven=True, gone=True, closes=0.99, parameters={"method": "rescale"})
    assert treatments_of_set((SECOND, proof)) == (("scale_inputs", {"method": "rescale"}),)
    assert following(STAND[:1], proof) is None


def test_nothing_that_helps_is_no_set() -> None:
    assert smallest_set((THIRD,)) == ()
    assert treatments_of_set(()) == ()


def test_an_answer_becomes_an_event() -> None:
    attempt = Attempt("lr_too_high", "lower", "set_learning_rate", {"direction": "down"})
    answer = {
        "applicable": True,
        "parameters": {"learning_rate": 0.01},
        "score": "balanced_accuracy",
        "control": [0.1, 0.2, 0.1, 0.1],
        "treated": [0.9, 0.9, 0.8, 0.9],
        "symptom_gone": True,
        "horizon": "planned_end",
        "steps": 200,
        "seconds": 3.5,
        "proven": True,
        "closes": 0.97,
    }
    event = finished(attempt, answer)
    assert event.proven
    assert event.outcome is not None
    assert event.outcome.steps == 200
    assert event.asked == {"direction": "down"}
    assert event.parameters == {"learning_rate": 0.01}
    assert event.text == "set learning rate: balanced accuracy 0.12 without, 0.88 with it, over 4 pairs; proven."


def test_a_refusal_becomes_an_event_with_its_reason() -> None:
    event = finished(Attempt("x", "y", "scale_inputs"), {"applicable": False, "reason": "the inputs are scaled"})
    assert event.outcome is None
    assert not event.proven
    assert event.unknown == "the inputs are scaled"
    assert "not applicable" in event.text


def test_two_treatments_that_do_nothing_alone_are_tried_together() -> None:
    stand = [
        finding("lr_too_high", 0.9),
        finding("inputs_not_scaled", 0.8),
        finding("wrong_hidden_activation", 0.3, "possible"),
    ]
    idle = {"treated": (0.1,), "control": (0.1,)}
    rate = trial("set_learning_rate", cause="lr_too_high", asked={"direction": "down"}, **idle)
    scale = trial("scale_inputs", **idle)
    attempt = following(stand, rate)
    assert attempt is not None
    assert (attempt.treatment, attempt.given) == ("scale_inputs", ())
    attempt = following(stand, rate, scale)
    assert attempt is not None
    assert (attempt.treatment, attempt.given) == ("scale_inputs", ("set_learning_rate",))
    both = trial("scale_inputs", given=("set_learning_rate",), proven=True, closes=1.0, gone=True)
    assert [one.treatment for one in smallest_set([rate, scale, both])] == ["set_learning_rate", "scale_inputs"]
    attempt = following(stand, rate, scale, both)
    assert attempt is not None
    assert (attempt.cause, attempt.treatment, attempt.given) == ("lr_too_high", "set_learning_rate", ("scale_inputs",))
    useless = trial("scale_inputs", given=("set_learning_rate",), **idle)
    attempt = following(stand, rate, scale, useless)
    assert attempt is not None
    assert (attempt.cause, attempt.given) == ("wrong_hidden_activation", ())


def test_a_broad_treatment_gives_way_to_a_specific_one_half_as_good() -> None:
    adam = trial("set_optimizer", cause="wrong_optimizer", gone=True, treated=(0.9,) * 4)
    unclipped = trial("unclip_gradients", cause="gradient_clipping_bad", treated=(0.6,) * 4)
    little = trial("unclip_gradients", cause="gradient_clipping_bad", treated=(0.2,) * 4)
    proven = trial("set_optimizer", cause="wrong_optimizer", gone=True, proven=True)
    assert smallest_set([unclipped, adam]) == (unclipped,)
    assert smallest_set([little, adam]) == (adam,)
    assert smallest_set([unclipped, proven]) == (proven,)
