"""What made the program fail: the exception, and how inputs, outputs and targets were shaped when it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..case import Budget
from ..catalogue import Unanswerable, probe
from ..structures import first_leaf


@dataclass(frozen=True)
class FailedCase:
    """What is left of a program that failed.

    Attributes:
        failure: the plain values of the failure: ``stage``, ``type``, ``message``, ``place``.
        model: the live model, where the program had come to a training call.
        arguments: of that call.
    """

    failure: Mapping[str, Any]
    model: Any = None
    arguments: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class ProgramFailure:
    """What made the program fail."""

    stage: str
    """`before_fit`, `in_fit` or `no_fit`."""
    type: str
    """Class of the exception."""
    message: str
    """Its text, at most 4,000 characters."""
    in_fit: bool
    """Whether it came from a training call."""
    output_axes: int | None
    """Axes of the model's output, the batch among them; null where unknown."""
    output_units: int | None
    """Size of the output's last axis; null where unknown."""
    target_axes: int | None
    """Axes of the targets; null where unknown."""
    target_units: int | None
    """Size of the targets' last axis where they have two or more, else 1; null where unknown."""
    largest_target: float | None
    """Largest target; null where unknown or no number."""
    spatial_output: bool
    """Whether the output still has axes of space or time that the targets have not."""
    ids_beyond_units: bool
    """Whether whole-number targets reach or exceed the number of output units."""
    text_inputs: bool
    """Whether inputs or targets hold texts or objects instead of numbers."""


@probe("program_failure", title="What made the program fail", cost="instant", needs=("failure",))
def measure(case: FailedCase, budget: Budget) -> ProgramFailure:
    """Read the exception and the shapes."""
    failure = case.failure
    if not failure:
        raise Unanswerable("the program did not fail")
    shape = _output_shape(case.model)
    given = case.arguments or {}
    target, inputs = _array(given.get("y")), _array(given.get("x"))
    largest = float(np.nanmax(target)) if target is not None and target.dtype.kind in "fiub" and target.size else None
    units = shape[-1] if shape else None
    wide = target is not None and target.ndim > 1 and target.shape[-1] > 1
    whole = target is not None and target.dtype.kind in "iuf" and bool(np.all(target == np.round(target)))
    return ProgramFailure(
        stage=str(failure.get("stage", "")),
        type=str(failure.get("type", "")),
        message=str(failure.get("message", ""))[:4000],
        in_fit=failure.get("stage") == "in_fit",
        output_axes=len(shape) if shape else None,
        output_units=units,
        target_axes=target.ndim if target is not None else None,
        target_units=None if target is None else int(target.shape[-1]) if target.ndim > 1 else 1,
        largest_target=largest,
        spatial_output=bool(shape and target is not None and len(shape) > max(target.ndim, 2) and len(shape) > 2),
        ids_beyond_units=bool(units and units > 1 and largest is not None and whole and not wide and largest >= units),
        text_inputs=any(one is not None and one.dtype.kind in "OUS" for one in (target, inputs)),
    )


def _output_shape(model: Any) -> tuple[int | None, ...] | None:
    try:
        shape = model.output_shape
    except (AttributeError, ValueError):
        return None
    if isinstance(shape, dict):
        shape = next(iter(shape.values()))
    if isinstance(shape, list):
        shape = shape[0]
    return tuple(shape) if isinstance(shape, tuple) else None


def _array(structure: Any) -> Any:
    leaf = first_leaf(structure) if structure is not None else None
    if leaf is None or not hasattr(leaf, "__array__"):
        return None
    array = np.asarray(leaf)
    return array if array.ndim else None
