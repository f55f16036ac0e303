"""Curves while they are measured: points are told as they come, in small heaps, a few times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

INTERVAL = 0.2
"""Seconds between two heaps of points."""

Tell = Callable[[dict[str, Any]], None]
"""Takes one message, an event of the protocol."""


class Live:
    """What whoever watches a case is told of curves under way; where nobody listens it costs next to nothing.

    A curve has the id of its probe, or is ``trial``; its series are named as the screens name them: ``training``,
    ``validation``, ``without``, ``with``, or a label of the probe's own. Values need not be finite.
    """

    def __init__(self) -> None:
        self._tell: Tell | None = None
        self._waiting: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
        self._anew: set[tuple[str, str]] = set()
        self._share: tuple[float, float] | None = None
        self._told = 0.0

    def listen(self, tell: Tell | None) -> None:
        """Tell this one from now on, or nobody; what was not told yet is forgotten."""
        self._tell = tell
        self._waiting.clear()
        self._anew.clear()
        self._share = None

    def begin(self, curve: str, *series: str) -> None:
        """These series start over: the points told so far belong to an earlier run."""
        if self._tell is None:
            return
        for name in series:
            self._waiting[curve, name] = ([], [])
            self._anew.add((curve, name))

    def point(self, curve: str, series: str, x: float, y: float) -> None:
        """One more point of a series; ``x`` grows within a series."""
        self.points(curve, series, (x,), (y,))

    def points(self, curve: str, series: str, x: Iterable[float], y: Iterable[float]) -> None:
        """More points of a series."""
        if self._tell is None:
            return
        xs, ys = self._waiting.setdefault((curve, series), ([], []))
        xs.extend(map(float, x))
        ys.extend(map(float, y))
        self._tell_sometimes()

    def share(self, done: float, total: float | None) -> None:
        """How far the work under way has come; ``total`` is None where that is unknown."""
        if self._tell is not None and total:
            self._share = (float(done), float(total))
            self._tell_sometimes()

    def flush(self) -> None:
        """Tell what is left."""
        if self._tell is None:
            return
        self._told = time.monotonic()
        if self._share is not None:
            done, total = self._share
            self._tell({"event": "progress", "text": "", "done": done, "total": total})
            self._share = None
        for (curve, series), (x, y) in self._waiting.items():
            anew = (curve, series) in self._anew
            if x or anew:
                self._tell({"event": "points", "curve": curve, "series": series, "x": x, "y": y, "anew": anew})
        self._waiting.clear()
        self._anew.clear()

    def _tell_sometimes(self) -> None:
        if time.monotonic() - self._told >= INTERVAL:
            self.flush()
