"""How the classes of steps are balanced, where one class is named for every step of a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .layers import layer_notes
from .recording import Batch
from .structures import leaves
from .tasks import Output, class_ids, target_of

DROWNS = 0.85
"""Share of one class from which it drowns the others. Below, classes of steps are uneven by nature: of the words of a
vocabulary some are a thousand times as frequent as others, and a model of them learns nevertheless."""


def step_balance(case: Case, sample: Batch, output: Output) -> tuple[float, float] | None:
    """The most frequent class of steps over the rarest, and its share, where one class drowns the others.

    Weights of steps count, and steps that a mask leaves out of the loss do not. None where the output names no class a
    step, no class has more than :data:`DROWNS` of the steps, or the loss is the program's own: an overlap like Dice's
    is written for rare classes.
    """
    target = target_of(output, sample)
    if not names_steps(output, target) or output.family == "other":
        return None
    ids = class_ids(output, target)
    weights = _weights(case, sample, len(ids) // max(1, len(target))).ravel()
    if len(weights) != len(ids):
        return None
    known = np.unique(ids[weights > 0])
    totals = np.array([weights[ids == one].sum() for one in known])
    if len(totals) < 2 or totals.max() <= DROWNS * totals.sum():
        return None
    return float(totals.max() / totals.min()), float(totals.max() / totals.sum())


def names_steps(output: Output, target: NDArray[Any]) -> bool:
    """Whether the targets name one class a step."""
    if output.kind != "sequence" or output.encoding in ("floats", "text", "minus_plus_one"):
        return False
    # Ids 0 and 1 on many steps look like labels that may stand together; of several columns a step they are.
    return output.encoding != "many_hot" or target.ndim == 2


def _weights(case: Case, sample: Batch, steps: int) -> NDArray[np.float64]:
    """What each step counts in the loss, (rows, steps)."""
    shape = (sample.rows, steps)
    found = np.ones(shape)
    for one in leaves(sample.weights) if sample.weights is not None else []:
        given = np.asarray(one, dtype="float64")
        if given.shape in (shape, (sample.rows,), (sample.rows, 1)):
            found = found * given.reshape(len(given), -1)
    if any(note.kind == "Embedding" and note.layer.mask_zero for note in layer_notes(case)):
        for one in leaves(sample.x):
            if np.asarray(one).shape == shape and np.asarray(one).dtype.kind in "iuf":
                found = found * (np.asarray(one) != 0)
    return found
