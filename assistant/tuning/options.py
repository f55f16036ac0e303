"""What the options of ``tune`` may be."""

from __future__ import annotations

from enum import StrEnum


class TuneFormat(StrEnum):
    """How the outcome of a search is printed."""

    TEXT = "text"
    JSON = "json"


class Method(StrEnum):
    """How a search proposes settings."""

    BAYES = "bayes"
    RANDOM = "random"
    GRID = "grid"
