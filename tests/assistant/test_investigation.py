from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.events import PersonAnswered, ProbeFinished, SymptomNamed, Undone
from assistant.front_end import GoBack, Reply, Stop
from assistant.headless import Headless
from assistant.investigation import Investigation
from assistant.steps import AskPerson, OfferTrial, RunProbe
from assistant.worker import Listener
from probes.process.description import Place
from probes.process.errors import HostFailed, ProgramHung, WorkerDied, WorkerLost
from probes.process.events import Gone
from tests.assistant.small_world import CASE, FAULTY, HEALTHY, FakeOpener, FakeWorker, Kept, new_dialogue


def prepared(
    *workers: FakeWorker, error: Any = None, **settings: Any
) -> tuple[Investigation, FakeOpener, Kept, list[str]]:
    opener, log, lines = FakeOpener(list(workers), error=error), Kept(), list[str]()
    return Investigation(new_dialogue(**settings), log, opener, program="train.py"), opener, log, lines


async def test_a_walk_ends_with_a_report_and_a_full_log() -> None:
    investigation, opener, log, lines = prepared(FakeWorker(FAULTY))
    report = await investigation.run(Headless(lines.append))
    assert report.status == "diagnosed"
    assert log.events == list(investigation.dialogue.events)
    assert "Running the program ..." in lines
    assert "  | hello" in lines
    await investigation.close()
    assert opener.closed
    assert opener.workers[0].closed


async def test_a_worker_that_dies_leaves_its_question_unknown_and_starts_again() -> None:
    investigation, opener, _, lines = prepared(FakeWorker(FAULTY, dies_at="gradient_flow"), FakeWorker(FAULTY))
    report = await investigation.run(Headless(lines.append))
    assert investigation.dialogue.answers["gradients_grow"].reason == "The program was killed from outside."
    assert opener.opened == 2
    assert not investigation.worker_lost
    assert report.remarks[0] == "The program was killed from outside."
    assert report.status == "diagnosed"


async def test_a_worker_that_keeps_dying_is_given_up() -> None:
    workers = [FakeWorker(FAULTY, dies_at="recorded_run"), FakeWorker(FAULTY, dies_at="weight_updates")]
    investigation, opener, _, _ = prepared(*workers)
    report = await investigation.run(Headless())
    assert opener.opened == 2
    assert investigation.worker_lost
    assert report.status == "inconclusive"


async def test_a_program_that_cannot_be_opened_is_an_error() -> None:
    investigation, *_ = prepared(error=HostFailed("There is no TensorFlow."))
    with pytest.raises(HostFailed):
        await investigation.run(Headless())


async def test_a_program_that_ends_its_own_process_has_failed() -> None:
    worker = FakeWorker(FAULTY)

    async def ended() -> Any:
        raise WorkerDied("The program ended its own process with exit status 3 before any `fit`.", code=3)

    worker.case = ended  # type: ignore[method-assign]
    investigation, opener, _, _ = prepared(worker)
    report = await investigation.run(Headless())
    assert report.status == "program_failed"
    assert "exit status 3" in report.text
    assert opener.opened == 1


@pytest.mark.parametrize("error", [WorkerDied("Killed.", signal=9), ProgramHung("It hangs.", 3.0)])
async def test_a_program_that_is_killed_or_hangs_is_an_error(error: Any) -> None:
    worker = FakeWorker(FAULTY)

    async def lost() -> Any:
        raise error

    worker.case = lost  # type: ignore[method-assign]
    investigation, *_ = prepared(worker)
    with pytest.raises(type(error)):
        await investigation.run(Headless())


class Scripted(Headless):
    """Answers questions from a list of replies, of which a callable is run and waits for ever."""

    def __init__(self, *replies: Any) -> None:
        super().__init__()
        self.replies = list(replies)
        self.asked: list[str] = []
        self.back = 0

    async def ask(self, step: AskPerson) -> Reply:
        self.asked.append(step.question)
        reply = self.replies.pop(0)
        if callable(reply):
            reply()
            await asyncio.Event().wait()
        return reply(step) if callable(reply) else reply

    async def went_back(self) -> None:
        self.back += 1


UNMEASURED = {**FAULTY, "weight_updates": None}


async def test_a_person_can_go_back() -> None:
    worker = FakeWorker(UNMEASURED)  # type: ignore[arg-type]
    investigation, _, log, _ = prepared(worker)
    front = Scripted(
        PersonAnswered(question="steps_too_long", answer="unknown"),
        GoBack(),
        PersonAnswered(question="steps_too_long", answer="overshoot"),
    )
    await investigation.run(front)
    assert front.asked == ["steps_too_long", "labels_checked", "steps_too_long"]
    assert front.back == 1
    assert any(isinstance(one, Undone) for one in log.events)


