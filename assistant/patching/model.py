"""What a patch is made from, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class PlaceLike(Protocol):
    """Where something was written; lines count from 1, columns are characters from 0."""

    @property
    def file(self) -> str:
        """Relative to the program's folder, with forward slashes."""

    @property
    def line(self) -> int:
        """First line."""

    @property
    def end_line(self) -> int | None:
        """Last line."""

    @property
    def column(self) -> int | None:
        """First character in its line."""

    @property
    def end_column(self) -> int | None:
        """Just behind the last character."""

    @property
    def code(self) -> str:
        """The source text."""


class LayerLike(Protocol):
    """What the editors need to know of a layer."""

    @property
    def name(self) -> str:
        """Name of the layer; its place has the kind ``layer:NAME``."""

    @property
    def class_name(self) -> str:
        """Its class."""

    @property
    def output_shape(self) -> Any:
        """A list of numbers and nulls, or whatever else there is."""

    @property
    def activation(self) -> str | None:
        """Name of its activation."""

    @property
    def inside(self) -> str | None:
        """Name of the model or layer that holds it; None in the case's own model."""


class DataLike(Protocol):
    """What the editors need to know of data."""

    @property
    def kind(self) -> str:
        """``array``, ``frame``, ``dataset``, ..."""

    @property
    def shapes(self) -> tuple[tuple[int | None, ...], ...]:
        """Shape of each array."""

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Type of each array."""


class CaseLike(Protocol):
    """What the editors need of a case; ``probes.process.description.CaseDescription`` fits."""

    @property
    def model(self) -> Any:
        """The model in numbers with its ``class_name``, or None."""

    @property
    def layers(self) -> tuple[LayerLike, ...]:
        """The layers in order."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """Names and plain values: ``learning_rate``, ``batch_size``, ``optimizer``, ..."""

    @property
    def places(self) -> Mapping[str, PlaceLike]:
        """By kind: ``optimizer``, ``loss``, ``compile``, ``fit``, ``fit.x``, ``layer:NAME``, ``model``, ..."""

    @property
    def data(self) -> Mapping[str, DataLike]:
        """By argument: ``x``, ``y``, ``validation``."""


@dataclass(frozen=True)
class Treatment:
    """A remedy that can be carried out."""

    id: str
    """Id of the treatment; an editor of that name writes it into the source."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Its values; every editor's docstring lists what it reads."""


@dataclass(frozen=True)
class Patched:
    """A program with treatments written into it."""

    diff: str | None
    """Unified diff that ``git apply`` and ``patch -p1`` take; None where nothing was edited."""
    instructions: tuple[str, ...]
    """One sentence for each thing that a person has to do by hand, with the line."""
    edited_source: str
    """The whole program after the edits."""
    edited: tuple[Treatment, ...] = ()
    """The treatments that the diff carries out."""


class CannotEditError(Exception):
    """A treatment cannot be written into the source safely; the message is an instruction for a person."""
