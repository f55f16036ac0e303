"""Treatments: what a program can carry out against a cause. One registry, filled by the modules of ``treatments``."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..case import Case
    from .arm import Arm

STAGES = ("data", "architecture", "layers", "loss", "optimizer", "rate", "fit", "start")
"""In which order the treatments of a set are applied: what comes later sees what came before."""

Parameters = Mapping[str, Any]


class NotApplicable(Exception):
    """The program would not feel this treatment, or does not need it; the message says why, in words."""


class OnlyAsSource(NotApplicable):
    """The live model cannot be treated so, nor a clone of it; the program's source may be. The message says why."""


class UnknownTreatment(Exception):
    """No treatment has that id."""


@dataclass(frozen=True)
class Treatment:
    """A remedy that a program can carry out on a live case.

    Attributes:
        id: stable and unique.
        title: what is done, in words.
        stage: of :data:`STAGES`.
        yields_to: treatments that must have been tried, and have failed, before this one proves anything.
        measured: whether it applies only where the very defect that it remedies was measured; what is not measured
            proves nothing while a measured one does as well.
        measured_where: of a case, whether the defect was measured in it, for one that is not always so; there it is
            measured and yields to nothing.
        broad: whether it helps against so many causes that it proves none while a specific treatment does as well.
        mends_data: whether it mends what simple models read as well, so that what they come to is no measure.
        apply: ``(arm, parameters)`` treats an arm that is entered; returns the parameters as carried out.
        candidates: ``(arm, parameters)`` gives the parameters worth trying, likeliest first; the first pair decides.
    """

    id: str
    title: str
    stage: str
    broad: bool
    measured: bool
    yields_to: tuple[str, ...]
    apply: Callable[[Arm, Parameters], Parameters]
    candidates: Callable[[Arm, Parameters], Sequence[Parameters]]
    measured_where: Callable[[Case], bool] | None = None
    mends_data: bool = False

    def in_case(self, case: Case) -> Treatment:
        """The treatment as it counts in this case."""
        if self.measured_where is None or not self.measured_where(case):
            return self
        return dataclasses.replace(self, measured=True, yields_to=())


_registry: dict[str, Treatment] = {}


def treatment(
    id: str,
    *,
    title: str,
    stage: str,
    broad: bool = False,
    measured: bool = False,
    yields_to: tuple[str, ...] = (),
    candidates: Callable[[Arm, Parameters], Sequence[Parameters]] | None = None,
    measured_where: Callable[[Case], bool] | None = None,
    mends_data: bool = False,
) -> Callable[[Callable[[Arm, Parameters], Parameters]], Callable[[Arm, Parameters], Parameters]]:
    """Register the decorated ``apply(arm, parameters) -> parameters``.

    Raises:
        ValueError: the id is taken or the stage unknown.
    """
    if stage not in STAGES:
        raise ValueError(f"treatment {id!r}: unknown stage {stage!r}")

    def register(apply: Callable[[Arm, Parameters], Parameters]) -> Callable[[Arm, Parameters], Parameters]:
        taken = _registry.get(id)
        if taken is not None and taken.apply.__module__ != apply.__module__:
            raise ValueError(f"two treatments are called {id!r}")
        _registry[id] = Treatment(
            id, title, stage, broad, measured, yields_to, apply, candidates or _as_given, measured_where, mends_data
        )
        return apply

    return register


def _as_given(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    return (parameters,)


def treatments() -> Mapping[str, Treatment]:
    """Every treatment by its id; imports the modules that declare them, never TensorFlow."""
    folder = importlib.import_module(f"{__name__.rpartition('.')[0]}.treatments")
    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{folder.__name__}.{module.name}")
    return MappingProxyType(dict(sorted(_registry.items())))


def treatments_of(ids: Sequence[str]) -> tuple[Treatment, ...]:
    """These treatments in the order in which they are applied.

    Raises:
        UnknownTreatment: one of the ids names none.
    """
    known = treatments()
    missing = [one for one in ids if one not in known]
    if missing:
        raise UnknownTreatment(f"no treatment is called {missing[0]!r}")
    return tuple(sorted((known[one] for one in ids), key=lambda one: STAGES.index(one.stage)))
