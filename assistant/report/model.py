"""The report of a session, version 1: the one format that scripts, people's tools and scores read."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.ranking import source
from probes.measurement import to_wire

FORMAT: Literal["keras-triage/1"] = "keras-triage/1"
ReportStatus = Literal["diagnosed", "healthy", "inconclusive", "program_failed"]


class Part(BaseModel):
    """A part of the report; unknown keys are refused, so that a reader can trust what it reads."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ModelPart(Part):
    """The model in numbers."""

    class_name: str = Field(alias="class")
    """Name of its class."""
    layers: int
    """How many layers it has, nested ones included."""
    parameters: int
    """How many weights it has, trainable or not."""


class FailurePart(Part):
    """The exception that ended the program."""

    type: str
    """Name of the exception's class."""
    message: str
    """Its message, without absolute paths."""
    file: str | None
    """File of the user's own line, relative to the program's folder."""
    line: int | None
    """The user's own line, from 1."""


class CasePart(Part):
    """Which program was examined."""

    source: str
    """The program's file name."""
    kind: str
    """How the case was opened: ``script``, ..."""
    fit_line: int | None
    """The line of the ``fit`` it was held at, from 1."""
    model: ModelPart | None
    """None when the program failed before there was a model."""
    failure: FailurePart | None = None
    """Why the program failed, if it did."""


class SymptomPart(Part):
    """What is wrong to see."""

    id: str
    """Id of the symptom; ``none`` for a healthy case."""
    by: Literal["probe", "person"]
    """Who named it."""


class EvidencePart(Part):
    """One answer that speaks for or against a cause."""

    question: str
    """Id of the question."""
    answer: str
    """Id of the answer."""
    by: Literal["probe", "person"]
    """Who gave it."""
    probe: str | None
    """The probe whose measurement was read."""
    band: str
    """``decides``, ``strong``, ``weak``, ``against`` or ``rules_out``."""
    text: str
    """The answer in words."""
    counter_trial: bool = False
    """Whether it is the outcome of a counter-trial, which proves a cause without a treatment."""

    @property
    def source(self) -> str:
        """Who or what says so, in words but for a probe's id."""
        return source(self.by, self.probe)


class LocationPart(Part):
    """A place in the program."""

    file: str
    """Relative to the program's folder."""
    line: int
    """From 1."""
    column: int
    """From 1."""
    code: str
    """The line as it stands there."""


class TrialPart(Part):
    """Repeated short trainings with and without the remedy."""

    score: str
    """``balanced_accuracy`` or ``r2``."""
    control: tuple[float, ...]
    """Score of each untreated arm."""
    treated: tuple[float, ...]
    """Score of each treated arm."""
    symptom_gone: bool
    """Whether no treated arm shows the symptom."""
    horizon: Literal["planned_end", "budget"]
    """How far the arms were trained."""
    steps: int
    """Steps of one arm."""
    seconds: float
    """Seconds of all arms."""


class RemedyPart(Part):
    """What to do about a cause."""

    id: str
    """Id of the remedy."""
    title: str
    """In a few words."""
    text: str
    """In full."""
    code: str | None
    """Code with the case's own values filled in."""
    costs: str
    """What it costs or risks."""
    patch: str | None
    """The same as a unified diff of the program."""
    trial: TrialPart | None
    """The trial that was run of it."""


class SourcePart(Part):
    """Where the knowledge comes from."""

    document: str | None = None
    """Name of one of the documents."""
    reference: str | None = None
    """Id of a public reference, in place of a document."""
    title: str | None = None
    """Title of the document or reference."""
    quote: str | None = None
    """Words that stand in the document."""
    url: str | None = None
    """Its address."""
    note: str | None = None
    """What is to be said about it."""


class CausePart(Part):
    """A cause in this session."""

    id: str
    """Id of the cause."""
    title: str
    """In a few words."""
    rank: int
    """1 for the first."""
    status: Literal["proven", "likely", "possible", "ruled_out"]
    """How sure it is."""
    confidence: float = Field(ge=0, le=1)
    """The same in a number."""
    because: str | None
    """Id of the cause that explains this one."""
    patched: bool = False
    """Whether it shows only once the program is patched, hidden by what the patch mends."""
    summary: str
    """The cause in one sentence."""
    evidence: tuple[EvidencePart, ...]
    """What speaks for and against it."""
    locations: tuple[LocationPart, ...]
    """Where in the program it sits."""
    remedies: tuple[RemedyPart, ...]
    """What to do, in order of cost."""
    sources: tuple[SourcePart, ...]
    """Where to read more."""


class QuestionPart(Part):
    """A question that was put."""

    id: str
    """Id of the question."""
    answer: str
    """Id of the answer, or ``unknown``, or ``skipped``."""
    by: Literal["probe", "person"]
    """Who answered."""
    seconds: float
    """What the measurement took; 0 where it was at hand."""
    text: str
    """The answer in words, or why there is none."""


class AskUserPart(Part):
    """What only the user can find out, where the case came in a bundle."""

    text: str
    """The message to them, with the command."""
    command: str
    """What they are asked to run."""
    probes: tuple[str, ...]
    """Ids of the probes that wait for it."""
    questions: tuple[str, ...]
    """Ids of the questions that wait for it."""


class Report(Part):
    """What a session found."""

    report: Literal["keras-triage/1"] = FORMAT
    """Name and version of the format."""
    status: ReportStatus
    """The outcome in a word."""
    text: str
    """The outcome in one sentence."""
    case: CasePart
    """Which program."""
    symptom: SymptomPart | None
    """What is wrong to see; None where the program failed before anything could be seen and no tree was walked."""
    causes: tuple[CausePart, ...]
    """In order of rank; those ruled out last."""
    remarks: tuple[str, ...]
    """Oddities that are no cause, and what could not be done."""
    questions: tuple[QuestionPart, ...]
    """In the order in which they were put."""
    patch: str | None
    """The remedies of the smallest set as one unified diff."""
    patch_status: Literal["proven", "unverified"] | None
    """Whether the patched program was seen to train."""
    patch_note: str | None = None
    """Why the patch cannot be applied as it stands; None where it can."""
    ask_user: AskUserPart | None = None
    """The message to the user; None where nothing waits for them."""
    timings: dict[str, float]
    """Seconds by stage: import, program, probes, trials, total."""


def to_json(report: Report) -> str:
    """The report as strict JSON; numbers that are not finite as words."""
    value: Any = to_wire(report.model_dump(mode="python", by_alias=True))
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
