"""What can be asked at any time in the dialogue of lines: the commands of the full screen, slash or no slash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.answers_file import nearest
from assistant.errors import UsageError
from assistant.ranking import Finding
from assistant.report import text
from assistant.report.formats import BY_SUFFIX, SUFFIXES, formatted, write
from assistant.report.model import Report
from assistant.terminal.texts import percent
from assistant.walking import HEALTHY

if TYPE_CHECKING:
    from assistant.dialogue import Dialogue
    from assistant.investigation import Investigation

HELP = """\
At every question: a number, or an answer in your own words; unsure, skip, why, back.
At any time, with a slash or without:
  findings             the causes that stand, the likeliest first
  evidence [CAUSE]     how I know: what speaks for and against a cause
  explain CAUSE        what it is, how to recognise it, what helps
  ruled-out            what it is not, and how I know
  path                 the questions asked so far
  case                 the model, its layers, the settings and the data
  curves               what was measured over time, in numbers
  output               what your program printed last
  trial [CAUSE]        try a remedy now, in short trainings
  log FILE             take a training log as evidence
  note [TEXT]          keep an internal note, or read the notes
  patch                the change of your program that the findings suggest
  report [FILE]        the whole report; .md, .html and .json choose its form
  report message       the message to the author of the program
  rerun                start the program again, once it has changed
  next                 examine the training that follows in the program
  cancel               end the probe that is running; its answer is unknown
  quit                 leave; the session is kept
On a bundle:
  ask user             the message to the one who collected it
  merge FILE           take what they sent later
Or say in your own words what you see."""

ONLY_ON_THE_SCREEN = frozenset({"chat", "theme", "fold", "look"})
"""Commands of the full screen that change how it looks, or draw."""

TAKE_MORE = frozenset({"how", "evidence", "explain", "report", "ask", "merge", "trial", "log", "note"})
"""Commands that take more words."""

MOST_POINTS = 12
"""Points of a curve that are read out."""

LAST_LINES = 40
"""Lines of the program's output that are repeated."""


