"""What a host and a worker tell while they work."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Stage:
    """A new stage began, such as *importing TensorFlow* or *running the program*."""

    text: str


@dataclass(frozen=True)
class Output:
    """Text that the program printed; of a flood only the end of each stretch comes through.

    Attributes:
        skipped: bytes that were left out before this text.
    """

    stream: Literal["stdout", "stderr"]
    text: str
    skipped: int = 0


@dataclass(frozen=True)
class Progress:
    """How far a request has come.

    Attributes:
        done, total: in one unit; None where it is not known.
    """

    text: str
    done: float | None = None
    total: float | None = None


@dataclass(frozen=True)
class Points:
    """New points of a curve while it is measured.

    Attributes:
        curve: id of the probe that measures it, or ``trial``.
        series: which line of the plot.
        x: steps, epochs or whatever the curve is drawn over; grows within a series.
        y: values, of the same number; they need not be finite.
        anew: whether the points of this series before these belong to an earlier run and go.
    """

    curve: str
    series: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    anew: bool = False


@dataclass(frozen=True)
class Gone:
    """The worker's process is gone without having been asked to go; what has become of it is in ``Worker.lost``."""


WorkerEvent = Stage | Output | Progress | Points | Gone
OnEvent = Callable[[WorkerEvent], object]
"""Called in the event loop for every event; an awaitable result is awaited before the next."""


async def tell(listener: OnEvent | None, event: WorkerEvent) -> None:
    """Hand an event to whoever listens, and wait where they want to be waited for."""
    if listener is not None:
        answer = listener(event)
        if inspect.isawaitable(answer):
            await answer
