"""Cases of small live models, made in the test process: no worker, no script."""

from __future__ import annotations

import gc
import inspect
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter

from probes.case import Case, build_case
from probes.catalogue import catalogue
from probes.measurement import to_wire
from probes.measuring import run_probe

ROWS = 64
LIVE = [pytest.mark.keras, pytest.mark.usefixtures("live_models")]
"""Marks of a module that makes its models in the test process."""


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


def measured(case: Case, probe: str, seconds: float = 120.0) -> dict[str, Any]:
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


def table(rows: int = ROWS, width: int = 6) -> Any:
    return np.random.default_rng(1).standard_normal((rows, width)).astype("float32")


def binary(rows: int = ROWS) -> Any:
    return (table(rows)[:, 0] > 0).astype("float32")


def classes(rows: int = ROWS, count: int = 3) -> Any:
    return np.argmax(table(rows)[:, :count], axis=1)


def quantity(rows: int = ROWS) -> Any:
    return table(rows) @ np.arange(6, dtype="float32")


def net(units: int = 1, activation: str | None = None, width: int = 6) -> Any:
    import keras
    from keras import layers

    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [keras.Input((width,)), layers.Dense(8, activation="relu"), layers.Dense(units, activation=activation)]
    )


def compiled(model: Any, *arguments: Any, **settings: Any) -> Any:
    model.compile(*(arguments or ("adam", "mse")), **settings)
    return model


def clean() -> None:
    """Drop what the models of other tests left behind."""
    import keras

    keras.backend.clear_session()
    gc.collect()


def turned_bars() -> tuple[NDArray[Any], NDArray[Any]]:
    """Noisy pictures (480, 8, 8, 1) of a bar, and to which of the four sides it was turned."""
    random = np.random.default_rng(3)
    y = random.integers(0, 4, 480)
    x = np.zeros((480, 8, 8, 1), "float32")
    x[:, 1:3, 2:6] = 1.0
    x = np.stack([np.rot90(one, side) for one, side in zip(x, y, strict=True)])
    return x + random.normal(0, 0.3, x.shape).astype("float32"), y
