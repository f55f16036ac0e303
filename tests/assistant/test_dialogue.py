from __future__ import annotations

import dataclasses
import math

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from assistant.dialogue import Dialogue
from assistant.events import (
    AnyEvent,
    CaseOpened,
    PersonAnswered,
    ProbeFinished,
    Stopped,
    SymptomNamed,
    Undone,
    in_force,
)
from assistant.steps import AskPerson, Conclude, Finished, OfferTrial, RunProbe
from knowledge_base.schema import Remedy
from tests.assistant.small_world import CASE, CATALOGUE, FAILED, FAULTY, HEALTHY, NAN, new_dialogue, small_kb, walk


def opened() -> Dialogue:
    dialogue = new_dialogue()
    dialogue.record(CaseOpened(case=CASE))
    return dialogue


def measure(dialogue: Dialogue, *probes: str) -> None:
    for probe in probes:
        step = dialogue.next_step()
        assert isinstance(step, RunProbe)
        assert step.probe == probe
        dialogue.record(ProbeFinished(probe=probe, measurement=FAULTY[probe], seconds=1.0))


def test_instant_questions_come_first_then_the_recorded_run_then_the_tree() -> None:
    dialogue = walk(new_dialogue(), FAULTY)
    phases = [one.phase for one in dialogue.path()]
    assert phases == sorted(phases, key=["looking", "recorded_run", "tree", "rest"].index)
    assert [one.question for one in dialogue.path()][:3] == ["inputs_scaled", "inputs_finite", "what_the_loss_does"]
    assert isinstance(dialogue.next_step(), Finished)


def test_the_recorded_run_names_the_symptom_unless_the_person_did() -> None:
    assert walk(new_dialogue(), NAN).symptom.id == "loss_nan"  # type: ignore[union-attr]
    dialogue = new_dialogue((SymptomNamed(symptom="loss_flat", text="it is stuck"),))
    symptom = walk(dialogue, NAN).symptom
    assert symptom is not None
    assert (symptom.id, symptom.by, symptom.text) == ("loss_flat", "person", "it is stuck")


def test_without_a_measurement_the_symptom_is_unsure_and_its_tree_is_walked() -> None:
    dialogue = walk(new_dialogue(), {**FAULTY, "recorded_run": None})  # type: ignore[dict-item]
    assert dialogue.symptom is not None
    assert dialogue.symptom.id == "unsure"
    assert any(one.phase == "tree" for one in dialogue.path())
    assert not [one for one in dialogue.findings() if one.status == "likely"]


def test_a_healthy_case_is_asked_nothing_dear() -> None:
    dialogue = walk(new_dialogue(), HEALTHY)
    assert dialogue.symptom is not None
    assert dialogue.symptom.id == "none"
    assert {one.probe for one in dialogue.path()} == {"input_statistics", "recorded_run"}
    step = dialogue.next_step()
    assert isinstance(step, Finished)
    assert step.reason == "healthy"


def test_a_failed_program_is_asked_about_its_failure_alone() -> None:
    measured = {"program_failure": {"own": True, "type": "ValueError"}}
    dialogue = walk(new_dialogue(), measured, case=FAILED)
    assert dialogue.symptom is not None
    assert dialogue.symptom.id == "crashes"
    assert [one.question for one in dialogue.path()] == ["how_it_failed"]
    assert dialogue.findings()[0].cause == "program_error"


def test_a_training_that_fails_is_asked_about_its_failure_too() -> None:
    failing = {**HEALTHY, "recorded_run": {"last": math.inf}, "program_failure": {"own": True, "type": "ValueError"}}
    dialogue = walk(new_dialogue(), failing)
    assert dialogue.symptom is not None
    assert dialogue.symptom.id == "crashes"
    assert dialogue.answers["how_it_failed"].answer != "unknown"
    assert dialogue.findings()[0].cause == "program_error"


def test_one_measurement_answers_many_questions() -> None:
    dialogue = opened()
    measure(dialogue, "input_statistics")
    assert set(dialogue.answers) == {"inputs_scaled", "inputs_finite"}
    assert [one.seconds for one in dialogue.path()] == [1.0, 0.0]


