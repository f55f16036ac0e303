"""Trials as a worker serves them: JSON values in, JSON values out, the case bit for bit as it was."""

from __future__ import annotations

import contextlib
import functools
import gc
import logging
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..case import Case
from ..catalogue import Unanswerable
from ..keeping import unchanged
from ..measurement import to_wire
from .bench import Bench
from .controlled import Outcome, Request, run_controlled
from .counter import Counter, run_counter
from .elsewhere import to_plain, train_arms
from .symptoms import NO_TRIAL
from .training import ArmRun, Horizon
from .treating import NotApplicable, UnknownTreatment, treatments_of
from .tuning import Tuning, present_settings, run_setting
from .verdict import PAIRS

Tell = Callable[..., None]
Serve = Callable[..., dict[str, Any]]


def _tidy(serve: Serve) -> Serve:
    """Give back what the arms held, which refer to each other in circles, before anything else is served."""

    @functools.wraps(serve)
    def served(*arguments: Any, **more: Any) -> dict[str, Any]:
        try:
            return serve(*arguments, **more)
        finally:
            gc.collect()

    return served


@_tidy
def run_trial(case: Case, request: Mapping[str, Any], report_progress: Tell = lambda *_, **__: None) -> dict[str, Any]:
    """Try one treatment, or several as a set, on a case.

    Args:
        case: left bit for bit as it was.
        request: ``treatments`` (ids), and optionally ``given`` (ids that both arms get), ``parameters``, ``pairs``
            (4), ``seconds`` (20), ``symptom``, ``arms`` (numbers of treated arms that were trained by ``run_arms`` in
            the process of the edited program).
        report_progress: called with a text, how many pairs are done, and of how many.

    Returns:
        ``applicable`` with ``reason`` where not; ``treatments``, ``parameters`` as carried out, ``score``,
        ``control`` and ``treated`` (scores by pair), ``control_curve`` and ``treated_curve`` (of the first pair),
        ``symptom_gone``, ``horizon``, ``steps``, ``seconds``, ``proven``, ``closes``, ``why_not``;
        ``only_as_source``, where the edited program could still be tried, ``epochs`` of the horizon, and
        ``arm_seconds``, what one training takes.
    """
    wanted = _request(request)
    if wanted.symptom in NO_TRIAL:
        return _refused(wanted, "nothing is wrong with this training, so there is nothing to try")
    if not getattr(case.model, "compiled", False):
        return _refused(wanted, "the model is not compiled")
    try:
        with _quiet(), unchanged(case.model, case.fit.callbacks) as kept:
            mends_data = any(one.mends_data for one in treatments_of(wanted.treatments))
            bench = Bench.of(case, wanted.symptom, spoilt=mends_data)
            outcome = run_controlled(case, bench, wanted, kept, report_progress)
            return _answer(bench, outcome)
    except (Unanswerable, UnknownTreatment) as reason:
        return _refused(wanted, str(reason))


@_tidy
def run_arms(case: Case, request: Mapping[str, Any], report_progress: Tell = lambda *_, **__: None) -> dict[str, Any]:
    """Train a case as it is, from the starts of the pairs of a trial: the arms of an edited program.

    Args:
        case: left bit for bit as it was.
        request: ``pairs`` (their numbers), ``epochs``, ``planned`` (whether that is the planned end), ``seconds``.
        report_progress: called with a text.

    Returns:
        ``arms``, one a pair that was finished, for ``run_trial`` in the process of the original; ``reason`` where
        there are none.
    """
    if not getattr(case.model, "compiled", False):
        return {"arms": [], "reason": "the model is not compiled"}
    pairs = [int(one) for one in request["pairs"]]
    horizon = Horizon(float(request["epochs"]), bool(request["planned"]))
    report_progress("training the edited program")
    with _quiet(), unchanged(case.model, case.fit.callbacks) as kept:
        found = train_arms(case, pairs, horizon, float(request["seconds"]), kept)
    return _wire({"arms": [to_plain(one) for one in found], "reason": ""})


@_tidy
def run_counter_trial(
    case: Case, request: Mapping[str, Any], report_progress: Tell = lambda *_, **__: None
) -> dict[str, Any]:
    """Prove a cause that has no treatment, by what the same training does on other rows or labels.

    Args:
        case: left bit for bit as it was.
        request: ``cause``, and optionally ``symptom`` and ``seconds`` (20).
        report_progress: called with a text.

    Returns:
        ``applicable`` with ``reason`` where not, ``cause``, ``proven``, ``refuted``, ``text``, ``numbers`` and
        ``seconds``.
    """
    cause, symptom = str(request.get("cause")), str(request.get("symptom") or "unsure")
    seconds, began = float(request.get("seconds") or 20.0), time.perf_counter()
    report_progress(f"counter-trial: {cause}")
    reason, found = "", Counter(False, "", {})
    try:
        if symptom in NO_TRIAL:
            raise NotApplicable("nothing is wrong with this training, so there is nothing to prove")
        with _quiet(), unchanged(case.model, case.fit.callbacks) as kept:
            found = run_counter(case, cause, symptom, seconds, kept)
    except (Unanswerable, NotApplicable) as problem:
        reason = str(problem)
    return _wire(
        {
            "applicable": not reason,
            "reason": reason,
            "cause": cause,
            "proven": found.proven,
            "refuted": found.refuted,
            "text": found.text,
            "numbers": dict(found.numbers),
            "seconds": round(time.perf_counter() - began, 3),
        }
    )


