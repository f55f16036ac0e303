"""What made the program fail."""

from __future__ import annotations

from typing import Any

import numpy as np

from probes.case import Budget
from probes.measuring import run_failure_probe
from probes.wiring.program_failure import FailedCase, measure
from tests.probes.making import LIVE, classes, compiled, make_case, net, quantity, table, unknown

pytestmark = LIVE

FAILURE = {"stage": "in_fit", "type": "ValueError", "message": "Shapes (None, 1) and (None, 3) are incompatible"}


def seen(model: Any, x: Any, y: Any) -> dict[str, Any]:
    outcome = run_failure_probe(FAILURE, model, {"x": x, "y": y}, "program_failure", 5.0)
    assert outcome["unknown"] is None
    return dict(outcome["measurement"])


def test_shapes_when_it_failed() -> None:
    found = seen(net(3), table(), classes())
    assert (found["stage"], found["in_fit"], found["type"]) == ("in_fit", True, "ValueError")
    assert (found["output_axes"], found["output_units"]) == (2, 3)
    assert (found["target_axes"], found["target_units"], found["largest_target"]) == (1, 1, 2.0)
    assert not found["ids_beyond_units"]
    assert not found["text_inputs"]


def test_ids_beyond_the_units() -> None:
    assert seen(net(3), table(), classes() + 1)["ids_beyond_units"]


def test_axes_of_space_left_over() -> None:
    import keras
    from keras import layers

    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Dense(3)])
    found = seen(model, np.zeros((64, 8, 8, 1)), np.eye(3)[classes()])
    assert (found["output_axes"], found["spatial_output"]) == (4, True)


def test_texts_among_numbers() -> None:
    assert seen(net(), np.array([["a", "b"]] * 64, dtype=object), quantity())["text_inputs"]


def test_a_failure_before_there_was_a_model() -> None:
    found = measure(FailedCase({"stage": "before_fit", "type": "KeyError", "message": "'x'"}), Budget(1.0))
    assert (found.in_fit, found.output_axes, found.target_axes) == (False, None, None)


def test_a_program_that_did_not_fail() -> None:
    assert unknown(make_case(compiled(net()), table(), quantity()), "program_failure") == "the program did not fail"


def test_other_probes_need_a_program_that_runs() -> None:
    outcome = run_failure_probe(FAILURE, None, None, "input_statistics", 5.0)
    assert outcome["unknown"] == "the training cannot start: ValueError"