def test_an_unknown_edge_leads_to_the_person_and_on() -> None:
    dialogue = opened()
    measure(dialogue, "input_statistics", "recorded_run")
    dialogue = walk_to_person(dialogue)
    step = dialogue.next_step()
    assert isinstance(step, AskPerson)
    assert step.question == "steps_too_long"
    assert step.probe_said == "there is no memory"
    dialogue.record(PersonAnswered(question="steps_too_long", answer="unknown"))
    step = dialogue.next_step()
    assert isinstance(step, AskPerson)
    assert step.question == "labels_checked"
    assert [one.label for one in step.options] == ["Yes, many are wrong", "Yes, they are right"]


def walk_to_person(dialogue: Dialogue) -> Dialogue:
    while not isinstance(step := dialogue.next_step(), AskPerson):
        if isinstance(step, Conclude):
            from assistant.events import CauseConcluded

            dialogue.record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
        else:
            assert isinstance(step, RunProbe)
            dialogue.record(ProbeFinished(probe=step.probe, unknown="there is no memory"))
    return dialogue


def test_a_persons_answer_picks_the_edge() -> None:
    dialogue = walk_to_person(opened_with_data())
    dialogue.record(PersonAnswered(question="steps_too_long", answer="overshoot"))
    assert not isinstance(dialogue.next_step(), AskPerson)
    assert dialogue.answers["steps_too_long"].by == "person"


def opened_with_data() -> Dialogue:
    dialogue = opened()
    measure(dialogue, "input_statistics", "recorded_run")
    return dialogue


def test_a_conclusion_does_not_end_the_walk() -> None:
    dialogue = opened_with_data()
    step = dialogue.next_step()
    assert isinstance(step, Conclude)
    assert step.finding.cause == "inputs_not_scaled"
    walk(dialogue, FAULTY)
    assert {one.cause for one in dialogue.findings() if one.status == "likely"} >= {"inputs_not_scaled", "lr_too_high"}


def test_the_rest_asks_what_bears_on_open_causes() -> None:
    dialogue = walk(new_dialogue(), FAULTY)
    assert dialogue.answers["noise_measured"].phase == "rest"
    assert dialogue.conclusion == "none_found"


def test_the_rest_leaves_out_what_bears_only_on_settled_causes() -> None:
    persons = {"labels_checked": "fine"}
    measured = {**FAULTY, "weight_updates": {"ratio": 0.01}}
    dialogue = walk(new_dialogue(), measured, persons)
    assert dialogue.answers["labels_checked"].answer == "fine"


def test_a_spent_budget_leaves_dear_questions_unknown() -> None:
    dialogue = walk(new_dialogue(budget=2.0), FAULTY)
    assert "budget" in (dialogue.answers["steps_too_long"].reason or "")
    step = dialogue.next_step()
    assert isinstance(step, Finished)
    assert step.reason == "budget"


def test_the_last_of_a_budget_is_kept_for_trials() -> None:
    whole = walk(new_dialogue(), FAULTY, {"labels_checked": "fine"})
    budget = whole._facts.seconds - 0.5
    events = [one for one in whole.events if getattr(one, "probe", "") != "label_noise_probe"]
    kept = new_dialogue(tuple(events), budget=budget, trials=True)
    assert "kept for trials" in (kept.answers["noise_measured"].reason or "")
    # Here no trial is worth its time, so that nothing is kept for one.
    step = kept.next_step()
    assert isinstance(step, RunProbe)
    assert step.question == "noise_measured"
    assert new_dialogue(tuple(events), budget=budget).next_step() == step
    spent = new_dialogue(tuple(events), budget=1.0, trials=True)
    assert "is spent" in (spent.answers["noise_measured"].reason or "")
    assert isinstance(spent.next_step(), Finished)


def test_undo_takes_back_what_the_person_said_and_what_followed() -> None:
    dialogue = walk_to_person(opened_with_data())
    before = snapshot(dialogue)
    dialogue.record(PersonAnswered(question="steps_too_long", answer="overshoot"))
    assert dialogue.undo() == Undone(keep=len(in_force(dialogue.events)))
    assert snapshot(dialogue) == before
    assert dialogue.undo() is None


def test_undo_can_go_back_to_a_question() -> None:
    dialogue = walk_to_person(opened_with_data())
    before = snapshot(dialogue)
    dialogue.record(PersonAnswered(question="steps_too_long", answer="unknown"))
    dialogue.record(PersonAnswered(question="labels_checked", answer="wrong"))
    assert dialogue.undo("steps_too_long") is not None
    assert snapshot(dialogue) == before
    assert dialogue.undo("steps_too_long") is None


