"""What stands in a bundle: a zip of JSON, one model a member; unknown keys and members are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.events import CaseEvidence, PatchesMade, ProbeFinished, SymptomNamed, TrialFinished
from probes.process.description import CaseDescription

FORMAT: Literal["keras-triage-bundle/1"] = "keras-triage-bundle/1"
"""Name and version of the format."""

SUFFIX = ".triage"
"""How the name of a bundle ends."""

MANIFEST = "manifest.json"


class Part(BaseModel):
    """A part of a bundle: frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MemberSeal(Part):
    """What a member must be like."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    """Bytes of its content."""


class Manifest(Part):
    """The first member: what the bundle is, and what was done to it."""

    bundle: Literal["keras-triage-bundle/1"] = FORMAT
    tool: str
    """Version of keras-triage that collected it."""
    knowledge_base: str
    """Version of the knowledge base that led the walk."""
    measures: str = ""
    """Fingerprint of all measurements as that installation makes them."""
    versions: dict[str, str] = Field(default_factory=dict)
    """Of Python, Keras, TensorFlow and NumPy beside the program."""
    created: str
    """Day of the collection, UTC, as in 2026-01-31."""
    with_source: bool = False
    """Whether source excerpts and patches travel."""
    with_output: bool = False
    """Whether the end of the program's output travels."""
    redacted: dict[str, int] = Field(default_factory=dict)
    """How many places were taken out, by kind."""
    pseudonyms: tuple[str, ...] = ()
    """Kinds of names that were replaced: ``class``, ``column``, ``layer``, ``name`` (loss, metric, optimizer)."""
    members: dict[str, MemberSeal] = Field(default_factory=dict)
    """Every other member."""


class Settings(Part):
    """How the case was collected; what the program itself was set to stands in its description."""

    budget: float = Field(gt=0, allow_inf_nan=False)
    arguments: tuple[str, ...] = ()
    fit: int | None = Field(default=None, ge=1)
    named: SymptomNamed | None = None
    only: tuple[str, ...] = ()
    options: tuple[Literal["--with-source", "--with-output", "--pseudonyms"], ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)
    trouble: tuple[str, ...] = ()
    lost: Literal["at_start", "later"] | None = None


class Measurements(Part):
    """What the probes said."""

    measured: tuple[ProbeFinished, ...] = ()
    aside: tuple[str, ...] = ()
    not_run: dict[str, str] = Field(default_factory=dict)


class Trials(Part):
    """What the trials showed."""

    symptom: str | None = None
    trials: tuple[TrialFinished, ...] = ()


class Environment(Part):
    """The machine, in so far as it can matter to a training."""

    system: str = ""
    machine: str = ""
    processors: int | None = None
    variables: dict[str, str] = Field(default_factory=dict)
    """Environment variables that steer Keras, TensorFlow and their devices."""


class ProgramOutput(Part):
    """The end of what the program printed up to its ``fit``."""

    text: str = ""


MEMBERS: dict[str, type[BaseModel]] = {
    "case.json": CaseDescription,
    "settings.json": Settings,
    "measurements.json": Measurements,
    "trials.json": Trials,
    "environment.json": Environment,
    "output.json": ProgramOutput,
    "patches.json": PatchesMade,
}
"""The members and what they hold; the last two are optional."""

OPTIONAL = ("output.json", "patches.json")


@dataclass(frozen=True)
class Bundle:
    """A bundle in memory.

    Attributes:
        manifest: its seal.
        evidence: what the dialogue asks.
        environment: the machine.
        output: the end of the program's output; None where it did not travel.
    """

    manifest: Manifest
    evidence: CaseEvidence
    environment: Environment
    output: ProgramOutput | None = None
