"""Counter-trials: what proves a cause that no treatment can remedy, because the data themselves are at fault."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..case import Budget, Case
from ..keeping import Kept
from ..recording import Recorded
from .bench import Bench
from .symptoms import best_skill
from .training import ArmRun
from .treating import NotApplicable, treatments

LEARNT = 0.9
"""Skill above which nothing is wrong; the reference is no measure here, for faulty data deceive it as well."""


@dataclass(frozen=True)
class Counter:
    """What a counter-trial came to: whether it proves the cause, in one sentence, with its numbers.

    Attributes:
        refuted: whether it shows that the cause does not stand.
    """

    proven: bool
    text: str
    numbers: Mapping[str, Any]
    refuted: bool = False


Trial = Callable[["Setting"], Counter]
_registry: dict[str, Trial] = {}


@dataclass
class Setting:
    """What a counter-trial works with."""

    case: Case
    bench: Bench
    kept: Kept
    budget: Budget

    def control(self, pair: int) -> ArmRun:
        """The untreated arm of this pair."""
        return self.bench.control(None, "", pair, self.kept, self.budget)

    def with_data(self, train: Recorded, pair: int, judged: Recorded | None = None) -> ArmRun:
        """An arm that differs in its training rows alone, or in the rows that it is judged by too."""
        arm = self.bench.arm()
        arm.set_data(train, judged or arm.validation)
        return self.bench.treated(arm, pair, self.kept, self.budget.left)

    def evened_out(self, train: Recorded, validation: Recorded | None, pair: int) -> ArmRun:
        """An arm with these data whose rare classes weigh as much as the common ones.

        Where one class is far commoner than the others, predicting it alone is what any labels would teach.
        """
        arm = self.bench.arm()
        with contextlib.suppress(NotApplicable):
            treatments()["set_class_weight"].apply(arm, {})
        arm.set_data(train, validation)
        return self.bench.treated(arm, pair, self.kept, self.budget.left)


def counter_trial(cause: str) -> Callable[[Trial], Trial]:
    """Register the decorated function as the counter-trial of a cause."""

    def register(function: Trial) -> Trial:
        if cause in _registry and _registry[cause].__module__ != function.__module__:
            raise ValueError(f"two counter-trials for {cause!r}")
        _registry[cause] = function
        return function

    return register


def counter_trials() -> tuple[str, ...]:
    """The causes that have a counter-trial; imports the modules that declare them."""
    folder = importlib.import_module(f"{__name__}s")
    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{folder.__name__}.{module.name}")
    return tuple(sorted(_registry))


def run_counter(case: Case, cause: str, symptom: str, seconds: float, kept: Kept) -> Counter:
    """Run the counter-trial of a cause. The caller keeps the case unchanged.

    Raises:
        NotApplicable: there is none for this cause, or the case does not allow it.
        Unanswerable: no output has a task.
    """
    if cause not in counter_trials():
        raise NotApplicable(f"there is no counter-trial for {cause}")
    setting = Setting(case, Bench.of(case, symptom), kept, Budget(seconds))
    if best_skill(setting.control(0)) > LEARNT:
        return Counter(False, "The training learns well enough.", {})
    return _registry[cause](setting)