class PlainCommands:
    """Answers commands in lines."""

    def __init__(
        self, say: Callable[[str], None], output: Iterable[str], note: Callable[[str], str] | None = None
    ) -> None:
        """Commands that say their answers.

        Args:
            say: takes a line, or several.
            output: what the program has printed last; read when it is asked for.
            note: keeps an internal note, or returns those that are kept; None where no session is kept.
        """
        self._say = say
        self._output = output
        self._keep_note = note
        self._words: Mapping[str, Callable[[Investigation, str], object]] = MappingProxyType(
            {
                "help": lambda _, __: say(HELP),
                "findings": lambda it, _: self._findings(it.dialogue, it.dialogue.findings()),
                "evidence": lambda it, cause: self._evidence(it.dialogue, cause),
                "how": lambda it, cause: self._evidence(it.dialogue, cause),
                "explain": lambda it, cause: self._explain(it.dialogue, cause),
                "ruled-out": lambda it, _: self._findings(it.dialogue, it.dialogue.ruled_out()),
                "path": lambda it, _: self._path(it.dialogue),
                "case": lambda it, _: self._case(it.dialogue),
                "curves": lambda it, _: self._curves(it.dialogue),
                "output": lambda _, __: self._printed(),
                "patch": lambda it, _: self._patch(it.report()),
                "report": lambda it, file: self._report(it, file),
                **dict.fromkeys(("ask", "ask-user"), lambda it, _: self._ask_user(it.dialogue)),
                "merge": self.merge,
                "trial": self.trial,
                "log": self._log,
                "note": lambda _, words: self._note(words),
                "cancel": lambda it, _: self._cancel(it),
                # Once the walk is over, the dialogue takes the word itself.
                "next": lambda _, __: say("That is for when this training is examined."),
                **dict.fromkeys(ONLY_ON_THE_SCREEN, lambda _, __: say("That is for the full screen alone.")),
            }
        )

    @property
    def words(self) -> frozenset[str]:
        """All commands, without their slash."""
        return frozenset(self._words)

    def run(self, investigation: Investigation, said: str) -> bool:
        """Do what can be asked at any time; false where the words are none of it."""
        slashed = said.startswith("/")
        word, _, rest = said.removeprefix("/").strip().partition(" ")
        name = word.lower().replace("_", "-")
        if name == "ruled":
            name, rest = "ruled-out", ""
        if name in self._words and (slashed or not rest or name in TAKE_MORE):
            self._words[name](investigation, rest.strip())
            return True
        if slashed:
            self._say(f"There is no command /{word}{nearest(name, self._words)}; `help` lists them.")
        return slashed

    def _findings(self, dialogue: Dialogue, findings: Iterable[Finding]) -> None:
        said = False
        for one in findings:
            said = True
            title = dialogue.kb.causes[one.cause].title
            self._say(f"  {one.rank}. {text.WORDS[one.status]}: {title} ({one.cause}, {percent(one.confidence)})")
        if not said:
            self._say("  nothing yet")

    def _cause(self, dialogue: Dialogue, name: str) -> str | None:
        """The cause that is called so, or the leading one where none is named; says why there is none."""
        from assistant.terminal.hearing import cause_called, nearest_causes

        if not name:
            first = next((one for one in dialogue.findings() if one.status != "ruled_out"), None)
            if first is None:
                self._say("No cause stands at the moment; name one, such as: explain vanishing gradient.")
            return first.cause if first else None
        cause = cause_called(dialogue.kb, name)
        if cause is None:
            near = ", ".join(id for id, _ in nearest_causes(dialogue.kb, name, 3))
            self._say(f"I know no cause called {name!r}. The nearest: {near}.")
        return cause

    def _evidence(self, dialogue: Dialogue, name: str) -> None:
        cause = self._cause(dialogue, name)
        if cause is None:
            return
        finding = dialogue.how_known(cause)
        self._say(f"{dialogue.kb.causes[cause].title}: {text.WORDS[finding.status]}, {percent(finding.confidence)}.")
        self._say(f"  it began at {finding.prior:+.1f}; the symptom adds {finding.symptom_fit:+.1f}")
        for one in finding.evidence:
            counted = f"{one.weight:+.1f}" if one.weight else "not counted twice"
            self._say(f"  {counted}: {one.text} ({one.band}, {one.source})")

    def _explain(self, dialogue: Dialogue, name: str) -> None:
        from knowledge_base.rendering import explain

        cause = self._cause(dialogue, name)
        if cause is not None:
            self._say(explain(dialogue.kb, cause).rstrip())

    def _path(self, dialogue: Dialogue) -> None:
        for answer in dialogue.path():
            question = dialogue.kb.questions.get(answer.question)
            told = answer.text or answer.answer
            self._say(f"  {question.ask if question else answer.question} {told}")
        if not dialogue.path():
            self._say("  nothing yet")

    def _case(self, dialogue: Dialogue) -> None:
        from assistant.terminal.presenting.cases import case_view

        if dialogue.case is None:
            self._say("The program has not reached its fit yet.")
            return
        view = case_view(dialogue.case, dialogue.facts.measured)
        self._say(view.headline)
        for label, value in (*view.settings, *view.data):
            self._say(f"  {label}: {value}")
        for layer in view.layers:
            parts = (layer.kind, layer.activation, layer.shape, f"{layer.parameters} weights")
            trained = "" if layer.trainable else ", frozen"
            self._say(f"  layer {layer.name}: {', '.join(part for part in parts if part)}{trained}")
        for name, share in view.classes:
            self._say(f"  class {name}: {share:.0%} of the rows")

    def _curves(self, dialogue: Dialogue) -> None:
        from assistant.terminal.presenting import cases, trials
        from assistant.terminal.presenting.figures import number

        curves = (*trials.curves(dialogue.kb, dialogue.facts.trials), *cases.curves(dialogue.facts.measured))
        for curve in curves:
            self._say(f"{curve.title}:")
            for series in curve.series:
                step = max(1, -(-len(series.y) // MOST_POINTS))
                points = series.y[::step] if (len(series.y) - 1) % step == 0 else (*series.y[::step], series.y[-1])
                self._say(f"  {series.name}: {', '.join(number(one) for one in points)}")
        if not curves:
            self._say("Nothing was measured over time yet.")

    def _printed(self) -> None:
        lines = list(self._output)[-LAST_LINES:]
        for line in lines:
            self._say(f"  | {line}")
        if not lines:
            self._say("Your program has printed nothing.")

    def _patch(self, report: Report) -> None:
        patches = [one.patch for cause in report.causes for one in cause.remedies if one.patch]
        patch = report.patch or (patches[0] if patches else None)
        self._say(patch.rstrip() if patch else "There is no patch: no cause that stands has one that can be written.")
        if report.patch and report.patch_note:
            self._say(report.patch_note)

    def _report(self, investigation: Investigation, name: str) -> None:
        report = investigation.report()
        if not name or name in SUFFIXES:
            self._say(formatted(name or "text", report, investigation.dialogue).rstrip())
            return
        file = Path(name).expanduser()
        format = BY_SUFFIX.get(file.suffix.lower(), "text")
        try:
            write(formatted(format, report, investigation.dialogue), file)
        except UsageError as error:
            self._say(str(error))
            return
        self._say(f"Written to {file}.")

    def _ask_user(self, dialogue: Dialogue) -> None:
        from assistant.bundle.asking import ask_user

        asked = ask_user(dialogue)
        self._say(asked.text if asked else "Nothing waits for your user.")

    def merge(self, investigation: Investigation, name: str) -> bool:
        """Take a bundle that arrived later; true when it brings something."""
        from assistant.bundle.merging import merge_into

        try:
            found = merge_into(investigation, Path(name))
        except UsageError as error:
            self._say(str(error))
            return False
        self._say(found.text)
        return bool(found.events)

    def trial(self, investigation: Investigation, name: str) -> bool:
        """Try the remedy of a cause next, or of the likeliest that has one; true when something will be tried."""
        dialogue = investigation.dialogue
        if dialogue.case is None or dialogue.case.failure is not None:
            self._say("The program is not held, so there is nothing to try yet.")
            return False
        if dialogue.symptom is not None and dialogue.symptom.id == HEALTHY:
            self._say("Nothing is wrong with this training, so a trial could show nothing.")
            return False
        named = self._cause(dialogue, name) if name else None
        if name and named is None:
            return False
        standing = [one.cause for one in dialogue.findings() if one.status != "ruled_out"]
        steps = (dialogue.trial_of(one) for one in ([named] if named else standing))
        step = next((one for one in steps if one is not None), None)
        if step is None:
            self._say("There is no remedy that I could carry out by myself, so there is nothing to try.")
            return False
        self._say(f"I try that next: {step.title}.")
        investigation.ask_for_trial(step)
        return True

    def _log(self, investigation: Investigation, name: str) -> None:
        from assistant import training_log
        from assistant.log_symptom import as_event

        try:
            read = training_log.read(Path(name).expanduser().read_text("utf-8", "replace")) if name else None
        except OSError as error:
            self._say(f"{name} cannot be read: {error.strerror}.")
            return
        if read is None:
            self._say(f"There is no training log in {name}." if name else "Which file holds the log?")
            return
        self._say("Taken as a training log.")
        investigation.interject(as_event(read))

    def _note(self, words: str) -> None:
        self._say(
            self._keep_note(words) if self._keep_note else "No session is kept here, so there is no place for it."
        )

    def _cancel(self, investigation: Investigation) -> None:
        self._say("Cancelled." if investigation.cancel() else "Nothing is running.")
