"""The recorded run: the planned training, watched; the numbers by which the symptom is named."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..case import Budget, Case, Error, fed
from ..catalogue import Unanswerable, probe
from ..copying import copy_of_inputs, emptied_loss
from ..course import Course, Standing
from ..curves import Curve, oscillation, share_of_fall_late, thinned, trend
from ..data.image_quality import image_quality
from ..keeping import unchanged
from ..layers import layer_notes
from ..overlap import known_share, seen_ahead
from ..recording import Batch
from ..reference import Reference, references
from ..running import Plan, Run, left_out_callbacks, run
from ..scoring import Score, predict, scores
from ..shown_accuracy import shown_accuracy, untold
from ..step_balance import names_steps
from ..stepping import InstrumentedStep
from ..structures import cut
from ..tasks import Output, constant_loss, outputs, target_of
from ..whole_division import divided_whole
from ..wiring.output_match import out_of_reach
from .nan_origin import FINITE_THROUGHOUT

SCORED = 1500
CLOSELY = 64
"""So many steps are all looked into, one by one."""
LATER_EVERY = 16
"""Behind those one in so many is looked into."""
ERRORS = ("squared_error", "absolute_error", "relative_error")
"""Losses of Keras' own that compare number with number, and spread the one over the other where shapes differ."""
SAVED = 0.3
"""Share of the time that steps which are not looked into save, at a guess: they have to be compiled first, which costs
about as much as the first step, and is done where it pays."""


