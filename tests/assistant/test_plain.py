from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from assistant.investigation import Investigation
from assistant.plain import Lines, Plain
from assistant.report.model import Report
from tests.assistant.small_world import FAILED, FAULTY, FakeOpener, FakeWorker, Kept, new_dialogue

UNMEASURED: dict[str, Any] = {**FAULTY, "weight_updates": None}


async def talk(typed: str, worker: FakeWorker | None = None, events: tuple[Any, ...] = ()) -> tuple[Report, str]:
    said: list[str] = []
    opener = FakeOpener([worker or FakeWorker(UNMEASURED)])
    investigation = Investigation(new_dialogue(events), Kept(), opener, program="train.py")
    report = await Plain(Lines(io.StringIO(typed)), said.append).converse(investigation)
    return report, "\n".join(said)


async def test_without_anybody_it_ends_with_a_diagnosis() -> None:
    report, said = await talk("")
    assert report.status == "diagnosed"
    assert "Most likely: The inputs are not scaled." in said
    assert "No probe could tell: it could not be measured." in said


async def test_a_symptom_by_number_and_answers_by_number() -> None:
    report, _ = await talk("2\n3\n1\n")
    assert report.symptom is not None
    assert (report.symptom.id, report.symptom.by) == ("loss_nan", "person")
    report, _ = await talk("\n1\n")
    assert next(one for one in report.questions if one.id == "steps_too_long").answer == "overshoot"


async def test_why_back_and_skip() -> None:
    report, said = await talk("\nwhy\nunsure\nback\nskip\nskip\n")
    assert "Because: A long step jumps over the valley." in said
    assert "It can speak for: The learning rate is too high" in said
    assert "Taken back." in said
    assert {one.id: one.answer for one in report.questions}["steps_too_long"] == "skipped"


async def test_questions_about_the_findings_at_any_time(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    _, said = await talk(f"\nfindings\nhow inputs_not_scaled\nruled out\npath\nhelp\n1\nreport {file}\nquit\n")
    assert "LIKELY: The inputs are not scaled" in said
    assert "+2.5: Their scale is 5000. (strong, input_statistics)" in said
    assert "nothing yet" in said
    assert json.loads(file.read_text())["report"] == "keras-triage/1"


async def test_quit_ends_the_session_where_it_is() -> None:
    report, _ = await talk("\nquit\n")
    assert "labels_checked" not in {one.id for one in report.questions}


async def test_back_after_the_end_takes_the_walk_up_again() -> None:
    report, said = await talk("\nunsure\nunsure\nback\n2\nquit\n")
    assert said.count("Anything else?") == 2
    assert {one.id: one.answer for one in report.questions}["labels_checked"] == "fine"


async def test_a_failed_program_is_shown_at_its_line() -> None:
    _, said = await talk("\n", FakeWorker({}, description=FAILED))
    assert "The program failed at train.py, line 4: ValueError: no such column" in said


async def test_a_resumed_session_goes_on_without_asking_for_the_symptom() -> None:
    opener, log = FakeOpener([FakeWorker(UNMEASURED)]), Kept()
    first = Investigation(new_dialogue(), log, opener, program="train.py")
    await Plain(Lines(io.StringIO("\n1\n")), lambda _: None).converse(first)
    report, said = await talk("", events=tuple(log.events))
    assert "This session goes on where it was." in said
    assert report.causes == first.report().causes
