"""What an investigation tells, as turns of the conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from assistant import opening
from assistant.desk.following import Compared
from assistant.dialogue import Dialogue
from assistant.errors import TriageError
from assistant.events import SKIPPED
from assistant.front_end import Reply, Stream
from assistant.investigation import ASKED_SECONDS
from assistant.next_training import next_training
from assistant.ranking import CONFIRMED, Answer, Finding
from assistant.report.model import LocationPart, Report
from assistant.steps import AskPerson, NamedSymptom, OfferTrial, RunProbe
from assistant.terminal import texts
from assistant.terminal.presenting import answers, cases, figures, findings, logs, trials
from assistant.terminal.presenting.comparing import compared_turn
from assistant.terminal.presenting.symptoms import SYMPTOM_QUESTION, symptom_question
from assistant.terminal.talk import Talk
from assistant.terminal.views import (
    FindingView,
    Found,
    Heard,
    Looking,
    PlaceView,
    Said,
    Trouble,
)
from assistant.walking import HEALTHY, UNSURE
from probes.process.description import CaseDescription, Place
from probes.process.events import Points

LONG = 20.0
"""Seconds after which the end of something is worth a bell."""

TRIAL = "looking:trial"
"""Key of the turn that shows a trial under way."""

TRAINING = "training"
"""Series of a curve whose last value is shown beside a probe under way."""


class Telling:
    """The front end of an investigation: turns what it is told into turns of the talk, and waits for replies."""

    def __init__(
        self,
        talk: Talk,
        session: opening.Session,
        look: Callable[[], None] = lambda: None,
        compared: Callable[[], Compared | None] = lambda: None,
    ) -> None:
        """A front end.

        Args:
            talk: where it is told.
            session: that is told of.
            look: shows samples, for a question that is about them.
            compared: once the walk has ended, sets the program beside what it was before it was started again.
        """
        self._talk = talk
        self._compared = compared
        self._look = look
        self._session = session
        self._leave: bool | None = None
        self._findings: tuple[int, tuple[FindingView, ...]] | None = None
        self._trials_told = len(session.dialogue.facts.trials)

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue of the session."""
        return self._session.dialogue

    @property
    def folder(self) -> str:
        """The program's folder, from which source lines are read."""
        case = self.dialogue.case
        return case.folder if case else ""

    async def stage(self, text: str) -> None:
        """Show what is being done; a whole sentence tells what came of it."""
        trying = self._talk.journal.turn(TRIAL)
        if text.endswith((".", "!", "?")) or len(self.dialogue.facts.trials) > self._trials_told:
            self._tell_outcome(text)
            return
        if isinstance(trying, Looking):
            self._talk.put(replace(trying, detail=text.rpartition(": ")[2]))
            return
        self._talk.stage = text
        self._talk.journal.drop("stage")
        title = answers.as_sentence(text).rstrip(".")
        self._talk.put(Looking("stage", title, time.monotonic()))

    def _tell_outcome(self, text: str) -> None:
        self._talk.nothing_runs()
        done = self.dialogue.facts.trials
        if len(done) > self._trials_told:
            self._trials_told = len(done)
            self._talk.put(trials.tried(self.dialogue.kb, done[-1], f"trial:{len(done)}"))
        else:
            self._talk.say(answers.as_sentence(text), "quiet")

    async def output(self, stream: Stream, text: str) -> None:
        """Keep what the program printed in its pane."""
        self._talk.printed(text)

    async def case_opened(self, case: CaseDescription) -> None:
        """Say where the program is held, or how it failed."""
        self._talk.journal.drop("stage")
        self._talk.stage = "failed" if case.failure else "hold"
        self._say_case(case)

    def _say_case(self, case: CaseDescription) -> None:
        failure = case.failure
        if failure is None:
            self._talk.put(Said("held", cases.headline(case)))
            return
        kind = f"{failure.type}: " if failure.type else ""
        text = texts.PROGRAM_FAILED[failure.stage].format(program=case.source, error=f"{kind}{failure.message}".strip())
        frames = tuple(f"{one.file}, line {one.line}, in {one.function}: {one.code}" for one in failure.frames)
        place = self._source_of(failure.place) if failure.place else None
        self._talk.withdraw(SYMPTOM_QUESTION)
        self._talk.put(Trouble("failure", text, place, texts.RERUN_ADVICE, frames))

    def _source_of(self, place: Place) -> PlaceView:
        stretch = place.code.split("\n")[0]
        part = LocationPart(file=place.file, line=place.line, column=(place.column or 0) + 1, code=stretch)
        return findings.place_view(part, self.folder)

    async def symptom(self, symptom: NamedSymptom) -> None:
        """Say what is seen and what will be looked at."""
        if symptom.id == UNSURE and self.dialogue.case is None:
            return
        entry = self.dialogue.kb.symptoms[symptom.id]
        if symptom.id == UNSURE:
            self._talk.say(texts.NAMED_UNSURE)
            self._ask_symptom()
            return
        if symptom.by == "probe":
            named = (
                texts.NAMED_HEALTHY
                if symptom.id == HEALTHY
                else texts.NAMED.format(symptom=findings.lower_first(entry.title))
            )
            self._talk.withdraw(SYMPTOM_QUESTION)
            self._talk.put(Said(f"symptom:{symptom.id}", named))
        if symptom.id != HEALTHY:
            self._talk.put(Said(f"symptom:{symptom.id}:first", " ".join(entry.first_words.split()), "quiet"))

    def _ask_symptom(self) -> None:
        """The person may say what no run could show, unless they have said already that they cannot."""
        if not self._talk.symptom_declined:
            self._talk.ask(symptom_question(self.dialogue.kb, texts.ASK_SYMPTOM_LOST_WHY))

    async def step_started(self, step: RunProbe) -> None:
        """Show that a probe runs; quick looks share one line."""
        self._talk.stage = "probes"
        self._talk.journal.drop("stage")
        quick = step.phase == "looking"
        key, title = ("looking:quick", texts.PHASES["looking"]) if quick else (f"looking:{step.probe}", step.title)
        if not quick:
            self._talk.journal.drop("looking:quick")
        if self._talk.journal.turn(key) is None:
            self._talk.put(Looking(key, title, time.monotonic(), step.cost))

    async def progress(self, step: RunProbe, fraction: float | None, text: str) -> None:
        """Show how far it is."""
        turn = self._talk.journal.turn(f"looking:{step.probe}")
        if isinstance(turn, Looking):
            self._talk.put(replace(turn, share=fraction))

    async def points(self, points: Points) -> None:
        """Draw a curve while it is measured."""
        self._talk.curves.take(points)
        running = self._talk.journal.turn(f"looking:{points.curve}")
        if isinstance(running, Looking) and points.y and points.series == TRAINING:
            detail = texts.LOSS_NOW.format(loss=figures.number(points.y[-1]))
            self._talk.journal.put(replace(running, detail=detail))
        self._talk.changed()

    async def answered(self, answer: Answer) -> None:
        """Tell an answer."""
        waited = self._talk.journal.turn(f"looking:{answer.probe}")
        self._talk.journal.drop(f"looking:{answer.probe}")
        self._talk.curves.drop(answer.probe or "")
        self._tell(answer)
        if isinstance(waited, Looking) and time.monotonic() - waited.started > LONG:
            self._talk.attention(texts.PROBE_ENDED.format(title=waited.title))
        self._talk.changed()

    def _tell(self, answer: Answer) -> None:
        """What a person said is repeated, what stands out is a turn; quick looks and what is fine are gathered."""
        key = f"answer:{answer.question}"
        if answer.by == "person" or answer.answer == SKIPPED:
            self._talk.journal.put(answers.heard(self.dialogue, answer, key))
            return
        looked = answers.looked(self.dialogue, answer, key)
        quiet = looked.mark in ("good", "unknown") and answer.names_symptom is None
        if quiet or answer.phase == "looking":
            self._talk.gather(looked, f"gathered:{answer.phase}")
        else:
            self._talk.journal.put(looked)

    async def concluded(self, finding: Finding) -> None:
        """Tell a finding as a card."""
        self.put_card(finding.cause)

    def put_card(self, cause: str) -> None:
        """Tell of a cause, or tell its present state where it was told."""
        view = self.finding(cause)
        if view is not None:
            self._talk.put(Found(f"finding:{cause}", view))

    def findings(self) -> tuple[FindingView, ...]:
        """All causes with any evidence, as cards; made anew only when something has happened."""
        happened = len(self.dialogue.events)
        if self._findings is None or self._findings[0] != happened:
            report = self._session.investigation.report()
            trials_run = self.dialogue.facts.trials
            told = (findings.finding_view(one, self.dialogue.kb, self.folder, trials_run) for one in report.causes)
            self._findings = (happened, tuple(replace(one, to_try=self._to_try(one)) for one in told))
        return self._findings[1]

    def _to_try(self, finding: FindingView) -> str:
        """What a trial of the finding's remedy may cost, in words; empty where none can be run or one was."""
        dialogue = self.dialogue
        held = dialogue.case is not None and dialogue.case.failure is None
        tried = any(one.cause == finding.cause and one.outcome for one in dialogue.facts.trials)
        ill = dialogue.symptom is not None and dialogue.symptom.id != HEALTHY
        if not (held and ill) or tried or finding.status in ("proven", "ruled_out"):
            return ""
        if dialogue.trial_of(finding.cause) is None:
            return ""
        return trials.expected_cost(dialogue.facts.trials, max(dialogue.seconds_for_trials, ASKED_SECONDS))

    def finding(self, cause: str) -> FindingView | None:
        """Everything that is known about a cause, whether it stands or not."""
        if cause not in self.dialogue.kb.causes:
            return None
        told = next((one for one in self.findings() if one.cause == cause), None)
        return told or findings.cause_view(self.dialogue.kb, cause)

    async def ask(self, step: AskPerson) -> Reply:
        """Put a question and wait for the person."""
        self._talk.stage = "question"
        self._talk.nothing_runs()
        can_go_back = bool(self.dialogue.facts.persons or self.dialogue.facts.symptom)
        self._talk.reply = asyncio.get_running_loop().create_future()
        self._talk.ask(answers.question_view(step, can_go_back=can_go_back))
        self._talk.attention(step.ask)
        if self.dialogue.kb.questions[step.question].shows == "samples":
            self._look()
        try:
            return await self._talk.reply
        finally:
            self._talk.reply = None
            self._talk.withdraw(step.question)

    async def offer(self, step: OfferTrial) -> bool:
        """Ask for leave to run a trial, unless the person has settled it for all."""
        settled = True if step.asked_for else self._leave
        agreed = settled if settled is not None else await self._ask_leave(step)
        if agreed:
            self._talk.stage = "trial"
            title = texts.TRYING.format(remedy=step.title)
            self._talk.curves.name("trial", texts.CURVES["trial"].format(remedy=step.title))
            self._talk.put(Looking(TRIAL, title, time.monotonic(), "training"))
        return agreed

    async def _ask_leave(self, step: OfferTrial) -> bool:
        self._talk.stage = "question"
        self._talk.nothing_runs()
        self._talk.consent = asyncio.get_running_loop().create_future()
        cost = trials.expected_cost(self.dialogue.facts.trials, self.dialogue.seconds_for_trials)
        self._talk.ask(trials.offer_view(step.title, self.dialogue.kb.causes[step.cause].title, cost))
        self._talk.attention(texts.OFFER_WAITS)
        try:
            chosen = await self._talk.consent
        finally:
            self._talk.consent = None
            self._talk.withdraw(trials.OFFER)
        if chosen in trials.FOR_ALL:
            self._leave = trials.FOR_ALL[chosen]
        return chosen in trials.AGREED

    async def went_back(self) -> None:
        """What was said stays where it was; trials that were taken back may be told again."""
        self._trials_told = min(self._trials_told, len(self.dialogue.facts.trials))

    async def trouble(self, text: str) -> None:
        """Something went wrong that the session survives."""
        lost = self._session.investigation.worker_lost
        said = (texts.WORKER_LOST_FOR_GOOD if lost else texts.WORKER_LOST).format(reason=text.rstrip("."))
        advice = texts.START_AGAIN if lost else ""
        self._talk.put(Trouble(self._talk.journal.new_key("trouble"), said, advice=advice))

    async def finished(self, report: Report) -> None:
        """Sum up: the findings in their order, the outcome in a sentence, and what can be done now."""
        self._talk.nothing_runs()
        self._talk.journal.drop_where(lambda key: key.startswith(("end", "finding:")))
        for one in report.causes:
            if one.status in CONFIRMED:
                self.put_card(one.id)
        self._talk.withdraw(SYMPTOM_QUESTION)
        if self.dialogue.symptom is not None and self.dialogue.symptom.id == UNSURE:
            self._ask_symptom()
        self._talk.journal.put(Said("end", report.text, "strong"))
        self._tell_what_became()
        following = texts.NEXT_PATCH if report.patch else texts.NEXT if report.causes else texts.NEXT_NONE
        if report.causes and not self.dialogue.facts.bundles:
            following += f" {texts.NEXT_RERUN}"
        coming = next_training(self._session) if report.status == "healthy" else None
        if coming is not None and coming.of_another_model:
            offered = texts.NEXT_TRAINING.format(line=coming.line, command="/next")
            following = f"{offered} {following}"
        self._talk.journal.put(Said("end:next", following, "quiet"))
        if report.ask_user is not None:
            self._talk.journal.put(Said("end:ask", texts.flowing(report.ask_user.text)))
        self._talk.stage = "failed" if report.status == "program_failed" else "finished"
        self._talk.finished = True
        self._talk.attention(report.text)
        self._talk.changed()

    def _tell_what_became(self) -> None:
        try:
            found = self._compared()
        except TriageError as error:
            self._talk.say(str(error))
            return
        if found is not None:
            self._talk.journal.put(compared_turn(found, "compared"))
            self._compared = lambda: None

    def replay(self) -> None:
        """Tell what a kept session holds, in the order of its path."""
        dialogue = self.dialogue
        if dialogue.case is not None:
            self._say_case(dialogue.case)
        quick = [one for one in dialogue.path() if one.phase in ("looking", "recorded_run")]
        later = [one for one in dialogue.path() if one not in quick]
        for answer in quick:
            self._tell(answer)
        self._replay_symptom()
        self._replay_logs()
        for answer in later:
            self._tell(answer)
        for number, trial in enumerate(dialogue.facts.trials, 1):
            self._talk.journal.put(trials.tried(dialogue.kb, trial, f"trial:{number}"))
        for finding in dialogue.findings():
            if (finding.cause, finding.status) in dialogue.facts.concluded:
                self.put_card(finding.cause)

    def _replay_logs(self) -> None:
        for place, log in enumerate(self.dialogue.facts.logs):
            entries = texts.count(len(log.series["loss"].y), log.unit, f"{log.unit}s")
            self._talk.journal.put(Heard(f"log:{place}", texts.PASTED.format(lines=entries)))
            for number, sentence in enumerate(logs.said_of(log, self.dialogue)):
                self._talk.journal.put(Said(f"log:{place}:{number}", sentence))

    def _replay_symptom(self) -> None:
        symptom = self.dialogue.symptom
        if symptom is None or symptom.id == UNSURE:
            return
        entry = self.dialogue.kb.symptoms[symptom.id]
        key = f"symptom:{symptom.id}"
        if symptom.by == "person":
            self._talk.journal.put(Heard(key, symptom.text or entry.title))
        else:
            self._talk.journal.put(Said(key, texts.NAMED.format(symptom=findings.lower_first(entry.title))))