@dataclass(frozen=True)
class RecordedRun:
    """What the planned training showed."""

    completed: bool
    """Whether the run came to its planned end, or a callback of the program ended it."""
    error_type: str | None
    """Class of the exception that ended training; null where none did."""
    error_message: str | None
    """Text of that exception."""
    steps: int
    """Steps taken."""
    epochs: int
    """Epochs finished."""
    planned_epochs: int
    """Epochs that the program plans."""
    planned_steps: int | None
    """Steps that the program plans; null where the length of an epoch is unknown."""
    stopped_by: str | None
    """Callback that ended the run early."""
    left_out: tuple[str, ...]
    """Callbacks that did not take part, because they write or are unknown."""
    seconds: float
    """Wall-clock seconds of the run."""
    first_nonfinite_step: int | None
    """First step, counted from 0, at which the loss was NaN or infinite; null where it never was."""
    weights_nonfinite_step: int | None
    """First watched step at which a weight was NaN or infinite; null where none was."""
    first_loss: float
    """Median loss of the first steps, without the regularisation penalty."""
    final_loss: float
    """Mean loss of the last epoch's steps, without the penalty."""
    best_loss: float
    """Lowest mean loss of an epoch, without the penalty."""
    peak_loss: float
    """Highest mean loss of an epoch, without the penalty."""
    constant_loss: float | None
    """Loss of the best constant prediction; null where the loss is the program's own."""
    loss_to_constant: float | None
    """Final loss over the loss of the best constant prediction; below 1 where something was learnt."""
    fall: float
    """Share of the first loss by which the best epoch lies below it, in (-inf, 1]."""
    rise: float
    """Final loss over the best epoch's loss, 1 or more."""
    growth: float
    """Final loss over the first loss."""
    penalty_share: float
    """Share of the first steps' total loss that is regularisation penalty, in [0, 1]."""
    final_penalty_share: float
    """The same at the end."""
    oscillation: float
    """How far the loss swings between parts of the second half of the run, over its level; 0 where it only falls."""
    epoch_oscillation: float
    """Share of epochs in the second half whose mean loss rose by more than 5 %."""
    late_fall: float
    """Share of the whole fall of the loss that came in the last quarter of the epochs, in [0, 1]."""
    late_trend: float
    """Relative change of the epochs' loss over the last third; negative while it falls."""
    late_drop: float
    """The same as a fall: 0 or more."""
    validation_first_loss: float | None
    """Validation loss after the first epoch."""
    validation_final_loss: float | None
    """Validation loss after the last epoch."""
    validation_best_loss: float | None
    """Lowest validation loss of an epoch."""
    validation_rise: float | None
    """Final over best validation loss, 1 or more."""
    validation_to_training: float | None
    """Final validation loss over final training loss (in inference mode where it can be had)."""
    validation_jump: float | None
    """Largest change of the validation loss from epoch to epoch in the second half, over its median."""
    score: str | None
    """What the score is: `balanced_accuracy`, `r2`, or `loss` where no output has a task; null where nothing ran."""
    skill_start: float | None
    """Share of the way from chance to perfect covered before training, on training rows, in [-1, 1]."""
    skill_training: float | None
    """The same after training, on training rows."""
    skill_validation: float | None
    """The same after training, on validation rows; on training rows where there are none."""
    score_training: float | None
    """The score itself on training rows."""
    score_validation: float | None
    """The score itself on validation rows; on training rows where there are none."""
    skill_reference: float | None
    """The skill of the best simple model on the same rows, trained on the training rows."""
    reference_model: str | None
    """Which simple model that was."""
    shortfall: float | None
    """By how much the skill stays below the reference, after two standard errors are taken off; 0 or more."""
    margin: float | None
    """Two standard errors of the validation score, as skill."""
    gap: float
    """Training skill minus validation skill; 0 without validation data."""
    majority_share: float | None
    """Share of the most frequent prediction among the training predictions, in [0, 1]."""
    prediction_spread: float | None
    """Spread of predictions over that of targets; for classes, distinct predicted over distinct there."""
    target_majority: float
    """Share of the most frequent class among the training targets, of steps where these are classed; 0 for
    quantities."""
    weights_moved: float
    """Distance of the weights from their start over their norm at the start."""
    first_rate: float
    """Learning rate at the first step."""
    final_rate: float
    """Learning rate at the last step."""
    loss_curve: tuple[float, ...]
    """Mean loss of each epoch (or of at most 60 parts of the run), penalty included."""
    validation_curve: tuple[float, ...]
    """Validation loss of each epoch."""
    curves: tuple[Curve, ...]
    """Every logged metric by epoch."""
    has_validation: bool = False
    """Whether the program gives validation data."""
    dead_share: float = 0.0
    """Largest share of units of a rectifying layer that gave zero at every watched late step, in [0, 1]."""
    dead_layer: str | None = None
    """That layer."""
    seen_ahead: float | None = None
    """Skill on validation rows that also stand among the training rows, minus that on the others; null where either
    kind has fewer than 30 rows."""
    inference_to_training: float | None = None
    """Loss of the training rows in inference mode over that of the last epoch in training mode, penalties left out."""
    loss_from: str = "step"
    """Where the losses come from: `step` (computed by the model), `logs`, `parts` (the sum of several that a step of
    the program's own logs, as of two nets that play against each other), or `nowhere`."""
    goes_on: bool = False
    """Whether the program trains the same model again behind this call, so that its end is not the end of training."""
    in_turn: bool = False
    """Whether another model that holds some of the same weights is trained in turn with this one, as in a contest."""
    searching: bool = False
    """Whether this is one of several trainings that the program compares, each with other settings."""
    searched: str | None = None
    """Names of the program's loop that hold those settings; null where there is none."""
    inputs_used: float | None = None
    """Training skill lost when inputs are dealt out to other rows, over the skill; near 0 where inputs are ignored."""
    wrong: float | None = None
    """Share of the validation rows (training rows where there are none) that are predicted wrongly; None unless each
    row has one class."""
    reference_lead: float | None = None
    """By how much the reference's skill on validation rows is above its skill on training rows that it did not see:
    large where validation labels are cleaner, or rows easier; None without validation data or reference."""
    evenness: float | None = None
    """The same share of the three tenths of these rows of which the model is surest (1.6 standard errors taken off),
    over `wrong`: near 0 where errors are hard cases, near 1 where labels are wrong at random."""
    validation_late_trend: float = 0.0
    """Relative change of the validation loss over the last third of the epochs, negative while it falls; that of the
    training loss where there are no validation data."""
    shown_accuracy: float | None = None
    """Accuracy logged last, of validation rows where there are any, in [0, 1]; null where the program logs none."""
    untold: float | None = None
    """By how much that stays below the share of rows that are right by the task, or below R2 for quantities; null for
    several outputs and other tasks."""
    divided_whole: bool = False
    """Whether the inputs are pixels that the program divided as whole numbers, so that hardly anything is left of them;
    simple models on the same inputs are no measure then."""
    numbers_per_target: float = 1.0
    """How many numbers the output gives for each number of its target under an error of Keras' own, which then compares
    each of them with it; 1 where they are as many, and under other losses."""
    copied: float | None = None
    """Where the targets are the inputs, or none are given and the output has their shape: share of the inputs' variance
    that comes out again, in [-1, 1]; 0 for the mean input, whatever goes in. Null elsewhere."""
    copied_spread: float | None = None
    """Spread over rows of what comes out, over that of the inputs; null where `copied` is."""
    emptied_loss: str | None = None
    """Of several parts of the loss the one that falls furthest: a loss that the step logs, or what the model adds to
    it; null where there is one part alone."""
    emptied_share: float | None = None
    """That part at the end over the same at the start; null where there is none."""
    known_share: float | None = None
    """Share of the validation rows that equal or nearly equal a training row, in [0, 1]; null without validation rows,
    for texts, and where rows repeat by nature."""
    out_of_reach: float = 0.0
    """Share of targets outside the range that an output can reach, in [0, 1], as `output_match` counts it."""
    pictures_dark: float = 0.0
    """Share of pictures that stay below a tenth of the brightness they could have, as `image_quality` counts it."""
    pictures_contrast: float | None = None
    """Their contrast, as `image_quality` measures it; null without pictures."""
    validation_lost: float | None = None
    """Of the fall of the training loss the share by which the validation loss lies above it at the end; null without
    validation data or fall. Near zero a loss that is several times another may still be next to it."""
    sequence_classes: int = 0
    """Classes that the targets of a sequence name, such as words, the most of any output; 0 where no output is one."""


