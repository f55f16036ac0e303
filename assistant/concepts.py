"""What words say about training, whatever the wording: who or what it is about, and what it does.

A text becomes rows of concepts, one a clause (``VAL LOSS UP``, ``TRAIN GOOD``). The patterns stand in ``words.yaml``;
no symptom is named there or here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from assistant.figures import Figure, chance_classes, course, figures

SUBJECTS = ("VAL", "TRAIN", "LOSS", "ACC", "PRED")
_BREAKS = re.compile(
    r"\s*(?:[,;:.!?](?=\s|$)|\b(?:but|while|whereas|though|although|yet|however|when|because|and|then|or)\b)\s*"
)
_GAP = 0.12
_LITTLE = 0.1
_HUGE = 1000.0

Token = tuple[int, str]


def concepts(text: str) -> list[list[str]]:
    """The concepts of each clause of a text, in the order of the words; what its figures tell stands last."""
    lowered = spelled(text)
    tokens = sorted(_found(lowered))
    breaks = [match.start() for match in _BREAKS.finditer(lowered)]
    clauses: list[list[str]] = [[] for _ in range(len(breaks) + 1)]
    for at, concept in tokens:
        clauses[sum(one <= at for one in breaks)].append(concept)
    told = [*_from_figures(lowered, tokens), *_from_comparison(tokens)]
    return [clause for clause in [*clauses, told] if clause]


def spelled(text: str) -> str:
    """A text in small letters, with plain apostrophes and blanks, and the apostrophes that people leave out."""
    plain = text.lower().replace("’", "'").replace("_", " ")
    return " ".join(re.sub(r"\b(do|does|did|is|wo|ca|are)nt\b", r"\1n't", plain).split())


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The concepts with their patterns, in order."""
    import yaml

    table = yaml.load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple((concept, re.compile(pattern)) for row in table for concept, pattern in row.items())


def _found(text: str) -> Iterator[Token]:
    free = text
    for concept, pattern in patterns():
        for match in pattern.finditer(free):
            yield match.start(), concept
        free = pattern.sub(lambda match: "\0" * len(match[0]), free)


def _from_figures(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    found = figures(text)
    row = [one for one in found if one.unit in ("number", "percent")]
    if any(chance_classes(one.text) for one in found if one.unit == "number"):
        yield "CHANCE"
    if any(one.unit == "percent" or 0 < one.value < 1 for one in row):
        yield "SHARE"
    if any(one.value >= _HUGE for one in row):
        yield "HUGE"
    values = [one.value for one in row]
    shape = course(values)
    if shape:
        yield f"ROW_{shape.upper()}"
    if len(row) == 2:
        yield from _from_pair(text, row, tokens)


def _from_pair(text: str, row: Sequence[Figure], tokens: Sequence[Token]) -> Iterator[str]:
    """What two figures tell: training against validation, or from where to where."""
    first, second = (one.value for one in row)
    names = [concept for _, concept in tokens if concept in ("TRAIN", "VAL")]
    if {*names} == {"TRAIN", "VAL"}:
        training, validation = (first, second) if names[0] == "TRAIN" else (second, first)
        yield _against(training, validation, by_loss=not any(concept == "ACC" for _, concept in tokens))
    elif re.search(r"\bfrom\b|\bto\b|\bstarts?\b", text):
        change = abs(second - first) / max(abs(first), abs(second), 1e-12)
        if change < _LITTLE:
            yield "MOVES_LITTLE"
        else:
            yield "RISES_FAR" if second > 10 * first else "FALLS" if second < first else "RISES"


def _against(training: float, validation: float, by_loss: bool) -> str:
    gap = (training - validation) / max(abs(training), abs(validation), 1e-12)
    worse = -gap if by_loss and max(training, validation) < 50 and not 0 < training <= 1 else gap
    if abs(gap) < _GAP:
        return "CLOSE"
    return "VAL_WORSE" if worse > 0 else "VAL_BETTER"


def _from_comparison(tokens: Sequence[Token]) -> Iterator[str]:
    """Which of training and validation is said to be better, where one is held against the other."""
    row = [concept for _, concept in tokens]
    for at, concept in enumerate(row):
        if concept not in ("EXCEEDS", "BELOW", "GAP"):
            continue
        before = next((one for one in reversed(row[:at]) if one in ("TRAIN", "VAL")), None)
        after = next((one for one in row[at:] if one in ("TRAIN", "VAL")), None)
        if concept == "GAP" or before is None or after is None or before == after:
            continue
        by_loss = "LOSS" in row and "ACC" not in row
        higher = (before == "VAL") == (concept == "EXCEEDS")
        yield "VAL_WORSE" if higher == by_loss else "VAL_BETTER"
