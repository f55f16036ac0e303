"""The investigation: joins a dialogue, a worker and a kept session, and tells a front end what happens."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from assistant.dialogue import Dialogue
from assistant.events import (
    AnyEvent,
    CaseOpened,
    CauseConcluded,
    PatchTried,
    PersonAnswered,
    ProbeFinished,
    Stopped,
    TrialFinished,
)
from assistant.front_end import FrontEnd, GoBack, Reply, Stop
from assistant.ranking import Answer
from assistant.report.build import build
from assistant.report.model import Report
from assistant.steps import AskPerson, Conclude, Finished, NamedSymptom, OfferTrial, RunProbe
from assistant.trying import finished as trial_finished
from assistant.trying import not_run
from assistant.walking import RECORDED_RUN, UNSURE
from assistant.worker import HANGING, MOST_SECONDS, Opener, OpensCopies, RemembersTrials, Worker, probe_finished
from probes.measurement import from_wire
from probes.process.description import CaseDescription, Failure
from probes.process.errors import ProcessError, RequestFailed, WorkerDied, WorkerLost
from probes.process.events import Gone, Output, Points, Progress, Stage, WorkerEvent

if TYPE_CHECKING:
    from assistant.patching.step import Wanted

ASKED_SECONDS = 30.0
"""Seconds that a trial for which the person asked may take, even where the time for trials is spent."""

RECORDED_RUN_SHARE = 0.8
"""Share of the budget that the recorded run may take where it is on a good course; half of that otherwise
(`docs/architecture.md`)."""

T = TypeVar("T")

Cancelled = Literal["program", "probe", "trial", "patch"]
"""What a person can abandon: the start of the program, a probe, a trial, or the run of the patched program."""


@dataclass(frozen=True)
class Settings:
    """How far an investigation may go; the budget is the dialogue's."""

    restarts: int = 1
    """How often a worker that died is started again."""


class Log(Protocol):
    """A kept session."""

    def append(self, event: AnyEvent) -> None:
        """Keep an event; on return it is on disk."""

    def settle(self, dialogue: Dialogue) -> None:
        """Keep what the dialogue has come to, for lists and comparisons."""

    def release(self) -> None:
        """Let others go on with the session."""