@dataclass
class _Watched:
    """What is gathered while the run goes on."""

    weights_nonfinite: int | None = None
    every: int = 1
    planned: int = 0
    late_from: int = 0
    began: float = 0.0
    first: float = 0.0
    alive: dict[str, np.ndarray] = field(default_factory=dict)
    failed: Error | None = None


@probe(
    "recorded_run",
    title="The planned training, watched to its end",
    cost="training",
    needs=("model", "training_data"),
)
def measure(case: Case, budget: Budget) -> RecordedRun:
    """Train as planned on the recorded data, watch, and put everything back."""
    if not getattr(case.model, "compiled", False):
        raise Unanswerable("the model is not compiled, so there is no planned training to run")
    known = _references(case)
    planned = (case.fit.steps_per_epoch or 0) * case.fit.planned_epochs
    watched = _Watched(planned=planned, late_from=int(0.8 * planned))
    start_scores = _scores(case, "train", watched)
    weights_before = _weights(case)
    allowed = Budget(max(1.0, budget.left))
    course = Course(allowed.seconds, planned, lambda: _standings(case, known))
    plan = Plan(
        case.train,
        epochs=case.fit.planned_epochs,
        validation=True,
        callbacks=True,
        on_step=lambda number, step: _look(watched, number, step),
        stop=course.ends,
        watch="recorded_run",
    )
    watched.began = time.perf_counter()
    ran = run(case, plan, allowed)
    moved = _distance(weights_before, _weights(case))
    case.shared["recorded_run"] = ran
    if ran.complete and watched.weights_nonfinite is None and np.isfinite(ran.losses).all():
        case.shared[FINITE_THROUGHOUT] = ran.steps
    return _measurement(case, ran, watched, start_scores, known, moved)


def _references(case: Case) -> tuple[Reference, ...]:
    try:
        return references(case)
    except Unanswerable:
        return ()


