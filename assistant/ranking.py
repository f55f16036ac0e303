"""Ranking by weight of evidence: from answers to findings."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.events import TrialFinished
from knowledge_base.evidence import weight as weight_of
from knowledge_base.loading import KnowledgeBase
from knowledge_base.schema import Band, Cause

By = Literal["probe", "person"]
Status = Literal["proven", "likely", "possible", "ruled_out"]

CONFIRMED: tuple[Status, ...] = ("proven", "likely")
"""What a report stands by."""

LIKELY = 0.7
"""Confidence from which a cause with strong evidence is likely (`docs/architecture.md`)."""

RULED_OUT = 0.05
"""Confidence below which a cause with evidence against it is ruled out."""

WORTH_TELLING = 0.2
"""Confidence from which a cause without strong evidence is worth telling as possible."""

MOST_POSSIBLE = 10
"""How many merely possible causes a person can take in."""

NO_SYMPTOM = frozenset({"none", "unsure"})
"""Symptoms under which nothing can be likely: oddities are then remarks."""

_STATUSES: tuple[Status, ...] = ("proven", "likely", "possible", "ruled_out")
_STRONG = ("decides", "strong")


@dataclass(frozen=True)
class Answer:
    """What a question was answered with.

    Attributes:
        question: id of the question.
        answer: id of the answer, ``unknown`` or ``skipped``.
        by: who gave it; ``probe`` also for an ``unknown`` that no one could resolve.
        probe: the question's probe, where it has one.
        seconds: what its measurement took; 0 where the measurement was at hand.
        text: the answer in words, filled from the measurement.
        reason: why it is ``unknown``; None otherwise.
        places: kinds of places in the source that the answer points to.
        phase: where in the walk the question was put.
        trail: ids of the trees that led to the question, outermost first.
        names_symptom: id of the symptom that this answer names, or None.
    """

    question: str
    answer: str
    by: By
    probe: str | None
    seconds: float
    text: str
    reason: str | None
    places: tuple[str, ...]
    phase: str
    trail: tuple[str, ...]
    names_symptom: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What one answer says about one cause.

    Attributes:
        question: id of the question.
        answer: id of the answer.
        by: who gave the answer.
        probe: the probe that was read, or None.
        band: ``decides``, ``strong``, ``weak``, ``against`` or ``rules_out``, as the knowledge base has it.
        weight: what it adds to the log-odds; 0 where a stronger answer from the same measurement counts instead.
        text: the answer in words.
        places: kinds of places in the source that the answer points to.
    """

    question: str
    answer: str
    by: By
    probe: str | None
    band: Band
    weight: float
    text: str
    places: tuple[str, ...]

    @property
    def source(self) -> str:
        """Who or what says so, in words but for a probe's id."""
        return source(self.by, self.probe)


def source(by: By, probe: str | None) -> str:
    """Who or what gave evidence, in words but for a probe's id: what neither person nor probe gave, a trial did."""
    return "the person" if by == "person" else probe or "a counter-trial"


@dataclass(frozen=True)
class Finding:
    """A cause in one session.

    Attributes:
        cause: id of the cause.
        rank: 1 for the first; findings that are ruled out come last.
        status: ``proven``, ``likely``, ``possible`` or ``ruled_out``.
        confidence: 0 to 1.
        because: id of the cause that explains this one, or None.
        prior: log-odds before any answer.
        symptom_fit: log-odds that the symptom adds.
        evidence: what speaks for it and against it, strongest first.
        trials: the trials of its remedies.
        patched: whether it shows only once the program is patched, hidden by what the patch mends.
    """

    cause: str
    rank: int
    status: Status
    confidence: float
    because: str | None
    prior: float
    symptom_fit: float
    evidence: tuple[Evidence, ...]
    trials: tuple[TrialFinished, ...]
    patched: bool = False

    @property
    def log_odds(self) -> float:
        """What the confidence is the logistic function of; tells apart what rounding would not."""
        return self.prior + self.symptom_fit + sum(one.weight for one in self.evidence)

    @property
    def speaks_for(self) -> tuple[Evidence, ...]:
        """The evidence in its favour."""
        return tuple(one for one in self.evidence if one.band in (*_STRONG, "weak"))


