"""The recorded run: the planned training, watched; the numbers by which the symptom is named."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..auxiliary import without_auxiliary
from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..copying import copy_figures, emptied_loss
from ..curves import Curve, spent, thinned
from ..data.image_quality import image_quality
from ..lone_softmax import lone_softmax
from ..overlap import known_share, seen_ahead
from ..receptive_field import sight
from ..row_weights import negative_share
from ..run_losses import (
    epoch_means,
    first_nonfinite,
    logged_curves,
    loss_figures,
    lost_in_validation,
    validation_figures,
)
from ..run_scores import by_loss_alone, worst_output
from ..running import left_out_callbacks
from ..shown_accuracy import shown_accuracy, untold
from ..tasks import EXAMINED_ROWS, outputs
from ..trained import inference_to_training, inputs_used, numbers_per_target, target_majority
from ..watched_run import WatchedRun, dead_units, scored, watch_run
from ..whole_division import divided_whole
from ..wiring.output_match import out_of_reach


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
    spent_share: float = 0.0
    """Share of all steps that were taken behind the highest rate and below a ninetieth of it, in [0, 1]."""
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
    all_frozen: bool = False
    """Whether the model has weights that could be trained, and none of them is."""
    negative_weights: float = 0.0
    """Share of the rows that are given a negative weight, as policy gradients do, in [0, 1]."""
    searched: str | None = None
    """Names of the program's loop that hold those settings; null where there is none."""
    inputs_used: float | None = None
    """Training skill lost when inputs are dealt out to other rows, over the skill; near 0 where inputs are ignored."""
    wrong: float | None = None
    """Share of the validation rows (training rows where there are none) that are predicted wrongly; None unless each
    row has one class."""
    ahead: float | None = None
    """How far the network is ahead of the best simple model on validation rows, less two standard errors."""
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
    lone_softmax: str | None = None
    """First hidden layer that takes a softmax over one number alone, which gives 1 whatever goes in; null for none."""
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
    varied: bool = False
    """Whether a pipeline gives other training rows in every epoch, which may make them harder than validation rows."""
    receptive_share: float = 1.0
    """Share of the input's extent that a place of the last feature map sees before all places are pooled, in (0, 1]; 1
    where a layer reads all places together, as `capacity` counts it."""
    copied_unknown: str | None = None
    """Why `copied` could not be measured; null where it was, or where there is nothing to copy."""


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
    return _measurement(case, watch_run(case, budget))


def _measurement(case: Case, found: WatchedRun) -> RecordedRun:
    ran, watched, known = found.ran, found.watched, found.known
    total, penalty = np.asarray(ran.losses, "float64"), np.asarray(ran.penalties, "float64")
    data = total - penalty
    by_epoch = epoch_means(data, ran)
    training = scored(case, "train", watched) if ran.steps else []
    validation = scored(case, "validation", watched) if ran.steps else []
    training, validation = without_auxiliary(case, training, validation)
    losses = loss_figures(data, penalty, total, by_epoch, case)
    worst = by_loss_alone(worst_output(training, validation, known), losses, ran)
    checks = validation_figures(ran, by_epoch)
    error = ran.error or watched.failed
    shown = shown_accuracy(ran.epochs, validation=bool(validation))
    emptied = emptied_loss(ran.epochs, ran.penalties)
    pictures, seen = image_quality(case), sight(case)
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
        first_nonfinite_step=None if ran.loss_from == "nowhere" else first_nonfinite(total),
        loss_from=ran.loss_from,
        goes_on=case.fit.goes_on,
        in_turn=case.fit.in_turn,
        searching=bool(case.fit.searched),
        all_frozen=bool(case.model.weights) and not case.model.trainable_variables,
        negative_weights=negative_share(case, case.train.sample(EXAMINED_ROWS)),
        searched=", ".join(case.fit.searched) or None,
        weights_nonfinite_step=watched.weights_nonfinite,
        loss_curve=tuple(thinned(epoch_means(total, ran), 60)),
        validation_curve=tuple(thinned([one["val_loss"] for one in ran.epochs if "val_loss" in one], 60)),
        curves=logged_curves(ran),
        weights_moved=found.moved,
        first_rate=ran.rates[0] if ran.rates else math.nan,
        final_rate=ran.rates[-1] if ran.rates else math.nan,
        spent_share=spent(ran.rates),
        has_validation=case.validation is not None,
        seen_ahead=seen_ahead(case) if ran.steps else None,
        known_share=known_share(case) if ran.steps else None,
        skill_start=min((score.skill for _, score in found.start), default=None),
        target_majority=target_majority(case),
        inference_to_training=inference_to_training(case, losses["final_loss"]) if ran.steps else None,
        inputs_used=inputs_used(case, training) if ran.steps else None,
        shown_accuracy=shown,
        divided_whole=divided_whole(case),
        lone_softmax=lone_softmax(case),
        out_of_reach=out_of_reach(case) if ran.steps else 0.0,
        pictures_dark=pictures.dark_share,
        pictures_contrast=pictures.contrast if pictures.pictures else None,
        untold=untold(shown, validation or training),
        # Where the model fails on the rows that are scored, that is what the run shows.
        numbers_per_target=1.0 if watched.failed else numbers_per_target(case),
        **(copy_figures(case) if ran.steps else {}),
        emptied_loss=emptied[0] if emptied else None,
        emptied_share=emptied[1] if emptied else None,
        validation_lost=lost_in_validation(losses, checks["validation_final_loss"]),
        sequence_classes=max((one.classes for one in outputs(case) if one.kind == "sequence"), default=0),
        varied=case.train.varied,
        receptive_share=seen.share if seen else 1.0,
        **dead_units(case, watched),
        **losses,
        **checks,
        **worst,
    )
