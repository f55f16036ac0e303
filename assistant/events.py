"""The events of a session: what happened, in order; everything a screen shows is rebuilt from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from probes.process.description import CaseDescription

UNKNOWN = "unknown"
"""The answer to a question that nobody and nothing could answer."""

SKIPPED = "skipped"
"""The answer of a person who passes over a question."""


class Event(BaseModel):
    """One thing that happened in a session; never changed once it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class CaseOpened(Event):
    """The program was held at its ``fit``, or failed before it got there."""

    event: Literal["case_opened"] = "case_opened"
    case: CaseDescription
    """What is held: model, settings, data in numbers, places in the source."""


class SymptomNamed(Event):
    """Somebody said what is wrong to see."""

    event: Literal["symptom_named"] = "symptom_named"
    symptom: str
    """Id of the symptom."""
    by: Literal["person", "probe"] = "person"
    """Who named it; what a person names stands above what a probe names."""
    text: str | None = None
    """The person's own words, where the symptom was understood from them."""


class LoggedSeries(BaseModel):
    """One quantity of a training log."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    x: tuple[float, ...]
    """Epochs or steps, from 1."""
    y: tuple[float, ...]
    """Values; they need not be finite."""


class LogShown(Event):
    """The person showed a training log; what it says counts as said by the person."""

    event: Literal["log_shown"] = "log_shown"
    series: dict[str, LoggedSeries]
    """Every quantity by name, ``loss`` among them."""
    unit: Literal["epoch", "step"] = "epoch"
    """What the series go by."""
    symptom: str | None = None
    """Id of the symptom that the figures show by themselves; None where they show none plainly."""
    text: str = ""
    """The symptom in a sentence, with the numbers."""


class ProbeFinished(Event):
    """A probe measured the case, or could not."""

    event: Literal["probe_finished"] = "probe_finished"
    probe: str
    """Id of the probe."""
    measurement: dict[str, Any] | None = None
    """The measurement as JSON-like values with real ``nan`` and ``inf``; None when the probe could not answer."""
    unknown: str | None = None
    """Why there is no measurement, in words for the person."""
    seconds: float = 0.0
    """Wall-clock seconds that it took."""
    absent: bool = False
    """Whether only the program could tell, which is not at hand: the case came in a bundle that does not hold it."""


class PersonAnswered(Event):
    """A person answered a question, said that they are not sure, or passed it over."""

    event: Literal["person_answered"] = "person_answered"
    question: str
    """Id of the question."""
    answer: str
    """Id of the answer, or ``unknown``, or ``skipped``."""


class TrialOutcome(BaseModel):
    """The scores of repeated short trainings with and without a treatment."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    score: str
    """What was scored: ``balanced_accuracy`` or ``r2``."""
    control: tuple[float, ...]
    """Score of each untreated arm."""
    treated: tuple[float, ...]
    """Score of each treated arm; arm i shares its seed with control i."""
    symptom_gone: bool
    """Whether no treated arm shows the symptom any more."""
    horizon: Literal["planned_end", "budget"]
    """How far the arms were trained."""
    steps: int
    """Training steps of one arm."""
    seconds: float
    """Wall-clock seconds of all arms together."""


class TrialFinished(Event):
    """A trial of a treatment ended, was declined, or could not be run."""

    event: Literal["trial_finished"] = "trial_finished"
    cause: str
    """Id of the cause that the treatment is for."""
    remedy: str
    """Id of the remedy."""
    treatment: str
    """Id of the treatment."""
    outcome: TrialOutcome | None = None
    """None when there was no trial; ``unknown`` says why."""
    unknown: str | None = None
    """Why there is no outcome, in words for the person."""
    proven: bool = False
    """Whether the outcome proves the cause."""
    patch: str | None = None
    """The remedy as a unified diff of the user's program."""
    locations: tuple[str, ...] = ()
    """Kinds of places that the patch touches."""
    given: tuple[str, ...] = ()
    """Treatments that both arms were given: the trial is a step of a set."""
    asked: dict[str, Any] = Field(default_factory=dict)
    """The parameters that were asked for."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """The parameters as they were carried out."""
    closes: float = 0.0
    """Share of the way from the untreated to the best known score that the treatment closes."""
    counter: bool = False
    """Whether it was a counter-trial, which has no treatment."""
    refuted: bool = False
    """Whether a counter-trial shows that the cause does not stand."""
    seconds: float = 0.0
    """Wall-clock seconds where there is no outcome."""
    program_runs: int = 0
    """How often the edited program was run in a scratch copy of its folder, to be the treated arm."""
    text: str = ""
    """The outcome in words."""
    control_curve: tuple[float, ...] = ()
    """Loss over the first untreated training, in at most 60 means."""
    treated_curve: tuple[float, ...] = ()
    """Loss over the first treated training, in at most 60 means."""
    absent: bool = False
    """Whether only the program could tell, which is not at hand: the case came in a bundle that does not hold it."""


EventBeyond = Annotated[CaseOpened | ProbeFinished | PersonAnswered | TrialFinished, Field(discriminator="event")]
"""An event of the dialogue over a patched program."""


class PatchTried(Event):
    """The patched program was opened again and its training was watched."""

    event: Literal["patch_tried"] = "patch_tried"
    patch: str
    """The unified diff that was applied."""
    proven: bool
    """Whether the patched program no longer shows the symptom."""
    text: str
    """The same in a sentence, with the reason where it is not proven."""
    seconds: float = 0.0
    """Wall-clock seconds of set-up and run, and of what was looked at beyond it."""
    beyond: tuple[EventBeyond, ...] = ()
    """The dialogue over the patched program, where that still shows a symptom; empty where it was not looked at."""


class CauseConcluded(Event):
    """The dialogue told the person about a cause that had become likely or proven."""

    event: Literal["cause_concluded"] = "cause_concluded"
    cause: str
    """Id of the cause."""
    status: str
    """Its status when it was told."""


class Undone(Event):
    """The person went back: of the events so far in force only the first ``keep`` remain."""

    event: Literal["undone"] = "undone"
    keep: int = Field(ge=0)
    """How many of the events in force before this one stay in force."""


class Stopped(Event):
    """The person, or what drove the session, ended it before the walk was over."""

    event: Literal["stopped"] = "stopped"
    reason: str = "stopped by the person"
    """Why, in words."""


class PatchesMade(BaseModel):
    """The remedies as changes of a source that stays where it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    combined: str | None = None
    """The smallest set of remedies as one unified diff."""
    by_remedy: dict[str, str] = Field(default_factory=dict)
    """The diff of each remedy that can be written, by its id."""
    instructions: tuple[str, ...] = ()
    """What has to be changed by hand, one sentence each."""
    causes: tuple[str, ...] = ()
    """The causes that were confirmed; the combined diff is for them and stands for no others."""
    proven: bool = False
    """Whether the patched program was opened again and no longer showed the symptom."""
    applies: bool = True
    """Whether the combined diff applies as it stands; not where something private was taken out of lines it needs."""


