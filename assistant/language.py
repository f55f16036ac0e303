"""Understanding a symptom in the person's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge_base.loading import KnowledgeBase

SURE = 72.0
"""Likeness, of 100, from which words are taken to mean a symptom without asking back."""

CLEAR_LEAD = 5.0
"""How far the first guess must lie ahead of the second to be taken without asking back."""

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?(?:e-?\d+)?")
_SAME = {
    "nans": "nan",
    "inf": "nan",
    "infinity": "nan",
    "validation": "val",
    "acc": "accuracy",
    "doesnt": "not",
    "dont": "not",
    "wont": "not",
    "isnt": "not",
    "epochs": "epoch",
}
_EMPTY = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "is",
        "it",
        "its",
        "at",
        "of",
        "to",
        "and",
        "in",
        "for",
        "i",
        "me",
        "this",
        "that",
        "very",
        "just",
        "s",
        "t",
    ]
)


@dataclass(frozen=True)
class Guess:
    """A symptom that words may mean.

    Attributes:
        symptom: its id.
        likeness: 0 to 100.
        phrasing: the known words that are most like those typed.
    """

    symptom: str
    likeness: float
    phrasing: str


def guesses(kb: KnowledgeBase, text: str) -> tuple[Guess, ...]:
    """What the words may mean, best first, one guess a symptom."""
    words = normal(text)
    best: dict[str, Guess] = {}
    if not words:
        return ()
    for phrasing, symptom in _known(kb):
        guess = Guess(symptom, _likeness(words, normal(phrasing)), phrasing)
        if symptom not in best or guess.likeness > best[symptom].likeness:
            best[symptom] = guess
    return tuple(sorted(best.values(), key=lambda one: -one.likeness))


def understand(kb: KnowledgeBase, text: str) -> str | None:
    """The symptom that the words mean, or None where they may mean several or none."""
    if text.strip() in kb.symptoms:
        return text.strip()
    ranked = guesses(kb, text)
    if not ranked or ranked[0].likeness < SURE:
        return None
    lead = ranked[0].likeness - ranked[1].likeness if len(ranked) > 1 else CLEAR_LEAD
    return ranked[0].symptom if lead >= CLEAR_LEAD or ranked[0].likeness >= 95 else None


def normal(text: str) -> str:
    """The words that carry meaning, in one spelling."""
    found = _WORD.findall(text.lower().replace("'", ""))
    return " ".join(_SAME.get(word, word) for word in found if word not in _EMPTY)


def _known(kb: KnowledgeBase) -> list[tuple[str, str]]:
    titles = [(one.title, one.id) for one in kb.symptoms.values() if one.id != "none"]
    return [(one.text, one.symptom) for one in kb.phrasings] + titles


def _likeness(words: str, phrasing: str) -> float:
    return 0.6 * fuzz.token_set_ratio(words, phrasing) + 0.4 * fuzz.token_sort_ratio(words, phrasing)
