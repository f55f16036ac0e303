"""The slash commands that concern the session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.bundle.asking import ask_user
from assistant.errors import TriageError, UsageError
from assistant.terminal import texts
from assistant.terminal.hearing import cause_called, nearest_causes
from assistant.terminal.presenting.findings import lower_first
from assistant.terminal.views import Diff, FindingView, Found
from assistant.walking import HEALTHY

if TYPE_CHECKING:
    from assistant.terminal.live import LiveSession


MOST_BYTES = 4 * 2**20
"""Of a log that is read from a file."""


NEEDS_THE_SESSION = ("back", "look", "trial", "log", "rerun", "next_training", "merge")
"""What cannot be done with a session that another process goes on with."""


class Commands:
    """Answers commands with turns of the conversation."""

    def __init__(self, session: LiveSession) -> None:
        self._session = session

    async def run(self, action: str, argument: str) -> None:
        """Do one action of the table; what stands in its way is said in a sentence."""
        try:
            await self._run(action, argument)
        except TriageError as error:
            self._say(str(error))

    async def _run(self, action: str, argument: str) -> None:
        if self._session.reading is not None and action in NEEDS_THE_SESSION:
            self._say(texts.READING_ONLY)
            return
        match action:
            case "why":
                self.why()
            case "back":
                self._session.take_back()
            case "look":
                self._session.look()
            case "evidence":
                self.evidence(argument)
            case "ruled_out":
                self.ruled_out()
            case "explain":
                self.explain_called(argument)
            case "trial":
                self.trial(argument)
            case "log":
                await self.log(argument)
            case "note":
                self.note(argument)
            case "patch":
                self.patch()
            case "report":
                self.report(argument)
            case "rerun":
                if self._session.session.dialogue.facts.bundles:
                    self._say(texts.NO_RERUN)
                else:
                    await self._session.rerun()
            case "next_training":
                if not await self._session.go_on_to_the_next():
                    self._say(texts.NEXT_NONE_LEFT)
            case "ask_user":
                self.ask_user()
            case "merge":
                self.merge(argument)

    def why(self) -> None:
        """Why the question that stands is asked, and which causes its answers would speak for and against."""
        question = self._session.talk.question
        if question is None:
            self._say(texts.WHY_NOTHING)
            return
        dialogue = self._session.session.dialogue
        if question.id not in dialogue.kb.questions:
            self._say(question.why or texts.WHY_NOTHING)
            return
        why = dialogue.why(question.id)
        parts = [" ".join(why.reason.split())]
        for template, causes in ((texts.WHY_FOR, why.speaks_for), (texts.WHY_AGAINST, why.speaks_against)):
            if causes:
                parts.append(template.format(causes=self._titles(causes)))
        self._say("\n".join(parts))

    def _titles(self, causes: tuple[str, ...], most: int = 4) -> str:
        kb = self._session.session.dialogue.kb
        names = [lower_first(kb.causes[one].title) for one in causes if one in kb.causes]
        more = texts.AND_MORE.format(count=len(names) - most) if len(names) > most else ""
        return "; ".join(names[:most]) + more

    def evidence(self, name: str) -> None:
        """How a cause is known; without a name, the leading one."""
        finding = self._finding(name)
        if finding is None:
            self._say(texts.NO_FINDING if not name else self._unknown(name))
            return
        head = texts.HOW_KNOWN.format(
            cause=finding.title, status=texts.STATUS[finding.status], percent=texts.percent(finding.confidence)
        )
        lines = [
            f"  {'+' if one.speaks_for else '-'} {one.text} ({texts.BY.get(one.by, one.by)}, {texts.BAND[one.weight]})"
            for one in finding.evidence
        ]
        self._say("\n".join([head, *(lines or [texts.NO_EVIDENCE])]))

    def _finding(self, name: str) -> FindingView | None:
        if name:
            cause = cause_called(self._session.session.dialogue.kb, name)
            return self._session.finding(cause) if cause else None
        return next((one for one in self._session.telling.findings() if one.status != "ruled_out"), None)

    def ruled_out(self) -> None:
        """What has been ruled out, and by what."""
        out = [one for one in self._session.telling.findings() if one.status == "ruled_out"]
        if not out:
            self._say(texts.RULED_OUT_NONE)
            return
        lines = []
        for one in out:
            lines.append(f"  - {one.title}{f': {one.reason_against}' if one.reason_against else ''}")
        self._say("\n".join([texts.RULED_OUT_HEAD, *lines]))

    def explain_called(self, name: str) -> None:
        """Explain the cause that is called so."""
        cause = cause_called(self._session.session.dialogue.kb, name) if name else None
        if cause is None:
            self._say(self._unknown(name) if name else texts.EXPLAIN_WHAT)
        else:
            self.explain(cause)

    def explain(self, cause: str) -> None:
        """Everything that is known about a cause."""
        finding = self._session.finding(cause)
        if finding is not None:
            self._session.talk.put(Found(self._session.talk.journal.new_key("explained"), finding))

    def _unknown(self, name: str) -> str:
        kb = self._session.session.dialogue.kb
        near = ", ".join(id for id, _ in nearest_causes(kb, name, 3))
        return texts.UNKNOWN_CAUSE.format(text=name, near=near)

    def trial(self, name: str) -> None:
        """Try the remedy of a cause next; without a name that of the likeliest cause which has one to try."""
        dialogue = self._session.session.dialogue
        refusal = self._no_trial()
        if refusal:
            self._say(refusal)
            return
        named = cause_called(dialogue.kb, name) if name else None
        if name and named is None:
            self._say(self._unknown(name))
            return
        standing = [one.cause for one in dialogue.findings() if one.status != "ruled_out"]
        steps = (dialogue.trial_of(one) for one in ([named] if named else standing))
        step = next((one for one in steps if one is not None), None)
        if step is None:
            self._say(texts.TRIAL_NONE.format(cause=dialogue.kb.causes[named].title) if named else texts.TRIAL_WHICH)
            return
        self._say(texts.TRIAL_QUEUED.format(remedy=lower_first(step.title).removeprefix("or ")))
        self._session.session.investigation.ask_for_trial(step)
        self._session.talk.forget_question()
        self._session.go_on()

    def _no_trial(self) -> str:
        """Why nothing can be tried now; empty where something can."""
        dialogue = self._session.session.dialogue
        if dialogue.case is None:
            return texts.TRIAL_TOO_SOON
        if dialogue.case.failure is not None:
            return texts.TRIAL_FAILED
        return texts.TRIAL_HEALTHY if dialogue.symptom is not None and dialogue.symptom.id == HEALTHY else ""

    async def log(self, file: str) -> None:
        """Take a training log from a file."""
        path = (self._session.program.parent / Path(file).expanduser()) if file else None
        if path is None:
            self._say(texts.LOG_WHICH)
            return
        try:
            with path.open("rb") as opened:
                text = opened.read(MOST_BYTES).decode("utf-8", "replace")
        except OSError as error:
            self._say(texts.LOG_UNREADABLE.format(file=file, reason=error.strerror or error))
            return
        if not await self._session.take_log(text):
            self._say(texts.LOG_NONE.format(file=file))

    def note(self, text: str) -> None:
        """Keep a note with the session, or show those that were kept."""
        if text.strip():
            self._session.keep_note(text)
            self._say(texts.NOTE_KEPT)
            return
        notes = self._session.notes()
        lines = [f"  {one.at:%Y-%m-%d %H:%M}  {one.text}" for one in notes]
        self._say("\n".join([texts.NOTES_HEAD, *lines]) if lines else texts.NOTES_NONE)

    def patch(self) -> None:
        """The combined patch, or the patches of the remedies that stand."""
        report = self._session.session.investigation.report()
        patches = [one.patch for cause in report.causes for one in cause.remedies if one.patch]
        text = report.patch or (patches[0] if patches else None)
        if text is None:
            self._say(texts.PATCH_NONE)
        else:
            self._session.talk.put(Diff(self._session.talk.journal.new_key("patch"), texts.PATCH_TITLE, text))
            if report.patch and report.patch_note:
                self._say(report.patch_note)

    def ask_user(self) -> None:
        """The message to the user, with what only their program can tell."""
        dialogue = self._session.session.dialogue
        asked = ask_user(dialogue)
        if asked is not None:
            self._say(texts.flowing(asked.text))
        else:
            self._say(texts.ASK_USER_NONE if dialogue.facts.bundles else texts.ASK_USER_AT_HAND)

    def merge(self, file: str) -> None:
        """Take a bundle that arrived later; the walk goes on where it waited."""
        from assistant.bundle.merging import merge_into

        if not file:
            self._say(texts.MERGE_WHAT)
            return
        try:
            found = merge_into(self._session.session.investigation, Path(file).expanduser())
        except UsageError as error:
            self._say(str(error))
            return
        self._say(found.text)
        if found.events:
            self._session.go_on()

    def report(self, file: str) -> None:
        """Write the report in the format of the file's name, Markdown where it tells none."""
        from assistant.report.formats import BY_SUFFIX

        reports = self._session.reports()
        path = Path(file or reports.file("markdown"))
        reports.write(str(path), reports.made(BY_SUFFIX.get(path.suffix.lower(), "markdown")))

    def _say(self, text: str) -> None:
        self._session.talk.say(text)
