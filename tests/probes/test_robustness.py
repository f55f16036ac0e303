"""Every probe on every kind of program: a measurement that fits its schema, or a clear `unknown`; never a warning."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest

from probes.catalogue import catalogue
from probes.dynamics import one_batch, rate_response, start_spread
from probes.measuring import run_probe

from .making import LIVE, clean, travels
from .odd_programs import PROGRAMS

pytestmark = LIVE

OFTEN = (
    "regression",
    "mapped_inputs_and_outputs",
    "generator",
    "pydataset",
    "ragged_dataset",
    "frames",
    "class_weights",
    "mixed_precision",
    "eager",
    "own_step_without_an_optimizer",
    "text_inputs",
    "broken_class_ids",
    "a_layer_that_raises",
    "one_row",
    "loop_of_batches",
)
OF_THE_PROGRAM = (
    "Gradients do not exist for variables",
    "The model does not have any trainable weights",
    "The structure of `inputs` doesn't match the expected structure",
    "__array__ implementation doesn't accept a copy keyword",
    "Early stopping conditioned on metric",
    "Learning rate reduction is conditioned on metric",
)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (one_batch, rate_response, start_spread):
        for name in ("STEPS", "MAX_STEPS"):
            monkeypatch.setattr(module, name, 9, raising=False)
    yield
    clean()


def test_programs_that_are_tried_often_exist() -> None:
    assert set(OFTEN) <= set(PROGRAMS)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.slow) for name in PROGRAMS]
)
def test_every_probe_copes(name: str) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        case = PROGRAMS[name]()
        outcomes = {probe: run_probe(case, probe, 20.0) for probe in catalogue()}
    assert [one for one in outcomes.values() if "the probe failed" in str(one["unknown"])] == []
    assert [str(one.message) for one in heard if not str(one.message).startswith(OF_THE_PROGRAM)] == []
    for probe, one in outcomes.items():
        assert (one["measurement"] is None) != (one["unknown"] is None)
        if one["measurement"] is not None:
            travels(probe, one["measurement"])
