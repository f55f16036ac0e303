"""The whole dialogue line by line: for screen readers, for logs, and where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from assistant.bundle.asking import ask_user
from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.events import SKIPPED, UNKNOWN, PersonAnswered, SymptomNamed
from assistant.front_end import GoBack, Reply, Stop, Stream
from assistant.headless import as_stage
from assistant.investigation import Investigation
from assistant.language import read
from assistant.ranking import Answer, Finding
from assistant.report import text
from assistant.report.formats import BY_SUFFIX, formatted
from assistant.report.model import Report
from assistant.steps import AskPerson, NamedSymptom, OfferTrial, RunProbe
from assistant.walking import HEALTHY, UNSURE
from probes.process.description import CaseDescription
from probes.process.events import Points

MOST_LINES = 200
"""Lines of the program's own output that are shown."""

HELP = """\
At every question: a number chooses, `unsure`, `skip`, `why`, `back`.
At any time: `findings`, `how CAUSE` (how do you know?), `ruled out`, `path`, `report FILE`, `quit`;
or say in your own words what you see.
On a bundle: `ask user` (the message to the one who collected it), `merge FILE` (what they sent later)."""


class Lines:
    """Lines that somebody types, or that come from a file; reading never keeps the process alive."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
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
        def put(line: str | None) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, line)

        for line in self._source:
            put(line.rstrip("\n"))
        put(None)


class Plain:
    """A front end of lines: what it says is printed, what the person says is read."""

    def __init__(self, lines: Lines, say: Callable[[str], None] = print) -> None:
        self._lines = lines
        self._say = say
        self._shown = 0
        self._investigation: Investigation | None = None

    async def converse(self, investigation: Investigation) -> Report:
        """The dialogue from the first words to the end."""
        self._investigation = investigation
        if not investigation.dialogue.events:
            await self._ask_symptom(investigation)
        elif investigation.dialogue.case is not None:
            self._say("This session goes on where it was.")
        while True:
            report = await investigation.run(self)
            if not await self._after(report):
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
            if self._shown < MOST_LINES:
                self._say(f"  | {line}")
            elif self._shown == MOST_LINES:
                self._say("  | (further output of the program is not shown)")
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
        self._say(f"{text.WORDS[finding.status]}: {cause.title} ({finding.confidence:.0%}). {cause.summary}")

    async def ask(self, step: AskPerson) -> Reply:
        """Put a question until it has an answer."""
        self._say("")
        if step.probe_said:
            self._say(f"No probe could tell: {step.probe_said.rstrip('.')}.")
        self._say(step.ask)
        for number, option in enumerate(step.options, start=1):
            self._say(f"  {number}. {option.label}" + (f" ({option.means})" if option.means else ""))
        self._say("  (a number, or: unsure, skip, why, back, help)")
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
        line = await self._lines.next()
        return line is None or line.strip().lower() in ("y", "yes", "")

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
            if line is None or not line.strip():
                return
            said = line.strip()
            if said.isdigit() and 1 <= int(said) <= len(symptoms):
                investigation.interject(SymptomNamed(symptom=symptoms[int(said) - 1].id))
                return
            if self._named(said) or self._command(said):
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
        word = said.lower()
        if word.isdigit() and 1 <= int(word) <= len(step.options):
            return PersonAnswered(question=step.question, answer=step.options[int(word) - 1].id)
        if word in {option.id for option in step.options}:
            return PersonAnswered(question=step.question, answer=word)
        replies: dict[str, Reply] = {
            "unsure": PersonAnswered(question=step.question, answer=UNKNOWN),
            "skip": PersonAnswered(question=step.question, answer=SKIPPED),
            "back": GoBack(),
            "quit": Stop(),
        }
        if word in replies:
            return replies[word]
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
        self._say("Anything else? (findings, how CAUSE, ruled out, path, back, report FILE, quit)")
        while True:
            line = await self._lines.next()
            if line is None or line.strip().lower() in ("quit", ""):
                return False
            said = line.strip()
            if said.lower() == "back":
                if self._investigation.go_back():
                    return True
                self._say("There is nothing to take back.")
            elif said.lower().startswith("merge"):
                if self._merge(said[len("merge") :].strip()):
                    return True
            elif not self._command(said, report) and self._named(said):
                return True

    def _command(self, said: str, report: Report | None = None) -> bool:
        """Do what can be asked at any time; false where the words are none of it."""
        word, _, rest = said.partition(" ")
        match word.lower():
            case "help":
                self._say(HELP)
            case "findings":
                self._say_findings(self._dialogue.findings())
            case "how":
                self._say_how(rest.strip())
            case "ruled":
                self._say_findings(self._dialogue.ruled_out())
            case "path":
                for answer in self._dialogue.path():
                    self._say(f"  {answer.question}: {answer.answer}")
            case "report":
                self._write_report(rest.strip(), report)
            case "ask":
                asked = ask_user(self._dialogue)
                self._say(asked.text if asked else "Nothing waits for your user.")
            case "merge":
                self._merge(rest.strip())
            case _:
                return False
        return True

    def _merge(self, name: str) -> bool:
        """Take a bundle that arrived later; true when it brings something."""
        from assistant.bundle.merging import merge_into

        assert self._investigation is not None
        try:
            found = merge_into(self._investigation, Path(name))
        except UsageError as error:
            self._say(str(error))
            return False
        self._say(found.text)
        return bool(found.events)

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

    def _say_findings(self, findings: Iterable[Finding]) -> None:
        said = False
        for one in findings:
            said = True
            title = self._dialogue.kb.causes[one.cause].title
            self._say(f"  {one.rank}. {text.WORDS[one.status]}: {title} ({one.cause}, {one.confidence:.0%})")
        if not said:
            self._say("  nothing yet")

    def _say_how(self, cause: str) -> None:
        if cause not in self._dialogue.kb.causes:
            self._say(f"There is no cause {cause!r}; `findings` lists them.")
            return
        finding = self._dialogue.how_known(cause)
        self._say(f"{self._dialogue.kb.causes[cause].title}: {text.WORDS[finding.status]}, {finding.confidence:.0%}.")
        self._say(f"  it began at {finding.prior:+.1f}; the symptom adds {finding.symptom_fit:+.1f}")
        for one in finding.evidence:
            counted = f"{one.weight:+.1f}" if one.weight else "not counted twice"
            self._say(f"  {counted}: {one.text} ({one.band}, {one.probe or 'the person'})")

    def _write_report(self, name: str, report: Report | None) -> None:
        assert self._investigation is not None
        made = report or self._investigation.report()
        format = BY_SUFFIX.get(Path(name).suffix.lower(), "text")
        if not name:
            self._say(text.render(made))
            return
        try:
            Path(name).write_text(formatted(format, made, self._dialogue), encoding="utf-8")
        except OSError as error:
            self._say(f"{name} cannot be written: {error.strerror}.")
            return
        self._say(f"Written to {name}.")


def standard_input() -> Lines:
    """What is typed to this process."""
    return Lines(sys.stdin)
