"""Every probe on every kind of program: a measurement that fits its schema, or a clear `unknown`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from probes.catalogue import catalogue
from probes.dynamics import one_batch
from probes.measuring import run_probe

from .making import travels
from .odd_programs import PROGRAMS, clean

pytestmark = pytest.mark.keras


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(one_batch, "STEPS", 12)
    yield
    clean()


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_probe_copes(name: str) -> None:
    case = PROGRAMS[name]()
    outcomes: dict[str, dict[str, Any]] = {probe: run_probe(case, probe, 20.0) for probe in catalogue()}
    failed = {probe: one["unknown"] for probe, one in outcomes.items() if "the probe failed" in str(one["unknown"])}
    assert not failed
    for probe, one in outcomes.items():
        assert (one["measurement"] is None) != (one["unknown"] is None)
        if one["measurement"] is not None:
            travels(probe, one["measurement"])