SETTLES = 0.9
"""Share of the way to the best score that a proven remedy closes, from which no other remedy is needed."""


def sigmoid(log_odds: float) -> float:
    """The probability of these log-odds, without overflow."""
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    return math.exp(log_odds) / (1.0 + math.exp(log_odds))


def is_plausible(cause: Cause, symptoms: Collection[str]) -> bool:
    """Whether the cause is known to show any of these symptoms; without symptoms every cause is."""
    return not symptoms or any(symptom in cause.symptoms for symptom in symptoms)


def rank(
    kb: KnowledgeBase,
    answers: Iterable[Answer],
    symptoms: Sequence[str] = (),
    trials: Sequence[TrialFinished] = (),
) -> tuple[Finding, ...]:
    """Every cause as a finding, in order: proven, likely, possible, ruled out.

    Args:
        kb: the knowledge base.
        answers: the answers given so far.
        symptoms: what is seen, the named symptom first; the one that a cause fits best counts.
        trials: the trials that ended.
    """
    gathered = _gather(kb, answers)
    seen = tuple(one for one in symptoms if one not in NO_SYMPTOM)
    findings = {
        cause.id: _judge(kb, cause, gathered.get(cause.id, ()), seen, [one for one in trials if one.cause == cause.id])
        for cause in kb.causes.values()
    }
    settling = [one for one in trials if one.proven and one.closes >= SETTLES]
    if settling:
        behind = {explainer for one in settling for explainer in kb.causes[one.cause].explained_by}
        findings = {id: one if id in behind else _not_needed(one, settling) for id, one in findings.items()}
    explained = {id: _explainer(kb.causes[id], findings) for id in findings}
    ordered = _order([_below(one, explained[one.cause]) for one in findings.values()])
    return tuple(replace(one, rank=place) for place, one in enumerate(ordered, start=1))


def _not_needed(finding: Finding, settling: Sequence[TrialFinished]) -> Finding:
    """Where the symptom goes without the remedy of a likely cause, it stays likely only if a measurement decides for it
    and no trial of its own proved nothing."""
    tried = {one.treatment for one in finding.trials if one.outcome is not None}
    took_part = all(tried & {one.treatment, *one.given} for one in settling)
    needed = took_part or (is_decided(finding) and not tried)
    return finding if needed or finding.status != "likely" else replace(finding, status="possible")


