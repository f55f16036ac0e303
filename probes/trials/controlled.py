"""A controlled trial: paired trainings with and without treatments, run only as long as they can prove something."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..case import Budget, Case
from ..keeping import Kept
from ..overriding import overrides
from .arm import Arm
from .bench import Bench, key_of
from .elsewhere import from_plain
from .specific import yields
from .training import ArmRun, wind_back
from .treating import NotApplicable, OnlyAsSource, Treatment, treatments, treatments_of
from .verdict import PAIRS, Verdict, judge

SEARCH_SHARE = 0.45
"""Share of a trial's time that may go into choosing parameters on the first pair."""

MOST_SEARCH_SECONDS = 15.0
"""And no more than this."""

LEAST_SHARE = 0.2
"""Share of the horizon to which each candidate is trained at least."""

CLOSE_TO_BEST = 0.05
"""A search ends with the parameters that come this close to the best score known, the symptom gone."""

RIVALS_SECONDS = 10.0
"""Time that trials of more specific treatments get at least, where a less specific one would prove something."""

Tell = Callable[..., None]


@dataclass(frozen=True)
class Request:
    """What is to be tried.

    Attributes:
        treatments: ids; several are one set.
        given: ids of treatments that both arms get.
        parameters: fixed beforehand; what is missing is chosen by looking at the case.
        pairs: at most this many are run.
        seconds: for the whole trial.
        symptom: that is to go.
        arms: numbers of treated arms that were trained elsewhere, one a pair; none are trained here then.
    """

    treatments: tuple[str, ...]
    given: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    pairs: int = PAIRS
    seconds: float = 20.0
    symptom: str = "unsure"
    arms: tuple[Mapping[str, Any], ...] = ()


@dataclass
class Outcome:
    """What a trial came to; ``reason`` says why there was none.

    ``only_as_source`` says that the edited program could still be tried.
    """

    treatments: tuple[str, ...]
    parameters: Mapping[str, Any]
    reason: str = ""
    only_as_source: bool = False
    control: list[ArmRun] = field(default_factory=list)
    treated: list[ArmRun] = field(default_factory=list)
    control_scores: list[float] = field(default_factory=list)
    treated_scores: list[float] = field(default_factory=list)
    symptom_gone: bool = False
    verdict: Verdict = field(default_factory=lambda: Verdict(False, 0.0, ""))
    seconds: float = 0.0


@dataclass(frozen=True)
class _Candidate:
    """Parameters that were tried on the first pair, to a share of the horizon; ``done`` ends the search."""

    rank: tuple[bool, float, int]
    arm: Arm
    run: ArmRun
    share: float
    done: bool


