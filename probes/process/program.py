"""A script and how to run it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A script and how to run it.

    Attributes:
        path: absolute.
        arguments: of its command line.
        fit: number of the training call to hold, counted from 1.
        setup_timeout: seconds that it may take to reach that call.
        environment: variables set over those of our process.
        memory_limit: bytes that the worker and its children may use; None for most of what is free.
        listing: run every training call for one step, hold none.
    """

    path: Path
    arguments: Sequence[str] = ()
    fit: int = 1
    setup_timeout: float = 300.0
    environment: Mapping[str, str] = field(default_factory=dict)
    memory_limit: int | None = None
    listing: bool = False
