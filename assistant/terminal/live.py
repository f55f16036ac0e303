"""The live session: joins a screen and an investigation, and leads from one walk to the next."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from assistant import language, opening
from assistant.errors import SessionHeldError, TriageError
from assistant.events import PersonAnswered, SymptomNamed
from assistant.next_training import begin_next, next_training
from assistant.report.model import Report
from assistant.session.model import Note, OpenedWith
from assistant.session.store import KeptSession, Store
from assistant.terminal import texts
from assistant.terminal.commands import Commands
from assistant.terminal.greeting import greeting
from assistant.terminal.listening import Listening
from assistant.terminal.partner import Attention
from assistant.terminal.presenting.answers import option_in_words
from assistant.terminal.presenting.findings import lower_first
from assistant.terminal.presenting.samples import samples_view
from assistant.terminal.presenting.symptoms import symptom_question
from assistant.terminal.reading import Reading
from assistant.terminal.reports import LiveReports
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.showing import session_view
from assistant.terminal.talk import Talk
from assistant.terminal.telling import Telling
from assistant.terminal.views import FindingView, Found, SessionView, Trouble
from knowledge_base.loading import KnowledgeBase
from probes.process.errors import ProcessError

SAMPLES = 6
"""Samples of one look."""


Taking = Callable[["LiveSession", str], Awaitable[None]]
"""A method that takes something the person said or chose."""


def _told(taking: Taking) -> Taking:
    """What stands in the way of taking it is said in a sentence."""

    @functools.wraps(taking)
    async def take(session: LiveSession, text: str) -> None:
        try:
            await taking(session, text)
        except TriageError as error:
            session.talk.say(str(error))

    return take


class LiveSession:
    """The partner of a session screen over a real investigation. Belongs to the loop of the screen."""

    def __init__(self, settings: TerminalSettings) -> None:
        """Load the knowledge base and open the store; nothing is started.

        Raises:
            TriageError: the knowledge base or the store cannot be opened.
        """
        self._store = Store(settings.store)
        self._words: str | None = None
        self._templates = settings.templates
        self.reading: Reading | None = None
        self.session = self._open(settings)
        self.talk = Talk("resumed" if settings.session else "host")
        self.telling = Telling(self.talk, self.session, self.look)
        self._listening = Listening(self)
        self._commands = Commands(self)
        self._again = asyncio.Event()
        self._task: asyncio.Task[Report] | None = None
        self._looks = 0
        self._drawing: asyncio.Future[None] | None = None
        language.understand(self.kb, "loss")  # learns to read now, not when the person waits
        for turn in greeting(self.program, self.session.kept.id if settings.session else None).turns:
            self.talk.journal.put(turn)

    def _open(self, chosen: TerminalSettings) -> opening.Session:
        if chosen.session is not None or chosen.program is None:
            try:
                return opening.resume(chosen.session or "", self._store)
            except SessionHeldError:
                self.reading = Reading(self, self._store)
                return opening.read(chosen.session or "", self._store)
        opened = OpenedWith(
            program=str(chosen.program.absolute()),
            arguments=chosen.arguments,
            python=str(chosen.python) if chosen.python else None,
            fit=chosen.fit,
            setup_timeout=chosen.setup_timeout,
            budget=chosen.budget,
            trials=chosen.trials,
            knowledge_bases=tuple(str(one) for one in chosen.knowledge_bases),
        )
        kb = opening.knowledge_base(opened)
        self._words = chosen.symptom if chosen.symptom and language.understand(kb, chosen.symptom) is None else None
        return opening.begin(opened, self._store, None if self._words else chosen.symptom)

    @property
    def program(self) -> Path:
        """The program."""
        return Path(self.session.kept.opened.program)

    @property
    def kb(self) -> KnowledgeBase:
        """The knowledge base."""
        return self.session.dialogue.kb

    @property
    def view(self) -> SessionView:
        """Everything to be shown now."""
        told = self.telling.findings()
        self._renew_cards(told)
        return session_view(self.session, self.talk, told)

    def _renew_cards(self, told: tuple[FindingView, ...]) -> None:
        for one in told:
            key = f"finding:{one.cause}"
            if self.talk.journal.turn(key) is not None:
                self.talk.journal.put(Found(key, one))

    def listen(self, changed: Callable[[], None], printed: Callable[[str], None], attention: Attention) -> None:
        """Whom to tell."""
        self.talk.listen(changed, printed, attention)

    async def start(self) -> None:
        """Walk to the end, and again whenever the person takes something back or adds something.

        A session that another process goes on with is read, until the person takes it up.
        """
        if self.reading is not None:
            await self.reading.follow()
            self.reading = None
        self.telling.replay()
        self._ask_symptom()
        if self._words is not None:
            await self.say(self._words)
        while True:
            self._again.clear()
            self.talk.changed()
            if await self._walk():
                await self._attend()
            await self._again.wait()

    def _ask_symptom(self) -> None:
        """While the program is opened the person can say what they see."""
        facts = self.session.dialogue.facts
        if facts.symptom is None and facts.case is None:
            self.talk.ask(symptom_question(self.kb))

    async def _walk(self) -> bool:
        """Walk until there is nothing left to do; False where that failed or was broken off."""
        self._task = asyncio.ensure_future(self.session.investigation.run(self.telling))
        return await self._done(self._task)

    async def _attend(self) -> None:
        """Until the next walk, tell what becomes of the worker meanwhile."""
        attending = asyncio.ensure_future(self.session.investigation.attend(self.telling))
        again = asyncio.ensure_future(self._again.wait())
        again.add_done_callback(lambda _: attending.cancel())
        try:
            await self._done(attending)
        finally:
            again.cancel()

    async def _done(self, task: asyncio.Future[Any]) -> bool:
        """Wait for a task; what went wrong is told."""
        try:
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()
                return True
        except (ProcessError, TriageError) as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take the conversation away
            self._fail(texts.FAILED_HERE.format(reason=f"{type(error).__name__}: {error}"))
        finally:
            task.cancel()
        return False

    def _fail(self, reason: str) -> None:
        self.talk.nothing_runs()
        self.talk.forget_question()
        self.talk.stage, self.talk.finished = "stopped", True
        advice = texts.NO_RERUN if self.session.dialogue.facts.bundles else texts.START_AGAIN
        self.talk.put(Trouble(self.talk.journal.new_key("trouble"), reason, advice=advice))
        if self.session.dialogue.facts.bundles:
            self._commands.ask_user()

    def show(self, session: opening.Session) -> None:
        """Show a session from its beginning, in place of what is shown."""
        self.session = session
        self.talk.forget_question()
        self.talk.journal.drop_where(lambda _: True)
        self.telling = Telling(self.talk, session, self.look)

    def look(self) -> None:
        """Draw some samples, once the worker has time for it."""
        self._looks += 1
        self._drawing = asyncio.ensure_future(self._look(self._looks))

    async def _look(self, seed: int) -> None:
        try:
            given = await self.session.investigation.samples(SAMPLES, seed)
        except ProcessError as error:
            self.talk.say(texts.SAMPLES_FAILED.format(reason=str(error).rstrip(".")), "quiet")
            return
        shown = samples_view(self.talk.journal.new_key("samples"), given)
        if shown.samples:
            self.talk.put(shown)
        else:
            self.talk.say(texts.SAMPLES_NONE, "quiet")

    def keep_note(self, text: str) -> None:
        """Keep an internal note with the session."""
        self._store.desk.note(self.session.kept.id, text)

    def notes(self) -> tuple[Note, ...]:
        """The internal notes of the session, in the order written."""
        return self._store.desk.notes(self.session.kept.id)

    def explain(self, cause: str) -> None:
        """Tell everything that is known about a cause."""
        self._commands.explain(cause)

    def go_on(self) -> None:
        """Walk on if the walk had come to its end."""
        self.talk.finished = False
        self._again.set()

    async def rerun(self) -> None:
        """Start the program again as it is now, in a session that follows this one; the conversation so far stays."""
        # What compares programs is of no use before.
        from assistant.desk.rerunning import rerun

        await self._end()
        self.talk.nothing_runs()
        again = rerun(self.session, self._store)
        self.session = again.session
        self.telling = Telling(self.talk, self.session, self.look, lambda: again.finished(self._store))
        said = texts.RERUNNING if again.same else texts.RERUNNING_CHANGED
        self.talk.begin_chapter(texts.CHAPTER_RERUN.format(program=self.program.name))
        self.talk.say(said.format(program=self.program.name), "quiet")
        self._ask_symptom()
        self.go_on()

    async def go_on_to_the_next(self) -> bool:
        """Examine the training that follows in the program, in a session of its own; False where none is known."""
        coming = next_training(self.session)
        if coming is None:
            return False
        await self._end()
        self.talk.nothing_runs()
        self.session = begin_next(self.session, coming, self._store)
        self.telling = Telling(self.talk, self.session, self.look)
        self.talk.begin_chapter(texts.CHAPTER_NEXT.format(program=self.program.name))
        self.talk.say(texts.NEXT_BEGINS, "quiet")
        self._ask_symptom()
        self.go_on()
        return True

    async def _end(self) -> None:
        self.talk.forget_question()
        if self._drawing is not None:
            self._drawing.cancel()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._task
        await self.session.investigation.close()

    async def close(self) -> None:
        """End the worker; the session is kept."""
        await self._end()

    def farewell(self) -> tuple[str, ...]:
        """How to go on."""
        id = self.session.kept.id
        return tuple(line.format(session=id) for line in (texts.GOODBYE_SESSION, texts.GOODBYE_RESUME))

    def cancel(self) -> None:
        """Abandon what is running: its outcome is unknown."""
        cancelled = self.session.investigation.cancel()
        if cancelled in texts.CANCELLED:
            self.talk.say(texts.CANCELLED[cancelled], "quiet")

    async def answer(self, option: str) -> None:
        """Answer the question that stands."""
        if self.reading is not None:
            self.reading.answer(option)
        else:
            await self._listening.answer(option)

    @_told
    async def say(self, text: str) -> None:
        """Take what the person typed in their own words."""
        await self._listening.say(text)

    @_told
    async def paste(self, text: str) -> None:
        """Take several pasted lines, such as a training log."""
        await self._listening.paste(text)

    async def take_log(self, text: str) -> bool:
        """Take a training log; False where there is none in the text."""
        return await self._listening.take_log(text)

    async def command(self, action: str, argument: str) -> None:
        """Do one of the actions."""
        await self._commands.run(action, argument)
        self.talk.changed()

    @_told
    async def go_back_to(self, question: str) -> None:
        """Take back the answer to a question and all that followed, in a session of its own: this one stays."""
        old = self.session.kept
        begun: list[KeptSession] = []

        def branch(keep: int) -> KeptSession:
            begun.append(self._store.branch(old.id, keep))
            return begun[0]

        if self.reading is not None:
            raise SessionHeldError(texts.READING_ONLY)
        if not self.session.investigation.branch_off(question, branch):
            return
        self._store.desk.hand_on(old.id, begun[0].id)
        self.session.kept = begun[0]
        self.talk.begin_chapter(texts.CHAPTER_BACK.format(question=self.kb.questions[question].ask))
        self.talk.say(texts.BRANCHED.format(session=old.id), "quiet")
        self._went_back()

    def take_back(self) -> None:
        """Take back the last thing that the person said."""
        said = self.session.dialogue.last_said()
        if said is None or not self.session.investigation.go_back():
            self.talk.say(texts.NOTHING_TO_UNDO, "quiet")
            return
        match said[1]:
            case PersonAnswered(question=question, answer=answer):
                words = option_in_words(self.kb, question, answer)
            case SymptomNamed(symptom=symptom):
                words = lower_first(self.kb.symptoms[symptom].title)
            case _:
                words = texts.YOUR_LOG
        self.talk.begin_chapter(texts.CHAPTER_TAKEN_BACK.format(words=words))
        self._went_back()

    def _went_back(self) -> None:
        self.talk.forget_question()
        self._ask_symptom()
        self.go_on()

    def finding(self, cause: str) -> FindingView | None:
        """Everything that is known about a cause."""
        return self.telling.finding(cause)

    def reports(self) -> LiveReports:
        """The report as it stands now."""
        return LiveReports(self, self._templates)
