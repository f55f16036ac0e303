"""What differs between two bundles: settings and measurements, field by field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.bundle.model import Bundle
from assistant.events import TrialFinished
from probes.measurement import to_wire

SAME = 1e-3
"""Relative difference below which two measured numbers count as the same: chance moves them by as much."""

MOST_FIELDS = 12
"""Fields of one probe that are told."""

_ABSENT = object()
_NAMES = ("name", "layer", "weight", "output", "input")


def compared(before: Bundle, after: Bundle) -> str:
    """The differences, line by line; one sentence where there are none."""
    lines = [*_settings(before, after), *_measurements(before, after), *_trials(before, after)]
    return "\n".join(lines or ["Settings and measurements are the same."]) + "\n"


def _settings(before: Bundle, after: Bundle) -> Iterator[str]:
    pairs = (_settings_of(before), _settings_of(after))
    yield from _titled("Settings:", list(_changes(*pairs, tolerance=0.0)))


def _settings_of(bundle: Bundle) -> dict[str, Any]:
    """Settings of program, machine and collection; places move with every edit and are left out."""
    case = bundle.evidence.case.model_dump(exclude={"folder", "places", "gaps", "seconds", "facts", "versions", "fits"})
    flat = dict(_flat(to_wire(case), ""))
    settings = {path: value for path, value in flat.items() if "place" not in path.split(".")}
    settings |= dict(_flat(dict(bundle.manifest.versions), "versions"))
    settings |= dict(_flat(bundle.environment.model_dump(), "environment"))
    evidence = bundle.evidence
    settings |= {"collect.budget": evidence.budget, "collect.arguments": " ".join(evidence.arguments)}
    return settings


def _measurements(before: Bundle, after: Bundle) -> Iterator[str]:
    old, new = _measured(before), _measured(after)
    for probe in dict.fromkeys((*old, *new)):
        if probe not in old or probe not in new:
            where = "the first" if probe in old else "the second"
            yield f"{probe}: measured in {where} bundle alone"
            continue
        changes = list(_changes(dict(_flat(old[probe], "")), dict(_flat(new[probe], "")), tolerance=SAME))
        more = len(changes) - MOST_FIELDS
        rest = [f"... and {more} more"] if more > 0 else []
        yield from _titled(f"{probe}:", [*changes[:MOST_FIELDS], *rest])


def _measured(bundle: Bundle) -> dict[str, Any]:
    found = ((one.probe, one.measurement) for one in bundle.evidence.measured)
    return {probe: to_wire(measurement) for probe, measurement in found if measurement is not None}


def _trials(before: Bundle, after: Bundle) -> Iterator[str]:
    old, new = ({_trial_name(one): one for one in each.evidence.trials} for each in (before, after))
    told = [
        f"{name}: {_outcome(old.get(name))} -> {_outcome(new.get(name))}"
        for name in dict.fromkeys((*old, *new))
        if _outcome(old.get(name)) != _outcome(new.get(name))
    ]
    yield from _titled("Trials:", told)


def _trial_name(trial: TrialFinished) -> str:
    given = f" beside {', '.join(trial.given)}" if trial.given else ""
    direction = f" ({trial.asked['direction']})" if "direction" in trial.asked else ""
    return f"{trial.treatment or 'counter-trial'} for {trial.cause}{direction}{given}"


def _outcome(trial: TrialFinished | None) -> str:
    if trial is None:
        return "not run"
    return "proven" if trial.proven else "not proven" if trial.outcome or trial.counter else "no outcome"


def _titled(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  {line}" for line in lines)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], *, tolerance: float) -> Iterator[str]:
    for path in dict.fromkeys((*old, *new)):
        one, other = old.get(path, _ABSENT), new.get(path, _ABSENT)
        if not _same(one, other, tolerance):
            yield f"{path}: {_said(one)} -> {_said(other)}"


def _same(one: Any, other: Any, tolerance: float) -> bool:
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (one, other))
    return math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-12) if numbers else bool(one == other)


def _said(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    return f"{value:.6g}" if isinstance(value, float) else "none" if value is None else str(value)


def _flat(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every plain value by its dotted path; parts of a list go by their name where they have one, else by number."""
    if isinstance(value, Mapping) and value:
        for key, one in value.items():
            yield from _flat(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(one, (Mapping, list, tuple)) for one in value):
        for number, one in enumerate(value, start=1):
            named = next((one[key] for key in _NAMES if one.get(key)), None) if isinstance(one, Mapping) else None
            yield from _flat(one, f"{path}.{named or number}")
    elif isinstance(value, (list, tuple)):
        yield path, ", ".join(map(_said, value))
    else:
        yield path, value
