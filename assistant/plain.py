"""The whole dialogue line by line: for screen readers, for logs, and where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TextIO

from assistant.dialogue import Dialogue
from assistant.events import SKIPPED, UNKNOWN, PersonAnswered, SymptomNamed
from assistant.front_end import GoBack, Reply, Stop, Stream
from assistant.headless import as_stage
from assistant.investigation import Investigation
from assistant.language import read
from assistant.plain_commands import PlainCommands
from assistant.ranking import Answer, Finding
from assistant.report import text
from assistant.report.model import Report
from assistant.requests import requested
from assistant.steps import AskPerson, NamedSymptom, OfferTrial, RunProbe
from assistant.terminal import texts
from assistant.walking import HEALTHY, UNSURE
from probes.process.description import CaseDescription
from probes.process.errors import WorkerLost
from probes.process.events import Points

MOST_LINES = 200
"""Lines of the program's own output that are shown."""

KEPT_LINES = 1000
"""Lines of the program's own output that can be asked for again."""

SAME = {"why": "why", "back": "back", "skip": "skip", "not_sure": "unsure", "evidence": "evidence", "leave": "quit"}
"""Words of the dialogue by the id of what a sentence asks for; those that are called alike need no entry."""

Again = Callable[[], Awaitable[Investigation]]
"""Ends an investigation and begins another one of the same program."""


@dataclass(frozen=True)
class Following:
    """The training that follows in the program.

    Attributes:
        begin: ends an investigation and begins that of the next training; None where no further one is known.
        suggested: what is said of it after a sound training; None where there is nothing to say.
    """

    begin: Callable[[], Awaitable[Investigation | None]]
    suggested: Callable[[], str | None]


Note = Callable[[str], str]
"""Keeps a note and says so; for the empty text it returns the notes that are kept."""


