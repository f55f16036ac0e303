"""Entries as pages and trees as pictures: the text that ``kb explain``, ``kb show`` and ``kb tree`` print."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from knowledge_base.conditions import Condition
from knowledge_base.loading import KnowledgeBase
from knowledge_base.questions import Answer, Question
from knowledge_base.saying import fill, joined
from knowledge_base.schema import Cause, Citation, Document, Reference, Remedy, Symptom

WIDTH = 96
MOST_NAMED = 6
"""Of the causes that explain another so many are named on its page."""
_FITS = {"typical": "usually", "possible": "sometimes"}


def explain(kb: KnowledgeBase, id: str, known: Mapping[str, Any] | None = None) -> str:
    """The page of a cause that a user reads, in Markdown; code is filled with the known facts of a case.

    Raises:
        KeyError: no cause has this id.
    """
    return "\n\n".join(_cause(kb, kb.causes[id], known or {})) + "\n"


def _cause(kb: KnowledgeBase, cause: Cause, known: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {cause.title}"
    yield _paragraph(cause.summary)
    for heading, text in (
        ("What it is", cause.what),
        ("Why it stops learning", cause.why),
        ("How to recognise it", cause.recognise),
    ):
        yield f"## {heading}"
        yield _paragraph(text)
    yield _seen_as(kb, cause)
    if cause.explained_by:
        yield _brought_about(kb, cause)
    if cause.lookalikes:
        yield "## What else looks the same"
        yield "\n".join(_item(f"**{_title(kb, one.cause)}**: {one.tell}") for one in cause.lookalikes)
    yield "## Example"
    yield _code(cause.example)
    yield "## What to do"
    for number, remedy in enumerate(cause.remedies, 1):
        yield from _remedy(number, remedy, known)
    if cause.correction:
        yield "## Where the documents err"
        yield _paragraph(cause.correction)
    yield "## Sources"
    yield "\n".join(_source(kb, citation) for citation in cause.sources)


def _remedy(number: int, remedy: Remedy, known: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {number}. {remedy.title}"
    yield _paragraph(remedy.text)
    if remedy.code:
        yield _code(fill(remedy.code, known))
    yield _paragraph(f"Costs: {remedy.costs}")


def _seen_as(kb: KnowledgeBase, cause: Cause) -> str:
    titles = {
        fit: [f"“{kb.symptoms[one].title}”" for one, its in cause.symptoms.items() if its == fit and one in kb.symptoms]
        for fit in _FITS
    }
    told = [f"{_FITS[fit]} shows as {joined(seen)}" for fit, seen in titles.items() if seen]
    return _paragraph(f"It {'; it '.join(told)}.")


def _brought_about(kb: KnowledgeBase, cause: Cause) -> str:
    first, others = cause.explained_by[:MOST_NAMED], cause.explained_by[MOST_NAMED:]
    above = "; ".join(_title(kb, other)[:1].lower() + _title(kb, other)[1:] for other in first)
    others_in_words = "one other cause ranks" if len(others) == 1 else f"{len(others)} other causes rank"
    rest = f"; and {others_in_words} above it where seen" if others else ""
    return _paragraph(f"Something else can bring it about, and is then what to mend: {above}{rest}.")


def _title(kb: KnowledgeBase, cause: str) -> str:
    return kb.causes[cause].title if cause in kb.causes else cause


def _source(kb: KnowledgeBase, citation: Citation) -> str:
    source = kb.sources.get(citation.document or citation.reference or "")
    note = f" {citation.note}" if citation.note else ""
    if isinstance(source, Document):
        return _item(f"“{citation.quote}” ({source.title}).{note}")
    if isinstance(source, Reference):
        return f"{_item(f'{source.title}.{note}')}\n  <{source.url}>"
    return _item(f"{citation.document or citation.reference}{note}")


def _paragraph(text: str) -> str:
    return "\n\n".join(
        textwrap.fill(" ".join(part.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
        for part in text.split("\n\n")
    )


def _item(text: str) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _code(code: str) -> str:
    return f"```python\n{textwrap.dedent(code).strip()}\n```"


def show(kb: KnowledgeBase, id: str) -> str:
    """What the knowledge base holds under an id: a cause's page, or a question or symptom with all that hangs on it.

    Raises:
        KeyError: nothing has this id.
    """
    if id in kb.causes:
        return explain(kb, id)
    if id in kb.questions:
        return "\n".join(_question(kb, kb.questions[id])) + "\n"
    if id in kb.symptoms:
        return "\n".join(_symptom(kb, kb.symptoms[id])) + "\n"
    if id in kb.remedies:
        cause, remedy = kb.remedies[id]
        return "\n\n".join([f"A remedy for: {cause.title}", *_remedy(1, remedy, {})]) + "\n"
    if id in kb.conclusions:
        one = kb.conclusions[id]
        return "\n\n".join([f"# {one.title}", _paragraph(one.text)]) + "\n"
    return _source(kb, Citation(reference=id)) + "\n" if id in kb.sources else _nothing(id)


def _nothing(id: str) -> str:
    raise KeyError(id)


def _question(kb: KnowledgeBase, question: Question) -> Iterator[str]:
    yield f"# {question.ask}\n"
    yield f"{_paragraph(question.why)}\n"
    yield f"Answered by: {_answered_by(question)}"
    if question.group:
        yield f"Group: {question.group}"
    for name, answer in question.answers.items():
        yield f"\n## {name}"
        yield from _answer(kb, answer)


def _answered_by(question: Question) -> str:
    by = [f"the probe {question.probe}"] if question.probe else []
    return " or ".join([*by, *(["the person"] if question.for_person else [])])


def _answer(kb: KnowledgeBase, answer: Answer) -> Iterator[str]:
    for label, text in (("Option", answer.option), ("Means", answer.means), ("Says", answer.say)):
        if text:
            yield _item(f"{label}: {text}")
    if answer.when is not None:
        yield _item(f"When: {_when(answer.when)}")
    if answer.symptom:
        yield _item(f"Names the symptom: {answer.symptom}")
    for cause, band in answer.evidence.items():
        yield _item(f"{band.replace('_', ' ')}: {_title(kb, cause)} ({cause})")


def _when(when: str | Condition) -> str:
    if isinstance(when, str):
        return when
    return json.dumps(when.model_dump(by_alias=True, exclude_unset=True), ensure_ascii=False)


def _symptom(kb: KnowledgeBase, symptom: Symptom) -> Iterator[str]:
    yield f"# {symptom.title}\n"
    yield f"{_paragraph(symptom.sees)}\n"
    yield f"{_paragraph(symptom.first_words)}\n"
    if symptom.gone:
        yield f"Gone when: {_paragraph(symptom.gone)}\n"
    if symptom.tree:
        yield f"Tree: {symptom.tree}\n"
    yield "## Causes that show so"
    for fit, word in _FITS.items():
        for cause in kb.causes.values():
            if cause.symptoms.get(symptom.id) == fit:
                yield _item(f"{word}: {cause.title} ({cause.id})")
