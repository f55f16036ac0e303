"""The live session: joins a screen and an investigation, and takes what the person says."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path

from assistant import language, opening, training_log
from assistant.errors import SessionHeldError, TriageError
from assistant.events import UNKNOWN, PersonAnswered, SymptomNamed
from assistant.log_symptom import as_event
from assistant.report.model import Report
from assistant.session.model import Note, OpenedWith
from assistant.session.store import Store
from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.commands import Commands
from assistant.terminal.greeting import greeting
from assistant.terminal.hearing import Meaning, meaning_of
from assistant.terminal.partner import Attention
from assistant.terminal.presenting import answers, cases, findings, logs, paths, trials
from assistant.terminal.presenting.samples import samples_view
from assistant.terminal.reading import Reading
from assistant.terminal.reports import LiveReports
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.talk import SYMPTOM_QUESTION, Talk
from assistant.terminal.telling import UNSURE, Telling
from assistant.terminal.views import (
    FindingView,
    Found,
    Heard,
    OptionView,
    QuestionView,
    RuledOut,
    SessionView,
    Trouble,
)
from probes.process.errors import ProcessError

NOT_ASKED = ("none", UNSURE, "crashes")
"""Symptoms that a person is not asked about: the assistant finds them by itself."""

FEWEST_ENTRIES = 3
"""A sentence with so many values of a loss is a log in one line, such as ``history.history``."""

SAMPLES = 6
"""Samples of one look."""

MOST_WORDS = 400
"""Characters of a paste that is no log which are taken for a sentence."""


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
        self._commands = Commands(self)
        self._again = asyncio.Event()
        self._task: asyncio.Task[Report] | None = None
        self._looks = 0
        self._drawing: asyncio.Future[None] | None = None
        language.understand(self.session.dialogue.kb, "loss")  # learns to read now, not when the person waits
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
    def view(self) -> SessionView:
        """Everything to be shown now."""
        dialogue, talk = self.session.dialogue, self.talk
        measured = dialogue.facts.measured
        told = self.telling.findings()
        self._renew_cards(told)
        return SessionView(
            program=self.program.name,
            stage=talk.stage,
            symptom=self._symptom_in_words(),
            turns=talk.journal.turns,
            question=talk.question,
            findings=tuple(one for one in told if one.status != "ruled_out"),
            ruled_out=tuple(
                RuledOut(one.cause, one.title, one.reason_against) for one in told if one.status == "ruled_out"
            ),
            path=paths.path_nodes(dialogue, talk.question),
            case=cases.case_view(dialogue.case, measured) if dialogue.case else None,
            curves=(
                *talk.curves.views(),
                *logs.curves(dialogue.facts.logs),
                *trials.curves(dialogue.kb, dialogue.facts.trials),
                *cases.curves(measured),
            ),
            finished=talk.finished,
            session=self.session.kept.id,
            causes=self._causes(told),
        )

    def _causes(self, told: tuple[FindingView, ...]) -> tuple[tuple[str, str], ...]:
        standing = {one.cause: one.title for one in told if one.status != "ruled_out"}
        return tuple({**standing, **{id: one.title for id, one in self.session.dialogue.kb.causes.items()}}.items())

    def _symptom_in_words(self) -> str:
        symptom = self.session.dialogue.symptom
        if symptom is None or symptom.id == UNSURE:
            return ""
        return findings.lower_first(self.session.dialogue.kb.symptoms[symptom.id].title)

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
        facts = self.session.dialogue.facts
        if facts.symptom is None and facts.case is None:
            self.talk.ask(self._symptom_question())
        if self._words is not None:
            await self.say(self._words)
        while True:
            self._again.clear()
            self.talk.changed()
            await self._walk()
            await self._again.wait()

    async def _walk(self) -> None:
        self._task = asyncio.ensure_future(self.session.investigation.run(self.telling))
        try:
            await asyncio.wait({self._task})
            if not self._task.cancelled():
                self._task.result()
        except (ProcessError, TriageError) as error:
            self._fail(str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not take the conversation away
            self._fail(texts.FAILED_HERE.format(reason=f"{type(error).__name__}: {error}"))
        finally:
            self._task.cancel()

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

    def go_on(self) -> None:
        """Walk on if the walk had come to its end."""
        self.talk.finished = False
        self._again.set()

    def _fail(self, reason: str) -> None:
        self.talk.nothing_runs()
        self.talk.forget_question()
        self.talk.stage, self.talk.finished = "failed", True
        advice = texts.NO_RERUN if self.session.dialogue.facts.bundles else texts.RERUN_ADVICE
        self.talk.put(Trouble(self.talk.journal.new_key("trouble"), reason, advice=advice))

    async def rerun(self) -> None:
        """Open the program anew in a new session; the conversation so far stays."""
        await self._end()
        self.talk.journal.close_chapter(self.session.kept.id)
        self.session = opening.begin(self.session.kept.opened, self._store)
        self.telling = Telling(self.talk, self.session, self.look)
        self.talk.say(texts.RERUNNING.format(program=self.program.name))
        self.go_on()

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
        """Abandon the probe that is running: its answer is unknown."""
        if self.session.investigation.cancel():
            self.talk.say(texts.CANCELLED, "quiet")

    async def answer(self, option: str) -> None:
        """Answer the question that stands."""
        talk, question = self.talk, self.talk.question
        if question is None:
            return
        if self.reading is not None:
            self.reading.answer(option)
        elif question.id.startswith(SYMPTOM_QUESTION):
            self._symptom_chosen(question, option)
        elif talk.consent is not None and not talk.consent.done():
            talk.consent.set_result(option)
        elif talk.reply is not None and not talk.reply.done():
            talk.question = None
            talk.reply.set_result(PersonAnswered(question=question.id, answer=option))
        talk.changed()

    def show(self, session: opening.Session) -> None:
        """Show a session from its beginning, in place of what is shown."""
        self.session = session
        self.talk.forget_question()
        self.talk.journal.drop_where(lambda _: True)
        self.telling = Telling(self.talk, session, self.look)

    def _symptom_chosen(self, question: QuestionView, option: str) -> None:
        self.talk.question = None
        chosen = next((one for one in question.options if one.id == option), None)
        words = chosen.text if chosen else texts.NOT_SURE if option == UNKNOWN else texts.SKIP
        self.talk.journal.put(Heard(self.talk.journal.new_key("heard"), words, question.ask))
        if option in self.session.dialogue.kb.symptoms:
            self.name_symptom(option, None)
        elif option == UNKNOWN and question.id == SYMPTOM_QUESTION:
            self.talk.say(texts.WATCHING)

    def name_symptom(self, symptom: str, words: str | None) -> None:
        """The person named the symptom."""
        self.talk.withdraw(SYMPTOM_QUESTION)
        self.session.investigation.interject(SymptomNamed(symptom=symptom, by="person", text=words))
        self.go_on()

    @_told
    async def say(self, text: str) -> None:
        """Understand a sentence: an answer to the question that stands, a symptom, or a cause to explain."""
        kb = self.session.dialogue.kb
        log = training_log.read(text)
        if log is not None and log.length >= FEWEST_ENTRIES:
            self._take_log(log, len(text.splitlines()))
            return
        meaning = meaning_of(kb, text, self.talk.question)
        if meaning.kind == "answer":
            await self.answer(meaning.id)
            return
        self.talk.put(Heard(self.talk.journal.new_key("heard"), text))
        match meaning.kind:
            case "symptom":
                for told in meaning.told:
                    self.talk.say(answers.as_sentence(told))
                self._understood(meaning.id, text)
            case "cause":
                self._commands.explain(meaning.id)
            case "choice":
                self.talk.ask(self._which(text, meaning))
            case _:
                self.talk.say(texts.NOT_UNDERSTOOD.format(text=text))

    def _understood(self, symptom: str, words: str | None) -> None:
        title = self.session.dialogue.kb.symptoms[symptom].title
        self.talk.say(texts.UNDERSTOOD.format(symptom=findings.lower_first(title)))
        self.name_symptom(symptom, words)

    @_told
    async def paste(self, text: str) -> None:
        """Take a pasted training log; what is none is taken for a sentence."""
        if not await self.take_log(text):
            await self.say(" ".join(text.split())[:MOST_WORDS])

    async def take_log(self, text: str) -> bool:
        """Take a training log; False where there is none in the text. Reading never holds up the screen."""
        log = await in_background(lambda: training_log.read(text))
        if log is not None:
            self._take_log(log, len(text.strip().splitlines()))
        return log is not None

    def _take_log(self, log: training_log.TrainingLog, lines: int) -> None:
        said = texts.PASTED.format(lines=texts.count(lines, "line", "lines"))
        self.talk.put(Heard(self.talk.journal.new_key("heard"), said))
        shown = as_event(log)
        if shown.symptom is not None:
            self.talk.withdraw(SYMPTOM_QUESTION)
        self.session.investigation.interject(shown)
        for sentence in logs.said_of(shown, self.session.dialogue):
            self.talk.say(sentence)
        self.go_on()

    async def command(self, action: str, argument: str) -> None:
        """Do one of the actions."""
        await self._commands.run(action, argument)
        self.talk.changed()

    @_told
    async def go_back_to(self, question: str) -> None:
        """Take back the answer to a question and all that followed."""
        if self.session.investigation.go_back(question):
            self.talk.forget_question()
            self.go_on()

    def take_back(self) -> None:
        """Take back the last thing that the person said."""
        if self.session.investigation.go_back():
            self.talk.forget_question()
            self.go_on()
        else:
            self.talk.say(texts.NOTHING_TO_UNDO, "quiet")

    def finding(self, cause: str) -> FindingView | None:
        """Everything that is known about a cause."""
        return self.telling.finding(cause)

    def reports(self) -> LiveReports:
        """The report as it stands now."""
        return LiveReports(self, self._templates)

    def _symptom_question(self) -> QuestionView:
        symptoms = [one for id, one in self.session.dialogue.kb.symptoms.items() if id not in NOT_ASKED]
        options = tuple(
            OptionView(one.id, one.title, one.sees, str(i + 1) if i < 9 else "") for i, one in enumerate(symptoms)
        )
        return QuestionView(SYMPTOM_QUESTION, texts.ASK_SYMPTOM, options, why=texts.ASK_SYMPTOM_WHY)

    def _which(self, text: str, meaning: Meaning) -> QuestionView:
        symptoms = self.session.dialogue.kb.symptoms
        options = [
            OptionView(id, symptoms[id].title, symptoms[id].sees, str(i + 1)) for i, id in enumerate(meaning.near)
        ]
        options.append(OptionView(UNKNOWN, texts.NEITHER, "", str(len(options) + 1)))
        why = texts.ASK_WHICH_WHY.format(text=text)
        return QuestionView(f"{SYMPTOM_QUESTION}:which", texts.ASK_WHICH, tuple(options), why=why, not_sure=False)
