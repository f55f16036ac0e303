"""Words that must stay: those that questions compare with, that name fields, and that are nobody's own name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from assistant.bundle.model import MEMBERS, Manifest
from knowledge_base.loading import load
from probes.catalogue import catalogue, hints

_OF_MANY = """
admin administrator anonymous build builder ci colab container conda default dev developer docker guest home host
jenkins jovyan jupyter keras linux localhost localdomain macbook main nobody notebook numpy oracle owner
pi postgres python root runner script server service student system tensorflow test tester tmp training ubuntu
user users vagrant windows work worker workspace
true false none null enabled disabled production development staging
"""
_COMMON = frozenset(_OF_MANY.split())


def is_common(word: str) -> bool:
    """Whether a word is the name of an account or a setting that thousands have."""
    return word.lower() in _COMMON


@cache
def vocabulary() -> frozenset[str]:
    """Every word, in lower case, that a condition compares with, that is an id, or that names a field."""
    kb = load()
    words = {*kb.questions, *kb.causes, *kb.symptoms, *kb.trees, *catalogue()}
    for cause in kb.causes.values():
        words |= {word for remedy in cause.remedies for word in (remedy.id, remedy.treatment or "")}
    for question in kb.questions.values():
        words |= {*question.answers, *_texts([one.model_dump(include={"when"}) for one in question.answers.values()])}
    for model in (Manifest, *MEMBERS.values()):
        words |= set(_fields(model, set()))
    for probe in catalogue().values():
        words |= set(_fields(probe.measurement, set()))
    return frozenset(one.lower() for whole in words for one in _words(whole))


def _words(whole: str) -> Iterator[str]:
    """A text, and what in it may be a word."""
    yield from (whole, *re.findall(r"[A-Za-z]{3,}", whole), *re.findall(r"\w{3,}", whole))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield str(key)
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)


def _fields(kind: Any, seen: set[Any]) -> Iterator[str]:
    """The names of all fields of a model or a measurement, those of their parts among them."""
    if kind in seen:
        return
    seen.add(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, about in kind.model_fields.items():
            yield name
            yield from _fields(about.annotation, seen)
    elif isinstance(kind, type) and is_dataclass(kind):
        for name, hint in hints(kind).items():
            yield name
            yield from _fields(hint, seen)
    else:
        for argument in get_args(kind):
            if not isinstance(argument, (str, int)):
                yield from _fields(argument, seen)
            elif isinstance(argument, str):
                yield argument
