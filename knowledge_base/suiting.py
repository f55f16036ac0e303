"""Which of a cause's remedies are for the case at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from knowledge_base.conditions import evaluate
from knowledge_base.schema import Cause, Remedy


def in_case(cause: Cause, measurements: Mapping[str, Mapping[str, Any]]) -> Cause:
    """The cause with the remedies that suit what was measured."""
    suit = suiting(cause.remedies, measurements)
    return cause if len(suit) == len(cause.remedies) else cause.model_copy(update={"remedies": suit})


def suiting(remedies: Iterable[Remedy], measurements: Mapping[str, Mapping[str, Any]]) -> tuple[Remedy, ...]:
    """The remedies, in order, but for those whose condition is false; one of which nothing is known stays.

    Args:
        remedies: of one cause.
        measurements: what was measured of the case, by probe.
    """
    return tuple(one for one in remedies if _suits(one, measurements) is not False)


def _suits(remedy: Remedy, measurements: Mapping[str, Mapping[str, Any]]) -> bool | None:
    if remedy.suits is None:
        return True
    measured = measurements.get(remedy.suits.probe)
    return None if measured is None else evaluate(remedy.suits.when, measured)
