"""What a person's own words mean: the symptom, the two nearest where it is not clear, and the figures in them.

A text is turned into concepts (``concepts``), words and letters; a ridge regression over the phrasings of the knowledge
base scores the symptoms. Words that are clearly misspelt are read as the nearest known word first.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.concepts import SUBJECTS, concepts, spelled
from assistant.figures import Figure, figures
from knowledge_base.loading import KnowledgeBase

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

CLEAR = 0.5
"""Confidence from which words are taken to mean a symptom without asking back; held by cross-validation."""

_CERTAIN = 100.0
_RIDGE = 0.3
_TEMPERATURE = 0.2
_NOTHING_KNOWN = 0.12
_SAME_WORDS = 96.0
_SAME_WORD = 84.0
_LONG_WORD = 5
_WORD = re.compile(r"[a-z']+")
_WEIGHTS = {"concept": 1.0, "after": 0.7, "beside": 0.5, "word": 0.5, "words": 0.3, "letters": 0.15}


@dataclass(frozen=True)
class Guess:
    """A symptom that words may mean.

    Attributes:
        symptom: its id.
        likeness: 0 to 100; those of all symptoms sum to 100.
    """

    symptom: str
    likeness: float


@dataclass(frozen=True)
class Reading:
    """What a text was understood to say.

    Attributes:
        symptom: the symptom, or ``None`` where that is not clear.
        nearest: the two symptoms that are nearest, to choose from; empty where nothing was understood.
        confidence: 0 to 1, that the first of them is meant.
        figures: the figures in the text.
    """

    symptom: str | None
    nearest: tuple[str, ...]
    confidence: float
    figures: tuple[Figure, ...]


def read(kb: KnowledgeBase, text: str) -> Reading:
    """What a text says; what is unclear gives the two nearest symptoms, never a silent guess."""
    found = figures(text)
    ranked = guesses(kb, text)
    if not ranked:
        return Reading(None, (), 0.0, found)
    confidence = ranked[0].likeness / 100
    nearest = tuple(guess.symptom for guess in ranked[:2])
    clear = confidence >= CLEAR and (ranked[0].likeness == _CERTAIN or _tells(_of(kb).corrected(text)))
    return Reading(nearest[0] if clear else None, nearest, confidence, found)


def understand(kb: KnowledgeBase, text: str) -> str | None:
    """The symptom that the words mean, or None where they may mean several or none."""
    return read(kb, text).symptom


def guesses(kb: KnowledgeBase, text: str) -> tuple[Guess, ...]:
    """What the words may mean, best first, one guess a symptom; empty where no word is known."""
    named = text.strip().lower().replace(" ", "_")
    if named in kb.symptoms:
        return (Guess(named, _CERTAIN),)
    return _of(kb).guesses(text)


def _of(kb: KnowledgeBase) -> Reader:
    titles = tuple((one.title, one.id) for one in kb.symptoms.values() if one.tree is not None)
    return _reader((*((one.text, one.symptom) for one in kb.phrasings), *titles))


def _tells(text: str) -> bool:
    """Whether a text says what something does, and not only what it is about."""
    return any(concept not in SUBJECTS for clause in concepts(text) for concept in clause)


@lru_cache(maxsize=2)
def _reader(examples: tuple[tuple[str, str], ...]) -> Reader:
    return Reader(examples)


class Reader:
    """A reader of free text, learnt from examples of it."""

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        """Learn from pairs of text and symptom; takes some 50 ms for 400 of them."""
        import numpy as np

        self.examples = {_plain(text): symptom for text, symptom in examples}
        self.symptoms = sorted({symptom for _, symptom in examples})
        self.words = sorted({word for text, _ in examples for word in _WORD.findall(spelled(text))})
        rows = [_features(text) for text, _ in examples]
        often = Counter(feature for row in rows for feature in row)
        counted = {feature: count for feature, count in often.items() if count > 1}
        self.index = {feature: at for at, feature in enumerate(counted)}
        self.rarity = [math.log((len(rows) + 1) / (count + 0.5)) ** 0.5 for count in counted.values()]
        learnt = np.stack([self._vector(row) for row in rows])
        share = -1 / max(1, len(self.symptoms) - 1)
        wanted = np.array([[1.0 if name == symptom else share for name in self.symptoms] for _, symptom in examples])
        alike = learnt @ learnt.T + _RIDGE * np.eye(len(rows))
        self.weights: Matrix = learnt.T @ np.linalg.solve(alike, wanted)

    def guesses(self, text: str) -> tuple[Guess, ...]:
        """The symptoms that a text may mean, best first; empty where no word is known."""
        import numpy as np

        if not self.symptoms:
            return ()
        same = self._same(text)
        vector = self._vector(_features(self.corrected(text)))
        scores = vector @ self.weights
        if same is None and (not vector.any() or float(scores.max()) < _NOTHING_KNOWN):
            return ()
        if same is not None:
            scores[self.symptoms.index(same)] += 1.0
        odds = np.exp((scores - scores.max()) / _TEMPERATURE)
        shares = 100 * odds / odds.sum()
        order = np.argsort(-shares)
        return tuple(Guess(self.symptoms[at], float(shares[at])) for at in order)

    def corrected(self, text: str) -> str:
        """The text with words that are clearly misspelt put right."""
        from rapidfuzz import fuzz, process

        def right(match: re.Match[str]) -> str:
            word = match[0]
            if len(word) < _LONG_WORD or word in self.words:
                return word
            near = process.extractOne(word, self.words, scorer=fuzz.ratio, score_cutoff=_SAME_WORD)
            return str(near[0]) if near and near[0][0] == word[0] else word

        return _WORD.sub(right, spelled(text))

    def _same(self, text: str) -> str | None:
        """The symptom of an example that is the same but for a letter."""
        from rapidfuzz import fuzz, process

        found = process.extractOne(_plain(text), list(self.examples), scorer=fuzz.ratio, score_cutoff=_SAME_WORDS)
        return self.examples[found[0]] if found else None

    def _vector(self, features: Mapping[str, float]) -> Vector:
        import numpy as np

        vector = np.zeros(len(self.index))
        known = [(at, count) for feature, count in features.items() if (at := self.index.get(feature)) is not None]
        values = [math.sqrt(count) * self.rarity[at] for at, count in known]
        length = math.sqrt(sum(value * value for value in values))
        if length:
            vector[[at for at, _ in known]] = [value / length for value in values]
        return vector


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+|\d+", spelled(text)))


@lru_cache(maxsize=2048)
def _features(text: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for kind, feature in (*_of_concepts(text), *_of_letters(text)):
        found[feature] = found.get(feature, 0.0) + _WEIGHTS[kind]
    return found


def _of_concepts(text: str) -> Iterator[tuple[str, str]]:
    whole: dict[str, None] = {}
    for clause in concepts(text):
        whole.update(dict.fromkeys(clause))
        does = [one for one in clause if one not in SUBJECTS]
        for concept in clause:
            yield "concept", concept
        for subject in (one for one in clause if one in SUBJECTS):
            for one in does:
                yield "concept", f"{subject}>{one}"
        for one, other in pairwise(clause):
            yield "after", f"{one} {other}"
        for one, other in _pairs(does):
            yield "beside", f"{one}&{other}"
    for one, other in _pairs(list(whole)):
        yield "beside", f"{one}..{other}"


def _of_letters(text: str) -> Iterator[tuple[str, str]]:
    words = _WORD.findall(re.sub(r"\d[\d.,]*", " ", spelled(text)))
    for word in words:
        yield "word", f"w:{word}"
    for one, other in pairwise(words):
        yield "words", f"w:{one} {other}"
    line = f" {' '.join(words)} "
    for length in (3, 4, 5):
        for at in range(len(line) - length + 1):
            yield "letters", f"x:{line[at : at + length]}"


def _pairs(items: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at, one in enumerate(items):
        for other in items[at + 1 :]:
            yield one, other
