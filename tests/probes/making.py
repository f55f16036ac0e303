"""Cases of small live models, made in the test process: no worker, no script."""

from __future__ import annotations

import inspect
import json
from types import SimpleNamespace
from typing import Any

from pydantic import TypeAdapter

from probes.case import Case, build_case
from probes.catalogue import catalogue
from probes.measurement import to_wire
from probes.measuring import run_probe


def make_case(model: Any, x: Any = None, y: Any = None, **fit_arguments: Any) -> Case:
    """The case of ``model.fit(x, y, **fit_arguments)``, as the worker would hold it."""
    from keras.src.backend.tensorflow.trainer import TensorFlowTrainer

    bound = inspect.signature(inspect.unwrap(TensorFlowTrainer.fit)).bind(model, x, y, **fit_arguments)
    bound.apply_defaults()
    arguments = {name: value for name, value in bound.arguments.items() if name != "self"}
    return build_case(SimpleNamespace(model=model, method="fit", arguments=arguments, batches=None), None)


def batch_case(model: Any, batches: list[tuple[Any, ...]]) -> Case:
    """The case of a loop over ``model.train_on_batch(*batch)``."""
    return build_case(SimpleNamespace(model=model, method="train_on_batch", arguments={}, batches=batches), None)


def measured(case: Case, probe: str, seconds: float = 30.0) -> dict[str, Any]:
    """The measurement of a probe, as it travels; its reason as an assertion where there is none."""
    outcome = run_probe(case, probe, seconds)
    assert outcome["measurement"] is not None, outcome["unknown"]
    return dict(outcome["measurement"])


def unknown(case: Case, probe: str, seconds: float = 30.0) -> str:
    """Why a probe cannot answer; an assertion where it can."""
    outcome = run_probe(case, probe, seconds)
    assert outcome["unknown"] is not None, outcome["measurement"]
    return str(outcome["unknown"])


def travels(probe: str, measurement: dict[str, Any]) -> None:
    """A measurement comes through JSON unharmed, and every field is of the type that its dataclass names."""
    arrived = json.loads(json.dumps(measurement, allow_nan=False))
    held = TypeAdapter(catalogue()[probe].measurement).validate_python(arrived)
    assert to_wire(held) == measurement
