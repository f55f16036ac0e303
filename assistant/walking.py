"""The walk over the knowledge base: which questions are put in which order, and what the next one needs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from assistant.events import SKIPPED, UNKNOWN, ProbeFinished
from assistant.facts import Facts
from assistant.ranking import NO_SYMPTOM, Answer, is_plausible, rank
from assistant.steps import AskPerson, NamedSymptom, Option, Phase, ProbeInfo, RunProbe
from knowledge_base.loading import KnowledgeBase
from knowledge_base.questions import Chosen, Question
from knowledge_base.saying import places, say
from knowledge_base.trees import AnyNode, Ask, Conclude, Group, Use

RECORDED_RUN = "recorded_run"
"""The probe whose answers name the symptom."""

CRASHES = "crashes"
"""The symptom of a program that fails."""

HEALTHY = "none"
"""The symptom of a case with nothing wrong."""

UNSURE = "unsure"
"""The symptom where neither the person nor the recorded run can name one."""

_COSTS = ("instant", "seconds", "training")
_OF_A_PERSON = len(_COSTS)

Judge = Callable[[Question, ProbeFinished], Chosen]
Need = RunProbe | AskPerson


@dataclass
class Walk:
    """One walk from the beginning: always the same for the same facts, so that replay and undo need nothing more.

    ``run`` yields the first thing that is not known yet; ``answers`` then holds what the walk has met.

    Attributes:
        kb: the knowledge base.
        catalogue: the probes that can be run.
        facts: what has happened.
        judge: chooses a question's answer by its measurement.
        budget: seconds of probes and trials after which no dear probe is run any more.
        for_trials: seconds of that which are kept for trials, and not spent on what is asked beyond the tree.
        answers: the questions met, by id, in order.
        seen: symptoms that answers of the recorded run named, in order.
        conclusion: the conclusion that the tree came to, if it did.
        over_budget: whether a probe was left out because the budget was spent.
        kept_back: whether one was left out for the sake of trials.
    """

    kb: KnowledgeBase
    catalogue: Mapping[str, ProbeInfo]
    facts: Facts
    judge: Judge
    budget: float
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[NamedSymptom] = field(default_factory=list)
    conclusion: str | None = None
    over_budget: bool = False
    for_trials: float = 0.0
    kept_back: bool = False
    _timed: set[str] = field(default_factory=set)

    def run(self) -> Iterator[Need]:
        """Walk: what everybody is asked, the recorded run, the symptom's tree, the rest."""
        for question in self._instant_questions():
            yield from self._put(question, "looking")
        if not self._failed:
            for question in self._questions_of(RECORDED_RUN):
                yield from self._put(question, "recorded_run")
        symptom = self.symptom
        if symptom is not None and symptom.id != HEALTHY:
            yield from self._tree(self.kb.symptoms[symptom.id].tree)
        yield from self._rest()

    @property
    def symptom(self) -> NamedSymptom | None:
        """What the person named stands first; None until the recorded run was looked at."""
        named = self.facts.symptom
        if self._failed:
            failure = self.facts.case.failure if self.facts.case else None
            return NamedSymptom(CRASHES, "probe", f"{failure.type}: {failure.message}" if failure else None)
        if named is not None and named.id not in NO_SYMPTOM:
            return named
        watched = next((one for one in self.seen if one.id not in NO_SYMPTOM), None)
        shown = self._shown_by_log
        if watched or shown:
            return watched or shown
        if self.seen:
            return self.seen[0]
        looked = all(question.id in self.answers for question in self._questions_of(RECORDED_RUN))
        return NamedSymptom(UNSURE, named.by if named else "probe", named.text if named else None) if looked else None

    @property
    def symptoms(self) -> tuple[str, ...]:
        """The named symptom and all others that the recorded run showed."""
        named = self.symptom
        ids = ([named.id] if named else []) + [one.id for one in self.seen]
        return tuple(one for one in dict.fromkeys(ids) if one not in NO_SYMPTOM)

    @property
    def _shown_by_log(self) -> NamedSymptom | None:
        """What a log of the person shows; nothing where the planned training was watched and is healthy."""
        log = self.facts.telling_log
        if log is None or log.symptom is None or any(one.id == HEALTHY for one in self.seen):
            return None
        return NamedSymptom(log.symptom, "person", log.text)

    @property
    def _failed(self) -> bool:
        return self.facts.case is not None and self.facts.case.failure is not None

    def _instant_questions(self) -> list[Question]:
        """The questions of instant probes; those of one group side by side, in the groups' order."""
        asked = [one for one in self.kb.questions.values() if self._cost(one) == 0 and self._fits_the_case(one)]
        groups = list(dict.fromkeys(one.group for one in asked))
        return sorted(asked, key=lambda one: groups.index(one.group))

    def _questions_of(self, probe: str) -> list[Question]:
        return [one for one in self.kb.questions.values() if one.probe == probe]

    def _cost(self, question: Question) -> int:
        """Place of a question's cost class; after all probes stands what only a person can answer."""
        info = self.catalogue.get(question.probe) if question.probe else None
        return _COSTS.index(info.cost) if info else _OF_A_PERSON

    def _fits_the_case(self, question: Question) -> bool:
        """Whether the case holds what the question's probe needs, as far as can be told from outside."""
        info = self.catalogue.get(question.probe or "")
        if info is None:
            return False
        if self._failed:
            return "failure" in info.needs
        return "failure" not in info.needs or any(one.id == CRASHES for one in self.seen)

    def _tree(self, tree: str | None, trail: tuple[str, ...] = ()) -> Generator[Need, None, bool]:
        """Walk a tree; true when it came to a conclusion, which ends the walk of every tree around it."""
        if tree is None or tree in trail or tree not in self.kb.trees:
            return False
        return (yield from self._node(self.kb.trees[tree].root, (*trail, tree)))

    def _node(self, node: AnyNode | None, trail: tuple[str, ...]) -> Generator[Need, None, bool]:
        ended = False
        while node is not None and not ended:
            match node:
                case Conclude():
                    self.conclusion = node.conclude
                    return True
                case Ask():
                    ended = yield from self._node(*(yield from self._branch(node, trail)))
                case Use():
                    ended = yield from self._tree(node.use, trail)
                case Group():
                    for question in self._group(node.group):
                        yield from self._put(question, "tree", trail)
            node = node.then
        return ended

    def _branch(
        self, node: Ask, trail: tuple[str, ...]
    ) -> Generator[Need, None, tuple[AnyNode | None, tuple[str, ...]]]:
        """Put the node's question; where its answer leads before the walk goes on behind the node."""
        question = self.kb.questions[node.ask]
        yield from self._put(question, "tree", trail)
        chosen = self.answers[question.id].answer
        edge = (node.on or {}).get(UNKNOWN if chosen == SKIPPED else chosen)
        return (None if edge is None or isinstance(edge, str) else edge), trail

    def _group(self, group: str) -> list[Question]:
        return sorted((one for one in self.kb.questions.values() if one.group == group), key=self._cost)

    def _rest(self) -> Iterator[Need]:
        """Ask what was measured anyway; then, cheapest first, what bears on causes that are still possible."""
        while True:
            for question in self._measured_but_unasked():
                yield from self._put(question, "rest")
            cheapest = self._cheapest_that_matters()
            if cheapest is None:
                return
            yield from self._put(cheapest, "rest")

    def _measured_but_unasked(self) -> list[Question]:
        order = list(self.facts.measured)
        left = [one for one in self._unasked() if one.probe in self.facts.measured]
        return sorted(left, key=lambda one: order.index(one.probe or ""))

    def _cheapest_that_matters(self) -> Question | None:
        symptom = self.symptom
        if symptom is None or symptom.id == HEALTHY:
            return None
        findings = rank(self.kb, self.answers.values(), self.symptoms, self.facts.trials)
        open_causes = {
            one.cause
            for one in findings
            if one.status != "ruled_out" and is_plausible(self.kb.causes[one.cause], self.symptoms)
        }
        useful = [one for one in self._unasked() if self._fits_the_case(one) and open_causes & _causes(one)]
        return min(useful, key=self._cost, default=None)

    def _unasked(self) -> Iterable[Question]:
        return (one for one in self.kb.questions.values() if one.probe is not None and one.id not in self.answers)

    def _put(self, question: Question, phase: Phase, trail: tuple[str, ...] = ()) -> Iterator[Need]:
        """Find the question's answer, from its probe first; yields what is needed for it, if that is not there yet."""
        met = self.answers.get(question.id)
        asks_a_person = phase == "tree" and question.for_person
        if met is not None and not (met.answer == UNKNOWN and asks_a_person):
            return
        answer = met
        if answer is None:
            reason = self._why_not_measured(question, phase)
            if reason is None and question.probe and question.probe not in self.facts.measured:
                info = self.catalogue[question.probe]
                yield RunProbe(info.id, info.title, info.cost, question.id, phase)
            answer = self._probe_answer(question, reason, phase, trail)
            answer = self._answer_of_log(question, answer) or answer
        if answer.answer == UNKNOWN and asks_a_person:
            if question.id not in self.facts.persons:
                yield _to_person(question, answer.reason if question.probe else None)
            answer = self._person_answer(question, answer, trail)
        self._keep(answer)

    def _keep(self, answer: Answer) -> None:
        self.answers[answer.question] = answer
        if answer.names_symptom and answer.names_symptom not in {one.id for one in self.seen}:
            self.seen.append(NamedSymptom(answer.names_symptom, answer.by, answer.text))

    def _why_not_measured(self, question: Question, phase: Phase) -> str | None:
        """Why no measurement can be had for the question; None where one is there or can be made."""
        if question.probe is None:
            return "only a person can know this"
        if question.probe in self.facts.measured:
            return None
        info = self.catalogue.get(question.probe)
        if info is None:
            return f"there is no probe {question.probe}"
        if not self._fits_the_case(question):
            return "the program failed before it could be measured" if self._failed else "the program did not fail"
        if info.cost != "instant" and self.facts.seconds >= self.budget:
            self.over_budget = True
            return f"the budget of {self.budget:.0f} s is spent"
        if info.cost != "instant" and phase == "rest" and self.facts.seconds >= self.budget - self.for_trials:
            self.kept_back = True
            return "what is left of the budget is kept for trials"
        return None

    def _probe_answer(self, question: Question, reason: str | None, phase: Phase, trail: tuple[str, ...]) -> Answer:
        finished = self.facts.measured.get(question.probe or "")
        if finished is None:
            return _unknown(question, reason or "it was not measured", 0.0, phase, trail)
        seconds = 0.0 if finished.probe in self._timed else finished.seconds
        self._timed.add(finished.probe)
        if finished.measurement is None:
            return _unknown(question, finished.unknown or "the probe gave no reason", seconds, phase, trail)
        chosen = self.judge(question, finished)
        if chosen.answer_id is None:
            return _unknown(question, chosen.reason or "the measurement does not tell", seconds, phase, trail)
        option = question.answers[chosen.answer_id]
        return Answer(
            question=question.id,
            answer=chosen.answer_id,
            by="probe",
            probe=question.probe,
            seconds=seconds,
            text=say(option, finished.measurement) or option.means or option.option or chosen.answer_id,
            reason=None,
            places=places(option, finished.measurement),
            phase=phase,
            trail=trail,
            names_symptom=option.symptom if question.probe == RECORDED_RUN else None,
        )

    def _answer_of_log(self, question: Question, answered: Answer) -> Answer | None:
        """What a log that the person showed says in place of a run that could not be watched, or was cut."""
        log = self.facts.telling_log
        untold = answered.answer == UNKNOWN or answered.names_symptom == UNSURE
        if log is None or question.probe != RECORDED_RUN or not untold:
            return None
        alike = [id for id, one in question.answers.items() if one.symptom and one.symptom == log.symptom]
        # An answer with evidence of its own says more than a log can.
        said = next((id for id in alike if not question.answers[id].evidence), alike[0] if len(alike) == 1 else None)
        if said is None:
            return None
        return replace(answered, answer=said, by="person", text=log.text, reason=None, names_symptom=log.symptom)

    def _person_answer(self, question: Question, unanswered: Answer, trail: tuple[str, ...]) -> Answer:
        said = self.facts.persons[question.id].answer
        option = question.answers.get(said)
        text = (option.option or option.means or said) if option else "Passed over." if said == SKIPPED else "Not sure."
        return Answer(
            question=question.id,
            answer=said if option or said == SKIPPED else UNKNOWN,
            by="person",
            probe=question.probe,
            seconds=unanswered.seconds,
            text=text,
            reason=unanswered.reason if option is None else None,
            places=tuple(kind for kind in option.locate if "{" not in kind) if option else (),
            phase="tree",
            trail=trail,
        )


def _causes(question: Question) -> set[str]:
    return {cause for option in question.answers.values() for cause in option.evidence}


def _to_person(question: Question, probe_said: str | None) -> AskPerson:
    options = tuple(
        Option(id, option.option or option.means or id, option.means) for id, option in question.answers.items()
    )
    return AskPerson(question.id, question.ask, question.why, options, probe_said)


def _unknown(question: Question, reason: str, seconds: float, phase: Phase, trail: tuple[str, ...]) -> Answer:
    return Answer(question.id, UNKNOWN, "probe", question.probe, seconds, "", reason, (), phase, trail)
