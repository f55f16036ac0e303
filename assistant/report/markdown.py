"""The report as Markdown, for issues, mails and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.report.model import CausePart, RemedyPart, Report
from assistant.report.text import SHOWS_PATCHED, WORDS, case_line, source_line

_FOR = ("decides", "strong", "weak")
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>#|"})


def render(report: Report) -> str:
    """The whole report as Markdown."""
    return "\n".join(_lines(report)) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return " ".join(text.split()).translate(_SPECIAL)


def fenced(code: str, language: str = "python") -> str:
    """A block of code whose fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.text)}"
    yield ""
    yield escaped(case_line(report.case)) + "."
    if report.symptom is not None:
        yield ""
        yield f"Symptom: `{report.symptom.id}`, named by the {report.symptom.by}."
    for cause in report.causes:
        if cause.status != "ruled_out":
            yield from _cause(cause)
    out = [one for one in report.causes if one.status == "ruled_out"]
    if out:
        yield from ("", "## Ruled out", "")
        yield from (f"- {escaped(one.title)} (`{one.id}`)" for one in out)
    if report.remarks:
        yield from ("", "## Remarks", "")
        yield from (f"- {escaped(one)}" for one in report.remarks)
    if report.ask_user is not None:
        yield from ("", "## Ask your user", "", fenced(report.ask_user.text, "text"))
    if report.patch:
        note = ("", escaped(report.patch_note)) if report.patch_note else ()
        yield from ("", f"## Patch ({report.patch_status})", *note, "", fenced(report.patch, "diff"))
    yield from ("", "## Questions", "", "| question | answer | by | seconds |", "| --- | --- | --- | --- |")
    for question in report.questions:
        said = escaped(question.text or question.answer)
        yield f"| `{question.id}` | {said} | {question.by} | {question.seconds:.2f} |"


def _cause(cause: CausePart) -> Iterator[str]:
    yield from ("", f"## {cause.rank}. {escaped(cause.title)}", "")
    because = f", because of `{cause.because}`" if cause.because else ""
    patched = f", {SHOWS_PATCHED}" if cause.patched else ""
    yield f"**{WORDS[cause.status]}**, confidence {cause.confidence:.2f} (`{cause.id}`){because}{patched}."
    yield from ("", escaped(cause.summary))
    if cause.evidence:
        yield ""
    for evidence in cause.evidence:
        sign = "for" if evidence.band in _FOR else "against"
        by = f"`{evidence.probe}`" if evidence.probe else evidence.source
        yield f"- {sign} ({evidence.band}, {by}): {escaped(evidence.text)}"
    if cause.status == "possible":
        return
    if cause.locations:
        yield ""
    for place in cause.locations:
        yield f"- `{place.file}:{place.line}:{place.column}`{f' `` {place.code} ``' if place.code else ''}"
    for remedy in cause.remedies:
        yield from _remedy(remedy)
    yield ""
    for source in cause.sources:
        note = f" {escaped(source.note)}" if source.note else ""
        yield f"- Source: {escaped(source_line(source))}.{note}"


def _remedy(remedy: RemedyPart) -> Iterator[str]:
    yield from ("", f"**{escaped(remedy.title)}.** {escaped(remedy.text)} It costs: {escaped(remedy.costs)}")
    if remedy.code:
        yield from ("", fenced(remedy.code))
    if remedy.patch:
        yield from ("", fenced(remedy.patch, "diff"))
