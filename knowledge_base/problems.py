"""Places in the knowledge base's files, problems found there, and the error that carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in a file.

    Attributes:
        file: the file.
        line: from 1.
        column: from 1.
    """

    file: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{_short(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong with a knowledge base, and where.

    Attributes:
        file: the file.
        line: from 1.
        column: from 1.
        message: one sentence without a full stop.
    """

    file: Path
    line: int
    column: int
    message: str

    @classmethod
    def at(cls, place: Place, message: str) -> Problem:
        """The problem at a place."""
        return cls(place.file, place.line, place.column, message)

    def __str__(self) -> str:
        return f"{Place(self.file, self.line, self.column)}: {self.message}"


class KnowledgeBaseError(Exception):
    """The root of the errors of this package."""


class LoadError(KnowledgeBaseError):
    """Files of the knowledge base do not parse; ``problems`` lists every one with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def _short(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
