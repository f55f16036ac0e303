from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.report import message
from assistant.report.model import AskUserPart
from tests.assistant.kept_sessions import NAMES, dialogue_of, report_of
from tests.assistant.small_world import FAILED, FAULTY, HEALTHY, new_dialogue, walk


def message_of(name: str, **changed: object) -> str:
    dialogue = dialogue_of(name)
    return message.render(report_of(dialogue).model_copy(update=changed), dialogue)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_says_what_was_found_what_to_do_and_how_to_check(name: str) -> None:
    dialogue = dialogue_of(name)
    text = message_of(name)
    report = report_of(dialogue)
    first = report.causes[0]
    flowing = " ".join(text.split())
    assert report.case.source in flowing
    assert first.title in flowing
    assert first.evidence[0].text in flowing
    assert f"line {first.locations[0].line}" in flowing
    assert report.symptom is not None
    gone = dialogue.kb.symptoms[report.symptom.id].gone
    assert gone is not None
    assert " ".join(gone.split()) in flowing
    heads = ("What we found", "What to do", "How to check that it worked")
    assert [flowing.index(head) for head in heads] == sorted(flowing.index(head) for head in heads)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_names_no_folder_and_no_user(name: str) -> None:
    assert "somebody" not in message_of(name)
    assert "/home" not in message_of(name)


def test_a_message_tells_the_remedy_that_helped_and_by_how_much() -> None:
    text = " ".join(message_of("deep_classifier").split())
    assert "1. Take out layers, or add shortcuts." in text
    assert "Use ReLU" not in text
    assert "balanced accuracy was 0.20 without this change and 0.97 with it" in text


def test_code_is_given_where_there_is_no_patch_and_the_patch_where_there_is() -> None:
    assert "normalise.adapt(x_train)" in message_of("house_prices")
    text = message_of("house_prices", patch="--- a/t.py\n+++ b/t.py\n", patch_status="proven")
    assert "--- a/t.py\n+++ b/t.py\n" in text
    assert "which we have tried" in text
    assert "normalise.adapt(x_train)" not in text
    assert "please read it before you use it" in message_of("house_prices", patch="--- a\n", patch_status="unverified")


def test_a_message_about_nothing_wrong_gives_nothing_to_do() -> None:
    dialogue = walk(new_dialogue(), HEALTHY)
    text = message.render(report_of(dialogue), dialogue)
    assert "Nothing is wrong" in text
    assert "What to do" not in text
    assert "How to check" not in text


def test_a_message_about_a_failure_names_line_and_error() -> None:
    dialogue = walk(new_dialogue(), {}, case=FAILED)
    text = " ".join(message.render(report_of(dialogue), dialogue).split())
    assert "train.py, line 4: ValueError: no such column" in text


def test_where_nothing_is_confirmed_the_user_is_asked_what_only_they_know() -> None:
    dialogue = walk(new_dialogue(), {"recorded_run": {"last": 2.3}, "input_statistics": {"scale": 1.0, "broken": 0}})
    report = report_of(dialogue)
    assert report.status == "inconclusive"
    text = message.render(report, dialogue)
    assert "What only you can tell us" in text
    assert "- Do the steps overshoot?" in text


def test_what_a_user_is_to_run_is_told_with_the_command() -> None:
    asked = AskUserPart(text="Please run\n\n    keras-triage collect t.py\n", command="c", probes=(), questions=())
    assert "What we need from you" in message_of("house_prices", ask_user=asked)
    assert message_of("house_prices", ask_user=asked).count("\n    keras-triage collect t.py\n") == 1
    assert "What we need from you" not in message_of("house_prices")


def test_a_team_can_replace_a_part_or_the_whole(tmp_path: Path) -> None:
    own = tmp_path / "message.txt.j2"
    dialogue = walk(new_dialogue(), FAULTY)
    report = report_of(dialogue)
    own.write_text('{% extends "message_base.txt.j2" %}\n{% block closing %}Your support team & Ada\n{% endblock %}')
    text = message.render(report, dialogue, tmp_path)
    assert text.startswith("Hello,")
    assert text.endswith("Your support team & Ada\n")
    assert "Kind regards" not in text
    own.write_text("{{ program }}: {{ causes[0].title }}")
    assert message.render(report, dialogue, tmp_path) == f"{report.case.source}: {report.causes[0].title}\n"


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{% if %}", "line 1, is no template"),
        ("{{ no_such_thing }}", "cannot be filled in: 'no_such_thing' is undefined"),
        ("{{ causes + 1 }}", "cannot be filled in"),
        ('{% include "elsewhere" %}', "cannot be filled in: 'elsewhere' not found"),
    ],
)
def test_a_template_that_does_not_work_is_one_sentence(tmp_path: Path, template: str, sentence: str) -> None:
    (tmp_path / "message.txt.j2").write_text(template)
    dialogue = walk(new_dialogue(), FAULTY)
    with pytest.raises(UsageError, match=sentence):
        message.render(report_of(dialogue), dialogue, tmp_path)
