"""Whether whole numbers among the inputs name things, and the model multiplies them as if they measured something."""

from __future__ import annotations

from dataclasses import dataclass

from ..case import Budget, Case
from ..catalogue import probe
from ..reference import references


@dataclass(frozen=True)
class NamedInputs:
    """How well simple models predict the targets from whole numbers, read as numbers and as names."""

    output: str
    """Name of the output for which names are furthest ahead."""
    as_numbers: float
    """Skill on training rows left out of the best simple model that reads the inputs as numbers, in [-1, 1]."""
    as_names: float
    """The same of the best that counts how often each number occurs in a row; where that is not better, of numbers."""
    gain: float
    """The second minus the first; 0 where some layer looks ids up, or inputs cannot be names."""


@probe("named_inputs", title="Whether the inputs name things or measure them", cost="seconds", needs=("training_data",))
def measure(case: Case, budget: Budget) -> NamedInputs:
    """Compare the references that read whole numbers in either way."""
    pairs = [
        (one.training.skill if one.as_numbers is None else one.as_numbers, one.training.skill, one.output.name)
        for one in references(case)
    ]
    numbers, names, output = max(pairs, key=lambda one: one[1] - one[0])
    return NamedInputs(output=output, as_numbers=numbers, as_names=names, gain=names - numbers)