def test_measurements_that_were_undone_are_still_known() -> None:
    dialogue = new_dialogue((SymptomNamed(symptom="loss_flat"),))
    walk(dialogue, FAULTY)
    dialogue.undo()
    assert dialogue.case is None
    assert dialogue.case_before() == CASE
    assert dialogue.measured_before("gradient_flow") is not None
    assert dialogue.measured_before("program_failure") is None


def test_a_stopped_session_is_finished() -> None:
    dialogue = opened()
    dialogue.record(Stopped())
    assert isinstance(dialogue.next_step(), Finished)


def test_trials_are_offered_for_likely_causes_with_a_treatment() -> None:
    dialogue = walk(new_dialogue(trials=True), FAULTY)
    step = dialogue.next_step()
    assert isinstance(step, OfferTrial)
    assert (step.cause, step.treatment) == ("lr_too_high", "set_learning_rate")


def test_remedies_for_another_case_are_not_tried() -> None:
    kb = small_kb()
    cause = kb.causes["lr_too_high"]
    where = {"probe": "input_statistics", "when": {"scale": {"below": 2}}}
    remedies = tuple(Remedy.model_validate({**one.model_dump(), "suits": where}) for one in cause.remedies)
    causes = {**kb.causes, cause.id: cause.model_copy(update={"remedies": remedies})}
    dialogue = walk(Dialogue(dataclasses.replace(kb, causes=causes), CATALOGUE, trials=True), FAULTY)
    step = dialogue.next_step()
    assert not isinstance(step, OfferTrial) or step.cause != "lr_too_high"
    assert dialogue.trial_of("lr_too_high") is None


def test_why_says_the_reason_what_hangs_on_it_and_the_path() -> None:
    dialogue = walk(new_dialogue(), FAULTY)
    why = dialogue.why("steps_too_long")
    assert why.reason == "A long step jumps over the valley."
    assert why.speaks_for == ("lr_too_high",)
    assert why.path[0] == "The loss is flat"


def test_how_known_and_ruled_out() -> None:
    dialogue = walk(new_dialogue(), {**FAULTY, "input_statistics": {"scale": 1.0, "broken": 0}})
    assert {one.cause for one in dialogue.ruled_out()} == {"inputs_not_scaled", "label_noise"}
    assert dialogue.how_known("lr_too_high").evidence[0].text == "Updates are 0.50 of the weights."
    with pytest.raises(KeyError):
        dialogue.how_known("nothing")


def snapshot(dialogue: Dialogue) -> tuple[object, ...]:
    return dialogue.next_step(), dict(dialogue.answers), dialogue.findings(), dialogue.symptom, dialogue.conclusion


MEASURED = st.sampled_from(
    [
        ProbeFinished(probe=probe, measurement=measurement, seconds=0.5)
        for source in (FAULTY, HEALTHY, NAN)
        for probe, measurement in source.items()
    ]
    + [ProbeFinished(probe=probe, unknown="no") for probe in CATALOGUE]
)
SAID = st.one_of(
    st.builds(PersonAnswered, question=st.just("steps_too_long"), answer=st.sampled_from(["overshoot", "unknown"])),
    st.builds(PersonAnswered, question=st.just("labels_checked"), answer=st.sampled_from(["wrong", "skipped"])),
    st.builds(SymptomNamed, symptom=st.sampled_from(["loss_flat", "loss_nan", "unsure"])),
)
EVENTS = st.lists(st.one_of(MEASURED, SAID, st.just(CaseOpened(case=CASE)), st.just("undo")), max_size=14)


@given(EVENTS)
@settings(max_examples=60, deadline=None)
def test_replaying_the_log_gives_the_same_state(happened: list[AnyEvent | str]) -> None:
    dialogue = new_dialogue()
    for event in happened:
        if isinstance(event, str):
            dialogue.undo()
        else:
            dialogue.record(event)
    again = Dialogue(small_kb(), CATALOGUE, dialogue.events)
    assert snapshot(again) == snapshot(dialogue)
    without_undone = Dialogue(small_kb(), CATALOGUE, in_force(dialogue.events))
    assert snapshot(without_undone) == snapshot(dialogue)