class _Trial:
    def __init__(self, case: Case, bench: Bench, request: Request, kept: Kept, tell: Tell) -> None:
        self.case, self.bench, self.request, self.kept, self.tell = case, bench, request, kept, tell
        self.budget = Budget(request.seconds)
        self.treatments = tuple(one.in_case(case) for one in treatments_of(request.treatments))
        self.given = treatments_of(request.given)
        self.outcome = Outcome(tuple(one.id for one in self.treatments), dict(request.parameters))
        self.given_arm: Arm | None = None
        self._refusal = NotApplicable("no way was found to carry out the treatment")

    def run(self) -> Outcome:
        began = time.perf_counter()
        try:
            self._run()
        except NotApplicable as reason:
            self.outcome.reason = str(reason)
            self.outcome.only_as_source = isinstance(reason, OnlyAsSource)
        self.outcome.seconds = time.perf_counter() - began
        return self.outcome

    def _run(self) -> None:
        if not self.bench.shows(self._plain(0)):
            self.outcome.verdict = Verdict(False, 0.0, "the untreated training does not show the symptom")
            self.outcome.control = [self._plain(0)]
            self.outcome.control_scores = [self.bench.value(self._plain(0))]
            return
        control = self._control(0)
        if self.request.arms:
            self._judge_arms()
            return
        arm, first = self._choose(control)
        self._pair(control, first)
        if not self._helps(0):
            self._conclude("the first pair does no better with the treatment")
            return
        if arm.epochs_factor == 1.0 and first.curve == control.curve and first.outputs == control.outputs:
            raise self._unfelt()
        for pair in range(1, self.request.pairs):
            if self.budget.left < first.seconds or not self._one_more(arm, pair):
                break
        self._conclude()

    def _unfelt(self) -> NotApplicable:
        words = "the program does not feel this treatment: the training is the same to the last digit"
        own = [name for name in ("train_step", "compute_loss") if overrides(self.case.model, name)]
        return OnlyAsSource(f"{words}, for the model has its own {own[0]}") if own else NotApplicable(words)

    def _judge_arms(self) -> None:
        """Pair what was trained elsewhere with the controls, and conclude."""
        for pair, plain in enumerate(self.request.arms):
            control = self._control(pair)
            self._pair(control, from_plain(plain, control))
            if not self._helps(pair):
                break
        helps = self._helps(0)
        self._conclude("" if helps else "the first pair does no better with the treatment")

    def _one_more(self, arm: Arm, pair: int) -> bool:
        self._say(pair)
        treated = self.bench.treated(arm, pair, self.kept, self.budget.left)
        if not treated.reached:
            return False
        self._pair(self._control(pair), treated)
        return self._helps(pair) and min(self.outcome.treated_scores) > max(self.outcome.control_scores)

    def _plain(self, pair: int) -> ArmRun:
        return self.bench.control(None, "", pair, self.kept, self.budget)

    def _control(self, pair: int) -> ArmRun:
        if not self.given:
            return self._plain(pair)
        if self.given_arm is None:
            try:
                self.given_arm = self._arm(self.given, self.request.parameters)
            except NotApplicable as problem:
                # An edited program would be no help: the untreated arm is trained here.
                raise NotApplicable(f"what both arms are given cannot be carried out here: {problem}") from None
        key = key_of([one.id for one in self.given], self.request.parameters)
        return self.bench.control(self.given_arm, key, pair, self.kept, self.budget)

    def _arm(self, treatments: Sequence[Treatment], parameters: Mapping[str, Any]) -> Arm:
        arm = self.bench.arm()
        wind_back(self.kept)
        with arm:
            for one in treatments:
                arm.parameters.update(one.apply(arm, parameters))
        return arm

    def _choose(self, control: ArmRun) -> tuple[Arm, ArmRun]:
        """The arm with the parameters that do best on the first pair, and its run to the horizon.

        The likeliest parameters are tried to the horizon; where they do not do, the others are, as far as time allows.
        """
        tried = self._tried(control)
        best = next(tried, None)
        if best is None:
            raise self._refusal
        if not best.done:
            other = _best_of(tried)
            if other is not None and other.share < 1.0 and other.rank[1] > self.bench.value(control):
                run = self.bench.treated(other.arm, 0, self.kept, self.budget.left)
                other = self._candidate(other.arm, run, control, other.rank[2], 1.0)
            if other is not None and other.share == 1.0 and other.rank > best.rank:
                best = other
        self.outcome.parameters = dict(best.arm.parameters)
        return best.arm, best.run

    def _tried(self, control: ArmRun) -> Iterator[_Candidate]:
        candidates = self._candidates()
        limit = min(MOST_SEARCH_SECONDS, self.budget.left * SEARCH_SHARE)
        until, first = time.perf_counter() + limit, True
        share = 1.0 if control.seconds * len(candidates) <= limit else limit / (control.seconds * len(candidates))
        for place, parameters in enumerate(candidates):
            try:
                arm = self._arm(self._all(), parameters)
            except NotApplicable as problem:
                self._refusal = problem
                if place == 0:
                    self.outcome.parameters = dict(parameters)
                continue
            if arm.epochs_factor != 1.0 and not self._planned:
                raise NotApplicable("the time does not suffice for the planned epochs, let alone for more")
            self._say(0, parameters)
            part = 1.0 if first else max(LEAST_SHARE, share)
            first = False
            run = self.bench.treated(arm, 0, self.kept, self.budget.left, part)
            found = self._candidate(arm, run, control, -place, part)
            yield found
            if found.done or time.perf_counter() > until:
                return

    @property
    def _planned(self) -> bool:
        return self.bench.horizon is not None and self.bench.horizon.planned

    def _candidate(self, arm: Arm, run: ArmRun, control: ArmRun, place: int, share: float) -> _Candidate:
        gone, value = self.bench.gone(run, control), self.bench.value(run)
        return _Candidate((gone, value, place), arm, run, share, gone and value >= self.bench.best - CLOSE_TO_BEST)

    def _all(self) -> tuple[Treatment, ...]:
        known = treatments_of([*self.request.given, *self.request.treatments])
        return tuple(one.in_case(self.case) for one in known)

    def _candidates(self) -> list[Mapping[str, Any]]:
        arm, found = self.bench.arm(), [dict(self.request.parameters)]
        wind_back(self.kept)
        with arm:
            for one in self._all():
                if one not in self.treatments:
                    arm.parameters.update(one.apply(arm, self.request.parameters))
                    continue
                options = list(one.candidates(arm, self.request.parameters))
                found = [{**known, **option} for known in found for option in options]
                if len(self.treatments) > 1:
                    arm.parameters.update(one.apply(arm, options[0]))
        return list(found)

    def _pair(self, control: ArmRun, treated: ArmRun) -> None:
        found = self.outcome
        found.control.append(control)
        found.treated.append(treated)
        found.control_scores.append(self.bench.value(control))
        found.treated_scores.append(self.bench.value(treated))

    def _helps(self, pair: int) -> bool:
        return self.outcome.treated_scores[pair] > self.outcome.control_scores[pair]

    def _conclude(self, why_not: str = "") -> None:
        found, bench = self.outcome, self.bench
        pairs = list(zip(found.treated, found.control, strict=True))
        found.symptom_gone = all(bench.gone(one, other) for one, other in pairs)
        shown = all(bench.shows(one) for one in found.control)
        best = bench.best
        bench.remember(self._all(), found.treated_scores, found.control_scores, found.symptom_gone)
        verdict = judge(
            found.control_scores,
            found.treated_scores,
            best,
            control_shows=shown,
            gone=found.symptom_gone and all(one.reached for one in found.treated),
        )
        found.verdict = Verdict(False, verdict.closes, why_not) if why_not else self.yielding(verdict)

    def applies(self) -> bool:
        """Whether the program would feel these treatments, as far as can be told without training."""
        try:
            self._arm(self._all(), self._candidates()[0])
        except NotApplicable:
            return False
        return True

    def yielding(self, verdict: Verdict) -> Verdict:
        """What is less specific proves nothing while something more specific does as well."""
        found = self.outcome
        if not verdict.proven:
            return verdict
        why_not = yields(self._all(), self.treatments, found.control_scores, found.treated_scores, self.bench.known)
        return Verdict(False, verdict.closes, why_not) if why_not else verdict

    def rivals(self) -> list[str]:
        """The more specific treatments that were not tried yet."""
        tried = {name for one in self.bench.known for name in one.treatments} | {one.id for one in self._all()}
        named = [name for one in self.treatments for name in one.yields_to]
        if not all(one.measured for one in self.treatments):
            named += [one.id for one in treatments().values() if one.measured]
        return [one for one in dict.fromkeys(named) if one not in tried]

    def _say(self, pair: int, parameters: Mapping[str, Any] | None = None) -> None:
        what = " and ".join(one.title for one in self.treatments)
        details = ", ".join(f"{name} {value}" for name, value in (parameters or {}).items())
        self.tell(
            f"{what}{f' ({details})' if details else ''}: pair {pair + 1} of {self.request.pairs}",
            pair,
            self.request.pairs,
        )


