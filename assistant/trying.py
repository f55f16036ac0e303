"""Which trial comes next, and what its outcome means: the strategy, without any training.

Likely and cheap treatments come first. What proves nothing alone but helps is given to both arms of the next trials, as
long as the next still helps; then each member of such a set is left out in turn. One treatment proves one cause, the
likeliest of those that it would remedy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.events import TrialFinished, TrialOutcome
from assistant.firsts import first_of_each
from assistant.ranking import CONFIRMED, Finding
from assistant.words_of_trials import in_words
from knowledge_base.schema import Cause
from probes.trials.treating import treatments
from probes.trials.verdict import HALF

COUNTER_TRIALS = (
    "inputs_constant",
    "duplicate_inputs",
    "labels_misaligned",
    "inputs_uninformative",
    "label_noise",
    "too_little_data",
)
"""Causes that are proven by what the same training does on other rows or labels."""

DIRECTIONS: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("lr_too_high", "set_learning_rate"): {"direction": "down"},
    ("lr_too_low", "set_learning_rate"): {"direction": "up"},
    ("exploding_gradient", "set_learning_rate"): {"direction": "down"},
    ("dying_relu", "set_learning_rate"): {"direction": "down"},
}
"""Where to look for a parameter, so that a treatment proves this cause and not its opposite."""

COSTS = {
    "set_learning_rate": 2.0,
    "set_hidden_activation": 1.5,
    "more_regularization": 2.0,
    "add_dropout": 2.0,
    "more_epochs": 4.0,
    "set_optimizer": 4.0,
    "add_batch_normalization": 4.0,
    "warm_restart": 4.0,
    "new_start": 4.0,
}
"""Expected cost over that of one plain trial: of treatments that search for parameters, and of broad ones, which prove
nothing before specific ones have failed; 1 for all others."""

WORTH_TRYING = 0.2
"""Confidence from which a cause that is merely possible goes to trial, where nothing is proven yet."""

MOST_POSSIBLE = 4
"""Causes that are merely possible go to trial up to this many."""

HELPS = 0.03
"""Rise of the mean score from which a treatment that proves nothing alone is kept for a set."""

SHORTEST = 3.0
"""No trial begins with fewer seconds left."""

MOST_PAIRS = 3
"""So many pairs of treatments that do nothing alone are tried together."""

WELL = 0.9
"""Share of the way to the best arm from which nothing more is added to a proven treatment."""


@dataclass(frozen=True)
class Attempt:
    """A trial to be run.

    Attributes:
        cause, remedy, treatment: what is tried; a counter-trial has neither remedy nor treatment.
        parameters: of the treatment, and of those that both arms get.
        given: treatments that both arms get.
        counter: whether it is a counter-trial.
    """

    cause: str
    remedy: str
    treatment: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    counter: bool = False

    def request(self, symptom: str, seconds: float) -> tuple[str, dict[str, Any]]:
        """Name and arguments of the request that a worker serves."""
        common = {"symptom": symptom, "seconds": seconds}
        if self.counter:
            return "counter_trial", {**common, "cause": self.cause}
        arguments = {"treatments": [self.treatment], "given": list(self.given), "parameters": dict(self.parameters)}
        return "trial", {**common, **arguments}


def next_attempt(
    findings: Sequence[Finding], causes: Mapping[str, Cause], trials: Sequence[TrialFinished], seconds_left: float
) -> Attempt | None:
    """The trial to run next, or None when no trial is worth its time.

    Args:
        findings: ranked.
        causes: of the knowledge base.
        trials: that ended so far, in order.
        seconds_left: for trials.
    """
    if seconds_left < SHORTEST:
        return None
    alone = _alone(findings, causes, trials)
    if alone is None or not _is_confirmed(findings, alone.cause) or _was_tried(alone.cause, trials):
        together = _together(findings, trials)
        if together is not None:
            return together
    return alone or _for_set(findings, causes, trials)


def _was_tried(cause: str, trials: Sequence[TrialFinished]) -> bool:
    return any(one.cause == cause for one in trials)


def _together(findings: Sequence[Finding], trials: Sequence[TrialFinished]) -> Attempt | None:
    """Two faults of which each alone stops the training: where no treatment helps alone, two are given together."""
    if smallest_set(trials) or any(one.proven for one in trials):
        return None
    tried = [one for one in trials if not one.given and not one.counter and one.outcome is not None]
    ranked = sorted(
        (one for one in tried if _is_confirmed(findings, one.cause)), key=lambda one: -_confidence(findings, one.cause)
    )
    firsts = first_of_each(ranked, lambda one: one.cause)
    known = {(one.treatment, one.given) for one in trials}
    pairs = [(seed, one) for place, seed in enumerate(firsts) for one in firsts[place + 1 :]]
    for seed, one in pairs[:MOST_PAIRS]:
        if one.treatment != seed.treatment and (one.treatment, (seed.treatment,)) not in known:
            parameters = {**one.asked, **_joined([seed])}
            return Attempt(one.cause, one.remedy, one.treatment, parameters, (seed.treatment,))
    return None


def _alone(findings: Sequence[Finding], causes: Mapping[str, Cause], trials: Sequence[TrialFinished]) -> Attempt | None:
    """The likeliest treatment over its cost, of those not tried alone yet."""
    tried = {(one.treatment, str(one.asked.get("direction", ""))) for one in trials if not one.given}
    countered = {one.cause for one in trials if one.counter}
    best: tuple[float, Attempt] | None = None
    taken: set[tuple[str, str]] = set()
    for finding in _worth(findings, trials):
        for place, attempt in enumerate(_attempts(finding.cause, causes[finding.cause])):
            key = (attempt.treatment, str(attempt.parameters.get("direction", "")))
            done = finding.cause in countered if attempt.counter else key in tried or key in taken
            if done:
                continue
            taken.add(key)
            # A cause's later remedies are second choices: each counts half of the one before it.
            value = finding.confidence * 0.5**place / COSTS.get(attempt.treatment, 1.0)
            if best is None or value > best[0]:
                best = (value, attempt)
    return best[1] if best else None


def attempt_for(cause: str, entry: Cause, trials: Sequence[TrialFinished]) -> Attempt | None:
    """The trial that a person asks for by the cause: its first remedy that was not tried alone yet, else its first."""
    options = _attempts(cause, entry)
    tried = {(one.cause, one.treatment) for one in trials if not one.given and one.outcome}
    untried = (one for one in options if (one.cause, one.treatment) not in tried)
    return next(untried, options[0] if options else None)


def _worth(findings: Sequence[Finding], trials: Sequence[TrialFinished]) -> list[Finding]:
    """The findings that go to trial: confirmed ones, and possible ones as long as nothing is proven.

    What a counter-trial has proven may still be mended by its remedies.
    """
    proven = {one.cause for one in trials if one.proven}
    mended = {one.cause for one in trials if one.proven and not one.counter}
    standing = [one for one in findings if one.status != "ruled_out" and one.cause not in mended]
    standing = [one for one in standing if one.because not in proven or one.because is None]
    confirmed = [one for one in standing if one.status in CONFIRMED]
    possible = [one for one in standing if one.status not in CONFIRMED and one.confidence >= WORTH_TRYING]
    return confirmed if proven else confirmed + possible[:MOST_POSSIBLE]


def _attempts(cause: str, entry: Cause) -> list[Attempt]:
    found = [
        Attempt(cause, one.id, one.treatment, DIRECTIONS.get((cause, one.treatment), {}))
        for one in entry.remedies
        if one.treatment
    ]
    unique = first_of_each(found, lambda one: one.treatment)
    return [Attempt(cause, "", "", counter=True), *unique] if cause in COUNTER_TRIALS else unique


def _for_set(
    findings: Sequence[Finding], causes: Mapping[str, Cause], trials: Sequence[TrialFinished]
) -> Attempt | None:
    """What to add to the set, or which member to leave out, when nothing is left to be tried alone."""
    members = smallest_set(trials)
    if not members or members[-1].closes >= WELL:
        return _leave_out(members, trials)
    given = tuple(one.treatment for one in members)
    known = {(one.treatment, one.given) for one in trials}
    helped = {one.treatment for one in trials if _rise(one) > HELPS and not one.given}
    ranked = sorted(
        (one for one in trials if not one.given and not one.counter and one.outcome and one.treatment not in given),
        key=lambda one: (one.treatment not in helped, -_confidence(findings, one.cause)),
    )
    for one in ranked:
        if (one.treatment, given) in known:
            continue
        if one.treatment not in helped and not _is_confirmed(findings, one.cause):
            continue
        parameters = {**one.asked, **_joined(members)}
        return Attempt(one.cause, one.remedy, one.treatment, parameters, given)
    return _leave_out(members, trials)


def smallest_set(trials: Sequence[TrialFinished]) -> tuple[TrialFinished, ...]:
    """The treatments that together do best, in the order in which they were added.

    It begins with the best treatment tried alone, a proven one before all others, and grows by every later trial that
    was given the whole set so far and helped. Where none helps alone it begins with one that another helps on.
    """
    tried = [one for one in trials if not one.given and not one.counter and one.outcome]
    alone = [one for one in tried if _rise(one) > HELPS]
    if not alone:
        helped = {one.given for one in trials if _rise(one) > HELPS and _separate(one)}
        alone = [one for one in tried if (one.treatment,) in helped]
    if not alone:
        return ()
    members = [_seed(alone)]
    for one in trials:
        if one.given == tuple(member.treatment for member in members) and _rise(one) > HELPS and _separate(one):
            members.append(one)
    return tuple(members)


def _seed(alone: Sequence[TrialFinished]) -> TrialFinished:
    """The treatment that does best, but a broad one that proves nothing gives way to a specific one half as good."""
    best = max(alone, key=lambda one: (one.proven, one.outcome is not None and one.outcome.symptom_gone, _mean(one)))
    if best.proven or not _is_broad(best):
        return best
    specific = [one for one in alone if not _is_broad(one) and _rise(one) >= HALF * _rise(best)]
    return max(specific, key=_rise, default=best)


def _is_broad(one: TrialFinished) -> bool:
    known = treatments().get(one.treatment)
    return known is not None and known.broad


def _leave_out(members: Sequence[TrialFinished], trials: Sequence[TrialFinished]) -> Attempt | None:
    """Try the first members again, given the rest: what does not help there is no part of the smallest set."""
    if len(members) < 2:
        return None
    known = {(one.treatment, one.given) for one in trials}
    for place, one in enumerate(members[:-1]):
        rest = tuple(other.treatment for number, other in enumerate(members) if number != place)
        if (one.treatment, rest) not in known and not one.proven:
            return Attempt(one.cause, one.remedy, one.treatment, _joined(members), rest)
    return None


def treatments_of_set(trials: Sequence[TrialFinished]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    """The smallest set as treatments with the parameters that were carried out, without members that do not help."""
    members = smallest_set(trials)
    useless = {
        one.treatment
        for one in trials
        if one.given and {one.treatment, *one.given} == {member.treatment for member in members} and _rise(one) <= 0
    }
    return tuple((one.treatment, one.parameters) for one in members if one.treatment not in useless)


def _joined(members: Sequence[TrialFinished]) -> dict[str, Any]:
    return {name: value for one in members for name, value in one.parameters.items() if name != "layers"}


def _mean(one: TrialFinished) -> float:
    return sum(one.outcome.treated) / len(one.outcome.treated) if one.outcome and one.outcome.treated else -1.0


def _rise(one: TrialFinished) -> float:
    """By how much the mean score rose over the pairs that were run."""
    if one.outcome is None or not one.outcome.treated:
        return 0.0
    pairs = len(one.outcome.treated)
    return _mean(one) - sum(one.outcome.control[:pairs]) / pairs


def _separate(one: TrialFinished) -> bool:
    outcome = one.outcome
    return outcome is not None and bool(outcome.treated) and min(outcome.treated) > max(outcome.control)


def _confidence(findings: Sequence[Finding], cause: str) -> float:
    return next((one.confidence for one in findings if one.cause == cause), 0.0)


def _is_confirmed(findings: Sequence[Finding], cause: str) -> bool:
    return any(one.cause == cause and one.status in CONFIRMED for one in findings)


def finished(attempt: Attempt, answer: Mapping[str, Any], program_runs: int = 0) -> TrialFinished:
    """The event of a worker's answer to :meth:`Attempt.request`; numbers are real ones.

    Args:
        attempt: what was tried.
        answer: the worker's.
        program_runs: how often the edited program was run.
    """
    if attempt.counter:
        return _counter_finished(attempt, answer)
    outcome = _outcome(answer) if answer.get("applicable") and answer.get("control") else None
    return TrialFinished(
        cause=attempt.cause,
        remedy=attempt.remedy,
        treatment=attempt.treatment,
        outcome=outcome,
        unknown=None if outcome else str(answer.get("reason") or answer.get("why_not") or "there was no trial"),
        proven=bool(answer.get("proven")),
        given=attempt.given,
        asked=dict(attempt.parameters),
        parameters=dict(answer.get("parameters") or {}),
        closes=float(answer.get("closes") or 0.0),
        seconds=0.0 if outcome else float(answer.get("seconds") or 0.0),
        text=in_words(attempt.treatment, answer, program_runs),
        program_runs=program_runs,
        control_curve=tuple(answer.get("control_curve") or ()),
        treated_curve=tuple(answer.get("treated_curve") or ()),
    )


def not_run(attempt: Attempt, reason: str) -> TrialFinished:
    """The event of a trial that was declined, cancelled, or could not be run."""
    return TrialFinished(
        cause=attempt.cause,
        remedy=attempt.remedy,
        treatment=attempt.treatment,
        unknown=reason,
        given=attempt.given,
        asked=dict(attempt.parameters),
        counter=attempt.counter,
    )


def _counter_finished(attempt: Attempt, answer: Mapping[str, Any]) -> TrialFinished:
    return TrialFinished(
        cause=attempt.cause,
        remedy=attempt.remedy,
        treatment=attempt.treatment,
        unknown=None if answer.get("applicable") else str(answer.get("reason") or "there was no trial"),
        proven=bool(answer.get("proven")),
        counter=True,
        refuted=bool(answer.get("refuted")),
        seconds=float(answer.get("seconds") or 0.0),
        text=str(answer.get("text") or answer.get("reason") or ""),
    )


def _outcome(answer: Mapping[str, Any]) -> TrialOutcome:
    return TrialOutcome(
        score=str(answer["score"]),
        control=tuple(map(float, answer["control"])),
        treated=tuple(map(float, answer["treated"])),
        symptom_gone=bool(answer["symptom_gone"]),
        horizon="planned_end" if answer["horizon"] == "planned_end" else "budget",
        steps=int(answer["steps"]),
        seconds=float(answer["seconds"]),
    )


__all__ = ["Attempt", "attempt_for", "finished", "next_attempt", "not_run", "smallest_set", "treatments_of_set"]
