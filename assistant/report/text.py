"""The report as plain text, for terminals, mails and screen readers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from assistant.report.model import CasePart, CausePart, EvidencePart, RemedyPart, Report, SourcePart

WIDTH = 100
SHOWS_PATCHED = "shows once the program is patched"
WORDS = {"proven": "PROVEN", "likely": "LIKELY", "possible": "possible", "ruled_out": "ruled out"}
_LEFT_OPEN = ("unknown", "skipped")
_FOR = ("decides", "strong", "weak")


def render(report: Report) -> str:
    """The whole report; nothing in it depends on colour or on the width of the screen."""
    return "\n".join(_lines(report)) + "\n"


def case_line(case: CasePart) -> str:
    """What was examined, in one line."""
    parts = [case.source]
    if case.model is not None:
        parts.append(f"{case.model.class_name} with {case.model.layers} layers, {case.model.parameters:,} weights")
    if case.fit_line is not None:
        parts.append(f"held at the training in line {case.fit_line}")
    return ", ".join(parts)


def source_line(source: SourcePart) -> str:
    """Where the knowledge comes from, in one line."""
    quote = f'"{" ".join(source.quote.split())}" ' if source.quote else ""
    where = source.title or source.document or source.reference or ""
    return f"{quote}({where}{f', {source.url}' if source.url else ''})"


def _lines(report: Report) -> Iterator[str]:
    yield case_line(report.case)
    if report.symptom is not None:
        yield f"Symptom: {report.symptom.id} (named by the {report.symptom.by})"
    yield ""
    yield from _wrapped(report.text)
    standing = [one for one in report.causes if one.status != "ruled_out"]
    for cause in standing:
        yield ""
        yield from _cause(cause)
    out = [one.title for one in report.causes if one.status == "ruled_out"]
    if out:
        yield ""
        yield from _wrapped(f"Ruled out: {'; '.join(out)}.", "  ", first="")
    if report.remarks:
        yield ""
        yield "Remarks:"
        yield from _items(report.remarks)
    if report.ask_user is not None:
        yield ""
        yield "Ask your user:"
        yield from (f"  {line}".rstrip() for line in report.ask_user.text.splitlines())
    if report.patch:
        yield ""
        yield f"Patch ({report.patch_status}):"
        if report.patch_note:
            yield from _wrapped(report.patch_note)
        yield from report.patch.splitlines()
    yield ""
    yield _tally(report)


def _tally(report: Report) -> str:
    unknown = sum(one.answer in _LEFT_OPEN for one in report.questions)
    by_person = sum(one.by == "person" and one.answer not in _LEFT_OPEN for one in report.questions)
    asked = len(report.questions)
    person = f", {by_person} by the person" if by_person else ""
    return f"{asked} questions, {asked - unknown} answered{person}, in {report.timings.get('total', 0.0):.1f} s."


def _cause(cause: CausePart) -> Iterator[str]:
    yield f"{cause.rank}. {WORDS[cause.status]}: {cause.title} ({cause.id}, confidence {cause.confidence:.2f})"
    if cause.because:
        yield f"   because of {cause.because}"
    if cause.patched:
        yield f"   {SHOWS_PATCHED}"
    yield from _wrapped(cause.summary, "   ")
    for evidence in cause.evidence:
        yield from _wrapped(_evidence(evidence), "     ", first="   + " if evidence.band in _FOR else "   - ")
    if cause.status == "possible":
        return
    for place in cause.locations:
        yield f"   at {place.file}:{place.line}:{place.column}  {place.code}".rstrip()
    for remedy in cause.remedies:
        yield from _remedy(remedy)
    for source in cause.sources:
        yield from _wrapped(f"Source: {source_line(source)}", "     ", first="   ")
        if source.note:
            yield from _wrapped(source.note, "     ")


def _evidence(evidence: EvidencePart) -> str:
    return f"{evidence.text} ({evidence.band}, {'by ' * (evidence.by == 'person')}{evidence.source})"


def _remedy(remedy: RemedyPart) -> Iterator[str]:
    yield from _wrapped(f"Remedy: {remedy.title}", "   ")
    yield from _wrapped(remedy.text, "     ")
    for line in (remedy.code or "").rstrip().splitlines():
        yield f"       {line}".rstrip()
    yield from _wrapped(f"It costs: {remedy.costs}", "     ")
    if remedy.trial is not None:
        trial = remedy.trial
        yield from _wrapped(
            f"Trial ({trial.score}): without {_scores(trial.control)}; with {_scores(trial.treated)}; "
            f"symptom {'gone' if trial.symptom_gone else 'still there'}",
            "     ",
        )


def _scores(scores: Iterable[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in scores)


def _items(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from _wrapped(text, "    ", first="  - ")


def _wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """Lines of at most ``WIDTH`` characters; ``first`` begins the first of them."""
    start = indent if first is None else first
    return textwrap.wrap(
        " ".join(text.split()), WIDTH, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False
    )
