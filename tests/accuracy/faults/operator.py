"""What a fault operator is, and how one is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..programs import Base, Draft, NotApplicable

Plant = Callable[[Draft], Draft]
REGISTERED: dict[str, Fault] = {}


@dataclass(frozen=True)
class Fault:
    """One way of planting one cause."""

    id: str
    causes: tuple[str, ...]
    """Every true cause, the primary one first."""
    acceptable: tuple[str, ...]
    """Neighbours that an honest expert might name in its place."""
    plant: Plant
    judged_by: str = "score"
    """`score`, or `metric` where the fault may hide success instead of preventing it."""

    @property
    def primary(self) -> str:
        """The cause whose repair matters most."""
        return self.causes[0]

    def planted(self, base: Base, source: str | None = None) -> str | None:
        """The faulty source, or None where the program has no place for this fault."""
        try:
            text = self.plant(Draft(base, base.source if source is None else source)).text
        except NotApplicable:
            return None
        return None if text == (source or base.source) else text


def fault(
    id: str, *causes: str, acceptable: tuple[str, ...] = (), judged_by: str = "score"
) -> Callable[[Plant], Plant]:
    """Register an operator. Without causes, the id is the cause."""

    def register(plant: Plant) -> Plant:
        if id in REGISTERED:
            raise ValueError(f"two operators are called {id}")
        REGISTERED[id] = Fault(id, causes or (id,), acceptable, plant, judged_by)
        return plant

    return register


def from_sidecar(name: str) -> Plant:
    """An operator whose edit stands in each base's sidecar."""
    return lambda draft: draft.edit(name)
