"""What the screens show: small immutable views, made from the dialogue by pure functions and drawn by the widgets.

A widget never sees the dialogue, an event or the worker; a test feeds it the views that a real session would give.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Mark = Literal["good", "notable", "bad", "unknown", "quiet"]
"""How an answer stands: nothing wrong, speaks for a cause, shows a failure, could not be answered, of no weight."""

Status = Literal["proven", "likely", "possible", "ruled_out"]
Tone = Literal["plain", "strong", "quiet", "warning", "error"]


@dataclass(frozen=True)
class PlaceView:
    """A place in the user's source. ``code`` is the line itself; ``column`` counts from 1, 0 when unknown."""

    file: str
    line: int
    code: str = ""
    column: int = 0
    end_column: int = 0


@dataclass(frozen=True)
class Said:
    """A short turn of the assistant."""

    key: str
    text: str
    tone: Tone = "plain"


@dataclass(frozen=True)
class Heard:
    """What the person typed or chose, as the conversation remembers it."""

    key: str
    text: str
    reply_to: str = ""


@dataclass(frozen=True)
class Looking:
    """A probe, a trial or a stage that is running. ``started`` is on the monotonic clock, in seconds."""

    key: str
    title: str
    started: float
    cost: str = ""
    share: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class Looked:
    """What one probe answered: the question, one sentence with the decisive number, and unfolded the measurement."""

    key: str
    title: str
    sentence: str
    mark: Mark
    seconds: float | None = None
    looked_at: str = ""
    details: tuple[tuple[str, str], ...] = ()
    probe: str = ""


@dataclass(frozen=True)
class Gathered:
    """Several quick looks folded into one line; those that stand out are shown, the others when unfolded."""

    key: str
    title: str
    looked: tuple[Looked, ...]
    seconds: float | None = None


@dataclass(frozen=True)
class Trouble:
    """Something failed in the program or in its worker: one clear sentence, the place, and what can be done."""

    key: str
    text: str
    place: PlaceView | None = None
    advice: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class EvidenceView:
    """One answer that speaks for or against a cause."""

    text: str
    by: str
    weight: str
    speaks_for: bool
    question: str = ""


@dataclass(frozen=True)
class QuoteView:
    """Words of a document or a reference that name the cause."""

    text: str
    origin: str
    note: str = ""


@dataclass(frozen=True)
class TrialView:
    """Scores with and without a remedy, pair by pair; both in the unit of ``score``."""

    score: str
    control: tuple[float, ...]
    treated: tuple[float, ...]
    symptom_gone: bool
    seconds: float = 0.0
    verdict: str = ""
    control_curve: tuple[float, ...] = ()
    treated_curve: tuple[float, ...] = ()


@dataclass(frozen=True)
class RemedyView:
    """What to do about a cause. ``patch`` is a unified diff, empty when there is none."""

    id: str
    title: str
    text: str
    code: str = ""
    costs: str = ""
    patch: str = ""
    trial: TrialView | None = None


@dataclass(frozen=True)
class FindingView:
    """A cause in this session, as a card shows it. ``confidence`` is a probability.

    ``to_try`` says what a trial of its remedy would cost; empty where there is none to be run.
    """

    cause: str
    title: str
    status: Status
    confidence: float
    summary: str
    rank: int = 1
    because: str = ""
    patched: bool = False
    evidence: tuple[EvidenceView, ...] = ()
    places: tuple[PlaceView, ...] = ()
    what: str = ""
    why: str = ""
    recognise: str = ""
    lookalikes: tuple[tuple[str, str], ...] = ()
    remedies: tuple[RemedyView, ...] = ()
    quotes: tuple[QuoteView, ...] = ()
    correction: str = ""
    example: str = ""
    to_try: str = ""

    @property
    def reason_against(self) -> str:
        """The answer that speaks against it most; empty where none does."""
        return next((one.text for one in self.evidence if not one.speaks_for), "")


@dataclass(frozen=True)
class RuledOut:
    """A cause that was ruled out, and by what."""

    cause: str
    title: str
    reason: str


@dataclass(frozen=True)
class Found:
    """A finding told in the conversation."""

    key: str
    finding: FindingView


@dataclass(frozen=True)
class Diff:
    """A patch of the user's program, as a unified diff."""

    key: str
    title: str
    text: str


Picture = tuple[tuple[tuple[int, int, int], ...], ...]
"""Rows of pixels: red, green, blue, 0 to 255."""


@dataclass(frozen=True)
class SampleView:
    """One training sample: its label, its picture where it is one, and all else of it by name."""

    label: str
    picture: Picture = ()
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Samples:
    """A look at some samples, which no log keeps."""

    key: str
    title: str
    samples: tuple[SampleView, ...]


@dataclass(frozen=True)
class Chapter:
    """Where the conversation took another way: what is above stays as it was said, what holds now is below."""

    key: str
    text: str


Turn = Said | Heard | Looking | Looked | Gathered | Trouble | Found | Diff | Samples | Chapter


@dataclass(frozen=True)
class OptionView:
    """One answer to choose. ``key`` is what is pressed."""

    id: str
    text: str
    means: str = ""
    key: str = ""


@dataclass(frozen=True)
class QuestionView:
    """A question that stands before the person."""

    id: str
    ask: str
    options: tuple[OptionView, ...]
    why: str = ""
    optional: bool = True
    can_go_back: bool = False
    not_sure: bool = True


@dataclass(frozen=True)
class PathNode:
    """One question of the path taken, or a heading over several; ``before`` is an answer that was taken back."""

    id: str
    ask: str
    answer: str = ""
    by: Literal["probe", "person", "skipped", "unknown", "to_come", "now", "heading"] = "to_come"
    mark: Mark = "quiet"
    children: tuple[PathNode, ...] = ()
    before: str = ""
    folded: bool = False


@dataclass(frozen=True)
class LayerRow:
    """One layer of the model as the table shows it."""

    name: str
    kind: str
    shape: str
    parameters: str
    activation: str
    trainable: bool = True
    health: str = ""
    mark: Mark = "quiet"
    place: PlaceView | None = None


@dataclass(frozen=True)
class CaseView:
    """The case: headline, settings and data as label and value, and the layers."""

    source: str
    headline: str
    settings: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    layers: tuple[LayerRow, ...] = ()
    classes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class SeriesView:
    """One line of a plot."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class CurveView:
    """A plot: its series, what the axes are, and whether it is still being measured.

    ``logarithmic`` asks for a scale of powers of ten; with ``powers_of_x`` the values of ``x`` are such powers already.
    """

    id: str
    title: str
    x_label: str
    y_label: str
    series: tuple[SeriesView, ...]
    note: str = ""
    logarithmic: bool = False
    powers_of_x: bool = False
    growing: bool = False


@dataclass(frozen=True)
class SessionView:
    """Everything the session screen shows at one moment; ``causes`` are ids with titles, those that stand first."""

    program: str
    stage: str = ""
    symptom: str = ""
    turns: tuple[Turn, ...] = ()
    question: QuestionView | None = None
    findings: tuple[FindingView, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    path: tuple[PathNode, ...] = ()
    case: CaseView | None = None
    curves: tuple[CurveView, ...] = ()
    busy: bool = False
    finished: bool = False
    can_go_back: bool = False
    session: str = ""
    causes: tuple[tuple[str, str], ...] = ()
    output: tuple[tuple[str, str], ...] = field(default=(), repr=False)
