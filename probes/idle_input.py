"""Of several inputs, one that tells nothing of the targets."""

from __future__ import annotations

import numpy as np

from .case import Case
from .catalogue import Unanswerable
from .inputs import input_leaves
from .recording import Batch
from .reference import ROWS, Reference, within
from .tasks import Output

TELLS = 0.25
"""Skill from which the other inputs tell enough by themselves for the idle one not to be half of an interplay."""

NOTHING = 0.05
"""Skill that the other inputs lose at most without an idle one."""

ALONE = 0.1
"""Skill at most that an idle input has by itself: the best of several simple models is taken, which flatters chance."""

BY_CHANCE = 3.0
"""Standard errors over chance (`Reference.beyond_chance`) from which an input by itself tells something."""

MOST_INPUTS = 4


def idle_input(case: Case, output: Output, skill: float) -> str | None:
    """The name of an input that tells nothing, by simple models of each input alone and of the others without it.

    Args:
        case: the case; models with one input have none that could be idle.
        output: what is predicted.
        skill: what simple models of all inputs come to, in [-1, 1].
    """
    return case.once(f"idle_input of {output.name}", lambda: _idle(case, output, skill))


def _idle(case: Case, output: Output, skill: float) -> str | None:
    sample = case.train.sample(ROWS)
    inputs = {name: np.asarray(one) for name, one in input_leaves(case, sample)}
    if skill < TELLS or not 2 <= len(inputs) <= MOST_INPUTS:
        return None
    for name in inputs:
        alone = _of(case, output, sample, {name: inputs[name]})
        if alone is None or alone.training.skill > ALONE or alone.beyond_chance > BY_CHANCE:
            continue
        others = _of(case, output, sample, {one: array for one, array in inputs.items() if one != name})
        if others is not None and others.training.skill > max(TELLS, skill - NOTHING):
            return name
    return None


def _of(case: Case, output: Output, sample: Batch, inputs: dict[str, np.ndarray]) -> Reference | None:
    try:
        return within(case, Batch(inputs, sample.y, sample.weights), output)
    except Unanswerable:
        return None