def _best_of(tried: Iterator[_Candidate]) -> _Candidate | None:
    """The best of them; the arms of the others are dropped at once, for each holds a copy of what it trains."""
    best: _Candidate | None = None
    for one in tried:
        best = one if best is None or one.rank > best.rank else best
        del one
        gc.collect()
    return best


def run_controlled(case: Case, bench: Bench, request: Request, kept: Kept, tell: Tell) -> Outcome:
    """Try treatments on a case. The caller keeps the case unchanged.

    Before something that is not specific counts as proof, what is more specific is tried on the first pair, where it
    applies and was not tried before: it proves nothing as long as that does as well.
    """
    trial = _Trial(case, bench, request, kept, tell)
    outcome = trial.run()
    if outcome.verdict.proven:
        until = time.perf_counter() + max(RIVALS_SECONDS, trial.budget.left)
        for name in trial.rivals():
            seconds = until - time.perf_counter()
            one_pair = Request((name,), pairs=1, seconds=seconds, symptom=request.symptom)
            rival = _Trial(case, bench, one_pair, kept, tell)
            if seconds > 0:
                rival.run()
                seconds = until - time.perf_counter()
                if seconds > 0 and not trial.yielding(outcome.verdict).proven:
                    # One pair may be luck: what is to stand against a proof has to do as well in all of them.
                    settled = replace(one_pair, pairs=PAIRS, seconds=seconds, parameters=rival.outcome.parameters)
                    _Trial(case, bench, settled, kept, tell).run()
            elif rival.applies():
                why_not = f"the time did not suffice to try {name.replace('_', ' ')}, which is more specific"
                outcome.verdict = Verdict(False, outcome.verdict.closes, why_not)
                return outcome
        outcome.verdict = trial.yielding(outcome.verdict)
    return outcome
