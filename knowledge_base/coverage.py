"""What the documents advise, sentence by sentence, and which entries quote it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.loading import KnowledgeBase

_TYPOGRAPHY = {
    "â€“": "-",
    "“": '"',
    "”": '"',
    "„": '"',
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "−": "-",
    "•": " ",
}
_TYPOGRAPHIC = re.compile("|".join(_TYPOGRAPHY))
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_END = re.compile(r"(?<=[.!?])[\"')*]*\s+(?=[\"'(*`]*[A-Z0-9])")
_ABBREVIATIONS = ("e.g.", "i.e.", "vs.", "etc.")
_NUMBERING = re.compile(r"^(\*\*)?\d+\.\s*$")
_FEWEST_WORDS = 3
_ENOUGH = 40


@dataclass(frozen=True)
class CoveredSentence:
    """A sentence of a document and who quotes it.

    Attributes:
        document: the document's id.
        sentence: as it stands there.
        advice: whether it advises; ``None`` if nobody has judged it yet.
        entries: the entries that quote it, such as ``causes.lr_too_high``.
    """

    document: str
    sentence: str
    advice: bool | None
    entries: tuple[str, ...]


@lru_cache(maxsize=4096)
def normalised(text: str) -> str:
    """A text with one blank for any white space, plain quotes and dashes, and no bullets."""
    plain = _TYPOGRAPHIC.sub(lambda match: _TYPOGRAPHY[match.group(0)], text)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def stands_in(quote: str, text: str) -> bool:
    """Whether the words of a quote stand in a text, typographic marks and white space aside."""
    return normalised(quote) in normalised(text)


def quotable(quote: str, text: str) -> bool:
    """Whether a quote says something: three words or more, or a whole line."""
    words = normalised(quote)
    return len(words.split()) >= _FEWEST_WORDS or words in {normalised(line) for line in text.splitlines()}


def sentences(text: str) -> list[str]:
    """The sentences of a document in order, each once: lines of lists and headings count, code does not."""
    found: dict[str, None] = {}
    for line in _FENCE.sub("", text).splitlines():
        for sentence in _split(line.strip().removeprefix("•").strip()):
            if re.search(r"[A-Za-z]{2}", sentence):
                found.setdefault(sentence)
    return list(found)


def _split(line: str) -> Iterator[str]:
    pending = ""
    for part in _END.split(line):
        pending = f"{pending} {part}".strip()
        if not pending.endswith(_ABBREVIATIONS) and not _NUMBERING.match(pending):
            yield pending
            pending = ""
    if pending:
        yield pending


def coverage(kb: KnowledgeBase) -> list[CoveredSentence]:
    """Every sentence of every document, with the entries that quote it."""
    found: list[CoveredSentence] = []
    for document, text in kb.texts.items():
        judged = _judgements(kb, document)
        quotes = _quotes(kb, document)
        for sentence in sentences(text):
            key = normalised(sentence)
            entries = tuple(dict.fromkeys(entry for quote, entry in quotes if _touches(quote, key, normalised(text))))
            found.append(CoveredSentence(document, sentence, judged.get(key), entries))
    return found


def _judgements(kb: KnowledgeBase, document: str) -> dict[str, bool]:
    advice = kb.advice.get(document)
    if advice is None:
        return {}
    return {normalised(one): True for one in advice.advice} | {normalised(one): False for one in advice.other}


def _quotes(kb: KnowledgeBase, document: str) -> list[tuple[str, str]]:
    return [
        (normalised(citation.quote), f"{kind}.{id}")
        for kind, id, _, citation in kb.citations()
        if citation.document == document and citation.quote
    ]


@lru_cache(maxsize=65536)
def _touches(quote: str, sentence: str, text: str) -> bool:
    """Whether a quote holds a good part of a sentence: half of it, or forty characters."""
    if quote in sentence or sentence in quote:
        shared = min(len(quote), len(sentence))
        return shared >= min(_ENOUGH, len(sentence) / 2)
    return any(_overlap(at, len(quote), sentence, text) for at in _found(quote, text))


def _found(words: str, text: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _overlap(at: int, length: int, sentence: str, text: str) -> bool:
    for start in _found(sentence, text):
        shared = min(at + length, start + len(sentence)) - max(at, start)
        if shared >= min(_ENOUGH, len(sentence) / 2):
            return True
    return False
