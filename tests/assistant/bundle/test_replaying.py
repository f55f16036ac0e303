"""A bundle in the place of its program: the same walk, the same findings, and messages for what it does not hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from assistant.bundle.asking import ask_user
from assistant.bundle.collecting import gathered
from assistant.bundle.merging import merged
from assistant.bundle.model import Bundle, Environment, Manifest
from assistant.bundle.replaying import NOT_HELD, BundleOpener
from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.events import (
    AnyEvent,
    BundleArrived,
    CaseEvidence,
    PatchesMade,
    PersonAnswered,
    ProbeFinished,
    SymptomNamed,
    to_json,
)
from assistant.events import from_json as event_from_json
from assistant.headless import Headless
from assistant.investigation import Investigation
from assistant.report import text
from assistant.report.model import Report
from assistant.session.model import OpenedWith
from probes.process.errors import WorkerDied, WorkerLost
from tests.assistant.small_world import CASE, CATALOGUE, FAULTY, HEALTHY, NAN, FakeOpener, FakeWorker, Kept, small_kb
from tests.assistant.test_investigation import TRIAL

OPENED = OpenedWith(program="/home/somebody/project/train.py", arguments=("--epochs", "3"), fit=2)


def new_dialogue(*events: AnyEvent, budget: float = 120.0) -> Dialogue:
    return Dialogue(small_kb(), CATALOGUE, events, budget=budget, trials=True)


async def collected(
    measurements: Mapping[str, dict[str, Any]], only: tuple[str, ...] = (), budget: float = 120.0, **worker: Any
) -> tuple[CaseEvidence, Report]:
    """The evidence of a program, and the report that stands where it is."""
    opener = FakeOpener([FakeWorker(measurements, trial=TRIAL, **worker)])
    investigation = Investigation(new_dialogue(budget=budget), Kept(), opener, program="train.py")
    opened = OPENED.model_copy(update={"budget": budget})
    evidence, _ = await gathered(investigation, Headless(), opened, only)
    return evidence, investigation.report()


async def led(*events: AnyEvent, budget: float = 120.0) -> tuple[Dialogue, Report]:
    """A dialogue on bundles, led to its end without a person."""
    dialogue = new_dialogue(*events, budget=budget)
    investigation = Investigation(dialogue, Kept(), BundleOpener(lambda: dialogue.events), program="train.py")
    report = await investigation.run(Headless())
    return dialogue, report


def to_report_json(part: BaseModel) -> str:
    """A part as JSON, for numbers that are none do not equal themselves."""
    return part.model_dump_json()


def arrived(evidence: CaseEvidence, name: str = "case.triage") -> BundleArrived:
    event = event_from_json(to_json(BundleArrived(name=name, evidence=evidence)))
    assert isinstance(event, BundleArrived)
    return event


def bundle(evidence: CaseEvidence) -> Bundle:
    return Bundle(Manifest(tool="1", knowledge_base="1", created="2026-01-31"), evidence, Environment())


@pytest.mark.parametrize("measurements", [FAULTY, HEALTHY, NAN, {}])
@pytest.mark.parametrize("budget", [120.0, 1.4])
async def test_the_walk_on_a_bundle_is_the_walk_on_the_program(
    measurements: Mapping[str, dict[str, Any]], budget: float
) -> None:
    evidence, there = await collected(measurements, budget=budget)
    dialogue, here = await led(arrived(evidence), budget=budget)
    assert [to_report_json(one) for one in here.causes] == [to_report_json(one) for one in there.causes]
    assert here.questions == there.questions
    assert (here.status, here.symptom) == (there.status, there.symptom)
    assert here.ask_user is None
    assert [one.treatment for one in dialogue.facts.trials] == [one.treatment for one in evidence.trials]


async def test_a_trial_that_was_run_proves_its_cause_here_too() -> None:
    evidence, there = await collected(FAULTY)
    assert evidence.trials
    assert there.causes[0].status == "proven"
    assert (await led(arrived(evidence)))[1].causes[0].status == "proven"


async def test_trials_stand_for_the_symptom_they_were_run_for_alone() -> None:
    evidence, _ = await collected(FAULTY)
    other = next(one for one in small_kb().symptoms if one not in (evidence.symptom, "none", "unsure", "crashes"))
    dialogue, _ = await led(arrived(evidence), SymptomNamed(symptom=other))
    assert not any(one.outcome for one in dialogue.facts.trials)
    if any(one.absent for one in dialogue.facts.trials):
        asked = ask_user(dialogue)
        assert asked is not None
        assert f"--symptom {other}" in asked.command


async def test_what_the_walk_did_not_need_is_measured_too_and_asked_when_it_does() -> None:
    evidence, _ = await collected(HEALTHY | {"gradient_flow": FAULTY["gradient_flow"]})
    assert "gradient_flow" in evidence.aside
    symptom = next(one for one in small_kb().symptoms if one not in ("none", "unsure", "crashes"))
    dialogue, _ = await led(arrived(evidence), SymptomNamed(symptom=symptom))
    assert dialogue.facts.measured["gradient_flow"].measurement == FAULTY["gradient_flow"]


async def test_what_the_budget_left_out_is_told_with_the_reason() -> None:
    evidence, _ = await collected(FAULTY, budget=1.4)
    assert evidence.not_run
    assert all("budget" in why for why in evidence.not_run.values())


async def test_what_was_not_run_there_says_why_here() -> None:
    evidence, _ = await collected(FAULTY)
    reason = "the budget of 120 s is spent"
    told = without(evidence, "gradient_flow").model_copy(update={"not_run": {"gradient_flow": reason}})
    dialogue, _ = await led(arrived(told))
    assert dialogue.answers["gradients_grow"].reason == f"{NOT_HELD}: {reason}"


async def test_numbers_that_are_not_finite_arrive() -> None:
    evidence, _ = await collected(NAN)
    run = next(one for one in arrived(evidence).evidence.measured if one.probe == "recorded_run")
    assert run.measurement is not None
    assert math.isnan(run.measurement["last"])


def without(evidence: CaseEvidence, *probes: str) -> CaseEvidence:
    """As if these had not been measured where the program is."""
    kept = tuple(one for one in evidence.measured if one.probe not in probes)
    return evidence.model_copy(update={"measured": kept})


async def test_what_only_the_program_could_tell_is_asked_of_the_user() -> None:
    evidence, _ = await collected(FAULTY)
    dialogue, report = await led(arrived(without(evidence, "gradient_flow")))
    finished = dialogue.facts.measured["gradient_flow"]
    assert finished.absent
    assert finished.unknown == NOT_HELD
    assert report.ask_user is not None
    assert report.ask_user.probes == ("gradient_flow",)
    assert "gradients_grow" in report.ask_user.questions
    command = "keras-triage collect train.py --probe gradient_flow --fit 2 -o more.triage -- --epochs 3"
    assert report.ask_user.command == command
    assert command in text.render(report)


async def test_what_arrives_answers_the_question_that_waited() -> None:
    evidence, there = await collected(FAULTY)
    dialogue, _ = await led(arrived(without(evidence, "gradient_flow")))
    more, _ = await collected(FAULTY, only=("gradient_flow",))
    assert [one.probe for one in more.measured] == ["gradient_flow"]
    assert not more.trials
    found = merged(dialogue, bundle(more), "more.triage")
    assert found.text == "more.triage brings 1 measurement."
    after, report = await led(*dialogue.events, *found.events)
    assert after.answers["gradients_grow"].answer != "unknown"
    assert report.ask_user is None
    assert [(one.id, one.status) for one in report.causes] == [(one.id, one.status) for one in there.causes]


async def test_what_was_asked_for_counts_even_where_the_budget_is_spent() -> None:
    evidence, _ = await collected(FAULTY, budget=1.4)
    dialogue, _ = await led(arrived(evidence), budget=1.4)
    assert "gradient_flow" not in dialogue.facts.measured
    more, _ = await collected(FAULTY, only=("gradient_flow",))
    found = merged(dialogue, bundle(more), "more.triage")
    after, _ = await led(*dialogue.events, *found.events, budget=1.4)
    assert after.facts.measured["gradient_flow"].measurement == FAULTY["gradient_flow"]


async def test_what_arrived_stays_when_an_answer_is_taken_back() -> None:
    evidence, _ = await collected(FAULTY)
    dialogue, _ = await led(arrived(without(evidence, "gradient_flow")), SymptomNamed(symptom="loss_flat"))
    more, _ = await collected(FAULTY, only=("gradient_flow",))
    for event in merged(dialogue, bundle(more), "more.triage").events:
        dialogue.record(event)
    assert dialogue.undo() is not None
    after, report = await led(*dialogue.events)
    assert after.facts.measured["gradient_flow"].measurement == FAULTY["gradient_flow"]
    assert report.ask_user is None


async def test_a_patch_made_where_the_program_is_stands_for_the_causes_it_was_made_for() -> None:
    evidence, there = await collected(FAULTY)
    causes = tuple(one.id for one in there.causes if one.status in ("proven", "likely"))
    made = PatchesMade(combined="--- a/train.py\n", causes=causes, instructions=("Change line 3.",), proven=True)
    _, report = await led(arrived(evidence.model_copy(update={"patches": made})))
    assert (report.patch, report.patch_status) == (made.combined, "proven")
    assert "Change line 3." in report.remarks
    assert report.patch_note is None
    _, report = await led(arrived(evidence.model_copy(update={"patches": made.model_copy(update={"applies": False})})))
    assert report.patch_note is not None
    assert "no tool applies it" in " ".join(text.render(report).split())
    other = made.model_copy(update={"causes": ("label_noise",), "by_remedy": {"lower_learning_rate": "--- b\n"}})
    _, report = await led(arrived(evidence.model_copy(update={"patches": other})))
    assert (report.patch, report.patch_status) == (None, None)
    assert report.causes[0].remedies[0].patch == "--- b\n"


async def test_the_same_bundle_twice_brings_nothing_new() -> None:
    evidence, _ = await collected(FAULTY)
    dialogue, _ = await led(arrived(evidence))
    assert merged(dialogue, bundle(evidence), "again.triage").events == ()


async def test_a_bundle_of_another_case_is_not_merged() -> None:
    evidence, _ = await collected(FAULTY)
    dialogue, _ = await led(arrived(evidence))
    assert CASE.model is not None
    for changed, why in (
        ({"source": "other.py"}, "the program is other.py"),
        ({"fit_line": 12}, "line 12"),
        ({"model": CASE.model.model_copy(update={"layers": 9})}, "9 layers"),
        ({"model": CASE.model.model_copy(update={"parameters": 31})}, "31 weights"),
        ({"model": None}, "has none"),
    ):
        other = evidence.model_copy(update={"case": CASE.model_copy(update=changed)})
        with pytest.raises(UsageError, match=why):
            merged(dialogue, bundle(other), "more.triage")


async def test_nothing_is_merged_into_a_session_whose_program_is_at_hand() -> None:
    evidence, _ = await collected(FAULTY)
    with pytest.raises(UsageError, match="has its program at hand"):
        merged(new_dialogue(), bundle(evidence), "more.triage")


async def test_what_the_user_answered_travels_in_the_command_for_more_trials() -> None:
    evidence, _ = await collected(FAULTY)
    stripped = evidence.model_copy(update={"trials": ()})
    said = PersonAnswered(question="labels_checked", answer="wrong")
    dialogue, _ = await led(arrived(stripped), said)
    assert any(one.absent for one in dialogue.facts.trials)
    asked = ask_user(dialogue)
    assert asked is not None
    assert "--answer labels_checked=wrong" in asked.command
    assert "--probe" not in asked.command


async def test_names_with_blanks_are_quoted_in_the_command(tmp_path: Path) -> None:
    evidence, _ = await collected(FAULTY)
    case = CASE.model_copy(update={"source": "my train;rm.py"})
    told = arrived(without(evidence, "gradient_flow").model_copy(update={"case": case}))
    _, report = await led(told)
    assert report.ask_user is not None
    assert "collect 'my train;rm.py' --probe" in report.ask_user.command


def test_an_absent_measurement_is_forgotten_when_more_arrives() -> None:
    dialogue = new_dialogue(ProbeFinished(probe="gradient_flow", unknown=NOT_HELD, absent=True))
    assert "gradient_flow" in dialogue.facts.measured
    dialogue.record(BundleArrived(name="b", evidence=CaseEvidence(case=CASE, budget=1.0)))
    assert "gradient_flow" not in dialogue.facts.measured


async def test_a_program_that_was_lost_before_its_training_leaves_what_is_known_of_it() -> None:
    opener = FakeOpener([], error=WorkerDied("The program crashed: Segmentation fault (SIGSEGV).", signal=11))
    investigation = Investigation(new_dialogue(), Kept(), opener, program="train.py")
    evidence, text = await gathered(investigation, Headless(), OPENED)
    assert (evidence.lost, evidence.trouble) == ("at_start", (text,))
    with pytest.raises(WorkerLost, match="Segmentation fault"):
        await led(arrived(evidence))
    good, there = await collected(FAULTY)
    assert merged(new_dialogue(arrived(evidence)), bundle(good), "b.triage").events
    _, here = await led(arrived(evidence), arrived(good))
    assert [to_report_json(one) for one in here.causes] == [to_report_json(one) for one in there.causes]
    assert here.remarks == there.remarks


async def test_a_worker_that_was_lost_later_is_told_here_too() -> None:
    evidence, there = await collected(FAULTY)
    lost = evidence.model_copy(update={"trouble": ("The worker was killed.",), "lost": "later"})
    _, here = await led(arrived(lost))
    assert here.remarks == ("The worker was killed.", *there.remarks)
