"""Where the first number that is not finite is born: the layer, the loss, a gradient or a step, and the operation."""

from __future__ import annotations

import math
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..case import Budget, Case, fed
from ..catalogue import Unanswerable, probe
from ..keeping import unchanged
from ..layers import layer_notes
from ..recording import Batch
from ..running import Plan, paced, run
from ..stepping import InstrumentedStep, Seen
from ..structures import leaves
from ..watching import ACTIVATION_FIELDS, VARIABLE_FIELDS

STEPS = 600
SECONDS = 8.0
LEAST = 8
"""Steps that are taken also where each is slow: at a rate far too high numbers overflow within a handful."""
FINITE_THROUGHOUT = "finite_throughout"
"""Where the case keeps the number of steps of a whole plan whose losses and weights were finite."""
_ROWS = 256
_FINITE = ACTIVATION_FIELDS.index("finite_share")
_LARGEST = ACTIVATION_FIELDS.index("largest")
_VARIABLE_FINITE = VARIABLE_FIELDS.index("finite_share")
_VARIABLE_LARGEST = VARIABLE_FIELDS.index("largest")
_OURS = str(Path(__file__).parents[1])
_OPERATION = re.compile(r'op "?(\w+)"?')


@dataclass(frozen=True)
class NanOrigin:
    """Where the first number that is not finite is born."""

    step: int | None
    """Step, counted from 0, at which it is; null where all was finite."""
    steps: int
    """Steps looked at."""
    complete: bool
    """Whether the whole plan was looked at."""
    born_in: str | None
    """`inputs`, `targets`, `layer`, `loss`, `gradient` or `step`; null where all was finite."""
    layer: str | None
    """The layer, or that of the first weight concerned; null for data and loss."""
    layer_kind: str | None
    """Class of that layer."""
    largest_before: float
    """Largest absolute output or weight one step earlier (at the start for step 0): a number that had been growing
    overflowed, one that had not met a logarithm of zero, a division by zero or the like."""
    growth_before: float
    """That number over the largest at the first step, 1 or more; 1 at step 0."""
    operation: str | None
    """The operation that gave the first such number, as TensorFlow names it; null where it could not be repeated."""
    operation_line: str | None
    """File name and line of the program from which that operation was called."""


