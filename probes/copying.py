"""Whether what comes out of a model that is to copy its inputs says anything of them: autoencoders of all kinds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .case import Case, Error
from .catalogue import Unanswerable
from .recording import Batch
from .scoring import predict
from .structures import leaves
from .tasks import outputs

ROWS = 1000
NUMBERS = 4_000_000
"""So many numbers of inputs are looked at; of large pictures fewer rows."""
LEAST_ROWS = 16
MOST_PARTS = 5
"""Logged numbers of which some may make up the loss together."""


@dataclass(frozen=True)
class Copy:
    """What comes out against what went in.

    Attributes:
        fidelity: share of the inputs' variance over rows that comes out again, in [-1, 1]; 0 for the mean input.
        spread: standard deviation over rows of what comes out, over that of the inputs.
    """

    fidelity: float
    spread: float


def copy_of_inputs(case: Case) -> Copy | None:
    """How the output copies the inputs; None with other targets, and where no output has the shape of the one input.

    Raises:
        Unanswerable: the model cannot be called on its inputs, as where its step alone knows how to call its parts.
    """
    if case.train.y is not None and {one.kind for one in outputs(case)} != {"reconstruction"}:
        return None
    sample = case.train.sample(ROWS)
    width = max((int(np.size(one)) // max(1, sample.rows) for one in leaves(sample.x)), default=1)
    if width * ROWS > NUMBERS:
        sample = case.train.sample(max(LEAST_ROWS, NUMBERS // max(1, width)))
    given = [np.asarray(one) for one in leaves(sample.x)]
    if len(given) != 1 or given[0].dtype.kind not in "fiu":
        return None
    try:
        made = predict(case, Batch(sample.x, None, None))
    except Exception as problem:
        # To call the model is to run the user's own code.
        raise Unanswerable(Error.of(problem, "training").told("the model cannot be called on its inputs")) from problem
    wanted = given[0].astype("float64")
    for one in made:
        if one.shape == wanted.shape:
            return _compared(one.reshape(len(one), -1), wanted.reshape(len(wanted), -1))
    return None


def copy_figures(case: Case) -> dict[str, Any]:
    """What :func:`copy_of_inputs` finds, or why it finds nothing, by the names that this has in the measurement."""
    try:
        copy = copy_of_inputs(case)
    except Unanswerable as reason:
        return {"copied_unknown": str(reason)}
    return {"copied": copy.fidelity, "copied_spread": copy.spread} if copy else {}


def _compared(made: np.ndarray, wanted: np.ndarray) -> Copy | None:
    variance = float(((wanted - wanted.mean(axis=0)) ** 2).sum())
    if not (variance > 0 and np.isfinite(made).all()):
        return None
    fidelity = max(-1.0, 1.0 - float(((wanted - made) ** 2).sum()) / variance)
    return Copy(fidelity, float(made.std(axis=0).mean() / max(float(wanted.std(axis=0).mean()), 1e-300)))


def _parts(logs: Mapping[str, float]) -> list[str]:
    """What of the logs is a loss: by its name, or because it makes up the whole loss together with others."""
    given = {name: one for name, one in logs.items() if not name.startswith("val_") and math.isfinite(one)}
    named = {name for name in given if name.endswith("loss")}
    others = [name for name in given if name not in named][:MOST_PARTS]
    whole = given.get("loss")
    for count in range(2, len(others) + 1) if whole else ():
        for some in itertools.combinations(others, count):
            if math.isclose(sum(given[name] for name in some), whole or 0.0, rel_tol=0.01):
                named |= set(some)
    return [name for name in logs if name in named]


def emptied_loss(epochs: Sequence[Mapping[str, float]], penalties: Sequence[float]) -> tuple[str, float] | None:
    """Of several parts of the loss the one that falls furthest, with its last value over its first.

    Args:
        epochs: the logs of every epoch; where a step logs several losses these are the parts, by their epochs' means.
        penalties: what the model adds to the loss at every step; a part where the logs name none.

    Returns:
        None where there is one part alone, or fewer than three epochs were finished.
    """
    if len(epochs) < 3:
        return None
    names = _parts(epochs[0])
    shares = [
        (abs(epochs[-1].get(name, math.nan)) / abs(epochs[0][name]), name) for name in names if epochs[0][name] != 0
    ]
    known = [one for one in shares if math.isfinite(one[0])]
    if len(known) > 1:
        return min(known)[1], min(known)[0]
    part = len(penalties) // (2 * len(epochs))
    first, last = (float(np.mean(one)) if len(one) else 0.0 for one in (penalties[: part + 1], penalties[-part - 1 :]))
    return ("what the model adds to the loss", last / first) if first > 0 and math.isfinite(last) else None
