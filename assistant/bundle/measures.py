"""Measurements of a bundle against the catalogue: each is what its probe measures, or it is not used."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.bundle.model import Measurements
from assistant.catalogue_fields import catalogue_fields
from probes.catalogue import catalogue, hints


def unfit(measurements: Measurements) -> dict[str, str]:
    """The measurements that are not what their probes measure here, with what is wrong about each."""
    found: dict[str, str] = {}
    for one in measurements.measured:
        if one.probe not in catalogue():
            found[one.probe] = "there is no such probe"
        elif one.measurement is not None:
            try:
                _adapter(one.probe).validate_json(json.dumps(one.measurement), strict=True)
            except ValidationError as error:
                first = error.errors()[0]
                found[one.probe] = f"{'.'.join(map(str, first['loc']))}: {first['msg'].lower()}"
            else:
                more = sorted(set(one.measurement) - _names(one.probe))
                found |= {one.probe: f"it has no field {more[0]!r}"} if more else {}
    return found


@cache
def fingerprint() -> str:
    """What tells whether two installations measure the same: a hash of all fields of all measurements."""
    fields = sorted((probe, repr(tree)) for probe, tree in catalogue_fields().items())
    return hashlib.sha256(repr(fields).encode()).hexdigest()[:16]


def fitting(measurements: Measurements, made_with: str, tool: str) -> Measurements:
    """What can be used of measurements: what another installation measures otherwise is left out.

    Args:
        measurements: of the bundle.
        made_with: fingerprint of the installation that made it.
        tool: its version.

    Raises:
        ValueError: an installation that measures the same would not have measured that; names the first such probe.
    """
    wrong = unfit(measurements)
    if wrong and made_with == fingerprint():
        probe, why = next(iter(wrong.items()))
        raise ValueError(f"{probe} is no measurement of that probe ({why})")
    reason = f"it was measured by keras-triage {tool}, which measures it otherwise"
    return Measurements(
        measured=tuple(one for one in measurements.measured if one.probe not in wrong),
        aside=tuple(one for one in measurements.aside if one not in wrong),
        not_run={**measurements.not_run, **{probe: reason for probe in wrong if probe in catalogue()}},
    )


@cache
def _names(probe: str) -> frozenset[str]:
    return frozenset(hints(catalogue()[probe].measurement))


@cache
def _adapter(probe: str) -> TypeAdapter[Any]:
    return TypeAdapter(catalogue()[probe].measurement)
