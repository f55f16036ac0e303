"""A sample of the programs that holds as many causes and bases as its size allows."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from .generate import LabelledProgram


def sample(programs: Iterable[LabelledProgram], size: int, seed: int) -> tuple[LabelledProgram, ...]:
    """So many programs, the same at every call with this seed; a larger sample begins with the smaller one.

    Each step takes from the cause with the fewest programs so far the one whose base has the fewest. Programs without
    a fault that bites are parted by what was planted, the untouched ones by base.
    """
    left = sorted(programs, key=lambda one: hashlib.sha256(f"{seed}:{one.mutant.id}".encode()).hexdigest())
    causes: Counter[str] = Counter()
    bases: Counter[str] = Counter()
    taken: list[LabelledProgram] = []
    while left and len(taken) < size:
        one = min(left, key=lambda p: (causes[_stratum(p)], bases[p.mutant.base.name]))
        left.remove(one)
        causes[_stratum(one)] += 1
        bases[one.mutant.base.name] += 1
        taken.append(one)
    return tuple(taken)


def _stratum(program: LabelledProgram) -> str:
    planted = program.mutant.causes[0] if program.mutant.faults else program.mutant.base.name
    return planted if program.faulty else f"no fault: {planted}"
