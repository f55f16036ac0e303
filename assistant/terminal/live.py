"""The live session: takes what an investigation tells, makes turns of it, and hands back what the person says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from assistant import opening
from assistant.errors import TriageError
from assistant.events import SKIPPED, UNKNOWN, PersonAnswered, SymptomNamed
from assistant.front_end import Reply, Stream
from assistant.ranking import CONFIRMED, Answer, Finding
from assistant.report.model import Report
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from assistant.steps import AskPerson, NamedSymptom, OfferTrial, RunProbe
from assistant.terminal import texts
from assistant.terminal.commands import Commands
from assistant.terminal.greeting import greeting
from assistant.terminal.hearing import Meaning, meaning_of
from assistant.terminal.journal import Journal
from assistant.terminal.partner import Attention
from assistant.terminal.pasted import PastedLog, read_log
from assistant.terminal.presenting import answers, cases, figures, findings
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.views import (
    CurveView,
    FindingView,
    Found,
    Gathered,
    Heard,
    Looked,
    Looking,
    OptionView,
    PlaceView,
    QuestionView,
    Said,
    SessionView,
    Tone,
    Trouble,
)
from probes.process.description import CaseDescription, Place
from probes.process.errors import ProcessError

LONG = 20.0
"""Seconds after which the end of something is worth a bell."""

SYMPTOM_QUESTION = "symptom"
UNSURE = "unsure"
NOT_ASKED = ("none", UNSURE, "crashes")


class LiveSession:
    """The partner of a session screen over a real investigation. Belongs to the loop of the screen."""

    def __init__(self, settings: TerminalSettings) -> None:
        """Loads the knowledge base and opens the store; starts nothing.

        Raises:
            TriageError: the knowledge base or the store cannot be opened.
        """
        self._settings = settings
        self._store = Store(settings.store)
        self._session = self._open()
        self.journal = Journal()
        self._commands = Commands(self)
        self._question: QuestionView | None = None
        self._reply: asyncio.Future[Reply] | None = None
        self._consent: asyncio.Future[bool] | None = None
        self._stage = "resumed" if settings.session else "host"
        self._finished = False
        self._again = asyncio.Event()
        self._pasted: list[CurveView] = []
        self._task: asyncio.Task[Report] | None = None
        self._listeners: tuple[Callable[[], None], Callable[[str], None], Attention] = (
            lambda: None,
            lambda _: None,
            lambda _: None,
        )
        first = greeting(Path(self._session.kept.opened.program), settings.session and self._session.kept.id)
        for turn in first.turns:
            self.journal.put(turn)

    def _open(self) -> opening.Session:
        chosen = self._settings
        if chosen.session is not None:
            return opening.resume(chosen.session, self._store)
        assert chosen.program is not None
        opened = OpenedWith(
            program=str(chosen.program.absolute()),
            arguments=chosen.arguments,
            python=str(chosen.python) if chosen.python else None,
            fit=chosen.fit,
            setup_timeout=chosen.setup_timeout,
            budget=chosen.budget,
            trials=chosen.trials,
            knowledge_bases=tuple(str(one.absolute()) for one in chosen.knowledge_bases),
        )
        return opening.begin(opened, self._store, chosen.symptom)

    # What the screen reads

    @property
    def session(self) -> opening.Session:
        """The kept session and its investigation."""
        return self._session

    @property
    def folder(self) -> str:
        """The program's folder."""
        return str(Path(self._session.kept.opened.program).parent)

    @property
    def view(self) -> SessionView:
        """Everything to be shown now."""
        dialogue = self._session.dialogue
        case = dialogue.case
        measured = dialogue.facts.measured
        told = self.findings()
        self._refresh_cards(told)
        return SessionView(
            program=Path(self._session.kept.opened.program).name,
            stage=self._stage,
            symptom=self._symptom_in_words(),
            turns=self.journal.turns,
            question=self._question,
            findings=tuple(one for one in told if one.status != "ruled_out"),
            ruled_out=tuple((one.title, self._reason(one)) for one in told if one.status == "ruled_out"),
            path=answers.path_nodes(dialogue, self._question),
            case=cases.case_view(case, measured) if case else None,
            curves=(*self._pasted, *cases.curves(measured)),
            finished=self._finished,
            session=self._session.kept.id,
        )

    def _symptom_in_words(self) -> str:
        symptom = self._session.dialogue.symptom
        if symptom is None or symptom.id == UNSURE:
            return ""
        return findings.lower_first(self._session.dialogue.kb.symptoms[symptom.id].title)

    def findings(self) -> tuple[FindingView, ...]:
        """All causes with any evidence, as cards."""
        report = self._session.investigation.report()
        return tuple(findings.finding_view(one, self._session.dialogue.kb, self.folder) for one in report.causes)

    @staticmethod
    def _reason(finding: FindingView) -> str:
        return next((one.text for one in finding.evidence if not one.speaks_for), "")

    def _refresh_cards(self, told: tuple[FindingView, ...]) -> None:
        for one in told:
            key = f"finding:{one.cause}"
            if self.journal.turn(key) is not None:
                self.journal.put(Found(key, one))

    def listen(self, changed: Callable[[], None], printed: Callable[[str], None], attention: Attention) -> None:
        """Whom to tell."""
        self._listeners = (changed, printed, attention)

    def changed(self) -> None:
        """Tell the screen that the view changed."""
        self._listeners[0]()

    def say_to_person(self, text: str, tone: Tone = "plain", key: str | None = None) -> None:
        """A turn of the assistant."""
        self.journal.put(Said(key or self.journal.new_key("said"), text, tone))
        self.changed()

    # Running

    async def start(self) -> None:
        """Walk to the end, and again whenever the person takes something back or adds something."""
        self._replay()
        if not self._session.dialogue.facts.symptom and not self._session.dialogue.case:
            self._question = self._symptom_question()
        self.changed()
        while True:
            self._again.clear()
            try:
                self._task = asyncio.ensure_future(self._session.investigation.run(self))
                await self._task
            except (ProcessError, TriageError) as error:
                self._fail(str(error))
            except Exception as error:  # noqa: BLE001 - a fault of ours must not take the conversation away
                self._fail(texts.FAILED_HERE.format(reason=f"{type(error).__name__}: {error}"))
            await self._again.wait()

    def go_on(self) -> None:
        """Walk on after the walk had come to its end."""
        self._finished = False
        self._again.set()

    def _fail(self, reason: str) -> None:
        self.journal.drop_where(lambda key: key == "stage" or key.startswith("looking:"))
        self.journal.put(Trouble(self.journal.new_key("trouble"), reason, advice=texts.RERUN_ADVICE))
        self._stage, self._question, self._finished = "failed", None, True
        self.changed()

    async def rerun(self) -> None:
        """Open the program anew in a new session; the conversation so far stays."""
        await self._session.investigation.close()
        self._drop_reply()
        opened = self._session.kept.opened
        self.journal.close_chapter(self._session.kept.id)
        self._session = opening.begin(opened, self._store)
        self.say_to_person(texts.RERUNNING.format(program=Path(opened.program).name))
        if self._task is not None:
            self._task.cancel()
        self.go_on()

    async def close(self) -> None:
        """End the worker."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._session.investigation.close()

    def farewell(self) -> tuple[str, ...]:
        """How to go on."""
        id = self._session.kept.id
        return tuple(line.format(session=id) for line in (texts.GOODBYE_SESSION, texts.GOODBYE_RESUME))

    def cancel(self) -> None:
        """Abandon the probe that is running: its answer is unknown."""
        running = next((key for key in self._keys("looking:")), None)
        if running is not None and self._session.investigation.cancel():
            self.say_to_person(texts.CANCELLED, "quiet")

    def _keys(self, start: str) -> list[str]:
        return [turn.key for turn in self.journal.turns if turn.key.startswith(start)]

    # What the person says

    async def answer(self, option: str) -> None:
        """Answer the question that stands."""
        question = self._question
        if question is None:
            return
        if self._consent is not None:
            self._settle_consent(option == "yes")
        elif question.id.startswith(SYMPTOM_QUESTION):
            self._name_symptom_by_choice(question, option)
        elif self._reply is not None and not self._reply.done():
            self._question = None
            self._reply.set_result(PersonAnswered(question=question.id, answer=option))
        self.changed()

    def _name_symptom_by_choice(self, question: QuestionView, option: str) -> None:
        self._question = None
        chosen = next((one for one in question.options if one.id == option), None)
        words = chosen.text if chosen else texts.NOT_SURE if option == UNKNOWN else texts.SKIP
        self.journal.put(Heard(self.journal.new_key("heard"), words, question.ask))
        if option in self._session.dialogue.kb.symptoms:
            self.name_symptom(option, None)
        elif option == UNKNOWN:
            self.say_to_person(texts.WATCHING)

    def name_symptom(self, symptom: str, words: str | None) -> None:
        """The person named the symptom."""
        if self._question is not None and self._question.id.startswith(SYMPTOM_QUESTION):
            self._question = None
        self._session.investigation.interject(SymptomNamed(symptom=symptom, by="person", text=words))
        self.go_on()

    async def say(self, text: str) -> None:
        """Understand a sentence: an answer to the question that stands, a symptom, or a cause to explain."""
        self.journal.put(Heard(self.journal.new_key("heard"), text))
        meaning = meaning_of(self._session.dialogue.kb, text, self._question)
        match meaning.kind:
            case "answer":
                self.journal.drop(self.journal.turns[-1].key)
                await self.answer(meaning.id)
            case "symptom":
                title = self._session.dialogue.kb.symptoms[meaning.id].title
                self.say_to_person(texts.UNDERSTOOD.format(symptom=findings.lower_first(title)))
                self.name_symptom(meaning.id, text)
            case "cause":
                await self._commands.explain(meaning.id)
            case "choice":
                self._question = self._which(text, meaning)
            case _:
                self.say_to_person(texts.NOT_UNDERSTOOD.format(text=text))
        self.changed()

    def _which(self, text: str, meaning: Meaning) -> QuestionView:
        symptoms = self._session.dialogue.kb.symptoms
        options = [
            OptionView(id, symptoms[id].title, symptoms[id].sees, str(i + 1)) for i, id in enumerate(meaning.near)
        ]
        options.append(OptionView(UNKNOWN, texts.NEITHER, "", str(len(options) + 1)))
        why = texts.ASK_WHICH_WHY.format(text=text)
        return QuestionView(f"{SYMPTOM_QUESTION}:which", texts.ASK_WHICH, tuple(options), why=why, not_sure=False)

    async def paste(self, text: str) -> None:
        """Take a pasted training log."""
        log = read_log(text)
        if log is None:
            await self.say(" ".join(text.split())[:400])
            return
        self.journal.put(Heard(self.journal.new_key("heard"), texts.PASTED.format(lines=len(text.splitlines()))))
        self._pasted.insert(0, log.curve())
        self.say_to_person(texts.LOG_SEEN.format(epochs=log.epochs, loss=figures.number(log.last)))
        self._symptom_of(log)

    def _symptom_of(self, log: PastedLog) -> None:
        symptom = log.symptom()
        if symptom and symptom in self._session.dialogue.kb.symptoms and self._session.dialogue.facts.symptom is None:
            title = self._session.dialogue.kb.symptoms[symptom].title
            self.say_to_person(texts.UNDERSTOOD.format(symptom=findings.lower_first(title)))
            self.name_symptom(symptom, None)

    async def command(self, action: str, argument: str) -> None:
        """Do one of the actions."""
        await self._commands.run(action, argument)
        self.changed()

    async def go_back_to(self, question: str) -> None:
        """Take back the answer to a question and all that followed."""
        if self._session.investigation.go_back(question):
            self._drop_reply()
            self.go_on()

    def take_back(self) -> None:
        """Take back the last thing that the person said."""
        if self._session.investigation.go_back():
            self._drop_reply()
            self.go_on()
        else:
            self.say_to_person(texts.NOTHING_TO_UNDO, "quiet")

    def _drop_reply(self) -> None:
        self._question, self._reply, self._consent = None, None, None

    def finding(self, cause: str) -> FindingView | None:
        """Everything that is known about a cause."""
        kb = self._session.dialogue.kb
        if cause not in kb.causes:
            return None
        return next((one for one in self.findings() if one.cause == cause), None) or findings.cause_view(kb, cause)

    @property
    def question(self) -> QuestionView | None:
        """The question that stands."""
        return self._question

    def _symptom_question(self) -> QuestionView:
        symptoms = [one for id, one in self._session.dialogue.kb.symptoms.items() if id not in NOT_ASKED]
        options = tuple(
            OptionView(one.id, one.title, one.sees, str(i + 1) if i < 9 else "") for i, one in enumerate(symptoms)
        )
        return QuestionView(SYMPTOM_QUESTION, texts.ASK_SYMPTOM, options, why=texts.ASK_SYMPTOM_WHY)

    # What the investigation tells

    async def stage(self, text: str) -> None:
        """Show what is being done."""
        self._stage = text
        self.journal.drop("stage")
        self.journal.put(Looking("stage", answers.as_sentence(text).rstrip("."), time.monotonic(), cancellable=False))
        self.changed()

    async def output(self, stream: Stream, text: str) -> None:
        """Keep what the program printed in its pane."""
        self._listeners[1](text)

    async def case_opened(self, case: CaseDescription) -> None:
        """Say where the program is held, or how it failed."""
        self.journal.drop("stage")
        self._say_case(case)
        self._stage = "failed" if case.failure else "hold"
        self.changed()

    def _say_case(self, case: CaseDescription) -> None:
        failure = case.failure
        if failure is None:
            self.journal.put(Said("held", cases.headline(case)))
            return
        kind = f"{failure.type}: " if failure.type else ""
        text = texts.PROGRAM_FAILED[failure.stage].format(program=case.source, error=f"{kind}{failure.message}".strip())
        frames = tuple(f"{one.file}, line {one.line}, in {one.function}: {one.code}" for one in failure.frames)
        place = self._source_of(failure.place) if failure.place else None
        self.journal.put(Trouble("failure", text, place, texts.RERUN_ADVICE, frames))
        if self._question is not None and self._question.id.startswith(SYMPTOM_QUESTION):
            self._question = None

    def _source_of(self, place: Place) -> PlaceView:
        from assistant.report.model import LocationPart

        column = (place.column or 0) + 1
        part = LocationPart(file=place.file, line=place.line, column=column, code=place.code.split("\n")[0])
        return findings.place_view(part, self.folder)

    async def symptom(self, symptom: NamedSymptom) -> None:
        """Say what is seen and what will be looked at."""
        entry = self._session.dialogue.kb.symptoms[symptom.id]
        if symptom.id == UNSURE and self._session.dialogue.case is None:
            return
        if symptom.by == "probe":
            named = texts.NAMED_HEALTHY if symptom.id == "none" else texts.NAMED.format(symptom=entry.title)
            self.journal.put(Said(f"symptom:{symptom.id}", named))
            if self._question is not None and self._question.id == SYMPTOM_QUESTION:
                self._question = None
        if entry.first_words and symptom.id != "none":
            self.journal.put(Said(f"symptom:{symptom.id}:first", " ".join(entry.first_words.split()), "quiet"))
        self.changed()

    async def step_started(self, step: RunProbe) -> None:
        """Show that a probe runs."""
        self._stage = "probes"
        self.journal.drop("stage")
        if step.phase == "looking":
            if self.journal.turn("looking:quick") is None:
                self.journal.put(Looking("looking:quick", texts.PHASES["looking"], time.monotonic(), step.cost))
        else:
            self.journal.drop("looking:quick")
            self.journal.put(Looking(f"looking:{step.probe}", step.title, time.monotonic(), step.cost))
        self.changed()

    async def progress(self, step: RunProbe, fraction: float | None, text: str) -> None:
        """Show how far it is."""
        key = f"looking:{step.probe}"
        turn = self.journal.turn(key)
        if isinstance(turn, Looking):
            self.journal.put(Looking(key, turn.title, turn.started, turn.cost, share=fraction))
            self.changed()

    async def answered(self, answer: Answer) -> None:
        """Tell an answer: quick looks are gathered, what a person said is repeated, the rest is a turn each."""
        waited = self.journal.turn(f"looking:{answer.probe}")
        self.journal.drop(f"looking:{answer.probe}")
        self._tell(answer)
        if isinstance(waited, Looking) and time.monotonic() - waited.started > LONG:
            self._listeners[2](texts.PROBE_ENDED.format(title=waited.title))
        self.changed()

    def _tell(self, answer: Answer) -> None:
        dialogue = self._session.dialogue
        key = f"answer:{answer.question}"
        if answer.by == "person" or answer.answer == SKIPPED:
            self.journal.put(answers.heard(dialogue, answer, key))
            return
        looked = answers.looked(dialogue, answer, key)
        if answer.phase != "looking":
            self.journal.put(looked)
            return
        running = self.journal.turn("looking:quick")
        self.journal.drop("looking:quick")
        gathered = self.journal.turn("gathered")
        before = gathered.looked if isinstance(gathered, Gathered) else ()
        self._gather((*(one for one in before if one.key != key), looked))
        if running is not None:
            self.journal.put(running)

    def _gather(self, looked: tuple[Looked, ...]) -> None:
        title = texts.GATHERED.format(count=len(looked))
        seconds = sum(one.seconds or 0.0 for one in looked)
        self.journal.put(Gathered("gathered", title, looked, seconds or None))

    async def concluded(self, finding: Finding) -> None:
        """Tell a finding as a card."""
        self._put_card(finding.cause)
        self.changed()

    def _put_card(self, cause: str) -> None:
        view = self.finding(cause)
        if view is not None:
            self.journal.put(Found(f"finding:{cause}", view))

    async def ask(self, step: AskPerson) -> Reply:
        """Put a question and wait for the person."""
        self._stage = "question"
        self.journal.drop_where(lambda key: key == "stage" or key.startswith("looking:"))
        can_go_back = bool(self._session.dialogue.facts.persons or self._session.dialogue.facts.symptom)
        self._question = answers.question_view(step, can_go_back=can_go_back)
        self._reply = asyncio.get_running_loop().create_future()
        self._listeners[2](step.ask)
        self.changed()
        try:
            return await self._reply
        finally:
            self._withdraw(step.question)

    def _withdraw(self, question: str) -> None:
        self._reply = None
        if self._question is not None and self._question.id == question:
            self._question = None
        self.changed()

    async def offer(self, step: OfferTrial) -> bool:
        """Ask for leave to run a trial."""
        self._stage = "question"
        cause = self._session.dialogue.kb.causes[step.cause].title
        ask = texts.OFFER.format(remedy=findings.lower_first(step.title), cause=findings.lower_first(cause))
        options = (
            OptionView("yes", texts.OFFER_YES, texts.OFFER_YES_MEANS, "1"),
            OptionView("no", texts.OFFER_NO, texts.OFFER_NO_MEANS, "2"),
        )
        self._question = QuestionView(
            "offer", ask, options, why=texts.OFFER_WHY, not_sure=False, optional=False, can_go_back=False
        )
        self._consent = asyncio.get_running_loop().create_future()
        self.changed()
        try:
            return await self._consent
        finally:
            self._consent = None
            self._withdraw("offer")

    def _settle_consent(self, agreed: bool) -> None:
        if self._consent is not None and not self._consent.done():
            self._consent.set_result(agreed)

    async def went_back(self) -> None:
        """Drop what no longer holds."""
        dialogue = self._session.dialogue
        known = {f"answer:{question}" for question in dialogue.answers}
        standing = {f"finding:{one.cause}" for one in dialogue.findings() if one.status in CONFIRMED}
        named = f"symptom:{dialogue.symptom.id}" if dialogue.symptom else "symptom:?"

        def gone(key: str) -> bool:
            kind = key.partition(":")[0]
            return (
                (kind == "answer" and key not in known)
                or (kind == "finding" and key not in standing)
                or (kind == "symptom" and not key.startswith(named))
                or key == "end"
            )

        self.journal.drop_where(gone)
        gathered = self.journal.turn("gathered")
        if isinstance(gathered, Gathered):
            self._gather(tuple(one for one in gathered.looked if one.key in known))
        self.changed()

    async def trouble(self, text: str) -> None:
        """Something went wrong that the session survives."""
        said = texts.WORKER_LOST.format(reason=text.rstrip("."))
        self.journal.put(Trouble(self.journal.new_key("trouble"), said))
        self.changed()

    async def finished(self, report: Report) -> None:
        """Sum up, and say what can be done now."""
        self.journal.drop_where(lambda key: key == "stage" or key.startswith(("looking:", "end")))
        for one in report.causes:
            if one.status in CONFIRMED and self.journal.turn(f"finding:{one.id}") is None:
                self._put_card(one.id)
        if self._question is not None and self._question.id.startswith(SYMPTOM_QUESTION):
            self._question = None
        self.journal.put(Said("end", report.text))
        next_steps = texts.NEXT_PATCH if report.patch else texts.NEXT if report.causes else texts.NEXT_NONE
        self.journal.put(Said("end:next", next_steps, "quiet"))
        self._stage = "failed" if report.status == "program_failed" else "finished"
        self._finished = True
        self._listeners[2](report.text)
        self.changed()

    # Taking up a kept session

    def _replay(self) -> None:
        dialogue = self._session.dialogue
        if dialogue.case is not None:
            self._say_case(dialogue.case)
        told_symptom = False
        for answer in dialogue.path():
            if answer.phase not in ("looking", "recorded_run") and not told_symptom:
                self._replay_symptom()
                told_symptom = True
            self._tell(answer)
        if not told_symptom:
            self._replay_symptom()
        for finding in dialogue.findings():
            if finding.status in CONFIRMED and (finding.cause, finding.status) in dialogue.facts.concluded:
                self._put_card(finding.cause)

    def _replay_symptom(self) -> None:
        symptom = self._session.dialogue.symptom
        if symptom is None:
            return
        entry = self._session.dialogue.kb.symptoms[symptom.id]
        if symptom.by == "person":
            self.journal.put(Heard(f"symptom:{symptom.id}", symptom.text or entry.title))
        else:
            self.journal.put(Said(f"symptom:{symptom.id}", texts.NAMED.format(symptom=entry.title)))