@probe("nan_origin", title="Where the first NaN is born", cost="training", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> NanOrigin:
    """Follow the plan step by step until something is not finite."""
    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled")
    whole = case.shared.get(FINITE_THROUGHOUT)
    if whole is not None:
        return NanOrigin(None, whole, True, None, None, None, _weights_now(case), 1.0, None, None)
    sizes: list[float] = []
    bad: list[Seen] = []

    def look(_: int, step: InstrumentedStep) -> None:
        seen = step.seen()
        if _finite(seen) and (math.isfinite(seen.loss) or "total" not in step.raw["losses"]):
            sizes.append(_largest(seen))
        else:
            bad.append(seen)

    enough = paced(STEPS, SECONDS, LEAST)
    plan = Plan(
        case.train,
        epochs=max(1, case.fit.planned_epochs),
        on_step=look,
        stop=lambda ran: bool(bad) or enough(ran),
    )
    with unchanged(case.model, case.fit.callbacks):
        ran = run(case, plan, budget)
    if ran.error is not None and not bad:
        raise Unanswerable(f"training fails: {ran.error.type}")
    if not sizes and not bad:
        raise Unanswerable("training took no step")
    if not bad:
        return NanOrigin(None, ran.steps, ran.complete, None, None, None, max(sizes), 1.0, None, None)
    born_in, layer, kind = _origin(case, bad[0])
    before = sizes[-1] if sizes else _weights_now(case)
    operation, line = _operation(case, len(sizes)) if born_in in ("layer", "loss", "gradient") else (None, None)
    return NanOrigin(
        step=len(sizes),
        steps=ran.steps,
        complete=False,
        born_in=born_in,
        layer=layer,
        layer_kind=kind,
        largest_before=before,
        growth_before=max(1.0, before / sizes[0]) if sizes and sizes[0] > 0 else 1.0,
        operation=operation,
        operation_line=line,
    )


def _finite(seen: Seen) -> bool:
    outputs = all(float(one[_FINITE]) >= 1 for one in seen.activations.values())
    moved = all(float(one[_VARIABLE_FINITE]) >= 1 for one in (*seen.updates.values(), *seen.weights.values()))
    return outputs and moved


def _lost(seen: Seen) -> bool:
    return any(float(one[_VARIABLE_FINITE]) < 1 for one in seen.gradients.values())


def _largest(seen: Seen) -> float:
    outputs = [float(one[_LARGEST]) for one in seen.activations.values()]
    # With what the step adds: the next forward pass meets the sum of both.
    weights = [float(one[_VARIABLE_LARGEST]) for one in (*seen.weights.values(), *seen.updates.values())]
    return max((*outputs, *weights), default=0.0)


def _weights_now(case: Case) -> float:
    found = [float(np.abs(np.asarray(one)).max()) for one in case.model.trainable_variables if np.size(one)]
    return max(found, default=0.0)


def _origin(case: Case, seen: Seen) -> tuple[str, str | None, str | None]:
    if not _all_finite(case.train.x):
        return "inputs", None, None
    if any(float(one[_VARIABLE_FINITE]) < 1 for one in seen.weights.values()):
        return "step", *_layer_of(case, seen.weights)
    for note in layer_notes(case):
        numbers = seen.activations.get(note.path)
        if numbers is not None and float(numbers[_FINITE]) < 1:
            return "layer", note.path, note.kind
    if case.train.y is not None and not _all_finite(case.train.y):
        return "targets", None, None
    if not math.isfinite(seen.loss):
        return "loss", None, None
    if _lost(seen):
        return "gradient", *_layer_of(case, seen.gradients)
    return "step", *_layer_of(case, seen.updates)


def _layer_of(case: Case, numbers: dict[str, Any]) -> tuple[str | None, str | None]:
    """The last layer, in the order of the model, one of whose numbers is not finite: gradients come from the end."""
    lost = [path for path, one in numbers.items() if float(one[_VARIABLE_FINITE]) < 1]
    for note in reversed(layer_notes(case)):
        if any(f"/{path}".find(f"/{note.path}/") >= 0 for path in lost):
            return note.path, note.kind
    return None, None


def _all_finite(structure: Any) -> bool:
    numbers = (np.asarray(one) for one in leaves(structure))
    return all(bool(np.isfinite(one).all()) for one in numbers if one.dtype.kind == "f")


def _operation(case: Case, steps: int) -> tuple[str | None, str | None]:
    """Repeat the plan to just before the step and take that step in pieces, every operation checked."""
    import tensorflow as tf

    with unchanged(case.model, case.fit.callbacks):
        if steps:
            plan = Plan(case.train, epochs=max(1, case.fit.planned_epochs), stop=lambda ran: ran.steps >= steps)
            run(case, plan, Budget(SECONDS))
        batch = case.train.batches[min(steps, len(case.train.batches) - 1)] if case.train.batches else None
        batch = batch or case.train.sample(_ROWS)
        tf.debugging.enable_check_numerics()
        try:
            _step_by_hand(case, fed(batch, case))
        except tf.errors.InvalidArgumentError as problem:
            named = _OPERATION.search(str(problem.message))
            return (named.group(1) if named else None), _own_line(problem)
        except Exception:  # noqa: BLE001 - a step of the program's own need not run in pieces
            return None, None
        finally:
            tf.debugging.disable_check_numerics()
    return None, None


def _step_by_hand(case: Case, batch: Batch) -> None:
    import tensorflow as tf

    model = case.model
    takes = getattr(model, "_call_has_training_arg", True)
    with tf.GradientTape() as tape:
        predicted = model(batch.x, training=True) if takes else model(batch.x)
        loss = model.compute_loss(x=batch.x, y=batch.y, y_pred=predicted, sample_weight=batch.weights)
    tape.gradient(loss, [one.value for one in model.trainable_variables])


def _own_line(problem: BaseException) -> str | None:
    frames = traceback.extract_tb(problem.__traceback__)
    own = [one for one in frames if not _foreign(one.filename)]
    return f"{own[-1].filename.rsplit('/', 1)[-1]}:{own[-1].lineno}" if own else None


def _foreign(path: str) -> bool:
    return "site-packages" in path or path.startswith(("<", _OURS))
