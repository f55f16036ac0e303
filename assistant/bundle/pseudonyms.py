"""Pseudonyms: the names that a program gives its classes, layers and columns, replaced by the same word each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from assistant.bundle.program_text import ProgramText
from assistant.bundle.vocabulary import vocabulary
from assistant.events import CaseEvidence
from probes.process.description import CaseDescription

KINDS = ("class", "column", "layer", "name")
"""What can be given pseudonyms."""

_FROM_KERAS = frozenset({"keras_tensor", "input_layer", "sequential", "functional", "model"})


def pseudonyms_for(evidence: CaseEvidence, text: ProgramText, kinds: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """By name, its kind and what stands for it; names that Keras gave, and words that measurements need, stay.

    Args:
        evidence: names the layers, and losses, metrics and the optimizer.
        text: names the classes and columns, and tells which names the program chose.
        kinds: which names are to be replaced.
    """
    given = {
        "class": sorted(text.classes),
        "column": sorted(text.columns),
        "layer": list(dict.fromkeys(_layers(evidence.case))),
        "name": [one for one in dict.fromkeys(_others(evidence.case)) if one in text.given],
    }
    found: dict[str, tuple[str, str]] = {}
    for kind in (one for one in KINDS if one in kinds):
        chosen = [one for one in given[kind] if one not in found and one.lower() not in vocabulary() and len(one) > 1]
        found |= {name: (kind, f"{kind}_{number}") for number, name in enumerate(chosen, start=1)}
    return found


def _layers(case: CaseDescription) -> Iterator[str]:
    """The names of layers and models that the program chose."""
    if case.model is not None and not _is_given_by_keras(case.model.name, case.model.class_name):
        yield case.model.name
    for layer in case.layers:
        if not _is_given_by_keras(layer.name, layer.class_name):
            yield layer.name
        if layer.inside is not None and re.sub(r"_\d+$", "", layer.inside) not in _FROM_KERAS:
            yield layer.inside


def _others(case: CaseDescription) -> Iterator[str]:
    """The names of losses, metrics and the optimizer, whoever chose them."""
    if case.loss is not None:
        yield from re.split(r",\s*", case.loss.name)
    yield from case.compile.metrics
    if case.optimizer is not None:
        yield str(case.optimizer.settings.get("name", ""))


def _is_given_by_keras(name: str, class_name: str) -> bool:
    bare = re.sub(r"_\d+$", "", name)
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", class_name).lower()
    return bare in _FROM_KERAS or bare.replace("_", "") == snake.replace("_", "")
