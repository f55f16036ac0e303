from __future__ import annotations

from typing import Literal

import pytest

from assistant.events import TrialFinished, TrialOutcome
from assistant.ranking import Answer, Finding, rank, sigmoid, worth_telling
from knowledge_base.loading import load
from tests.assistant.small_world import small_kb

KB = small_kb()


def answer(question: str, chosen: str, by: Literal["probe", "person"] = "probe") -> Answer:
    probe = KB.questions[question].probe
    return Answer(question, chosen, by, probe, 0.0, chosen, None, (), "tree", ())


def finding(cause: str, *answers: Answer, symptoms: tuple[str, ...] = ("loss_flat",)) -> Finding:
    return next(one for one in rank(KB, answers, symptoms) if one.cause == cause)


def test_confidence_is_the_logistic_of_prior_fit_and_weights() -> None:
    one = finding("inputs_not_scaled", answer("inputs_scaled", "far"))
    assert one.confidence == pytest.approx(sigmoid(-1.5 + 0.8 + 2.5))
    assert one.status == "likely"


def test_of_answers_to_one_measurement_the_strongest_counts_once() -> None:
    one = finding("inputs_not_scaled", answer("inputs_scaled", "far"), answer("inputs_finite", "broken"))
    assert one.confidence == pytest.approx(sigmoid(-1.5 + 0.8 + 2.5))
    assert [evidence.weight for evidence in one.evidence] == [2.5, 0.0]


def test_a_person_makes_a_cause_likely_only_where_only_a_person_can_know() -> None:
    told = (answer("labels_checked", "wrong", "person"), answer("noise_measured", "disagree"))
    assert finding("label_noise", *told).status == "likely"
    only_person = finding("lr_too_high", answer("steps_too_long", "overshoot", "person"))
    assert only_person.status == "possible"


def test_a_probe_rules_out_and_a_person_does_not() -> None:
    assert finding("lr_too_high", answer("steps_too_long", "small")).status == "ruled_out"
    assert finding("lr_too_high", answer("steps_too_long", "small", "person")).status == "possible"


@pytest.mark.parametrize("symptoms", [(), ("none",), ("unsure",)])
def test_without_a_symptom_nothing_is_likely_or_proven(symptoms: tuple[str, ...]) -> None:
    proven = TrialFinished(cause="inputs_not_scaled", remedy="scale_inputs", treatment="t", proven=True)
    ranked = rank(KB, [answer("inputs_scaled", "far")], symptoms, [proven])
    assert {one.status for one in ranked} <= {"possible", "ruled_out"}


def test_a_foreign_symptom_weighs_against_a_cause() -> None:
    one = finding("inputs_not_scaled", answer("inputs_scaled", "far"), symptoms=("loss_nan",))
    assert one.symptom_fit == -3.0
    assert one.status == "possible"


def test_of_several_symptoms_the_best_fitting_counts() -> None:
    one = finding("inputs_not_scaled", answer("inputs_scaled", "far"), symptoms=("loss_nan", "loss_flat"))
    assert one.symptom_fit == 0.8


def test_an_explained_cause_stands_below_its_explainer() -> None:
    answers = [answer("inputs_scaled", "far"), answer("gradients_grow", "grow"), answer("what_the_loss_does", "nan")]
    ranked = rank(KB, answers, ("loss_flat", "loss_nan"))
    order = [one.cause for one in ranked]
    assert order.index("inputs_not_scaled") < order.index("exploding_gradient")
    assert next(one for one in ranked if one.cause == "exploding_gradient").because == "inputs_not_scaled"


def test_without_its_explainer_a_cause_stands_by_itself() -> None:
    one = finding("exploding_gradient", answer("gradients_grow", "grow"), symptoms=("loss_nan",))
    assert one.because is None
    assert one.status == "likely"


def test_proven_stands_first() -> None:
    proven = TrialFinished(cause="label_noise", remedy="clean", treatment="t", proven=True)
    ranked = rank(KB, [answer("inputs_scaled", "far")], ("loss_flat",), [proven])
    assert [(one.cause, one.status) for one in ranked[:2]] == [
        ("label_noise", "proven"),
        ("inputs_not_scaled", "likely"),
    ]


