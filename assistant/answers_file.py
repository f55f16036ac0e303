"""The file of ``--answers``: what a person would say, for runs without one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import UsageError
from assistant.events import SKIPPED, UNKNOWN
from knowledge_base.loading import KnowledgeBase


def read_answers(path: Path, kb: KnowledgeBase) -> dict[str, str]:
    """Ids of answers by ids of questions, from a YAML or JSON file.

    Raises:
        UsageError: the file cannot be read, or names a question or an answer that there is not.
    """
    return checked_answers(_mapping(path), kb, str(path))


def checked_answers(answers: Mapping[Any, Any], kb: KnowledgeBase, origin: str = "answers") -> dict[str, str]:
    """The answers, every question and answer known to the knowledge base.

    Raises:
        UsageError: one is not.
    """
    for question, answer in answers.items():
        if question not in kb.questions:
            raise UsageError(f"{origin}: there is no question {question!r}{nearest(question, kb.questions)}.")
        known = (*kb.questions[question].answers, UNKNOWN, SKIPPED)
        if answer not in known:
            raise UsageError(f"{origin}: {question!r} has no answer {answer!r}{nearest(answer, known)}.")
    return {str(question): str(answer) for question, answer in answers.items()}


def nearest(word: object, known: Iterable[str]) -> str:
    """A hint at the known word most like this one; empty where none is like it."""
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f"; is {close[0]!r} meant?" if close else ""


def _mapping(path: Path) -> Mapping[Any, Any]:
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is neither YAML nor JSON.") from error
    if not isinstance(value, Mapping):
        raise UsageError(f"{path} holds no answers; it is a mapping of question to answer.")
    return value
