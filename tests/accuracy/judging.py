"""A report of `keras-triage check` against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

CONFIRMED = ("proven", "likely")
EXIT_STATUS = {"healthy": 0, "diagnosed": 1, "program_failed": 3, "inconclusive": 5}
PAIRS_FOR_PROOF = 4
Report = Mapping[str, Any]


@dataclass(frozen=True)
class Named:
    """A cause that the report holds for possible."""

    id: str
    status: str
    confidence: float


@dataclass(frozen=True)
class Judgement:
    """One program's report beside its truth."""

    id: str
    base: str
    causes: tuple[str, ...]
    acceptable: tuple[str, ...]
    ranked: tuple[Named, ...]
    """Everything not ruled out, first cause first."""
    false_proofs: tuple[str, ...]
    proven: bool
    """The first-ranked cause is right, proven, and its trial shows it."""
    symptom: str | None
    true_symptom: str
    seconds: float
    exit_wrong: bool
    error: str | None = None
    questions: int = 0
    asked_of_people: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def faulty(self) -> bool:
        """Whether the program has a fault."""
        return bool(self.causes)

    @property
    def confirmed(self) -> tuple[str, ...]:
        """Causes the report calls proven or likely."""
        return tuple(cause.id for cause in self.ranked if cause.status in CONFIRMED)

    @property
    def first(self) -> str:
        """The cause ranked first, or `-`."""
        return self.ranked[0].id if self.ranked else "-"

    @property
    def top1(self) -> bool:
        """The first-ranked cause is the primary one or acceptable."""
        return self.faulty and self.first in {self.causes[0], *self.acceptable}

    @property
    def recall3(self) -> float:
        """Share of the true causes (three at most) among the first three."""
        top = {cause.id for cause in self.ranked[:3]}
        return len(top & set(self.causes)) / min(3, len(self.causes))

    @property
    def right(self) -> int:
        """How many of the confirmed causes are true or acceptable."""
        return sum(cause in {*self.causes, *self.acceptable} for cause in self.confirmed)

    @property
    def named(self) -> bool:
        """A true cause is among the confirmed."""
        return bool(set(self.confirmed) & set(self.causes))

    @property
    def alarm(self) -> bool:
        """A healthy program with a confirmed cause or without a report."""
        return not self.faulty and bool(self.confirmed or self.error)


def separated(cause: Mapping[str, Any]) -> bool:
    """Whether a trial shows what `proven` claims: four pairs, all treated scores above all controls, no symptom."""
    for remedy in cause.get("remedies", []):
        trial = remedy.get("trial") or {}
        control, treated = trial.get("control") or [], trial.get("treated") or []
        enough = min(len(control), len(treated)) >= PAIRS_FOR_PROOF
        if enough and min(treated) > max(control) and trial.get("symptom_gone"):
            return True
    return any(e.get("by") == "probe" and e.get("counter_trial") for e in cause.get("evidence", []))


def _ranked(report: Report) -> list[Mapping[str, Any]]:
    ranked: dict[str, Mapping[str, Any]] = {}
    for cause in sorted(report.get("causes", []), key=lambda one: int(one.get("rank", 99))):
        if cause.get("status") != "ruled_out":
            ranked.setdefault(cause["id"], cause)
    return list(ranked.values())


def judge(truth: Mapping[str, Any], report: Report, seconds: float, exit_status: int | None) -> Judgement:
    """Compare a report with the truth of its program."""
    ranked = _ranked(report)
    causes: Sequence[str] = truth["causes"]
    fair = {*causes, *truth["acceptable"]}
    best = {truth["primary"], *truth["acceptable"]} - {None}
    first = ranked[0] if ranked else {}
    expected = EXIT_STATUS.get(str(report.get("status")))
    questions = report.get("questions", [])
    return Judgement(
        id=truth["id"],
        base=truth["base"],
        causes=tuple(causes),
        acceptable=tuple(truth["acceptable"]),
        ranked=tuple(Named(c["id"], str(c.get("status")), float(c.get("confidence") or 0.0)) for c in ranked),
        false_proofs=tuple(
            c["id"] for c in ranked if c.get("status") == "proven" and (c["id"] not in fair or not separated(c))
        ),
        proven=bool(first) and first["id"] in best and first.get("status") == "proven" and separated(first),
        symptom=(report.get("symptom") or {}).get("id"),
        true_symptom=str(truth["symptom"]),
        seconds=seconds,
        exit_wrong=expected is not None and exit_status is not None and exit_status != expected,
        error=str(report["error"]).splitlines()[0][:200] if report.get("error") else None,
        questions=len(questions),
        asked_of_people=sum(one.get("by") == "person" for one in questions),
    )