async def test_what_is_said_in_between_cancels_the_question() -> None:
    worker = FakeWorker({**UNMEASURED, "recorded_run": None})  # type: ignore[dict-item]
    investigation, *_ = prepared(worker)
    front = Scripted(lambda: investigation.interject(SymptomNamed(symptom="loss_nan")))
    report = await investigation.run(front)
    assert report.symptom is not None
    assert (report.symptom.id, report.symptom.by) == ("loss_nan", "person")
    assert front.asked == ["steps_too_long"]


async def test_a_person_can_stop() -> None:
    investigation, *_ = prepared(FakeWorker(UNMEASURED))  # type: ignore[arg-type]
    report = await investigation.run(Scripted(Stop()))
    assert investigation.dialogue.facts.stopped is not None
    assert report.questions


async def test_measurements_are_not_made_twice_after_going_back() -> None:
    worker = FakeWorker(HEALTHY)
    investigation, *_ = prepared(worker)
    await investigation.run(Headless())
    investigation.interject(SymptomNamed(symptom="loss_flat"))
    worker.measurements = FAULTY
    await investigation.run(Headless())
    asked = list(worker.asked)
    assert investigation.go_back()
    report = await investigation.run(Headless())
    assert worker.asked == asked
    assert report.status == "healthy"


async def test_stop_abandons_a_probe_under_way() -> None:
    worker = FakeWorker(FAULTY)

    async def for_ever(probe: str, seconds: float = 0.0) -> Any:
        asyncio.get_running_loop().call_soon(investigation.stop)
        await asyncio.Event().wait()

    worker.probe = for_ever  # type: ignore[method-assign]
    investigation, *_ = prepared(worker)
    await asyncio.wait_for(investigation.run(Headless()), 5)
    assert worker.closed


async def test_resuming_starts_no_worker_before_a_probe_is_needed() -> None:
    first, _, log, _ = prepared(FakeWorker(FAULTY))
    await first.run(Headless())
    opener = FakeOpener([FakeWorker(FAULTY)])
    again = Investigation(new_dialogue(tuple(log.events)), log, opener, program="train.py")
    report = await again.run(Headless())
    assert opener.opened == 0
    assert [one.id for one in report.causes] == [one.id for one in first.report().causes]


async def test_a_resumed_session_opens_its_program_for_the_next_probe() -> None:
    first, _, log, _ = prepared(FakeWorker(FAULTY))
    await first.run(Headless())
    events = log.events[: next(i for i, one in enumerate(log.events) if isinstance(one, ProbeFinished)) + 1]
    opener = FakeOpener([FakeWorker(FAULTY)])
    again = Investigation(new_dialogue(tuple(events)), Kept(), opener, program="train.py")
    assert isinstance(again.dialogue.next_step(), RunProbe)
    assert (await again.run(Headless())).status == "diagnosed"
    assert opener.opened == 1
    assert "input_statistics" not in opener.workers[0].asked


TRIAL: dict[str, Any] = {
    "applicable": True,
    "score": "balanced_accuracy",
    "horizon": "planned_end",
    "steps": 20,
    "seconds": 1.0,
    "control": [0.1, 0.1, 0.1, "NaN"],
    "treated": [0.9, 0.9, 0.9, 0.9],
    "symptom_gone": True,
    "proven": True,
    "closes": 1.0,
    "parameters": {"learning_rate": 0.01},
}


async def test_a_likely_cause_with_a_treatment_goes_to_trial() -> None:
    worker = FakeWorker(FAULTY, trial=TRIAL)
    investigation, *_ = prepared(worker, trials=True)
    report = await investigation.run(Headless())
    assert worker.tried[0]["treatments"] == ["set_learning_rate"]
    assert (report.causes[0].id, report.causes[0].status) == ("lr_too_high", "proven")
    assert report.causes[0].remedies[0].trial is not None


REFUSED: dict[str, Any] = {
    **TRIAL,
    "applicable": False,
    "reason": "the model is a class of the program's own",
    "only_as_source": True,
    "epochs": 2.0,
    "arm_seconds": 0.1,
    "control": [],
    "treated": [],
    "proven": False,
}
PROGRAM = """import keras
from keras.optimizers import SGD


x, y = load()
model = keras.Sequential([keras.layers.Dense(1)])

model.compile(optimizer=SGD(3.0), loss="mse")
model.fit(x, y)
"""


class Answering(FakeWorker):
    """Answers one request after the other."""

    async def request(self, name: str, arguments: Any = None, limit: float | None = None) -> Any:
        self.tried.append((name, arguments))
        answers = self.trial["answers"]
        return answers[min(len(self.tried), len(answers)) - 1]


class Copying(FakeOpener):
    """Opens copies too, and remembers their text."""

    def __init__(self, worker: FakeWorker, copy: FakeWorker) -> None:
        super().__init__([worker])
        self.copy, self.seen = copy, list[str]()

    async def open_copy(self, path: Path, environment: Mapping[str, str], listener: Listener) -> FakeWorker:
        self.seen.append(path.read_text())
        return self.copy


