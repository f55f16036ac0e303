"""The live session over a small knowledge base and a worker without a process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from assistant import opening
from assistant.events import LogShown, PersonAnswered, SymptomNamed, TrialFinished, TrialOutcome, in_force
from assistant.investigation import Investigation
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from assistant.steps import OfferTrial
from assistant.terminal.live import LiveSession
from assistant.terminal.presenting import trials
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.views import Chapter, Diff, Found, Gathered, Heard, Looked, Looking, Said, Trouble
from assistant.worker import Listener
from probes.process.errors import WorkerDied
from tests.assistant.small_world import (
    CASE,
    FAILED,
    FAULTY,
    HEALTHY,
    FakeOpener,
    FakeWorker,
    Kept,
    new_dialogue,
    small_kb,
)

ASKING = {probe: measured for probe, measured in FAULTY.items() if probe != "weight_updates"}
"""What leaves a question to the person."""


@dataclass
class HeldOpener(FakeOpener):
    """Opens the program when it may."""

    may_open: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, listener: Listener) -> FakeWorker:
        await self.may_open.wait()
        return await super().open(listener)


class KeptWithId(Kept):
    id = "abcd1234"

    def __init__(self, program: Path) -> None:
        super().__init__()
        self.opened = OpenedWith(program=str(program))


@dataclass
class Small:
    live: LiveSession
    kept: KeptWithId
    opener: HeldOpener
    task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.ensure_future(self.live.start())

    async def until(self, test: Callable[[], bool]) -> None:
        for _ in range(400):
            if test():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"never came: {[turn.key for turn in self.live.view.turns]}")

    async def until_finished(self) -> None:
        await self.until(lambda: self.live.view.finished)

    async def until_asked(self) -> None:
        await self.until(lambda: self.live.talk.reply is not None)

    def turns(self, kind: type) -> list[Any]:
        return [turn for turn in self.live.view.turns if isinstance(turn, kind)]

    def said(self) -> str:
        return "\n".join(turn.text for turn in self.turns(Said))

    async def end(self) -> None:
        await self.live.close()
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """``small(worker, ...)``: a live session; ``events`` come before, ``error`` is raised by the opener."""
    made: list[Small] = []

    def make(*workers: FakeWorker, events: tuple[Any, ...] = (), error: Any = None, held: bool = False) -> Small:
        kept, opener = KeptWithId(tmp_path / "train.py"), HeldOpener(list(workers), error=error)
        if not held:
            opener.may_open.set()

        def begin(*_: Any) -> Any:
            investigation = Investigation(new_dialogue(events), kept, opener, program="train.py")
            return opening.Session(kept, investigation)  # type: ignore[arg-type]

        monkeypatch.setattr(opening, "begin", begin)
        monkeypatch.setattr(opening, "resume", begin)
        settings = TerminalSettings(program=tmp_path / "train.py", store=str(tmp_path / "s.db"))
        one = Small(LiveSession(settings), kept, opener)
        made.append(one)
        return one

    yield make
    for one in made:
        await one.end()


async def test_a_whole_walk_is_told(small: Any) -> None:
    one = small(FakeWorker(ASKING))
    printed: list[str] = []
    one.live.listen(lambda: None, printed.append, lambda _: None)
    one.start()
    await one.until_asked()
    question = one.live.view.question
    assert question.options
    assert question.options[0].key == "1"
    await one.live.answer(question.options[0].id)
    await one.until(lambda: one.live.view.finished or one.live.view.question is not None)
    while not one.live.view.finished:
        await one.live.answer("unknown")
        await asyncio.sleep(0.01)
    view = one.live.view
    assert printed == ["hello\n"]
    assert one.turns(Gathered)
    assert one.turns(Found)
    assert one.turns(Heard)
    assert view.findings[0].confidence > 0.5
    assert view.case is not None
    assert view.path
    assert view.turns[-2].key == "end"
    assert not [turn for turn in view.turns if turn.key.startswith("looking")]


async def test_the_symptom_is_asked_first_and_taken_by_number_or_in_words(small: Any) -> None:
    one = small(FakeWorker(HEALTHY), held=True)
    one.start()
    await one.until(lambda: one.live.view.question is not None)
    assert one.live.view.question.id == "symptom"
    await one.live.say("the loss is nan")
    await one.until(lambda: any(isinstance(event, SymptomNamed) for event in one.kept.events))
    named = next(event for event in one.kept.events if isinstance(event, SymptomNamed))
    assert named.symptom == "loss_nan"
    assert any(turn.reply_to == "What do you see?" for turn in one.turns(Heard))


async def test_unclear_words_give_the_two_nearest(small: Any) -> None:
    one = small(FakeWorker(HEALTHY), held=True)
    one.start()
    await one.until(lambda: one.live.view.question is not None)
    await one.live.say("the loss is strange")
    question = one.live.view.question
    if question is not None and question.id == "symptom:which":
        assert len(question.options) == 3
        await one.live.answer(question.options[0].id)
        assert any(isinstance(event, SymptomNamed) for event in one.kept.events)
    else:
        assert "do not know" in one.said()


async def test_going_back_drops_what_followed(small: Any) -> None:
    one = small(FakeWorker(ASKING))
    one.start()
    await one.until_asked()
    asked = one.live.view.question.id
    await one.live.answer(one.live.view.question.options[0].id)
    await one.until(lambda: any(isinstance(event, PersonAnswered) for event in one.kept.events))
    await one.until(lambda: one.live.view.finished or one.live.talk.reply is not None)
    await one.live.command("back", "")
    await one.until(lambda: one.live.view.question is not None and one.live.view.question.id == asked)
    assert not [turn for turn in one.turns(Heard) if turn.key == f"answer:{asked}"]
    assert not [turn for turn in one.live.view.turns if turn.key == "end"]
    kept = [turn for turn in one.turns(Heard) if turn.key.endswith(f"/answer:{asked}")]
    assert [turn.text for turn in one.turns(Chapter)] == [f"Taken back: {kept[0].text}"]


async def test_going_back_to_a_question_branches_off(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("", "utf-8")
    live = LiveSession(TerminalSettings(program=program, store=f"sqlite:///{tmp_path / 's.db'}"))
    old, log = live.session.kept, live.session.investigation
    question, answer = next((id, next(iter(one.answers))) for id, one in live.kb.questions.items())
    for event in (PersonAnswered(question=question, answer=answer), SymptomNamed(symptom="loss_nan", by="person")):
        log.interject(event)
    await live.go_back_to("no_such_question")
    assert live.session.kept is old
    await live.go_back_to(question)
    new = live.session.kept
    assert (live.session.dialogue.facts.persons, live.session.dialogue.facts.symptom) == ({}, None)
    assert [turn.text for turn in live.view.turns if isinstance(turn, Chapter)] == [
        f"Back to: {live.kb.questions[question].ask}"
    ]
    store = Store(f"sqlite:///{tmp_path / 's.db'}")
    assert (store.info(new.id).parent, store.info(new.id).relation) == (old.id, "branch")
    log.interject(SymptomNamed(symptom="loss_flat", by="person"))
    assert isinstance(in_force(store.open(old.id).events)[-1], SymptomNamed)
    assert [one.symptom for one in in_force(store.open(new.id).events) if isinstance(one, SymptomNamed)] == [
        "loss_flat"
    ]
    assert store.info(old.id).outcome is not None
    await live.close()


async def test_nothing_to_take_back_is_said(small: Any) -> None:
    one = small(FakeWorker(HEALTHY))
    one.start()
    await one.until_finished()
    await one.live.command("back", "")
    assert "nothing to take back" in one.said()


async def test_why_evidence_ruled_out_explain_patch(small: Any) -> None:
    one = small(FakeWorker(ASKING))
    one.start()
    await one.until_asked()
    await one.live.command("why", "")
    assert "could speak for" in one.said() or one.turns(Said)[-1].text
    await one.live.command("evidence", "")
    await one.live.command("ruled_out", "")
    await one.live.command("patch", "")
    cause = next(iter(one.live.session.dialogue.kb.causes))
    await one.live.command("explain", cause)
    assert one.turns(Found)[-1].key.startswith("explained")
    await one.live.command("explain", "no such thing at all")
    assert "I know no cause called" in one.said()
    assert "no patch" in one.said() or one.turns(Diff)


async def test_the_report_is_written_where_asked(small: Any, tmp_path: Path) -> None:
    one = small(FakeWorker(HEALTHY))
    one.start()
    await one.until_finished()
    await one.live.command("report", str(tmp_path / "out" / "report.md"))
    assert (tmp_path / "out" / "report.md").read_text("utf-8").startswith("#")
    await one.live.command("report", str(tmp_path / "report.html"))
    assert (tmp_path / "report.html").read_text("utf-8").lower().startswith("<!doctype html>")
    await one.live.command("report", "/proc/nowhere/report.md")
    assert "cannot be written" in one.said()


async def test_a_program_that_failed_shows_its_line(small: Any) -> None:
    one = small(FakeWorker({}, description=FAILED))
    one.start()
    await one.until_finished()
    failure = next(turn for turn in one.turns(Trouble) if turn.key == "failure")
    assert "ValueError: no such column" in failure.text
    assert failure.place is not None
    assert failure.place.line == 4
    assert one.live.view.stage == "failed"


async def test_a_worker_that_cannot_start_is_told_and_run_again(small: Any) -> None:
    one = small(FakeWorker(HEALTHY), error=WorkerDied("The worker was killed.", signal=9))
    one.start()
    await one.until_finished()
    assert any("killed" in turn.text for turn in one.turns(Trouble)) or "killed" in one.said()
    one.opener.error = None
    await one.live.command("rerun", "")
    await one.until(lambda: one.live.view.case is not None)


async def test_the_next_training_is_examined_in_a_session_of_its_own(
    small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = CASE.model_copy(update={"further_fits": (12, 20), "fits_of_other_models": (20,)})
    other = CASE.model_copy(update={"fit_line": 20})
    one = small(FakeWorker(HEALTHY, description=two), FakeWorker(ASKING, description=other))
    one.start()
    await one.until_finished()
    assert "On line 20 the program trains another model: /next examines that one." in one.said()
    begin, opened = opening.begin, []
    monkeypatch.setattr(opening, "begin", lambda *given: (opened.append(given[0]), begin(*given))[1])
    first = one.live.session
    await one.live.command("next_training", "")
    assert one.live.session is not first
    assert [each.fit for each in opened] == [3], "the one on line 12 lies between"
    await one.until_asked()
    assert [turn.text for turn in one.turns(Chapter)] == ["train.py, the next training"]
    await one.live.command("next_training", "")
    assert "The program shows no further training." in one.said()
    assert one.live.view.question is not None


async def test_a_worker_that_dies_leaves_the_session_alive(small: Any) -> None:
    one = small(FakeWorker(FAULTY, dies_at="recorded_run"), FakeWorker(FAULTY))
    one.start()
    await one.until(lambda: bool(one.turns(Trouble)))
    assert "The session goes on" in one.turns(Trouble)[0].text


async def test_a_pasted_log_is_plotted_and_names_the_symptom(small: Any) -> None:
    one = small(FakeWorker(HEALTHY), held=True)
    one.start()
    await one.until(lambda: one.live.view.question is not None)
    await one.live.paste("Epoch 1/2\n10/10 - loss: 0.7 - accuracy: 0.5\nEpoch 2/2\n10/10 - loss: nan - accuracy: 0.5\n")
    assert [curve.id for curve in one.live.view.curves] == ["log.0", "log.0.others"]
    assert any(isinstance(event, LogShown) and event.symptom == "loss_nan" for event in one.kept.events)
    assert one.live.view.symptom == "the loss is NaN"
    assert "not a number from epoch 2" in one.said()
    assert one.live.view.question is None
    one.live.take_back()
    assert one.live.view.curves == ()


async def test_a_kept_session_is_told_again(small: Any) -> None:
    first = small(FakeWorker(ASKING))
    first.start()
    await first.until_asked()
    await first.live.paste("Epoch 1/2\nloss: 0.7\nEpoch 2/2\nloss: nan\n")
    await first.until_asked()
    events = tuple(first.kept.events)
    again = small(FakeWorker(ASKING), events=events)
    again.start()
    await again.until_asked()
    assert again.opener.opened == 0
    assert again.live.view.question.id == first.live.view.question.id
    mine = {turn.key for turn in first.turns(Looked)}
    assert {turn.key for turn in again.turns(Looked)} == mine
    assert "a log of 2 epochs" in [turn.text for turn in again.turns(Heard)]
    assert "not a number from epoch 2" in again.said()
    assert [curve.id for curve in again.live.view.curves if curve.id.startswith("log")] == ["log.0"]


async def test_leaving_says_how_to_go_on(small: Any) -> None:
    one = small(FakeWorker(HEALTHY))
    assert "keras-triage resume abcd1234" in "\n".join(one.live.farewell())
    one.start()
    await one.until_finished()
    await one.live.close()
    assert one.opener.closed or one.opener.opened


def test_the_case_is_described() -> None:
    from assistant.terminal.presenting.cases import case_view, headline

    assert headline(CASE) == "train.py is held at fit on line 9: Sequential with 2 layers, 30 parameters."
    assert ("optimizer", "SGD, learning rate 3") in case_view(CASE, {}).settings


def trial(**changes: Any) -> TrialFinished:
    outcome = TrialOutcome(
        score="balanced_accuracy",
        control=(0.1, 0.2),
        treated=(0.9, 0.8),
        symptom_gone=True,
        horizon="budget",
        steps=20,
        seconds=2.0,
    )
    values: dict[str, Any] = {
        "cause": "?",
        "remedy": "?",
        "treatment": "set_learning_rate",
        "outcome": outcome,
        "proven": True,
        "text": "Set learning rate: 0.15 without, 0.85 with it; proven.",
        "control_curve": (2.0, 1.9),
        "treated_curve": (2.0, 0.5),
    }
    return TrialFinished(**{**values, **changes})


def test_a_trial_is_told_in_a_sentence_with_both_arms() -> None:
    told = trials.tried(small_kb(), trial(), "trial:1")
    assert told.title == "Trial: set learning rate"
    assert told.mark == "notable"
    assert ("with", "0.900  0.800") in told.details
    none = trials.tried(small_kb(), trial(outcome=None, proven=False, text="", unknown="you cancelled it"), "trial:2")
    assert (none.mark, none.sentence) == ("unknown", "you cancelled it.".capitalize())
    curve = trials.curves(small_kb(), [trial(), trial(control_curve=(), treated_curve=())])
    assert [[one.name for one in view.series] for view in curve] == [["without", "with"]]


async def test_leave_for_trials_is_asked_once(small: Any) -> None:
    one = small(FakeWorker(HEALTHY), held=True)
    one.start()
    step = OfferTrial("lr", "lower", "set_learning_rate", "Lower the learning rate", "more epochs", None)  # type: ignore[arg-type]
    step = replace(step, cause=next(iter(one.live.session.dialogue.kb.causes)))
    asked = asyncio.ensure_future(one.live.telling.offer(step))
    await one.until(lambda: one.live.view.question is not None and one.live.view.question.id == "offer")
    await one.live.answer("all")
    assert await asked
    assert any(turn.key == "looking:trial" for turn in one.live.view.turns)
    await one.live.telling.stage("Another rate: pair 1 of 4")
    assert next(turn for turn in one.turns(Looking)).detail == "pair 1 of 4"
    assert await one.live.telling.offer(step)
    await one.live.telling.stage("It was not tried.")
    assert not one.turns(Looking)
    assert "It was not tried." in one.said()


async def test_trials_can_be_declined_for_good(small: Any) -> None:
    one = small(FakeWorker(HEALTHY), held=True)
    one.start()
    cause = next(iter(one.live.session.dialogue.kb.causes))
    step = OfferTrial(cause, "lower", "set_learning_rate", "Lower the rate", "epochs", None)  # type: ignore[arg-type]
    asked = asyncio.ensure_future(one.live.telling.offer(step))
    await one.until(lambda: one.live.view.question is not None and one.live.view.question.id == "offer")
    await one.live.answer("none")
    assert not await asked
    assert not await one.live.telling.offer(step)


TRIAL = {
    "applicable": True,
    "score": "balanced_accuracy",
    "control": [0.1, 0.1, 0.1, 0.1],
    "treated": [0.9, 0.9, 0.9, 0.9],
    "symptom_gone": True,
    "horizon": "planned_end",
    "steps": 20,
    "seconds": 2.0,
    "proven": True,
    "closes": 1.0,
}


async def test_a_log_is_read_from_a_file(small: Any, tmp_path: Path) -> None:
    one = small(FakeWorker(HEALTHY), held=True)
    one.start()
    (tmp_path / "train.log").write_text("Epoch 1/2\nloss: \x1b[1m0.7\nEpoch 2/2\nloss: inf\n", "utf-8")
    (tmp_path / "other.txt").write_text("nothing", "utf-8")
    for argument, words in (
        ("", "Which file"),
        ("no_such_file", "No such file"),
        ("other.txt", "no training loss"),
        ("train.log", "infinite from epoch 2"),
    ):
        await one.live.command("log", argument)
        assert words in one.said()


async def test_a_trial_is_run_when_it_is_asked_for(small: Any) -> None:
    worker = FakeWorker(ASKING, trial=TRIAL)
    one = small(worker)
    await one.live.command("trial", "")
    assert "not held yet" in one.said()
    one.start()
    await one.until_asked()
    await one.live.command("trial", "nothing like it")
    assert "The nearest" in one.said()
    await one.live.command("trial", "lr_too_high")
    await one.until(lambda: bool(one.live.session.dialogue.facts.trials))
    assert worker.tried[0]["treatments"] == ["set_learning_rate"]
    assert worker.tried[0]["seconds"] >= 30
    await one.until_asked()
    assert any(turn.key == "trial:1" for turn in one.turns(Looked))


async def test_what_cannot_be_tried_is_said(small: Any) -> None:
    one = small(FakeWorker(HEALTHY))
    one.start()
    await one.until_finished()
    await one.live.command("trial", "lr_too_high")
    assert "Nothing is wrong" in one.said()
    failed = small(FakeWorker({}, description=FAILED))
    failed.start()
    await failed.until_finished()
    await failed.live.command("trial", "")
    assert "fails before it trains" in failed.said()


def test_notes_are_kept_with_the_session_and_stay_inside(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("", "utf-8")
    live = LiveSession(TerminalSettings(program=program, store=f"sqlite:///{tmp_path / 's.db'}"))

    async def talk() -> None:
        await live.command("note", "")
        await live.command("note", "the customer calls back on Monday")
        await live.command("note", "")

    asyncio.run(talk())
    said = [turn.text for turn in live.view.turns if isinstance(turn, Said)]
    assert "no note yet" in said[-3]
    assert "no report" in said[-2]
    assert "calls back on Monday" in said[-1]
    assert "Monday" not in live.session.investigation.report().model_dump_json()


async def test_where_no_run_could_be_watched_the_person_is_asked_what_they_see(small: Any) -> None:
    worker = FakeWorker({probe: one for probe, one in ASKING.items() if probe != "recorded_run"})
    one = small(worker)
    one.start()
    await one.until(lambda: "I cannot name the symptom" in one.said())
    while not one.live.view.finished:
        if one.live.talk.reply is not None:
            await one.live.answer("unknown")
        await asyncio.sleep(0.01)
    assert one.live.view.question.id == "symptom"
    await one.live.answer("loss_nan")
    await one.until(lambda: one.live.session.dialogue.symptom.id == "loss_nan")