class Investigation:
    """Walks a dialogue to its end, or until the person stops it.

    All methods belong to one event loop. The worker is started only when something has to be measured.
    """

    def __init__(
        self,
        dialogue: Dialogue,
        log: Log,
        opener: Opener,
        settings: Settings | None = None,
        *,
        program: str = "program",
    ) -> None:
        """Nothing is started before ``run``; ``program`` is the program's file name, for the report."""
        self.dialogue = dialogue
        self.trouble: list[str] = []
        self._lost_because = ""
        self._lost: ProcessError | None = None
        self._log = log
        self._opener = opener
        self._restarts = (settings or Settings()).restarts
        self._program = program
        self._worker: Worker | None = None
        self._news: asyncio.Queue[WorkerEvent] = asyncio.Queue()
        self._teller: asyncio.Task[None]
        self._running: RunProbe | None = None
        self._trying: OfferTrial | None = None
        self._proving: Wanted | None = None
        self._stopped_opening = False
        self._asked: list[OfferTrial] = []
        self._walking = False
        self._opening = asyncio.Lock()
        self._interrupted = asyncio.Event()
        self._task: asyncio.Task[Any] | None = None
        self._told: dict[str, Answer] = dict(dialogue.answers)
        self._told_symptom: NamedSymptom | None = dialogue.symptom
        self._taken_back = False
        self._started = time.monotonic()

    @property
    def worker_lost(self) -> bool:
        """Whether the worker has died more often than it may."""
        return bool(self._lost_because)

    @property
    def seconds_to_open(self) -> float:
        """What it takes until the next probe can begin: nothing while the program is held."""
        case = self.dialogue.case
        return 0.0 if self._worker is not None or case is None else case.seconds.get("program", 0.0)

    async def run(self, front: FrontEnd) -> Report:
        """Walk to the end; may be called again after something was interjected or taken back.

        Raises:
            ProcessError: the program could not be opened at all.
        """
        async with self._telling(front):
            self._walking = True
            try:
                await self._walk(front)
            finally:
                self._walking = False
        report = self.report()
        await front.finished(report)
        return report

    async def look(self, front: FrontEnd, step: RunProbe, seconds: float) -> ProbeFinished | None:
        """Run a probe for its own sake, within so many seconds: the dialogue does not hear of it.

        Returns:
            None if the person cancelled it.

        Raises:
            ProcessError: the program could not be opened at all.
        """
        async with self._telling(front):
            if self.dialogue.case is None:
                await self._open_case(front)
            return await self._finished(front, step, min(seconds, self._seconds_for(step)))

    def report(self) -> Report:
        """The report of what is known now."""
        seconds = time.monotonic() - self._started
        return build(self.dialogue, program=self._program, seconds=seconds, trouble=tuple(self.trouble))

    def interject(self, event: AnyEvent) -> None:
        """Record what the person says of their own accord, such as a symptom; a pending question is put anew."""
        self._record(event)
        self._interrupted.set()

    def ask_for_trial(self, step: OfferTrial) -> None:
        """Run this trial before whatever comes next; a pending question is put anew afterwards."""
        self._asked.append(step)
        self._interrupted.set()

    async def samples(self, count: int, seed: int) -> Mapping[str, Any]:
        """Some samples with their labels, for the person to look at; they go into no log and no report.

        Raises:
            ProcessError: the program is not held, or its data cannot be shown.
        """
        if self._worker is None and self._walking:
            raise WorkerLost("The program is not held yet.")
        worker = await self._worker_at_hand()
        return await worker.request("samples", {"count": count, "seed": seed})

    def go_back(self, question: str | None = None) -> bool:
        """Take back the last thing that the person said, or all from their answer to a question on.

        Returns:
            False if there is nothing to take back.
        """
        undone = self.dialogue.undo(question)
        if undone is None:
            return False
        self._log.append(undone)
        self._took_back()
        return True

    def branch_off(self, question: str, begin: Callable[[int], Log]) -> bool:
        """Go back to the person's answer to a question in a session of its own; the one so far stays as it is.

        Args:
            question: whose answer is taken back.
            begin: begins the new session with so many of the events in force.

        Returns:
            False if the person has not answered the question.
        """
        said = self.dialogue.last_said(question)
        if said is None:
            return False
        before, self._log = self._log, begin(said[0])
        before.settle(self.dialogue)
        before.release()
        self.dialogue.undo(question)
        self._took_back()
        return True

    def _took_back(self) -> None:
        self._taken_back = True
        self._interrupted.set()

    def stop(self, reason: str = "stopped by the person") -> None:
        """End the walk now; a probe under way is abandoned, and its worker with it."""
        self._record(Stopped(reason=reason))
        self._interrupted.set()
        if self._task is not None:
            self._task.cancel()

    async def attend(self, front: FrontEnd) -> None:
        """Between two walks, go on telling what the worker tells, such as its end; runs until it is cancelled."""
        async with self._telling(front):
            await self._teller

    def cancel(self) -> Cancelled | None:
        """Abandon what is under way: its outcome is unknown; the worker starts again when one is needed.

        Returns:
            What was abandoned; None if nothing is under way.
        """
        if self._task is None or self._task.done():
            return None
        self._task.cancel()
        if self._trying is not None:
            self._record(not_run(self._trying.attempt, "you cancelled it"))
            return "trial"
        if self._running is not None:
            self._record(ProbeFinished(probe=self._running.probe, unknown="you cancelled it"))
            return "probe"
        if self._proving is not None:
            self._record(PatchTried(patch=self._proving.diff, proven=False, text="You stopped the patched program."))
            return "patch"
        self._stopped_opening = True
        return "program"

    async def close(self) -> None:
        """End the worker and what started it, and let others go on with the session."""
        await self._drop_worker()
        await self._opener.close()
        self._log.settle(self.dialogue)
        self._log.release()

    async def _drop_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()

    async def _walk(self, front: FrontEnd) -> None:
        if self.dialogue.case is None:
            await self._open_case(front)
        while True:
            await self._tell_changes(front)
            step = self._asked.pop(0) if self._asked else self.dialogue.next_step()
            self._interrupted.clear()
            match step:
                case Finished():
                    if not await self._prove_patch(front):
                        return
                case RunProbe():
                    await self._run_probe(front, step)
                case AskPerson():
                    await self._ask(front, step)
                case Conclude():
                    self._record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
                    await front.concluded(step.finding)
                case OfferTrial():
                    await self._offer(front, step)

    async def _open_case(self, front: FrontEnd) -> None:
        known = self.dialogue.case_before()
        self._stopped_opening = False
        try:
            case = known or await self._abandonable(self._open())
            if self._stopped_opening:
                raise WorkerLost(f"You stopped {self._program} before it reached `fit`.")
        except WorkerDied as error:
            case = self._ended_itself(error)
            await self._drop_worker()
            self._lost_because = str(error)
        if case is not None:
            self._record(CaseOpened(case=case))
            await self._all_news_told()
            await front.case_opened(case)

    async def _open(self) -> CaseDescription:
        self._worker = await self._opener.open(self._news.put_nowait)
        return await self._worker.case()

    def _ended_itself(self, error: WorkerDied) -> CaseDescription:
        """What is left of a program that ended its own process before it trained.

        Raises:
            WorkerDied: it was ended by something else.
        """
        if error.code is None:
            raise error
        return CaseDescription(source=self._program, failure=Failure(stage="no_fit", type="", message=str(error)))

    async def _run_probe(self, front: FrontEnd, step: RunProbe) -> None:
        before = self.dialogue.measured_before(step.probe)
        finished = before or await self._finished(front, step, self._seconds_for(step))
        if finished is not None:
            self._record(finished)

    async def _finished(self, front: FrontEnd, step: RunProbe, seconds: float) -> ProbeFinished | None:
        await front.step_started(step)
        self._running = step
        try:
            finished = await self._abandonable(self._measure(step, seconds))
        except ProcessError as error:
            finished = ProbeFinished(probe=step.probe, unknown=str(error))
            await self._lose_worker(front, error)
        finally:
            self._running = None
        await self._all_news_told()
        await self._notice_loss(front)
        return finished

    async def _measure(self, step: RunProbe, seconds: float) -> ProbeFinished:
        worker = await self._worker_at_hand()
        return probe_finished(step.probe, await worker.probe(step.probe, seconds))

    async def _worker_at_hand(self) -> Worker:
        """The worker, opened for the first time or again.

        Raises:
            ProcessError: it cannot be opened, or has died more often than it may.
        """
        async with self._opening:
            if self._worker is None:
                if self.worker_lost:
                    raise WorkerLost(self._lost_because)
                await self._open()
        if self._worker is None:
            raise WorkerLost("The worker was ended.")
        return self._worker

    def _seconds_for(self, step: RunProbe) -> float:
        left = max(1.0, self.dialogue.seconds_left)
        if step.probe == RECORDED_RUN:
            return min(left, RECORDED_RUN_SHARE * self.dialogue.budget)
        return min(left, MOST_SECONDS.get(step.cost, left))

    async def _notice_loss(self, front: FrontEnd) -> None:
        """Where the worker has ended by itself, say so."""
        if self._worker is not None and self._worker.lost is not None:
            await self._lose_worker(front, self._worker.lost)

    async def _lose_worker(self, front: FrontEnd, error: ProcessError) -> None:
        """Go on without a worker; it is opened again when the next probe needs it, as often as it may be."""
        if self.worker_lost or error is self._lost:
            return
        self._lost = error
        self._restarts -= 1
        if self._restarts < 0:
            self._lost_because = str(error)
        self.trouble.append(str(error))
        await self._drop_worker()
        await front.trouble(str(error))

    async def _ask(self, front: FrontEnd, step: AskPerson) -> None:
        reply: Reply | None = await self._interruptible(front.ask(step))
        match reply:
            case PersonAnswered():
                self._record(reply)
            case GoBack():
                self.go_back()
            case Stop():
                self._record(Stopped())

    async def _offer(self, front: FrontEnd, step: OfferTrial) -> None:
        if isinstance(self._opener, RemembersTrials):
            symptom = self.dialogue.symptom
            remembered = self._opener.tried(step.attempt, symptom.id if symptom else "unsure")
            self._record(remembered)
            await front.stage(remembered.text or remembered.unknown or "the trial ended")
            return
        if self.worker_lost:
            self._record(not_run(step.attempt, self._lost_because))
            return
        agreed = await self._interruptible(front.offer(step))
        if agreed is None:
            return
        if not agreed:
            self._record(not_run(step.attempt, "the person declined"))
            return
        self._trying = step
        try:
            finished = await self._abandonable(self._try(front, step))
        except RequestFailed as error:
            finished = not_run(step.attempt, str(error))
        except ProcessError as error:
            finished = not_run(step.attempt, str(error))
            await self._lose_worker(front, error)
        finally:
            self._trying = None
        await self._all_news_told()
        if finished is not None:
            self._record(finished)
            await front.stage(finished.text or finished.unknown or "the trial ended")

    async def _try(self, front: FrontEnd, step: OfferTrial) -> TrialFinished:
        worker = await self._worker_at_hand()
        symptom = self.dialogue.symptom.id if self.dialogue.symptom else UNSURE
        seconds = max(self.dialogue.seconds_for_trials, ASKED_SECONDS if step.asked_for else 0.0)
        name, arguments = step.attempt.request(symptom, seconds)
        # What a trial spends on compiling comes on top of its time; only a worker that hangs takes four times as long.
        answer = await worker.request(name, arguments, 4 * seconds + HANGING)
        opener, case, runs = self._opener, self.dialogue.case, 0
        if answer.get("only_as_source") and case is not None and isinstance(opener, OpensCopies):
            # What edits programs takes a while to load and is of no use before.
            from assistant.patching.edited_arm import Original, try_as_source

            open_copy = functools.partial(opener.open_copy, listener=self._news.put_nowait)
            left = seconds - float(answer["seconds"])
            original = Original(case, worker, symptom)
            edited = await try_as_source(original, step.attempt, answer, open_copy, left, front.stage)
            answer, runs = edited.answer, edited.runs
        return trial_finished(step.attempt, from_wire(answer), runs)

    async def _prove_patch(self, front: FrontEnd) -> bool:
        """Open the patched program as a case of its own, once trials were run and where time is left for it.

        Returns:
            Whether that has brought anything to go on with.
        """
        opener = self._opener
        if not isinstance(opener, OpensCopies):
            return False
        # What edits programs takes a while to load and is of no use before.
        from assistant.patching.step import proof_of_patch, to_prove

        wanted = to_prove(self.dialogue)
        if wanted is None:
            return False
        await self._drop_worker()
        await front.stage("running the patched program in a scratch copy of its folder")
        open_copy = functools.partial(opener.open_copy, listener=self._news.put_nowait)
        self._proving = wanted
        try:
            tried = await self._abandonable(proof_of_patch(self.dialogue, wanted, open_copy, front.stage))
        finally:
            self._proving = None
        await self._all_news_told()
        if tried is None:
            return False
        self._record(tried)
        await front.stage(tried.text)
        return bool(tried.beyond)

    async def _interruptible(self, work: Awaitable[T]) -> T | None:
        """What the front end replies, or None if the person said something else in between."""
        task = asyncio.ensure_future(work)
        interrupted = asyncio.ensure_future(self._interrupted.wait())
        try:
            await asyncio.wait({task, interrupted}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for one in (task, interrupted):
                one.cancel()
            await asyncio.gather(task, interrupted, return_exceptions=True)

    async def _abandonable(self, work: Awaitable[T]) -> T | None:
        """The result of work in the worker, or None if the person stopped it, which ends the worker."""
        self._task = task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                return task.result()
            await self._drop_worker()
            return None
        finally:
            task.cancel()
            self._task = None
            # What it has started ends before anything else begins.
            await asyncio.gather(task, return_exceptions=True)

    def _record(self, event: AnyEvent) -> None:
        self._log.append(event)
        self.dialogue.record(event)

    async def _tell_changes(self, front: FrontEnd) -> None:
        """Tell the front end of answers and symptoms that it has not heard of."""
        if self._taken_back:
            self._taken_back = False
            self._told = {id: one for id, one in self._told.items() if self.dialogue.answers.get(id) == one}
            await front.went_back()
        for question, answer in list(self.dialogue.answers.items()):
            told = self._told.get(question)
            if told is None or (told.answer, told.by) != (answer.answer, answer.by):
                self._told[question] = answer
                await front.answered(answer)
        symptom = self.dialogue.symptom
        if symptom is not None and symptom != self._told_symptom:
            self._told_symptom = symptom
            await front.symptom(symptom)

    @contextlib.asynccontextmanager
    async def _telling(self, front: FrontEnd) -> AsyncIterator[None]:
        """Tell the front end meanwhile what the worker tells, and all of it before the end."""
        self._teller = asyncio.create_task(self._tell_news(front))
        try:
            yield
            await self._all_news_told()
        finally:
            self._teller.cancel()
            await asyncio.gather(self._teller, return_exceptions=True)

    async def _tell_news(self, front: FrontEnd) -> None:
        while True:
            await self._tell_one(front, await self._news.get())
            self._news.task_done()

    async def _all_news_told(self) -> None:
        """Wait until the front end has heard all that the worker told; raises what the front end raised."""
        told = asyncio.ensure_future(self._news.join())
        await asyncio.wait({told, self._teller}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if self._teller.done():
            self._teller.result()

    async def _tell_one(self, front: FrontEnd, news: WorkerEvent) -> None:
        match news:
            case Stage():
                await front.stage(news.text)
            case Output():
                await front.output(news.stream, news.text)
            case Points():
                await front.points(news)
            case Progress() if self._trying is not None and news.text:
                await front.stage(news.text)
            case Progress() if self._running is not None:
                await front.progress(self._running, fraction_of(news), news.text)
            case Gone() if self.dialogue.case is not None:
                await self._notice_loss(front)


def fraction_of(progress: Progress) -> float | None:
    """How far it is, 0 to 1; None where that is not known."""
    return progress.done / progress.total if progress.done is not None and progress.total else None


__all__ = ["Investigation", "Log", "Settings"]