async def test_what_the_live_case_cannot_is_tried_as_the_edited_program(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM)
    places = {"compile": Place(file="train.py", line=8, code='model.compile(optimizer=SGD(3.0), loss="mse")')}
    case = CASE.model_copy(update={"folder": str(tmp_path), "places": places})
    first = {**TRIAL, "control": [0.1], "treated": [0.9], "proven": False}
    asked = {**REFUSED, "parameters": {"learning_rate": 0.01}}
    worker = Answering(FAULTY, description=case, trial={"answers": [asked, first, TRIAL]})
    arms = [{"arms": [{"pair": 0}]}, {"arms": [{"pair": one} for one in (1, 2, 3)]}]
    copy = Answering({}, trial={"answers": arms})
    opener, lines = Copying(worker, copy), list[str]()
    dialogue = new_dialogue(trials=True)
    investigation = Investigation(dialogue, Kept(), opener, program="train.py")
    report = await investigation.run(Headless(lines.append))
    assert "SGD(0.01)" in opener.seen[0]
    assert copy.closed
    assert [arguments["pairs"] for _, arguments in copy.tried] == [[0], [1, 2, 3]]
    assert worker.tried[2][1]["arms"] == [{"pair": 0}, {"pair": 1}, {"pair": 2}, {"pair": 3}]
    assert (report.causes[0].id, report.causes[0].status) == ("lr_too_high", "proven")
    assert dialogue.facts.trials[0].program_runs == 1
    assert any("scratch copy" in line for line in lines)
    assert (tmp_path / "train.py").read_text() == PROGRAM


async def test_without_a_program_at_hand_the_refusal_stands() -> None:
    worker = FakeWorker(FAULTY, trial=REFUSED)
    dialogue = new_dialogue(trials=True)
    await Investigation(dialogue, Kept(), Copying(worker, FakeWorker({})), program="train.py").run(Headless())
    tried = dialogue.facts.trials[0]
    assert tried.outcome is None
    assert tried.program_runs == 0
    assert tried.seconds == REFUSED["seconds"]
    assert "cannot be written" in (tried.unknown or "")


class Declining(Headless):
    async def offer(self, step: OfferTrial) -> bool:
        return False


async def test_a_person_can_decline_a_trial() -> None:
    worker = FakeWorker(FAULTY, trial=TRIAL)
    investigation, *_ = prepared(worker, trials=True)
    report = await investigation.run(Declining())
    assert worker.tried == []
    assert all(one.status != "proven" for one in report.causes)


@dataclass
class TellingOpener(FakeOpener):
    """Keeps hold of who listens, so that a worker can tell of its end."""

    listener: Listener = lambda _: None

    async def open(self, listener: Listener) -> FakeWorker:
        self.listener = listener
        return await super().open(listener)


class Waiting(Headless):
    """Lets somebody do something while it waits for the person, or between two walks."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.heard = asyncio.Event()

    async def trouble(self, text: str) -> None:
        self.told.append(text)
        self.heard.set()


def telling(*workers: FakeWorker, **settings: Any) -> tuple[Investigation, TellingOpener]:
    opener = TellingOpener(list(workers))
    return Investigation(new_dialogue(**settings), Kept(), opener, program="train.py"), opener


async def test_a_worker_that_dies_while_a_question_is_open_is_told_at_once_and_started_again() -> None:
    worker = FakeWorker({**UNMEASURED, "label_noise_probe": None})  # type: ignore[dict-item]
    investigation, opener = telling(worker, FakeWorker(FAULTY))

    class Dying(Waiting):
        async def ask(self, step: AskPerson) -> Reply:
            if not self.told:
                worker.lost = WorkerDied("The program was killed from outside.", signal=9)
                opener.listener(Gone())
                await self.heard.wait()
                opener.listener(Gone())
            return PersonAnswered(question=step.question, answer="unknown")

    front = Dying()
    await investigation.run(front)
    assert front.told == ["The program was killed from outside."]
    assert worker.closed
    assert not investigation.worker_lost


async def test_a_worker_that_dies_after_the_walk_is_told() -> None:
    worker = FakeWorker(HEALTHY)
    investigation, opener = telling(worker)
    front = Waiting()
    await investigation.run(front)
    attending = asyncio.create_task(investigation.attend(front))
    worker.lost = WorkerDied("The program was killed from outside.", signal=9)
    opener.listener(Gone())
    await front.heard.wait()
    attending.cancel()
    assert front.told == ["The program was killed from outside."]


async def test_a_program_that_hangs_before_its_fit_can_be_stopped() -> None:
    class Hanging(FakeWorker):
        async def case(self) -> Any:
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()
    investigation, opener = telling(Hanging(HEALTHY))
    assert investigation.cancel() is None
    walk = asyncio.create_task(investigation.run(Headless()))
    await begun.wait()
    assert investigation.cancel() == "program"
    with pytest.raises(WorkerLost, match=r"You stopped train\.py"):
        await walk
    assert opener.workers[0].closed
    opener.workers.append(FakeWorker(HEALTHY))
    assert (await investigation.run(Headless())).status == "healthy"
