"""From kinds of places to lines of the program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assistant.firsts import first_of_each
from assistant.ranking import Finding
from assistant.report.model import LocationPart
from knowledge_base.schema import Cause
from probes.process.description import CaseDescription, Place

MOST_PLACES = 8
"""More places than this tell a person nothing."""


def locations(case: CaseDescription, cause: Cause, finding: Finding) -> tuple[LocationPart, ...]:
    """Where the cause may have been written: what its evidence points at first, then where such a cause sits.

    A place in the data is followed by the last assignments of its names.
    """
    pointed_at = [kind for evidence in finding.speaks_for for kind in evidence.places]
    proven_at = [kind for trial in finding.trials if trial.proven for kind in trial.locations]
    failed_at = [case.failure.place] if case.failure and case.failure.place and finding.speaks_for else []
    kinds = dict.fromkeys((*proven_at, *pointed_at, *cause.locate))
    found = [*failed_at, *(place for kind in kinds for place in _of_kind(case, kind))]
    return tuple(dict.fromkeys(_location(place) for place in found))[:MOST_PLACES]


def told_apart(places: Iterable[LocationPart]) -> tuple[LocationPart, ...]:
    """The places that differ for a reader who is shown file, line and code, but no column."""
    return tuple(first_of_each(places, lambda one: (one.file, one.line, one.code)))


def place_of(case: CaseDescription, kind: str) -> Place | None:
    """The place of a kind; where it was not written, that of the call that it would stand in."""
    call = "fit" if kind.startswith("fit.") else "compile"
    for candidate in (kind, f"compile.{kind}", call if _is_setting(kind) else kind):
        if candidate in case.places:
            return case.places[candidate]
    return None


def _is_setting(kind: str) -> bool:
    return kind.startswith(("fit.", "compile.")) or kind in ("optimizer", "loss", "metrics")


def _of_kind(case: CaseDescription, kind: str) -> Iterator[Place]:
    if kind == "layers":
        yield from _unique(layer.place for layer in case.layers)
        return
    place = place_of(case, kind)
    if place is not None:
        yield place
        yield from place.assigned


def _unique(places: Iterable[Place | None]) -> Iterator[Place]:
    yield from dict.fromkeys(place for place in places if place is not None)


def _location(place: Place) -> LocationPart:
    code = place.code.strip().splitlines()[0].strip() if place.code.strip() else ""
    return LocationPart(file=place.file, line=place.line, column=(place.column or 0) + 1, code=code)