def _standings(case: Case, known: tuple[Reference, ...]) -> list[Standing]:
    """How far each output has come in the middle of the run; nothing where that cannot be told."""
    with unchanged(case.model):
        nothing = _Watched()
        training, validation = _scores(case, "train", nothing), _scores(case, "validation", nothing)
    if nothing.failed is not None:
        return []
    rows = _by_output(training, validation, known)
    return [
        Standing(one["skill_training"], one["skill_validation"], one["skill_reference"], one["margin"]) for one in rows
    ]


def _look(watched: _Watched, number: int, step: InstrumentedStep) -> None:
    if watched.weights_nonfinite is None and number % watched.every == 0:
        updates = step.raw["updates"]
        if any(float(one[2]) < 1.0 for name, one in updates.items() if name.startswith("+")):
            watched.weights_nonfinite = number
    if number == 0:
        watched.first, watched.began = time.perf_counter() - watched.began, time.perf_counter()
    if number == CLOSELY:
        watched.every = LATER_EVERY
        left = (time.perf_counter() - watched.began) / CLOSELY * (watched.planned - CLOSELY)
        if SAVED * left > watched.first:
            step.lighten()
    if number >= watched.late_from and number % watched.every == 0:
        for path, units in step.raw["alive"].items():
            now = np.asarray(units).astype(bool)
            known = watched.alive.get(path)
            watched.alive[path] = now if known is None or known.shape != now.shape else known | now
    step.looks = (number + 1) % watched.every == 0


def _weights(case: Case) -> list[np.ndarray]:
    return [np.asarray(one.numpy(), dtype="float64") for one in case.model.trainable_variables]


def _distance(before: list[np.ndarray], after: list[np.ndarray]) -> float:
    size = math.sqrt(sum(float((one**2).sum()) for one in before))
    moved = math.sqrt(sum(float(((one - two) ** 2).sum()) for one, two in zip(before, after, strict=True)))
    return moved / size if size else (0.0 if moved == 0 else math.inf)


def _scores(case: Case, part: str, watched: _Watched) -> list[tuple[Output, Score]]:
    held = case.train if part == "train" else case.validation
    if held is None or held.y is None:
        return []
    try:
        return scores(case, held.sample(SCORED))
    except Unanswerable:
        raise
    except Exception as problem:  # noqa: BLE001 - a model that fails on some rows fails in training or validation as well
        watched.failed = watched.failed or Error.of(problem, "training")
        return []


def _measurement(
    case: Case,
    ran: Run,
    watched: _Watched,
    start: list[tuple[Output, Score]],
    known: tuple[Reference, ...],
    moved: float,
) -> RecordedRun:
    total, penalty = np.asarray(ran.losses, "float64"), np.asarray(ran.penalties, "float64")
    data = total - penalty
    by_epoch = _by_epoch(data, ran)
    training = _scores(case, "train", watched) if ran.steps else []
    validation = _scores(case, "validation", watched) if ran.steps else []
    losses = _losses(data, penalty, total, by_epoch, case)
    worst = _by_loss_alone(_worst(training, validation, known), losses, ran)
    checks = _validation_numbers(ran, by_epoch)
    error = ran.error or watched.failed
    shown = shown_accuracy(ran.epochs, validation=bool(validation))
    copy = copy_of_inputs(case) if ran.steps else None
    emptied = emptied_loss(ran.epochs, ran.penalties)
    pictures = image_quality(case)
    return RecordedRun(
        completed=ran.complete and case.train.complete and case.fit.rounds is not None,
        error_type=error.type if error else None,
        error_message=error.message[:2000] if error else None,
        steps=ran.steps,
        epochs=len(ran.epochs),
        planned_epochs=case.fit.planned_epochs,
        planned_steps=None if case.fit.steps_per_epoch is None else case.fit.steps_per_epoch * case.fit.planned_epochs,
        stopped_by=ran.stopped_by,
        left_out=left_out_callbacks(case),
        seconds=round(ran.seconds, 3),
        first_nonfinite_step=None if ran.loss_from == "nowhere" else _first_nonfinite(total),
        loss_from=ran.loss_from,
        goes_on=case.fit.goes_on,
        in_turn=case.fit.in_turn,
        searching=bool(case.fit.searched),
        searched=", ".join(case.fit.searched) or None,
        weights_nonfinite_step=watched.weights_nonfinite,
        loss_curve=tuple(thinned(_by_epoch(total, ran), 60)),
        validation_curve=tuple(thinned([one["val_loss"] for one in ran.epochs if "val_loss" in one], 60)),
        curves=_curves(ran),
        weights_moved=moved,
        first_rate=ran.rates[0] if ran.rates else math.nan,
        final_rate=ran.rates[-1] if ran.rates else math.nan,
        has_validation=case.validation is not None,
        seen_ahead=seen_ahead(case) if ran.steps else None,
        known_share=known_share(case) if ran.steps else None,
        skill_start=min((score.skill for _, score in start), default=None),
        target_majority=_target_majority(case),
        inference_to_training=_inference(case, losses["final_loss"]) if ran.steps else None,
        inputs_used=_inputs_used(case, training) if ran.steps else None,
        shown_accuracy=shown,
        divided_whole=divided_whole(case),
        out_of_reach=out_of_reach(case) if ran.steps else 0.0,
        pictures_dark=pictures.dark_share,
        pictures_contrast=pictures.contrast if pictures.pictures else None,
        untold=untold(shown, validation or training),
        numbers_per_target=_numbers_per_target(case),
        copied=copy.fidelity if copy else None,
        copied_spread=copy.spread if copy else None,
        emptied_loss=emptied[0] if emptied else None,
        emptied_share=emptied[1] if emptied else None,
        validation_lost=_lost(losses, checks["validation_final_loss"]),
        sequence_classes=max((one.classes for one in outputs(case) if one.kind == "sequence"), default=0),
        **_dead(case, watched),
        **losses,
        **checks,
        **worst,
    )


