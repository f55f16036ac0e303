"""The fields of a measurement, as the lint needs them: handed over by whoever knows the probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["number", "integer", "text", "flag", "list", "record", "mapping"]


@dataclass(frozen=True)
class FieldTree:
    """The type of a field and of what lies under it.

    Attributes:
        kind: what the field holds; a mapping has free keys, a record has the keys of ``fields``.
        optional: whether it may be null.
        fields: what a record holds.
        item: what a list or a mapping holds.
    """

    kind: Kind
    optional: bool = False
    fields: Mapping[str, FieldTree] = field(default_factory=dict)
    item: FieldTree | None = None

    @property
    def numeric(self) -> bool:
        """Whether it holds a number."""
        return self.kind in ("number", "integer")

    def at(self, path: str) -> FieldTree | None:
        """The tree at a dotted path; list items are reached by their position."""
        tree: FieldTree | None = self
        for part in path.split("."):
            tree = tree.step(part) if tree else None
        return tree

    def step(self, part: str) -> FieldTree | None:
        """The tree one step further down."""
        if self.kind == "record":
            return self.fields.get(part)
        if self.kind == "mapping" or (self.kind == "list" and part.isdigit()):
            return self.item
        return None

    def paths(self) -> list[str]:
        """Every dotted path to a field, without list items."""
        found: list[str] = []
        for name, tree in self.fields.items():
            found.append(name)
            found += [f"{name}.{path}" for path in tree.paths()]
        return found