@_tidy
def run_tuning(case: Case, request: Mapping[str, Any], report_progress: Tell = lambda *_, **__: None) -> dict[str, Any]:
    """Train a case once for a search of settings; without ``seconds`` say what it has now and what may be tried.

    Args:
        case: left bit for bit as it was.
        request: as :func:`run_setting` takes it.
        report_progress: called with a text.

    Returns:
        ``applicable`` with ``reason`` where not; what :func:`run_setting` or :func:`present_settings` gives.
    """
    if not getattr(case.model, "compiled", False):
        return {"applicable": False, "reason": "the model is not compiled"}
    if case.error is not None:
        return {"applicable": False, "reason": f"its training fails: {case.error.type}: {case.error.message[:300]}"}
    report_progress("training with other settings")
    try:
        with _quiet(), unchanged(case.model, case.fit.callbacks) as kept:
            Tuning.of(case)
            found = run_setting(case, request, kept) if "seconds" in request else present_settings(case)
    except (Unanswerable, NotApplicable) as problem:
        return {"applicable": False, "reason": str(problem)}
    return _wire({"applicable": True, "reason": "", **found})


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    # What Keras and TensorFlow warn of in a treated model is not the user's concern.
    logger = logging.getLogger("tensorflow")
    level = logger.level
    try:
        logger.setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _request(given: Mapping[str, Any]) -> Request:
    names = given.get("treatments") or ()
    return Request(
        treatments=(names,) if isinstance(names, str) else tuple(map(str, names)),
        given=tuple(map(str, given.get("given") or ())),
        parameters=dict(given.get("parameters") or {}),
        pairs=max(1, int(given.get("pairs") or PAIRS)),
        seconds=float(given.get("seconds") or 20.0),
        symptom=str(given.get("symptom") or "unsure"),
        arms=tuple(given.get("arms") or ()),
    )


def _refused(wanted: Request, reason: str) -> dict[str, Any]:
    return _wire({**_EMPTY, "reason": reason, "why_not": reason, "treatments": list(wanted.treatments)})


_EMPTY: dict[str, Any] = {
    "applicable": False,
    "reason": "",
    "only_as_source": False,
    "epochs": 0.0,
    "arm_seconds": 0.0,
    "treatments": [],
    "parameters": {},
    "score": "balanced_accuracy",
    "control": [],
    "treated": [],
    "control_curve": [],
    "treated_curve": [],
    "symptom_gone": False,
    "horizon": "budget",
    "steps": 0,
    "seconds": 0.0,
    "proven": False,
    "closes": 0.0,
    "why_not": "",
}


def _answer(bench: Bench, outcome: Outcome) -> dict[str, Any]:
    horizon = bench.horizon
    verdict = outcome.verdict
    return _wire(
        {
            "applicable": not outcome.reason,
            "reason": outcome.reason,
            "only_as_source": outcome.only_as_source,
            "epochs": horizon.epochs if horizon is not None else 0.0,
            "arm_seconds": bench.control_seconds,
            "treatments": list(outcome.treatments),
            "parameters": dict(outcome.parameters),
            "score": bench.measure,
            "control": outcome.control_scores,
            "treated": outcome.treated_scores,
            "control_curve": _curve(outcome.control),
            "treated_curve": _curve(outcome.treated),
            "symptom_gone": outcome.symptom_gone,
            "horizon": "planned_end" if horizon is not None and horizon.planned else "budget",
            "steps": max((one.steps for one in outcome.treated), default=0),
            "seconds": round(outcome.seconds, 3),
            "proven": verdict.proven,
            "closes": verdict.closes,
            "why_not": verdict.why_not or outcome.reason,
            "errors": [one.error.message[:300] for one in outcome.treated if one.error is not None],
        }
    )


def _curve(runs: list[ArmRun]) -> list[float]:
    return list(runs[0].curve) if runs else []


def _wire(answer: dict[str, Any]) -> dict[str, Any]:
    wired = to_wire(answer)
    assert isinstance(wired, dict)
    return wired