def _by_epoch(data: np.ndarray, ran: Run) -> list[float]:
    """Mean loss of each epoch; of equal parts of the run where fewer than four epochs were finished."""
    edges = [0, *ran.epoch_steps]
    if len(edges) > 4 and edges[-1] >= len(data) - 1:
        return [float(np.mean(data[a:b])) for a, b in itertools.pairwise(edges) if b > a]
    parts = np.array_split(data, min(24, max(1, len(data) // 4))) if len(data) else []
    return [float(np.mean(one)) for one in parts if len(one)]


def _losses(
    data: np.ndarray, penalty: np.ndarray, total: np.ndarray, by_epoch: list[float], case: Case
) -> dict[str, Any]:
    if not len(data):
        names = [
            "first_loss",
            "final_loss",
            "best_loss",
            "peak_loss",
            "fall",
            "rise",
            "growth",
            "penalty_share",
            "final_penalty_share",
        ]
        rest = ["oscillation", "epoch_oscillation", "late_fall", "late_trend", "late_drop"]
        return {
            **dict.fromkeys(names + rest, math.nan),
            "constant_loss": _constant(case),
            "loss_to_constant": None,
        }
    head = max(1, min(5, len(data) // 20))
    first = float(np.median(data[:head]))
    final, best = by_epoch[-1], float(np.nanmin(by_epoch)) if np.isfinite(by_epoch).any() else math.nan
    constant = _constant(case)
    scale = abs(first) or 1.0
    return {
        "first_loss": first,
        "final_loss": final,
        "best_loss": best,
        "peak_loss": float(np.nanmax(by_epoch)) if np.isfinite(by_epoch).any() else math.nan,
        "constant_loss": constant,
        "loss_to_constant": final / constant if constant else None,
        "fall": (first - best) / scale,
        "rise": final / best if best > 0 else 1.0,
        "growth": final / first if first > 0 else math.nan,
        "penalty_share": _share(penalty[:head], total[:head]),
        "final_penalty_share": _share(penalty[-head:], total[-head:]),
        "oscillation": oscillation(data),
        "epoch_oscillation": _rises(by_epoch),
        "late_fall": share_of_fall_late(by_epoch),
        "late_trend": trend(by_epoch),
        "late_drop": max(0.0, -trend(by_epoch)),
    }


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    total = float(np.sum(np.abs(whole)))
    return float(np.clip(np.sum(part) / total, 0.0, 1.0)) if total > 0 and math.isfinite(total) else 0.0


def _rises(by_epoch: list[float]) -> float:
    half = np.asarray(by_epoch[len(by_epoch) // 2 :])
    if len(half) < 3:
        return 0.0
    return float(np.mean(half[1:] > half[:-1] * 1.05))


def _constant(case: Case) -> float | None:
    sample = case.train.sample(SCORED)
    if sample.y is None or len(outputs(case)) != 1 or case.fit.class_weight is not None or sample.weights is not None:
        return None
    found = constant_loss(outputs(case)[0], target_of(outputs(case)[0], sample))
    return None if math.isnan(found) else found


def _first_nonfinite(total: np.ndarray) -> int | None:
    where = np.flatnonzero(~np.isfinite(total))
    return int(where[0]) if len(where) else None


def _validation_numbers(ran: Run, by_epoch: list[float]) -> dict[str, Any]:
    losses = [one["val_loss"] for one in ran.epochs if "val_loss" in one]
    names = ("first_loss", "final_loss", "best_loss", "rise", "to_training", "jump")
    if not losses:
        return {**{f"validation_{name}": None for name in names}, "validation_late_trend": trend(by_epoch)}
    finite = [one for one in losses if math.isfinite(one)]
    best = min(finite) if finite else math.nan
    late = np.asarray(losses[len(losses) // 2 :])
    jump = float(np.max(np.abs(np.diff(late))) / max(abs(float(np.median(late))), 1e-12)) if len(late) > 1 else 0.0
    logged = ran.epochs[-1].get("loss", math.nan)
    return {
        "validation_first_loss": losses[0],
        "validation_final_loss": losses[-1],
        "validation_best_loss": best,
        "validation_rise": losses[-1] / best if best > 0 else 1.0,
        "validation_to_training": losses[-1] / logged if logged > 0 else None,
        "validation_jump": jump,
        "validation_late_trend": trend(losses),
    }


def _lost(losses: dict[str, float | None], validation: float | None) -> float | None:
    first, final = losses["first_loss"], losses["final_loss"]
    if validation is None or first is None or final is None or not first > final:
        return None
    return (validation - final) / (first - final)


def _worst(
    training: list[tuple[Output, Score]], validation: list[tuple[Output, Score]], known: tuple[Reference, ...]
) -> dict[str, Any]:
    """The numbers of the output that falls furthest short of its reference (of chance, where there is none)."""
    chosen: dict[str, Any] | None = None
    for row in _by_output(training, validation, known):
        if chosen is None or _badness(row) > _badness(chosen):
            chosen = row
    names = [
        "score",
        "skill_training",
        "skill_validation",
        "score_training",
        "score_validation",
        "skill_reference",
        "reference_model",
        "shortfall",
        "margin",
        "reference_lead",
        "gap",
        "wrong",
        "evenness",
        "majority_share",
        "prediction_spread",
    ]
    return chosen or {**dict.fromkeys(names), "gap": 0.0}


def _by_output(
    training: list[tuple[Output, Score]], validation: list[tuple[Output, Score]], known: tuple[Reference, ...]
) -> list[dict[str, Any]]:
    by_name = {one.output.name: one for one in known}
    held = {output.name: score for output, score in validation}
    return [_row(score, held.get(output.name), by_name.get(output.name)) for output, score in training]


def _by_loss_alone(worst: dict[str, Any], losses: dict[str, float | None], ran: Run) -> dict[str, Any]:
    """Where no output has a task, the share of the first loss that went away stands for the skill.

    Of several losses that a step logs none need fall: of two nets that play against each other one gains what the
    other loses.
    """
    fall = losses["fall"]
    if worst["score"] is not None or fall is None or not math.isfinite(fall) or ran.loss_from == "parts":
        return worst
    skill = max(-1.0, fall)
    return {**worst, "score": "loss", "skill_training": skill, "skill_validation": skill}


def _badness(row: dict[str, Any]) -> float:
    shortfall, skill = row["shortfall"], row["skill_validation"]
    assert isinstance(skill, float)
    return float(shortfall) if isinstance(shortfall, float) and shortfall > 0.05 else 0.05 - 0.01 * skill


def _row(score: Score, held: Score | None, reference: Reference | None) -> dict[str, Any]:
    final = held or score
    margin = _standard_error(final) * 2
    return {
        "score": score.measure,
        "skill_training": score.skill,
        "skill_validation": final.skill,
        "score_training": score.value,
        "score_validation": final.value,
        "skill_reference": reference.expected.skill if reference else None,
        "reference_model": reference.model if reference else None,
        "shortfall": max(0.0, reference.expected.skill - max(final.skill, 0.0) - margin) if reference else None,
        "margin": margin,
        "reference_lead": reference.score.skill - reference.training.skill if reference and held else None,
        "gap": score.skill - held.skill if held else 0.0,
        "wrong": final.wrong if math.isfinite(final.wrong) else None,
        "evenness": final.evenness,
        "majority_share": score.majority,
        "prediction_spread": score.spread if math.isfinite(score.spread) else None,
    }


def _standard_error(score: Score) -> float:
    """Of the skill, from that of the score."""
    return score.error / max(1 - score.chance, 1e-6)


def _dead(case: Case, watched: _Watched) -> dict[str, Any]:
    shares = [
        (float(1 - watched.alive[note.path].mean()), note.path)
        for note in layer_notes(case)
        if note.shape == "rectifying" and note.path in watched.alive
    ]
    worst = max(shares, default=(0.0, None))
    return {"dead_share": worst[0], "dead_layer": worst[1] if worst[0] > 0 else None}


def _inference(case: Case, final: float | None) -> float | None:
    """The data loss in inference mode over that logged last; None where the model computes its loss by itself."""
    batch = case.train.sample(512)
    if batch.y is None or final is None or not math.isfinite(final) or final <= 0 or case.fit.class_weight is not None:
        return None
    fed_batch = fed(batch, case)
    try:
        given = case.model(fed_batch.x, training=False)
        loss = case.model.compute_loss(fed_batch.x, fed_batch.y, given, fed_batch.weights, training=False)
    except Exception:  # noqa: BLE001 - a loss that wants more than inputs and targets is not comparable
        return None
    penalty = sum(float(np.asarray(one).sum()) for one in case.model.losses)
    return (float(np.asarray(loss)) - penalty) / final


def _inputs_used(case: Case, training: list[tuple[Output, Score]]) -> float | None:
    if not training or min(score.skill for _, score in training) < 0.2:
        return None
    batch = case.train.sample(SCORED)
    order = np.random.default_rng(1).permutation(batch.rows)
    mixed = Batch(cut(batch.x, order), batch.y, batch.weights)
    after = {output.name: score.skill for output, score in scores(case, mixed)}
    return min((score.skill - max(after[output.name], 0.0)) / score.skill for output, score in training)


def _numbers_per_target(case: Case) -> float:
    sample = case.train.sample(8)
    known = [one for one in outputs(case) if one.kind == "regression" and one.family in ERRORS]
    if not known:
        return 1.0
    try:
        given = predict(case, sample)
    except Exception:  # noqa: BLE001 - a model that fails on these rows fails in training or validation as well
        return 1.0
    ratios = [
        given[one.position].size / max(1, target_of(one, sample).size) for one in known if one.position < len(given)
    ]
    return max(ratios, default=1.0)


def _target_majority(case: Case) -> float:
    from ..tasks import class_ids

    sample = case.train.sample(SCORED)
    shares = []
    for output in outputs(case):
        if output.kind in ("binary", "multiclass") or names_steps(output, target_of(output, sample)):
            counts = np.unique(class_ids(output, target_of(output, sample)), return_counts=True)[1]
            shares.append(float(counts.max() / counts.sum()))
    return max(shares, default=0.0)


def _curves(ran: Run) -> tuple[Curve, ...]:
    names = list(dict.fromkeys(name for one in ran.epochs for name in one))
    return tuple(Curve(name, tuple(thinned([one.get(name, math.nan) for one in ran.epochs], 60))) for name in names)