class Lines:
    """Lines that somebody types, or that come from a file; reading never keeps the process alive."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self.cancels: Callable[[], bool] = lambda: False
        """Ends what is running, on the line `cancel`; false where nothing is, and the line is read in its turn."""
        self._queue: asyncio.Queue[str | None] | None = None
        self._ended = False

    async def next(self) -> str | None:
        """The next line without its end, or None when there are no more."""
        if self._ended:
            return None
        if self._queue is None:
            self._queue = asyncio.Queue()
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._read, args=(loop, self._queue), daemon=True).start()
        line = await self._queue.get()
        self._ended = line is None
        return line

    def _read(self, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[str | None]) -> None:
        def take(line: str | None) -> None:
            if line is None or line.strip().lower() not in ("cancel", "/cancel") or not self.cancels():
                queue.put_nowait(line)

        def put(line: str | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(take, line)

        for line in self._source:
            put(line.rstrip("\n"))
        put(None)


class Plain:
    """A front end of lines: what it says is printed, what the person says is read."""

    def __init__(
        self,
        lines: Lines,
        say: Callable[[str], None] | None = None,
        again: Again | None = None,
        following: Following | None = None,
        note: Note | None = None,
    ) -> None:
        """A front end.

        Args:
            lines: what the person types.
            say: takes what is said; by default it is printed at once.
            note: keeps an internal note of the session, or returns those that are kept.
            again: begins the session anew, once the program has changed; None where that cannot be.
            following: begins a session on the next training of the program; None where that cannot be.
        """
        self._lines = lines
        self._say = say or _print_at_once
        self._again = again
        self._following = following
        self._rerun_wanted = False
        self._shown = 0
        self._printed: deque[str] = deque(maxlen=KEPT_LINES)
        self._commands = PlainCommands(self._say, self._printed, note)
        self._investigation: Investigation | None = None
        lines.cancels = self._cancelled

    async def converse(self, investigation: Investigation) -> Report:
        """The dialogue from the first words to the end."""
        self._investigation = investigation
        if not investigation.dialogue.events:
            await self._ask_symptom(investigation)
        elif investigation.dialogue.case is not None:
            self._say("This session goes on where it was.")
        while not self._dialogue.facts.stopped:
            report = await self._led(self._investigation)
            if not self._rerun_wanted and not await self._after(report):
                return report
            if self._rerun_wanted and self._again is not None:
                self._rerun_wanted = False
                self._investigation = await self._again()
        return self._investigation.report()

    async def _led(self, investigation: Investigation) -> Report:
        """The report at the end of the walk; of a bundle whose program was lost at its start, what is known of that."""
        try:
            return await investigation.run(self)
        except WorkerLost:
            if not investigation.dialogue.facts.bundles:
                raise
            report = investigation.report()
            await self.finished(report)
            return report

    @property
    def _dialogue(self) -> Dialogue:
        assert self._investigation is not None
        return self._investigation.dialogue

    async def stage(self, text: str) -> None:
        """Say the stage."""
        self._say(as_stage(text))

    async def output(self, stream: Stream, text: str) -> None:
        """Show the program's first lines, set apart from our own."""
        for line in text.splitlines():
            self._printed.append(line)
            if self._shown < MOST_LINES:
                self._say(f"  | {line}")
            elif self._shown == MOST_LINES:
                self._say("  | (further output of the program is not shown; `output` repeats the last lines)")
            self._shown += 1

    async def case_opened(self, case: CaseDescription) -> None:
        """Say what is held."""
        if case.failure is not None:
            where = f" at {case.failure.place.file}, line {case.failure.place.line}" if case.failure.place else ""
            kind = f"{case.failure.type}: " if case.failure.type else ""
            self._say(f"The program failed{where}: {kind}{case.failure.message}")
        elif case.model is not None:
            self._say(
                f"The program is held at its training in line {case.fit_line}: {case.model.class_name} with "
                f"{case.model.layers} layers and {case.model.parameters or 0:,} weights."
            )

    async def symptom(self, symptom: NamedSymptom) -> None:
        """Say the symptom and what it calls for."""
        entry = self._dialogue.kb.symptoms[symptom.id]
        self._say(f"Symptom: {entry.title}. {entry.first_words}")

    async def step_started(self, step: RunProbe) -> None:
        """Say what is looked at."""
        self._say(f"[{step.title} ...]")

    async def progress(self, step: RunProbe, fraction: float | None, text: str) -> None:
        """Progress within a probe is not worth a line."""

    async def points(self, points: Points) -> None:
        """Lines of text draw no curves."""

    async def answered(self, answer: Answer) -> None:
        """Say the question and its answer."""
        if answer.by == "person":
            return
        question = self._dialogue.kb.questions[answer.question]
        self._say(f"- {question.ask} {answer.text or f'Unknown: {answer.reason}.'}")

    async def concluded(self, finding: Finding) -> None:
        """Say the cause."""
        cause = self._dialogue.kb.causes[finding.cause]
        patched = f", {text.SHOWS_PATCHED}" if finding.patched else ""
        self._say(f"{text.WORDS[finding.status]}: {cause.title} ({finding.confidence:.0%}{patched}). {cause.summary}")

    async def ask(self, step: AskPerson) -> Reply:
        """Put a question until it has an answer."""
        self._say("")
        if step.probe_said:
            self._say(f"No probe could tell: {step.probe_said.rstrip('.')}.")
        self._say(step.ask)
        for number, option in enumerate(step.options, start=1):
            self._say(f"  {number}. {option.label}" + (f" ({option.means})" if option.means else ""))
        self._say("  (a number, your own words, or: unsure, skip, why, back, help)")
        while True:
            line = await self._lines.next()
            if line is None:
                return PersonAnswered(question=step.question, answer=UNKNOWN)
            reply = self._reply(step, line.strip())
            if reply is not None:
                return reply

    async def offer(self, step: OfferTrial) -> bool:
        """Ask for leave to try a remedy."""
        self._say(f"May I try this remedy in short trainings: {step.title}? It costs: {step.costs} (yes, no)")
        while True:
            line = await self._lines.next()
            word = "" if line is None else _word(line)
            if word in ("y", "yes", "") or (word == "quit" and self._stop()):
                return word != "quit"
            if word in ("n", "no", "skip", "unsure"):
                return False
            if not self._command(line or ""):
                self._say("Yes or no? `help` lists what else can be asked.")

    async def went_back(self) -> None:
        """Say that something was taken back."""
        self._say("Taken back.")

    async def trouble(self, text: str) -> None:
        """Say what went wrong."""
        self._say(f"Trouble: {text}")

    async def finished(self, report: Report) -> None:
        """Say the report."""
        self._say("")
        self._say(text.render(report).rstrip())

    async def _ask_symptom(self, investigation: Investigation) -> None:
        """What the person sees, in their own words or by number; nothing said leaves it to the recorded run."""
        symptoms = [one for one in self._dialogue.kb.symptoms.values() if one.id not in (HEALTHY, UNSURE)]
        self._say("What do you see? Say it in your own words or by number; an empty line lets me watch a run.")
        for number, one in enumerate(symptoms, start=1):
            self._say(f"  {number}. {one.title}: {one.sees}")
        while True:
            line = await self._lines.next()
            said = "" if line is None else line.strip()
            if not said or _word(said) in ("unsure", "skip") or (_word(said) == "quit" and self._stop()):
                return
            if said.isdigit() and 1 <= int(said) <= len(symptoms):
                investigation.interject(SymptomNamed(symptom=symptoms[int(said) - 1].id))
                return
            if not self._command(said) and self._named(said):
                return

    def _named(self, said: str) -> bool:
        """Take words for a symptom; where they may mean several, say which."""
        assert self._investigation is not None
        reading = read(self._dialogue.kb, said)
        if reading.symptom is not None:
            self._say(f"Understood: {self._dialogue.kb.symptoms[reading.symptom].title}.")
            self._investigation.interject(SymptomNamed(symptom=reading.symptom, text=said))
            return True
        close = [self._dialogue.kb.symptoms[one] for one in reading.nearest]
        ids = " or ".join(f"{one.id} ({one.title})" for one in close)
        self._say(f"Not clear. Type one of these ids if it is meant: {ids}." if close else "Not understood.")
        return False

    def _reply(self, step: AskPerson, said: str) -> Reply | None:
        """The reply that the words make, or None where they were something else."""
        word = _word(said)
        if word.isdigit() and 1 <= int(word) <= len(step.options):
            return PersonAnswered(question=step.question, answer=step.options[int(word) - 1].id)
        same = [one.id for one in step.options if said.lower() in (one.id, one.label.lower())]
        if same:
            return PersonAnswered(question=step.question, answer=same[0])
        replies: dict[str, Reply] = {
            "unsure": PersonAnswered(question=step.question, answer=UNKNOWN),
            "skip": PersonAnswered(question=step.question, answer=SKIPPED),
            "back": GoBack(),
            "quit": Stop(),
        }
        if word in replies:
            return replies[word]
        if word == "rerun" and self._wants_rerun():
            return Stop()
        if word in ("why", "?"):
            self._say_why(step.question)
        elif word and not self._command(said):
            self._named(said)
        return None

    async def _after(self, report: Report) -> bool:
        """What the person wants once the walk is over; true when it is to go on."""
        assert self._investigation is not None
        if self._dialogue.facts.stopped:
            return False
        self._say("")
        coming = self._following.suggested() if self._following is not None and report.status == "healthy" else None
        if coming is not None:
            self._say(coming)
        self._say("Anything else? (findings, evidence CAUSE, explain CAUSE, patch, report FILE, back, help, quit)")
        while True:
            line = await self._lines.next()
            word = "" if line is None else _word(line)
            if word in ("quit", ""):
                return False
            if word == "rerun" and self._wants_rerun():
                return True
            if word == "next":
                if await self._goes_on_to_the_next():
                    return True
                continue
            if word == "back":
                if self._investigation.go_back():
                    return True
                self._say("There is nothing to take back.")
            elif word in ("why", "unsure", "skip"):
                self._say("Nothing is being asked at the moment.")
            elif word.partition(" ")[0] in ("merge", "trial"):
                does = self._commands.merge if word.startswith("merge") else self._commands.trial
                if does(self._investigation, (line or "").strip().partition(" ")[2].strip()):
                    return True
            elif not self._command(line or "") and self._named(line or ""):
                return True

    async def _goes_on_to_the_next(self) -> bool:
        following = await self._following.begin() if self._following is not None else None
        if following is None:
            self._say(texts.NEXT_NONE_LEFT)
            return False
        self._investigation = following
        return True

    def _command(self, said: str) -> bool:
        """Do what can be asked at any time; false where the words are none of it."""
        assert self._investigation is not None
        return self._commands.run(self._investigation, said.strip()) or (
            self._commands.run(self._investigation, f"/{_word(said)}") if _word(said) in self._commands.words else False
        )

    def _stop(self) -> bool:
        assert self._investigation is not None
        self._investigation.stop()
        return True

    def _cancelled(self) -> bool:
        if self._investigation is None or not self._investigation.cancel():
            return False
        self._say("Cancelled. What it would have told counts as unknown.")
        return True

    def _wants_rerun(self) -> bool:
        """Note that the program is to be started again; false where it cannot be."""
        self._rerun_wanted = self._again is not None
        if not self._rerun_wanted:
            self._say("The program cannot be started again here.")
        return self._rerun_wanted

    def _say_why(self, question: str) -> None:
        why = self._dialogue.why(question)
        self._say(f"Because: {why.reason}")
        causes = self._dialogue.kb.causes
        if why.speaks_for:
            self._say("It can speak for: " + "; ".join(causes[one].title for one in why.speaks_for))
        if why.speaks_against:
            self._say("It can speak against: " + "; ".join(causes[one].title for one in why.speaks_against))
        for step in why.path:
            self._say(f"  so far: {step}")


def _word(said: str) -> str:
    """The one word that a line comes to: what is asked of the assistant, with a slash or in other words."""
    word = said.strip().lower().removeprefix("/").replace("_", "-")
    asked = requested(said) or ""
    return SAME.get(asked, asked.replace("_", "-")) or word


def _print_at_once(line: str) -> None:
    print(line, flush=True)


def standard_input() -> Lines:
    """What is typed to this process."""
    return Lines(sys.stdin)
