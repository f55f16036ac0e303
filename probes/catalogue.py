"""The catalogue of probes: the one registry, filled by the probes' own modules."""

from __future__ import annotations

import importlib
import pkgutil
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from types import MappingProxyType
from typing import Any

GROUPS = ("data", "wiring", "architecture", "dynamics")
COSTS = ("instant", "seconds", "training")
NEEDS = ("model", "training_data", "validation_data", "failure")


class Unanswerable(Exception):
    """A probe cannot answer on this case; the message says why, in words for the person."""


class CatalogueError(Exception):
    """A probe is declared wrongly: a duplicate id, an unknown cost or need, a measurement that is no dataclass."""


@dataclass(frozen=True)
class Probe:
    """A named examination of a case.

    Attributes:
        id: stable and unique.
        title: what is being looked at, in words.
        cost: ``instant`` (no graph is built, at most 2,000 rows), ``seconds`` or ``training``.
        needs: what the case must hold: ``model``, ``training_data``, ``validation_data``, ``failure``.
        measurement: the frozen dataclass that it returns.
        measure: the function ``(case, budget) -> measurement``.
    """

    id: str
    title: str
    cost: str
    needs: tuple[str, ...]
    measurement: type
    measure: Callable[[Any, Any], Any]


_registry: dict[str, Probe] = {}


def probe(id: str, *, title: str, cost: str, needs: tuple[str, ...] = ()) -> Callable[[Callable[..., Any]], Any]:
    """Register the decorated ``measure(case, budget)`` as a probe; its return annotation is its measurement.

    Raises:
        CatalogueError: the declaration does not hold together.
    """

    def register(measure: Callable[..., Any]) -> Callable[..., Any]:
        names = dict(vars(importlib.import_module(measure.__module__)))
        returns = measure.__annotations__["return"]
        measurement = names.get(returns) if isinstance(returns, str) else returns
        if id in _registry and _registry[id].measure.__module__ != measure.__module__:
            raise CatalogueError(f"two probes are called {id!r}")
        if cost not in COSTS or not set(needs) <= set(NEEDS):
            raise CatalogueError(f"probe {id!r}: unknown cost {cost!r} or need among {needs!r}")
        if not (isinstance(measurement, type) and is_dataclass(measurement)):
            raise CatalogueError(f"probe {id!r}: its measurement {returns!r} is not a dataclass of its module")
        _registry[id] = Probe(id, title, cost, needs, measurement, measure)
        return measure

    return register


def catalogue() -> Mapping[str, Probe]:
    """Every probe by its id, in order of cost; imports the probes' modules, never TensorFlow."""
    package = __name__.rpartition(".")[0]
    for group in GROUPS:
        folder = importlib.import_module(f"{package}.{group}")
        for module in pkgutil.iter_modules(folder.__path__):
            importlib.import_module(f"{folder.__name__}.{module.name}")
    ordered = sorted(_registry.values(), key=lambda one: (COSTS.index(one.cost), one.id))
    return MappingProxyType({one.id: one for one in ordered})


def hints(measurement: type) -> dict[str, Any]:
    """The resolved type of every field of a measurement."""
    return typing.get_type_hints(measurement)