def test_what_is_not_tried_is_not_needed_where_another_remedy_settles_it() -> None:
    whole = load()
    outcome = TrialOutcome(
        score="r2", control=(0.1,) * 4, treated=(0.9,) * 4, symptom_gone=True, horizon="planned_end", steps=9, seconds=1
    )

    def status(cause: str, settled: str, *seen: tuple[str, str]) -> str:
        answers = [Answer(one, given, "probe", None, 0.0, given, None, (), "tree", ()) for one, given in seen]
        trial = TrialFinished(
            cause=settled, remedy="r", treatment="t", outcome=outcome, proven=True, closes=1.0, given=()
        )
        return next(one.status for one in rank(whole, answers, ("loss_slow",), [trial]) if one.cause == cause)

    assert status("too_little_data", "lr_too_low", ("enough_rows", "handful")) == "possible"
    # What a measurement decides, and what may bring about the settled cause, stand.
    assert status("bad_initializer", "lr_too_low", ("weights_start_well", "alike")) == "likely"
    assert status("lr_too_high", "dying_relu", ("one_batch_learnt", "rises")) == "likely"


def test_what_can_be_treated_stays_below_what_brings_it_about_and_could_not_be_tried() -> None:
    whole = load()
    outcome = TrialOutcome(
        score="r2", control=(0.1,) * 4, treated=(0.9,) * 4, symptom_gone=True, horizon="planned_end", steps=9, seconds=1
    )
    proven = TrialFinished(
        cause="dying_relu", remedy="leaky", treatment="leaky", outcome=outcome, proven=True, closes=0.5
    )
    failed = TrialFinished(cause="poor_image_quality", remedy="drop", treatment="drop", outcome=outcome)
    seen = [
        Answer(one, chosen, "probe", whole.questions[one].probe, 0.0, chosen, None, (), "tree", ())
        for one, chosen in (("pictures_show_something", "washed_out"), ("units_alive_at_the_end", "dead"))
    ]

    def first(*trials: TrialFinished) -> str:
        return rank(whole, seen, ("loss_flat",), trials)[0].cause

    assert first(proven) == "poor_image_quality"
    assert first(proven, failed) == "dying_relu"


def test_what_the_settling_set_took_part_in_stays_likely() -> None:
    outcome = TrialOutcome(
        score="r2", control=(0.1,) * 4, treated=(0.9,) * 4, symptom_gone=True, horizon="planned_end", steps=9, seconds=1
    )
    tried = TrialFinished(cause="inputs_not_scaled", remedy="scale", treatment="scale", outcome=outcome)

    def status(*given: str) -> str:
        settled = TrialFinished(
            cause="lr_too_high", remedy="r", treatment="rate", outcome=outcome, proven=True, closes=1.0, given=given
        )
        ranked = rank(KB, [answer("inputs_scaled", "far")], ("loss_flat",), [tried, settled])
        return next(one.status for one in ranked if one.cause == "inputs_not_scaled")

    assert status("scale") == "likely"
    assert status() == "possible"


def test_a_counter_trial_that_refutes_rules_out() -> None:
    refuted = TrialFinished(cause="label_noise", remedy="", treatment="", counter=True, refuted=True, text="It learns.")
    one = next(one for one in rank(KB, [], ("loss_flat",), [refuted]) if one.cause == "label_noise")
    assert one.status == "ruled_out"
    assert [(evidence.band, evidence.text) for evidence in one.evidence] == [("rules_out", "It learns.")]


def test_only_causes_with_evidence_are_worth_telling() -> None:
    told = worth_telling(rank(KB, [answer("inputs_scaled", "far"), answer("steps_too_long", "small")], ("loss_flat",)))
    assert [(one.cause, one.rank) for one in told] == [("inputs_not_scaled", 1), ("lr_too_high", 2)]
    assert told[-1].status == "ruled_out"
