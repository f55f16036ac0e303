"""Findings as cards: what the report says of a cause, and what the knowledge base knows about it."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from pathlib import Path

from assistant.events import TrialFinished
from assistant.firsts import first_of_each
from assistant.report.model import CausePart, EvidencePart, LocationPart, RemedyPart, SourcePart, TrialPart
from assistant.terminal import texts
from assistant.terminal.views import (
    EvidenceView,
    FindingView,
    PlaceView,
    QuoteView,
    RemedyView,
    TrialView,
)
from assistant.words_of_trials import MEASURES
from knowledge_base.loading import KnowledgeBase
from knowledge_base.saying import fill
from knowledge_base.schema import Cause, Document, Reference

FOR = ("decides", "strong", "weak")


def finding_view(part: CausePart, kb: KnowledgeBase, folder: str, trials: Iterable[TrialFinished] = ()) -> FindingView:
    """A cause of the report as a card; source lines are read from ``folder``, curves from the trials."""
    curves = {one.remedy: one for one in trials if one.cause == part.id and one.treated_curve}
    cause = kb.causes[part.id]
    because = kb.causes[part.because].title if part.because and part.because in kb.causes else ""
    return FindingView(
        cause=part.id,
        title=part.title,
        status=part.status,
        confidence=part.confidence,
        summary=part.summary.strip(),
        rank=part.rank,
        because=lower_first(because),
        patched=part.patched,
        evidence=evidence(part.evidence),
        places=tuple(place_view(one, folder) for one in part.locations),
        what=cause.what,
        why=cause.why,
        recognise=cause.recognise,
        lookalikes=lookalikes(kb, cause),
        remedies=tuple(remedy_view(one, curves.get(one.id)) for one in part.remedies),
        quotes=tuple(quote(one) for one in part.sources),
        correction=cause.correction or "",
        example=cause.example,
    )


def cause_view(kb: KnowledgeBase, id: str) -> FindingView:
    """A cause about which nothing is known in this session, to be explained."""
    cause = kb.causes[id]
    return FindingView(
        cause=id,
        title=cause.title,
        status="possible",
        confidence=0.0,
        summary=cause.summary,
        rank=0,
        what=cause.what,
        why=cause.why,
        recognise=cause.recognise,
        lookalikes=lookalikes(kb, cause),
        remedies=tuple(
            RemedyView(one.id, one.title, one.text, fill(one.code, {}) if one.code else "", one.costs)
            for one in cause.remedies
        ),
        quotes=tuple(_citation(kb, one.document, one.reference, one.quote, one.note) for one in cause.sources),
        correction=cause.correction or "",
        example=cause.example,
    )


def evidence(parts: tuple[EvidencePart, ...]) -> tuple[EvidenceView, ...]:
    """What speaks for the cause first, then what speaks against it; one sentence is told once."""
    views = [EvidenceView(one.text, one.by, one.band, one.band in FOR, one.question) for one in parts if one.text]
    ordered = [one for one in views if one.speaks_for] + [one for one in views if not one.speaks_for]
    return tuple(first_of_each(ordered, lambda one: one.text))


def remedy_view(part: RemedyPart, tried: TrialFinished | None = None) -> RemedyView:
    """A remedy with its trial."""
    return RemedyView(
        part.id,
        part.title,
        part.text.strip(),
        part.code or "",
        part.costs,
        part.patch or "",
        trial_view(part.trial, tried) if part.trial else None,
    )


def trial_view(part: TrialPart, tried: TrialFinished | None = None) -> TrialView:
    """Scores of both arms and what they show."""
    said = texts.TRIAL_GONE if part.symptom_gone else texts.TRIAL_STAYS
    score = MEASURES.get(part.score, part.score.replace("_", " "))
    return TrialView(
        score, part.control, part.treated, part.symptom_gone, part.seconds,
        said.format(steps=f"{part.steps:,}", seconds=texts.seconds(part.seconds)),
        tried.control_curve if tried else (), tried.treated_curve if tried else (),
    )  # fmt: skip


def quote(part: SourcePart) -> QuoteView:
    """A source as the card shows it."""
    return QuoteView(part.quote or "", part.title or part.document or part.reference or "", part.note or part.url or "")


def _citation(
    kb: KnowledgeBase, document: str | None, reference: str | None, words: str | None, note: str | None
) -> QuoteView:
    source = kb.sources.get(document or reference or "")
    match source:
        case Document():
            return QuoteView(words or "", source.title, note or "")
        case Reference():
            return QuoteView("", source.title, note or source.url)
    return QuoteView(words or "", document or reference or "", note or "")


def lookalikes(kb: KnowledgeBase, cause: Cause) -> tuple[tuple[str, str], ...]:
    """Other causes that look the same, by title, and how to tell them apart."""
    return tuple(
        (kb.causes[one.cause].title if one.cause in kb.causes else one.cause, one.tell) for one in cause.lookalikes
    )


def place_view(part: LocationPart, folder: str) -> PlaceView:
    """A place with its whole source line, where the file can be read."""
    # The program may have been edited since.
    linecache.checkcache(str(Path(folder) / part.file))
    line = linecache.getline(str(Path(folder) / part.file), part.line).rstrip("\n") if folder else ""
    start = part.column - 1
    if line and part.code and line.startswith(part.code, start):
        return PlaceView(part.file, part.line, line, part.column, part.column + len(part.code))
    return PlaceView(part.file, part.line, line or part.code)


def lower_first(text: str) -> str:
    """A title as it stands inside a sentence."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
