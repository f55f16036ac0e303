"""Entries that hold some words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from knowledge_base.loading import KnowledgeBase

_LIKE = 80.0
_TITLE_COUNTS = 3.0


@dataclass(frozen=True)
class Hit:
    """An entry that holds the words searched.

    Attributes:
        kind: causes, questions, symptoms or conclusions.
        id: the entry.
        title: its title or question.
        score: how many of the words it holds, those of its title counting three times.
    """

    kind: str
    id: str
    title: str
    score: float


def search(kb: KnowledgeBase, words: str) -> list[Hit]:
    """The entries that hold all the words or words like them, best first."""
    wanted = re.findall(r"[\w.]+", words.lower())
    hits = [hit for hit in (_hit(*entry, wanted) for entry in _entries(kb)) if hit.score] if wanted else []
    return sorted(hits, key=lambda hit: (-hit.score, hit.kind, hit.id))


def _entries(kb: KnowledgeBase) -> Iterator[tuple[str, str, str, Any]]:
    for cause in kb.causes.values():
        yield "causes", cause.id, cause.title, kb.written["causes", cause.id].value
    for question in kb.questions.values():
        yield "questions", question.id, question.ask, kb.written["questions", question.id].value
    for symptom in kb.symptoms.values():
        yield "symptoms", symptom.id, symptom.title, kb.written["symptoms", symptom.id].value
    for conclusion in kb.conclusions.values():
        yield "conclusions", conclusion.id, conclusion.title, kb.written["conclusions", conclusion.id].value


def _hit(kind: str, id: str, title: str, value: Any, wanted: list[str]) -> Hit:
    named = set(re.findall(r"[\w.]+", f"{title} {id} {id.replace('_', ' ')}".lower()))
    held = {word.strip(".") for text in _texts(value) for word in re.findall(r"[\w.]+", text.lower())} | named
    scores = [_score(word, named, held) for word in wanted]
    return Hit(kind, id, title, sum(scores) if all(scores) else 0.0)


def _score(word: str, named: set[str], held: set[str]) -> float:
    if word in named:
        return _TITLE_COUNTS
    if word in held:
        return 1.0
    from rapidfuzz import fuzz, process

    return 0.5 if process.extractOne(word, held, scorer=fuzz.ratio, score_cutoff=_LIKE) else 0.0


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