def worth_telling(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of ranked findings those that a person should hear of; ranks are closed up."""
    told: list[Finding] = []
    possible = 0
    for one in findings:
        if one.status == "possible":
            strong = any(evidence.band in _STRONG for evidence in one.speaks_for)
            if not one.speaks_for or possible >= MOST_POSSIBLE or not (strong or one.confidence >= WORTH_TELLING):
                continue
            possible += 1
        if one.status == "ruled_out" and not one.evidence:
            continue
        told.append(one)
    return tuple(replace(one, rank=place) for place, one in enumerate(told, start=1))


def _gather(kb: KnowledgeBase, answers: Iterable[Answer]) -> dict[str, tuple[Evidence, ...]]:
    """The evidence on each cause; of answers that read one measurement only the strongest keeps its weight."""
    by_source: dict[str, dict[str, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        question = kb.questions[answer.question]
        option = question.answers.get(answer.answer)
        if option is None:
            continue
        source = f"probe:{answer.probe}" if answer.by == "probe" else f"person:{answer.question}"
        for cause, band in option.evidence.items():
            weight = weight_of(kb.weights, band, by_person=answer.by == "person")
            one = Evidence(
                answer.question, answer.answer, answer.by, answer.probe, band, weight, answer.text, answer.places
            )
            by_source[cause][source].append(one)
    return {cause: _strongest_first(sources.values()) for cause, sources in by_source.items()}


def _strongest_first(sources: Iterable[list[Evidence]]) -> tuple[Evidence, ...]:
    counted: list[Evidence] = []
    for evidence in sources:
        strongest = max(evidence, key=lambda one: abs(one.weight))
        counted += [one if one is strongest else replace(one, weight=0.0) for one in evidence]
    return tuple(sorted(counted, key=lambda one: -abs(one.weight)))


def _judge(
    kb: KnowledgeBase, cause: Cause, evidence: Sequence[Evidence], seen: Sequence[str], trials: Sequence[TrialFinished]
) -> Finding:
    fits = kb.weights.symptom_fit
    fit = max((float(getattr(fits, cause.symptoms.get(one, "foreign"))) for one in seen), default=0.0)
    prior = float(getattr(kb.weights.prior, cause.prior))
    refutations = [_refutation(kb, one) for one in trials if one.refuted]
    unranked = Finding(cause.id, 0, "possible", 0.0, None, prior, fit, (*refutations, *evidence), tuple(trials))
    proven = bool(seen) and any(one.proven for one in trials)
    confidence = sigmoid(unranked.log_odds + (kb.weights.bands.decides if proven else 0.0))
    judged = replace(unranked, confidence=confidence)
    return replace(judged, status="proven" if proven else _status(kb, judged, bool(seen)))


def _refutation(kb: KnowledgeBase, trial: TrialFinished) -> Evidence:
    weight = weight_of(kb.weights, "rules_out", by_person=False)
    return Evidence("counter_trial", "refuted", "probe", None, "rules_out", weight, trial.text, ())


def _status(kb: KnowledgeBase, finding: Finding, symptom_seen: bool) -> Status:
    bands = {one.band for one in finding.evidence if one.by == "probe"}
    speaks_against = any(one.weight < 0 for one in finding.evidence)
    if any(one.refuted for one in finding.trials) or ("rules_out" in bands and "decides" not in bands):
        return "ruled_out"
    if finding.confidence < RULED_OUT and speaks_against:
        return "ruled_out"
    strong = any(
        one.band in _STRONG and (one.by == "probe" or kb.questions[one.question].probe is None)
        for one in finding.evidence
    )
    return "likely" if symptom_seen and strong and finding.confidence >= LIKELY else "possible"


def _below(finding: Finding, explainer: str | None) -> Finding:
    """The finding with what explains it; a mechanism that another cause explains is not confirmed by itself."""
    explained = explainer is not None and finding.status == "likely"
    return replace(finding, because=explainer, status="possible" if explained else finding.status)


def _explainer(cause: Cause, findings: Mapping[str, Finding]) -> str | None:
    """The surest confirmed cause that explains this one, where this one stands too."""
    own = findings[cause.id]
    if own.status == "ruled_out" or not own.speaks_for:
        return None
    standing = [findings[one] for one in cause.explained_by if one in findings and findings[one].status in CONFIRMED]
    return max(standing, key=lambda one: one.log_odds).cause if standing else None


def is_decided(finding: Finding) -> bool:
    """Whether a probe's measurement alone leaves no doubt of the cause."""
    return any(one.band == "decides" and one.by == "probe" for one in finding.evidence)


def _measured_untried(finding: Finding) -> bool:
    untried = not any(one.outcome is not None for one in finding.trials)
    return untried and is_decided(finding) and finding.status == "likely"


def _order(findings: Sequence[Finding]) -> list[Finding]:
    """By status, then by log-odds; an explained finding never above its explainer of the same status.

    A proven remedy of what another cause brings about stays below that cause where it is measured and could not be
    tried: the trial shows that the effect can be treated, not that it is where things went wrong.
    """
    by_id = {one.cause: one for one in findings}

    def key(one: Finding, seen: tuple[str, ...] = ()) -> tuple[int, float, int]:
        own = (_STATUSES.index(one.status), -one.log_odds, 0)
        explainer = by_id.get(one.because or "")
        if explainer is None or explainer.cause in (*seen, one.cause):
            return own
        status, odds, depth = key(explainer, (*seen, one.cause))
        stands_below = one.status != "proven" or explainer.status == "proven" or _measured_untried(explainer)
        return max(own, (status, odds, depth + 1)) if stands_below else own

    return sorted(findings, key=key)
