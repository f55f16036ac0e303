from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.desk.branching import events_to_keep
from assistant.desk.replaying import Replay, replay, words
from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.events import PersonAnswered, Stopped, SymptomNamed
from assistant.session.outcomes import outcome_of
from knowledge_base.loading import load
from tests.assistant.small_world import CATALOGUE, FAULTY, new_dialogue, small_kb, walk

SMALL = Path(__file__).parent.parent / "small"


def replayed(tmp_path: Path, file: str, old: str, new: str, dialogue: Dialogue | None = None) -> Replay:
    """A session led with the small knowledge base, replayed on one in which some words were replaced."""
    led = dialogue or walk(new_dialogue(), FAULTY)
    content = tmp_path / "content"
    shutil.copytree(SMALL, content)
    text = (content / file).read_text(encoding="utf-8")
    assert old in text
    (content / file).write_text(text.replace(old, new), encoding="utf-8")
    return replay(load(content=content), CATALOGUE, led.events, outcome_of(led), 120.0)


def test_on_the_same_knowledge_base_nothing_differs() -> None:
    led = walk(new_dialogue(), FAULTY)
    found = replay(small_kb(), CATALOGUE, led.events, outcome_of(led), 120.0)
    assert found.changes == ()
    assert found.would_also_ask == ()
    assert "the same one" in words(found)
    assert "Nothing would differ." in words(found)


def test_a_threshold_that_moved_changes_answer_and_finding(tmp_path: Path) -> None:
    found = replayed(tmp_path, "questions.yaml", "{scale: {above: 100}}", "{scale: {above: 10000}}")
    (answer,) = (one for one in found.changes if one.kind == "answer")
    assert (answer.id, answer.before, answer.now) == ("inputs_scaled", "far", "fine")
    (finding,) = (one for one in found.changes if one.id == "inputs_not_scaled")
    assert finding.before is not None
    assert finding.before.startswith("likely")
    assert finding.now is None or finding.now.startswith("ruled out")
    assert found.led_with != found.today
    told = words(found)
    assert "Are the inputs scaled? (inputs_scaled): far -> fine" in told
    assert found.led_with in told
    assert found.today in told


def test_another_symptom_is_told(tmp_path: Path) -> None:
    found = replayed(tmp_path, "questions.yaml", "{last: {above: 1.0}}", "{last: {above: 10.0}}")
    assert "The symptom was loss_flat; it would be none." in words(found)


def test_a_new_question_to_a_probe_that_ran_is_answered_and_others_are_named(tmp_path: Path) -> None:
    led = walk(new_dialogue(), FAULTY)
    content = tmp_path / "content"
    shutil.copytree(SMALL, content)
    with (content / "questions.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "\n- id: inputs_huge\n  ask: Are they huge?\n  why: x\n  group: data\n  probe: input_statistics\n"
            "  answers:\n    huge: {say: Yes., when: {scale: {above: 10}}, evidence: {inputs_not_scaled: weak}}\n"
            "    fine: {say: No., when: otherwise}\n"
        )
    fresh = dict(CATALOGUE)
    found = replay(load(content=content), fresh, led.events, outcome_of(led), 120.0)
    assert [(one.id, one.before, one.now) for one in found.changes if one.kind == "answer"] == [
        ("inputs_huge", None, "huge")
    ]


def test_what_was_not_measured_stays_unknown_and_is_named() -> None:
    led = walk(new_dialogue(), FAULTY)
    shorter = tuple(one for one in led.events if getattr(one, "probe", "") != "gradient_flow")
    outcome = outcome_of(new_dialogue(shorter))
    found = replay(small_kb(), CATALOGUE, shorter, outcome, 120.0)
    assert found.would_also_ask == ("Gradients",)
    assert "Gradients" in words(found)
    stopped = replay(small_kb(), CATALOGUE, (*shorter, Stopped()), outcome, 120.0)
    assert stopped.would_also_ask == (), "a session that was stopped would ask more in any case"


def test_a_branch_begins_at_an_answer_or_before_it() -> None:
    events = (
        SymptomNamed(symptom="loss_flat"),
        *walk(new_dialogue(), FAULTY).events,
        PersonAnswered(question="labels_checked", answer="wrong"),
        SymptomNamed(symptom="loss_nan", by="probe"),
        Stopped(),
    )
    kb = small_kb()
    said = next(place for place, one in enumerate(events) if isinstance(one, PersonAnswered))
    assert events_to_keep(kb, events, None, again=False) == len(events) - 1
    assert events_to_keep(kb, events, "labels_checked", again=False) == said + 1
    assert events_to_keep(kb, events, "labels_checked", again=True) == said
    assert events_to_keep(kb, events, "symptom", again=True) == 0
    assert events_to_keep(kb, events, "inputs_scaled", again=False) == 3


def test_a_branch_from_what_is_not_there_is_one_sentence() -> None:
    kb = small_kb()
    with pytest.raises(UsageError, match="no question 'labels_cheked'; is 'labels_checked' meant"):
        events_to_keep(kb, (), "labels_cheked", again=True)
    with pytest.raises(UsageError, match="labels_checked has no answer in this session yet"):
        events_to_keep(kb, (), "labels_checked", again=True)
