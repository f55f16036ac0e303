"""What the person's own words mean: an answer to the question that stands, a symptom, or a cause to explain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process

from assistant import language
from assistant.events import SKIPPED, UNKNOWN
from assistant.terminal.views import QuestionView
from knowledge_base.loading import KnowledgeBase

SAME_ANSWER = 86.0
"""Likeness, of 100, from which words are taken for one of the answers."""

SAME_CAUSE = 88.0
"""Likeness, of 100, from which words are taken to name a cause."""

_UNSURE = re.compile(r"^(i('m| am)? )?(not sure|unsure|no idea|(do not|don't|dont) know|dunno|maybe)\b", re.I)
_SKIP = re.compile(r"^(skip|pass|next)( (it|this))?[.!]?$", re.I)
_ABOUT = re.compile(
    r"^(what (is|are|does)|what's|explain|tell me about|how do i fix)\s+(an? |the )?(?P<rest>.+?)\??$", re.I
)


@dataclass(frozen=True)
class Meaning:
    """What words mean.

    Attributes:
        kind: ``answer``, ``symptom``, ``cause``, ``choice`` between the nearest symptoms, or ``nothing``.
        id: of the answer, symptom or cause.
        near: ids of the nearest symptoms, best first.
        told: what figures among the words tell by themselves.
    """

    kind: Literal["answer", "symptom", "cause", "choice", "nothing"]
    id: str = ""
    near: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def meaning_of(kb: KnowledgeBase, text: str, question: QuestionView | None) -> Meaning:
    """What the words mean while ``question`` stands."""
    if question is not None:
        answer = answer_in(text, question)
        if answer is not None:
            return Meaning("answer", answer)
    about = _ABOUT.match(text.strip())
    if about:
        cause = cause_called(kb, about["rest"])
        if cause is not None:
            return Meaning("cause", cause)
    reading = language.read(kb, text)
    if reading.symptom is not None:
        told = tuple(one.means for one in reading.figures if one.means)
        return Meaning("symptom", reading.symptom, told=told)
    cause = cause_called(kb, text)
    if cause is not None:
        return Meaning("cause", cause)
    return Meaning("choice", near=reading.nearest) if len(reading.nearest) == 2 else Meaning("nothing")


def answer_in(text: str, question: QuestionView) -> str | None:
    """The id of the answer that the words give, if they give one."""
    said = text.strip().lower()
    by_key = next((one.id for one in question.options if one.key and one.key == said), None)
    if by_key is not None:
        return by_key
    if question.not_sure and _UNSURE.match(said):
        return UNKNOWN
    if question.optional and _SKIP.match(said):
        return SKIPPED
    first = re.match(r"^(yes|no)\b", said)
    if first:
        same = [one.id for one in question.options if one.text.lower().startswith(first[1])]
        if len(same) == 1:
            return same[0]
    scored = [(fuzz.ratio(said, one.text.lower()), one.id) for one in question.options]
    likeness, best = max(scored, default=(0.0, ""))
    return best if likeness >= SAME_ANSWER else None


def cause_called(kb: KnowledgeBase, text: str) -> str | None:
    """The id of the cause that is called so, by its id or its title."""
    word = text.strip().lower().replace(" ", "_").replace("-", "_")
    if word in kb.causes:
        return word
    found = nearest_causes(kb, text, 1)
    return found[0][0] if found and found[0][1] >= SAME_CAUSE else None


def nearest_causes(kb: KnowledgeBase, text: str, count: int) -> list[tuple[str, float]]:
    """The causes whose name is most like the words, best first, with their likeness of 100."""
    names = {id: f"{id.replace('_', ' ')}" for id in kb.causes}
    titles = {id: cause.title.lower() for id, cause in kb.causes.items()}
    best: dict[str, float] = {}
    for choices in (names, titles):
        for _, score, id in process.extract(text.lower(), choices, scorer=fuzz.WRatio, limit=count + 2):
            best[id] = max(best.get(id, 0.0), score if len(text) > 3 else score / 2)
    return sorted(best.items(), key=lambda one: -one[1])[:count]
