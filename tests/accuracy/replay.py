"""Kept checks judged anew by another knowledge base or other weights, without training again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from assistant.dialogue import Dialogue
from assistant.events import UNKNOWN, AnyEvent, CauseConcluded, PersonAnswered, ProbeFinished, TrialFinished, from_json
from assistant.ranking import CONFIRMED, Answer, Finding, rank, worth_telling
from assistant.steps import AskPerson, Conclude, RunProbe
from assistant.walking import HEALTHY
from knowledge_base.loading import KnowledgeBase
from probes.catalogue import catalogue
from probes.measurement import to_wire

from .judging import Judgement, judge
from .kept import Kept


@dataclass(frozen=True)
class Replayed:
    """What a kept check comes to: everything that ranking goes by."""

    kept: Kept
    answers: tuple[Answer, ...]
    symptoms: tuple[str, ...]
    trials: tuple[TrialFinished, ...]
    healthy: bool
    """The recorded run shows nothing wrong."""

    @property
    def truth(self) -> Mapping[str, Any]:
        """The truth of its program."""
        return self.kept.program.truth

    def evidence(self, kb: KnowledgeBase) -> tuple[Finding, ...]:
        """Every cause with the evidence on it, trials left aside."""
        return rank(kb, self.answers, self.symptoms)

    def findings(self, kb: KnowledgeBase) -> tuple[Finding, ...]:
        """The causes worth telling, ranked by the weights of a knowledge base."""
        return worth_telling(rank(kb, self.answers, self.symptoms, self.trials))

    def judgement(self, kb: KnowledgeBase) -> Judgement:
        """How right the ranking is; trials and texts are those of the kept report."""
        findings = self.findings(kb)
        told = {one["id"]: one for one in self.kept.outcome.report.get("causes", [])}
        confirmed = any(one.status in CONFIRMED for one in findings)
        report = {
            **self.kept.outcome.report,
            "status": "diagnosed" if confirmed else "healthy" if self.healthy else "inconclusive",
            "symptom": {"id": self.symptoms[0] if self.symptoms else HEALTHY},
            "causes": [
                {
                    **told.get(one.cause, {}),
                    "id": one.cause,
                    "rank": one.rank,
                    "status": one.status,
                    "confidence": one.confidence,
                }
                for one in findings
            ],
        }
        return judge(self.truth, report, self.kept.outcome.seconds, None)


def replay(one: Kept, kb: KnowledgeBase) -> Replayed:
    """Walk the kept events again; what was not measured then is unknown, and no trial is added."""
    events = [_completed(from_json(event)) for event in one.outcome.events]
    dialogue = Dialogue(kb, catalogue(), events)
    while True:
        match dialogue.next_step():
            case RunProbe() as step:
                dialogue.record(ProbeFinished(probe=step.probe, unknown="it was not measured"))
            case AskPerson() as step:
                dialogue.record(PersonAnswered(question=step.question, answer=UNKNOWN))
            case Conclude() as step:
                dialogue.record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
            case _:
                break
    named = dialogue.symptom
    return Replayed(
        kept=one,
        answers=tuple(dialogue.answers.values()),
        symptoms=dialogue.symptoms,
        trials=tuple(dialogue.facts.trials),
        healthy=named is not None and named.id == HEALTHY,
    )


def _completed(event: AnyEvent) -> AnyEvent:
    """The event; figures that its probe has learnt to measure since have their default, or are null."""
    if not isinstance(event, ProbeFinished) or event.measurement is None or event.probe not in catalogue():
        return event
    known = fields(catalogue()[event.probe].measurement)
    blank = {one.name: None if one.default is MISSING else to_wire(one.default) for one in known}
    return event.model_copy(update={"measurement": {**blank, **event.measurement}})
