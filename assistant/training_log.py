"""Training logs as people paste them: what Keras and others print, CSV files, and ``history.history``."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from assistant.printed import pasted

MOST_ENTRIES = 100_000
"""Entries that are read; what follows is left out."""

_NUMBER = r"[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|nan|inf(?:inity)?)"
_NAME = r"[A-Za-z][A-Za-z0-9_./]*"
_FIGURE = re.compile(rf"(?<![\w.])({_NAME})\s*[:=]\s*({_NUMBER})(?![\w:/%])", re.I)
_BARE_FIGURE = re.compile(rf"(?<![\w.])((?:val_|train_|valid_)?(?:loss|acc|accuracy|auc|mae|mse))\s+({_NUMBER})", re.I)
_EPOCH = re.compile(r"(?<![\w])epochs?\b\W{0,3}(\d+)", re.I)
_STEP = re.compile(r"(?<![\w])(?:step|iter(?:ation)?|batch)\b\W{0,3}(\d+)", re.I)
_LISTED = re.compile(rf"[\"']({_NAME})[\"']\s*:\s*\[([^\]]*)\]?")
_WRAPPED = re.compile(rf"(?:np\.)?(?:float|int)\d*\(\s*({_NUMBER})\s*\)", re.I)
_VALUE = re.compile(rf"^{_NUMBER}$", re.I)
_NO_FIGURES = frozenset({"epoch", "epochs", "step", "iter", "iteration", "batch", "eta", "time", "seed", "it"})


@dataclass(frozen=True)
class Series:
    """One quantity: its values, which need not be finite, over epochs or steps, from 1."""

    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class TrainingLog:
    """What a log holds.

    Attributes:
        series: every quantity by name, ``loss`` among them, in the order in which they came.
        unit: what it goes by: ``epoch`` or ``step``.
    """

    series: Mapping[str, Series]
    unit: str

    @property
    def losses(self) -> tuple[float, ...]:
        """The training loss."""
        return self.series["loss"].y

    @property
    def length(self) -> int:
        """How many entries hold a training loss."""
        return len(self.losses)

    def values(self, name: str) -> tuple[float, ...]:
        """A quantity; empty where the log has none of that name."""
        return self.series[name].y if name in self.series else ()


Entry = tuple[float, dict[str, float]]
"""An epoch or a step, and what was logged there."""


def read(text: str) -> TrainingLog | None:
    """The log in a text, or None where no training loss can be read from it."""
    plain = pasted(text)
    for way in (_history, _table, _lines):
        log = way(plain)
        if log is not None:
            return log
    return None


def _history(text: str) -> TrainingLog | None:
    """``history.history`` as Python or JSON prints it: names with lists of numbers."""
    series: dict[str, Series] = {}
    for name, listed in _LISTED.findall(_WRAPPED.sub(r"\1", text)):
        words = [one.strip().lower() for one in listed.replace("...", "").split(",") if one.strip()]
        values = [_value(one) for one in words if _VALUE.match(one)][:MOST_ENTRIES]
        if values and name not in series:
            series[_usual(name)] = Series(tuple(float(place) for place in range(1, len(values) + 1)), tuple(values))
    return TrainingLog(series, "epoch") if "loss" in series else None


def _table(text: str) -> TrainingLog | None:
    """A CSV file with a line of names, as ``CSVLogger`` writes it."""
    lines = [line for line in text.splitlines() if line.strip()]
    for place, line in enumerate(lines):
        separator = max(",;\t", key=line.count)
        names = [_usual(one.strip().strip('"')) for one in line.split(separator)]
        if "loss" in names and len(names) > 1 and all(re.fullmatch(_NAME, one) for one in names if one):
            return _of_entries(_rows(names, lines[place + 1 :], separator), "step" if "step" in names else "epoch")
    return None


def _rows(names: list[str], lines: list[str], separator: str) -> Iterable[Entry]:
    counter = next((names.index(one) for one in ("epoch", "step") if one in names), None)
    first: float | None = None
    for number, cells in enumerate(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator), start=1):
        words = [cell.strip().lower() for cell in cells]
        if len(words) != len(names):
            return
        found = {name: _value(one) for name, one in zip(names, words, strict=True) if _VALUE.match(one)}
        at = found.pop(names[counter], math.nan) if counter is not None else math.nan
        if first is None:
            first = at
        # Keras counts the epochs of a CSV file from 0.
        yield (at + (1.0 if first == 0 else 0.0) if math.isfinite(at) else float(number)), found


def _lines(text: str) -> TrainingLog | None:
    """Lines with names and numbers; what stands under one epoch belongs to it, the last line of it counts."""
    entries: list[Entry] = []
    lines = text.splitlines()
    by_epoch = any(_EPOCH.search(line) for line in lines)
    now: float | None = None
    for line in lines:
        epoch = _EPOCH.search(line)
        if epoch:
            now = float(epoch[1])
        found = _figures(line, bare=bool(epoch or _STEP.search(line)))
        if not found:
            continue
        if by_epoch and now is not None:
            if entries and entries[-1][0] == now:
                entries[-1][1].update(found)
            else:
                entries.append((now, found))
        elif not by_epoch and "loss" in found:
            step = _STEP.search(line)
            entries.append((float(step[1]) if step else len(entries) + 1.0, found))
    return _of_entries(entries, "epoch" if by_epoch or not any(map(_STEP.search, lines)) else "step")


def _figures(line: str, *, bare: bool) -> dict[str, float]:
    found = [*_FIGURE.findall(line), *(_BARE_FIGURE.findall(line) if bare else ())]
    figures: dict[str, float] = {}
    for name, value in found:
        if name.lower() not in _NO_FIGURES:
            figures.setdefault(_usual(name), _value(value.lower()))
    return figures


def _of_entries(entries: Iterable[Entry], unit: str) -> TrainingLog | None:
    found: dict[str, tuple[list[float], list[float]]] = {}
    kept = list(entries)[:MOST_ENTRIES]
    growing = all(one[0] < other[0] for one, other in pairwise(kept))
    for place, (at, figures) in enumerate(kept, start=1):
        for name, value in figures.items():
            x, y = found.setdefault(name, ([], []))
            # A run that was started again counts its epochs anew.
            x.append(at if growing else float(place))
            y.append(value)
    series = {name: Series(tuple(x), tuple(y)) for name, (x, y) in found.items()}
    return TrainingLog(series, unit) if "loss" in series else None


def _usual(name: str) -> str:
    """The name that Keras would use."""
    word = name.strip().replace("/", "_").replace(".", "_")
    lower = word.lower()
    for before, after in (("train_", ""), ("training_", ""), ("validation_", "val_"), ("valid_", "val_")):
        if lower.startswith(before):
            word = after + word[len(before) :]
            lower = word.lower()
    usual = {"acc": "accuracy", "val_acc": "val_accuracy", "lr": "learning_rate"}
    return usual.get(lower, lower if lower in ("loss", "val_loss", "epoch", "step") else word)


def _value(word: str) -> float:
    return float(word)
