"""Turns as plain text, to be copied."""

from __future__ import annotations

from assistant.terminal import texts
from assistant.terminal.views import Chapter, Diff, Gathered, Heard, Looked, Looking, Said, Samples, Trouble, Turn


def plain(turn: Turn) -> str:
    """A turn as plain text."""
    match turn:
        case Said(text=text) | Chapter(text=text):
            return text
        case Heard(text=text, reply_to=question):
            return f"{question}\n> {text}" if question else f"> {text}"
        case Looking(title=title):
            return title
        case Looked():
            lines = [f"{turn.title}: {turn.sentence}", *(f"  {label}: {value}" for label, value in turn.details)]
            return "\n".join(lines)
        case Gathered():
            return "\n".join([f"{turn.title}, {gathered_summary(turn)}", *(f"- {one.sentence}" for one in turn.looked)])
        case Trouble():
            place = f"\n{turn.place.file}:{turn.place.line}: {turn.place.code.strip()}" if turn.place else ""
            return f"{turn.text}{place}\n{turn.advice}".rstrip()
        case Diff(text=text):
            return text
        case Samples():
            return "\n".join([turn.title, *(f"- {one.label}" for one in turn.samples)])
        case _:
            finding = turn.finding
            said = "\n".join(f"- {one.text}" for one in finding.evidence)
            where = "\n".join(f"{one.file}:{one.line}: {one.code.strip()}" for one in finding.places)
            todo = "\n\n".join(f"{one.title}\n{one.text}\n{one.code}" for one in finding.remedies)
            head = f"{finding.title} ({texts.STATUS[finding.status]}, {texts.percent(finding.confidence)})"
            return "\n\n".join(part for part in (head, finding.summary, where, said, todo) if part)


def gathered_summary(turn: Gathered) -> str:
    """How many of the looks stand out, and how many are unknown."""
    notable = sum(one.mark in ("notable", "bad") for one in turn.looked)
    unknown = sum(one.mark == "unknown" for one in turn.looked)
    if notable == 1:
        said = texts.GATHERED_ONE
    else:
        said = texts.GATHERED_SOME.format(count=notable) if notable else texts.GATHERED_ALL_FINE
    return said + (", " + texts.GATHERED_UNKNOWN.format(count=unknown) if unknown else "")
