"""Which faults are planted into which bases: a fixed choice, spread evenly over bases and halves, and pairs."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .faults import Fault, faults
from .programs import Base, bases

PAIRS_PER_BASE = 2


@dataclass(frozen=True)
class Mutant:
    """A base program with one or two faults planted, or none."""

    id: str
    base: Base
    faults: tuple[Fault, ...]
    source: str

    @property
    def causes(self) -> tuple[str, ...]:
        """Every planted cause, the primary one of the first fault first."""
        return tuple(dict.fromkeys(cause for fault in self.faults for cause in fault.causes))

    @property
    def acceptable(self) -> tuple[str, ...]:
        """Causes that count as right in first place beside the primary one."""
        neighbours = [name for fault in self.faults for name in fault.acceptable]
        others = [fault.primary for fault in self.faults[1:]]
        return tuple(dict.fromkeys([*others, *neighbours]))


def _order(*parts: str) -> str:
    """A stable order that has nothing to do with names."""
    return hashlib.sha256(":".join(parts).encode()).hexdigest()


@cache
def single_mutants() -> tuple[Mutant, ...]:
    """One fault each: every operator in one or two bases of each half, those with the fewest mutants so far."""
    variants = Counter(fault.primary for fault in faults().values())
    load: Counter[str] = Counter()
    chosen = []
    for fault in faults().values():
        share = 1 if variants[fault.primary] > 2 else 2
        for half in ("train", "check"):
            planted = [(base, fault.planted(base)) for base in bases() if base.half == half]
            fitting = [(base, source) for base, source in planted if source is not None]
            fitting.sort(key=lambda pair: (load[pair[0].name], _order(fault.id, pair[0].name)))
            for base, source in fitting[:share]:
                load[base.name] += 1
                chosen.append(Mutant(f"{base.name}--{fault.id}", base, (fault,), source))
    return tuple(sorted(chosen, key=lambda mutant: mutant.id))


def healthy_programs() -> tuple[Mutant, ...]:
    """The bases themselves."""
    return tuple(Mutant(f"{base.name}--healthy", base, (), base.source) for base in bases())


def _family(fault: Fault) -> str:
    return fault.plant.__module__


def pair_mutants(labels: Mapping[str, Mapping[str, Any]]) -> tuple[Mutant, ...]:
    """Two faults of different families that each bite alone; the one that costs more comes first."""
    pairs = []
    for base in bases():
        alone = [m for m in single_mutants() if m.base == base and _bites(labels.get(m.id))]
        candidates = [
            (a, b) for a, b in itertools.combinations(alone, 2) if _family(a.faults[0]) != _family(b.faults[0])
        ]
        candidates.sort(key=lambda pair: _order(pair[0].id, pair[1].id))
        used: set[str] = set()
        for a, b in candidates:
            first, second = sorted((a, b), key=lambda m: (labels[m.id]["score"], m.id))
            if used & {first.id, second.id} or len(used) >= 2 * PAIRS_PER_BASE:
                continue
            source = second.faults[0].planted(base, first.source)
            if source is None or first.faults[0].planted(base, second.source) is None:
                continue
            used |= {first.id, second.id}
            name = f"{base.name}--{first.faults[0].id}+{second.faults[0].id}"
            pairs.append(Mutant(name, base, (first.faults[0], second.faults[0]), source))
    return tuple(pairs)


def _bites(label: Mapping[str, Any] | None) -> bool:
    return label is not None and label["verdict"] == "faulty" and label["symptom"] != "crashes"
