"""The dialogue: a pure state machine over the knowledge base, whose state is its log of events alone."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from itertools import takewhile
from types import MappingProxyType

from assistant.events import (
    AnyEvent,
    CaseOpened,
    LogShown,
    PatchTried,
    PersonAnswered,
    ProbeFinished,
    SymptomNamed,
    Undone,
    in_force,
)
from assistant.facts import Facts, gather
from assistant.firsts import first_of_each
from assistant.ranking import CONFIRMED, Answer, Finding, rank, worth_telling
from assistant.remaining import with_remaining
from assistant.steps import (
    AskPerson,
    Conclude,
    Finished,
    NamedSymptom,
    OfferTrial,
    Phase,
    ProbeInfo,
    RunProbe,
    Step,
    Why,
)
from assistant.trying import Attempt, attempt_for, next_attempt
from assistant.walking import HEALTHY, Need, Walk
from knowledge_base.loading import KnowledgeBase
from knowledge_base.questions import Chosen, Question, answer_of
from knowledge_base.schema import Cause
from knowledge_base.suiting import in_case
from probes.process.description import CaseDescription

MOST_SECONDS_OF_TRIALS = 60.0
"""What all trials of a case may take together (`docs/architecture.md`)."""

FOR_TRIALS = 0.25
"""Share of the budget kept for them: on a slow machine they prove more than the last questions would tell."""


class Dialogue:
    """Says what comes next, takes what happened, and explains itself at every step.

    Nothing but the events decides its state: two dialogues over one knowledge base with the same events are the same.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        catalogue: Mapping[str, ProbeInfo],
        events: Iterable[AnyEvent] = (),
        *,
        budget: float = 120.0,
        trials: bool = False,
    ) -> None:
        """A dialogue in the state that the events lead to.

        Args:
            kb: the knowledge base.
            catalogue: the probes that can be run.
            events: the log so far.
            budget: seconds of probes and trials after which nothing dear is asked any more.
            trials: whether trials of remedies are offered.
        """
        self.kb = kb
        self.catalogue = catalogue
        self.budget = budget
        self._trials = trials
        self._events = [self._completed(one) for one in events]
        self._over_patched: dict[int, Dialogue] = {}
        self._chosen: dict[tuple[str, int], Chosen] = {}
        self._facts = gather(in_force(tuple(self._events)))
        self._walk_anew()

    def next_step(self) -> Step:
        """What is to be done next; the same until an event is recorded."""
        if self._facts.stopped is not None:
            return Finished("stopped", self._facts.stopped)
        for finding in self.findings():
            if finding.status in CONFIRMED and (finding.cause, finding.status) not in self._facts.concluded:
                return Conclude(finding)
        return self._need or self._trial_to_offer() or self._need_kept_back() or self._end()

    def record(self, event: AnyEvent) -> None:
        """Take what happened."""
        event = self._completed(event)
        self._events.append(event)
        if isinstance(event, Undone):
            self._facts = gather(in_force(tuple(self._events)))
        else:
            self._facts.take(event)
        self._walk_anew()

    def undo(self, question: str | None = None) -> Undone | None:
        """Take back the last thing that the person said, and all that followed it.

        Args:
            question: take back from the person's answer to this question on, instead.

        Returns:
            The event to keep, or None if the person has said no such thing.
        """
        said = self.last_said(question)
        if said is None:
            return None
        undone = Undone(keep=said[0])
        self.record(undone)
        return undone

    def last_said(self, question: str | None = None) -> tuple[int, AnyEvent] | None:
        """The last thing that the person said, or their answer to a question, with its place among the events in force.

        None if the person has said no such thing.
        """
        current = in_force(tuple(self._events))
        said = (place for place in range(len(current) - 1, -1, -1) if _said_by_person(current[place], question))
        return next(((place, current[place]) for place in said), None)

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """The whole log, what was undone included."""
        return tuple(self._events)

    @property
    def facts(self) -> Facts:
        """The events in force, by kind; to be read only."""
        return self._facts

    @property
    def case(self) -> CaseDescription | None:
        """The case, once it is open."""
        return self._facts.case

    @property
    def symptom(self) -> NamedSymptom | None:
        """The symptom, once it has a name."""
        return self._walk.symptom

    @property
    def symptoms(self) -> tuple[str, ...]:
        """Everything that is seen, the named symptom first."""
        return self._walk.symptoms

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The questions put so far, by id, in order."""
        return MappingProxyType(self._walk.answers)

    @property
    def conclusion(self) -> str | None:
        """Id of the conclusion that the symptom's tree came to, if it did."""
        return self._walk.conclusion

    @property
    def runs_trials(self) -> bool:
        """Whether trials of remedies are offered."""
        return self._trials

    @property
    def seconds_left(self) -> float:
        """What is left of the budget."""
        return max(0.0, self.budget - self._facts.seconds)

    @property
    def seconds_for_trials(self) -> float:
        """What is left of the time for trials."""
        return max(0.0, min(self.seconds_left, MOST_SECONDS_OF_TRIALS - self._facts.trial_seconds))

    def findings(self) -> tuple[Finding, ...]:
        """The causes that a person should hear of, ranked; those ruled out last."""
        return self._told

    def own_findings(self) -> tuple[Finding, ...]:
        """Those of the program as it stands, without what showed only once it was patched."""
        return self._own

    @property
    def beyond(self) -> tuple[Dialogue, ...]:
        """The dialogues over patched programs that still showed a symptom, in order."""
        return self._beyond

    def seen_in(self, finding: Finding) -> Dialogue:
        """The dialogue that a finding was made in: this one, or that over a patched program."""
        if any(one.cause == finding.cause and one.status == finding.status for one in self._own):
            return self
        return next((one for one in self._beyond if any(f.cause == finding.cause for f in one.own_findings())), self)

    def path(self) -> tuple[Answer, ...]:
        """The questions as the walk met them, with what each was answered."""
        return tuple(self._walk.answers.values())

    def to_come(self, most: int = 12) -> tuple[RunProbe | AskPerson, ...]:
        """What the walk would still ask if nothing of it could be answered, in order; answers may change that.

        Quick looks, which take no time, and what the walk asks beyond the symptom's tree are left out.
        """
        if self._facts.stopped is not None:
            return ()
        ahead = self._walk_over(self._facts.with_every_answer())
        needs = takewhile(lambda need: _phase(need) != "rest", ahead.run())
        asked = (need for need in needs if _phase(need) != "looking")
        return tuple(first_of_each(asked, lambda need: need.question))[:most]

    def answers_before(self, question: str) -> tuple[str, ...]:
        """What the person had answered to this question before they went back, the latest first."""
        said = [one.answer for one in self._events if isinstance(one, PersonAnswered) and one.question == question]
        now = self._facts.persons.get(question)
        return tuple(dict.fromkeys(one for one in reversed(said) if now is None or one != now.answer))

    def why(self, question: str) -> Why:
        """Why this question is asked.

        Raises:
            KeyError: the knowledge base has no such question.
        """
        entry = self.kb.questions[question]
        weights = [(cause, band) for option in entry.answers.values() for cause, band in option.evidence.items()]
        against = ("against", "rules_out")
        trail = [one for one in self.path() if one.question != question and one.phase == "tree" and one.text]
        seen = [self.kb.symptoms[self.symptom.id].title] if self.symptom else []
        return Why(
            question=question,
            reason=entry.why,
            speaks_for=tuple(dict.fromkeys(cause for cause, band in weights if band not in against)),
            speaks_against=tuple(dict.fromkeys(cause for cause, band in weights if band in against)),
            path=(*seen, *(one.text for one in trail)),
        )

    def how_known(self, cause: str) -> Finding:
        """What speaks for and against this cause, whether or not it is worth telling.

        Raises:
            KeyError: the knowledge base has no such cause.
        """
        for finding in (*self._told, *self._ranked):
            if finding.cause == cause:
                return finding
        raise KeyError(cause)

    def ruled_out(self) -> tuple[Finding, ...]:
        """The causes that were ruled out, with what ruled them out."""
        return tuple(one for one in self._told if one.status == "ruled_out")

    def cause(self, id: str) -> Cause:
        """A cause of the knowledge base, with the remedies that suit this case."""
        return in_case(self.kb.causes[id], self._facts.measurements)

    def trial_of(self, cause: str) -> OfferTrial | None:
        """The trial that a person asks for by its cause; None where the cause has no remedy that can be carried out.

        Raises:
            KeyError: the knowledge base has no such cause.
        """
        attempt = attempt_for(cause, self.cause(cause), self._facts.trials)
        return self._offer(attempt, asked_for=True) if attempt else None

    def measured_before(self, probe: str) -> ProbeFinished | None:
        """The latest measurement of a probe, even if it was undone: the case has not changed since."""
        past = (one for one in reversed(self._events) if isinstance(one, ProbeFinished) and one.probe == probe)
        return next((one for one in past if one.measurement is not None), None)

    def case_before(self) -> CaseDescription | None:
        """The case, even if its opening was undone."""
        return next((one.case for one in reversed(self._events) if isinstance(one, CaseOpened)), None)

    def _completed(self, event: AnyEvent) -> AnyEvent:
        """The event; a measurement of an earlier release with the defaults of the fields that it does not know yet."""
        info = self.catalogue.get(event.probe) if isinstance(event, ProbeFinished) else None
        if info is None or not isinstance(event, ProbeFinished) or event.measurement is None:
            return event
        missing = {name: one for name, one in defaults(info.measurement).items() if name not in event.measurement}
        return event.model_copy(update={"measurement": {**event.measurement, **missing}}) if missing else event

    def _walk_anew(self) -> None:
        self._walk = self._walk_over(self._facts)
        self._need: Need | None = next(self._walk.run(), None)
        self._ranked = rank(self.kb, self._walk.answers.values(), self._walk.symptoms, self._facts.trials)
        self._own = worth_telling(self._ranked)
        self._beyond = tuple(self._over(one) for one in self._facts.patched.values() if one.beyond)
        self._told = with_remaining(self._own, [one.own_findings() for one in self._beyond])

    def _need_kept_back(self) -> Need | None:
        """What was kept back for the sake of trials, of which none is left."""
        return next(self._walk_over(self._facts, kept=False).run(), None) if self._walk.kept_back else None

    def _walk_over(self, facts: Facts, *, kept: bool = True) -> Walk:
        for_trials = FOR_TRIALS * self.budget if self._trials and kept else 0.0
        return Walk(self.kb, self.catalogue, facts, self._judge, self.budget, for_trials=for_trials)

    def _over(self, tried: PatchTried) -> Dialogue:
        """The dialogue over a patched program."""
        if id(tried) not in self._over_patched:
            self._over_patched[id(tried)] = Dialogue(
                self.kb, self.catalogue, tried.beyond, budget=self.budget, trials=self._trials
            )
        return self._over_patched[id(tried)]

    def _judge(self, question: Question, finished: ProbeFinished) -> Chosen:
        key = (question.id, id(finished))
        if key not in self._chosen:
            self._chosen[key] = answer_of(question, finished.measurement or {})
        return self._chosen[key]

    def _trial_to_offer(self) -> OfferTrial | None:
        symptom = self.symptom
        if not self._trials or symptom is None or symptom.id == HEALTHY or self.seconds_left == 0:
            return None
        causes = {one.cause: self.cause(one.cause) for one in self._own}
        attempt = next_attempt(self._own, causes, self._facts.trials, self.seconds_for_trials)
        return self._offer(attempt) if attempt else None

    def _offer(self, attempt: Attempt, *, asked_for: bool = False) -> OfferTrial:
        cause = self.kb.causes[attempt.cause]
        remedy = next((one for one in cause.remedies if one.id == attempt.remedy), None)
        title, costs = (remedy.title, remedy.costs) if remedy else (f"Counter-trial: {cause.title}", "")
        return OfferTrial(attempt.cause, attempt.remedy, attempt.treatment, title, costs, attempt, asked_for)

    def _end(self) -> Finished:
        if self._facts.case is not None and self._facts.case.failure is not None:
            return Finished("failed", "The program failed; everything that can be said about it was looked at.")
        if self.symptom is not None and self.symptom.id == HEALTHY:
            return Finished("healthy", "The planned training ran to its end, and it learns.")
        if self._walk.over_budget:
            return Finished("budget", f"The budget of {self.budget:.0f} s is spent; some questions were not looked at.")
        return Finished("complete", "Everything that can be asked about this case was asked.")


def _phase(need: Need) -> Phase:
    return need.phase if isinstance(need, RunProbe) else "tree"


@functools.cache
def defaults(measurement: type) -> Mapping[str, object]:
    """The defaults of a measurement's fields, for those that have one."""
    known = dataclasses.fields(measurement) if dataclasses.is_dataclass(measurement) else ()
    return {one.name: one.default for one in known if one.default is not dataclasses.MISSING}


def _said_by_person(event: AnyEvent, question: str | None) -> bool:
    if isinstance(event, PersonAnswered):
        return question in (None, event.question)
    by_themselves = isinstance(event, LogShown) or (isinstance(event, SymptomNamed) and event.by == "person")
    return question is None and by_themselves


__all__ = ["AskPerson", "Conclude", "Dialogue", "Finished", "NamedSymptom", "OfferTrial", "RunProbe", "Step", "Why"]
