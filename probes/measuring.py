"""Running one probe on a case: what it needs is checked, the case is left as it was, a failure is an outcome."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from typing import Any

from .case import Budget, Case
from .catalogue import Probe, Unanswerable, catalogue
from .keeping import unchanged
from .measurement import to_wire

_ABSENT = {
    "validation_data": "the program gives `fit` no validation data",
    "training_data": "no training data could be recorded",
    "model": "there is no model to look at",
}


def run_probe(case: Case, probe_id: str, seconds: float) -> dict[str, Any]:
    """The outcome of a probe as JSON values: ``probe``, ``seconds``, ``measurement`` or ``unknown`` with the reason.

    Args:
        case: left bit for bit as it was.
        probe_id: of the catalogue.
        seconds: the probe's budget.
    """
    began = time.perf_counter()
    outcome: dict[str, Any] = {"probe": probe_id, "measurement": None, "unknown": None}
    try:
        probe = catalogue()[probe_id]
        if "failure" in probe.needs:
            outcome["measurement"] = to_wire(probe.measure(_failed(case), Budget(seconds)))
            return outcome | {"seconds": round(time.perf_counter() - began, 4)}
        missing = _missing(case, probe)
        if missing:
            raise Unanswerable(missing)
        if probe.cost == "instant":
            outcome["measurement"] = to_wire(probe.measure(case, Budget(seconds)))
        else:
            with unchanged(case.model, case.fit.callbacks):
                outcome["measurement"] = to_wire(probe.measure(case, Budget(seconds)))
    except Unanswerable as reason:
        outcome["unknown"] = str(reason)
    except Exception as problem:  # noqa: BLE001 - a probe that fails answers `unknown`; the dialogue goes on
        where = traceback.extract_tb(problem.__traceback__)[-1]
        outcome["unknown"] = (
            f"the probe failed: {type(problem).__name__}: {str(problem)[:300]} ({where.name}:{where.lineno})"
        )
    outcome["seconds"] = round(time.perf_counter() - began, 4)
    return outcome


def _failed(case: Case) -> Any:
    """What is left of a case whose training fails.

    Raises:
        Unanswerable: nothing failed so far.
    """
    from .wiring.program_failure import FailedCase

    error = case.error or getattr(case.shared.get("recorded_run"), "error", None)
    if error is None:
        raise Unanswerable("the program did not fail")
    failure = {"stage": "in_fit", "type": error.type, "message": error.message}
    return FailedCase(failure, case.model, {"x": case.train.x, "y": case.train.y})


def run_failure_probe(
    failure: Mapping[str, Any], model: Any, arguments: Mapping[str, Any] | None, probe_id: str, seconds: float
) -> dict[str, Any]:
    """The outcome of a probe on a program that failed; probes that need a live case are ``unknown`` there."""
    from .wiring.program_failure import FailedCase

    began = time.perf_counter()
    outcome: dict[str, Any] = {"probe": probe_id, "measurement": None, "unknown": None}
    probe = catalogue().get(probe_id)
    try:
        if probe is None or "failure" not in probe.needs:
            raise Unanswerable(f"the training cannot start: {failure.get('type', '')}")
        outcome["measurement"] = to_wire(probe.measure(FailedCase(failure, model, arguments), Budget(seconds)))
    except Unanswerable as reason:
        outcome["unknown"] = str(reason)
    outcome["seconds"] = round(time.perf_counter() - began, 4)
    return outcome


def _missing(case: Case, probe: Probe) -> str | None:
    if "validation_data" in probe.needs and case.validation is None:
        return _ABSENT["validation_data"]
    if case.error is not None and case.error.stage == "building" and probe.cost != "instant":
        return f"the model cannot take the first batch: {case.error.type}"
    return None