class CaseEvidence(BaseModel):
    """What a bundle holds of a case: all that its program told, and how it was asked."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")

    case: CaseDescription
    budget: float = Field(gt=0, allow_inf_nan=False)
    """Seconds of probes and trials that the collection was given."""
    arguments: tuple[str, ...] = ()
    """The program's own arguments."""
    fit: int | None = Field(default=None, ge=1)
    """Which call that trains was asked for; None where nobody chose."""
    named: SymptomNamed | None = None
    """The symptom that the user named."""
    only: tuple[str, ...] = ()
    """The probes that were asked for by name; empty where everything was looked at."""
    options: tuple[Literal["--with-source", "--with-output", "--pseudonyms"], ...] = ()
    """What the user let leave beside, as options of the command."""
    measured: tuple[ProbeFinished, ...] = ()
    """What each probe said, in the order in which they finished."""
    aside: tuple[str, ...] = ()
    """Probes among them that the dialogue did not need; their time is not counted."""
    not_run: dict[str, str] = Field(default_factory=dict)
    """Probes that could have been run, with the reason why they were not."""
    symptom: str | None = None
    """Id of the symptom that the trials were run for."""
    trials: tuple[TrialFinished, ...] = ()
    """The trials that ended, in order."""
    patches: PatchesMade | None = None
    """Only where the user let the source travel."""
    answers: dict[str, str] = Field(default_factory=dict)
    """What the user answered, as ids of answers by ids of questions."""
    trouble: tuple[str, ...] = ()
    """What went wrong with the worker where the program is, a sentence each."""
    lost: Literal["at_start", "later"] | None = None
    """When the worker was lost for good: before there was a case, or while it was examined; None where it lived."""


class BundleArrived(Event):
    """A bundle brought evidence: the case itself at first, later what was asked of the user."""

    event: Literal["bundle_arrived"] = "bundle_arrived"
    name: str
    """File name of the bundle."""
    evidence: CaseEvidence


class FollowedUp(Event):
    """The user's next program was examined in a session of its own; no part of the walk, so it is never undone."""

    event: Literal["followed_up"] = "followed_up"
    session: str
    """Id of the session that examined it."""
    program: str
    """File name of that program."""
    verdict: Literal["worked", "partly", "not", "fails", "unclear"]
    """Whether the remedy worked."""
    text: str
    """The same in a sentence."""


AnyEvent = Annotated[
    CaseOpened
    | BundleArrived
    | SymptomNamed
    | LogShown
    | ProbeFinished
    | PersonAnswered
    | TrialFinished
    | PatchTried
    | CauseConcluded
    | Undone
    | Stopped
    | FollowedUp,
    Field(discriminator="event"),
]
"""Any event, told apart by its field ``event``."""

_adapter: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)


def to_json(event: Event) -> str:
    """The event as a line of JSON; numbers that are not finite are written as the constants that Python reads."""
    return event.model_dump_json(by_alias=True)


def from_json(text: str) -> AnyEvent:
    """The event of a line written by ``to_json``.

    Raises:
        pydantic.ValidationError: the line is no event.
    """
    return _adapter.validate_json(text)


def in_force(events: tuple[AnyEvent, ...]) -> tuple[AnyEvent, ...]:
    """The events of the walk that still count once every ``Undone`` has dropped what it drops."""
    kept: list[AnyEvent] = []
    for event in events:
        if isinstance(event, Undone):
            del kept[event.keep :]
        elif not isinstance(event, FollowedUp):
            kept.append(event)
    return tuple(kept)
