"""Whether the inputs predict the targets at all, by simple models against permuted targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..content import content_left
from ..features import FeatureShaper
from ..idle_input import idle_input
from ..inputs import ids_alone, pictures_varied
from ..layers import is_linear
from ..reference import LEAST_ROWS, ROWS, Reference, one_hot_models, references, varies, within_validation
from ..structures import leaves
from ..tasks import class_ids, target_of
from ..whole_division import divided_whole
from .image_quality import image_quality
from .train_validation import told_apart

FAR_LESS = 0.4
"""Below this share of the skill within validation rows, training rows teach hardly anything of what they should."""
NO_SIGNAL = 0.2
"""Skill on training rows below which the validation rows are asked whether they have a signal."""

LOST = 0.2
"""Skill that simple models lose on the validation rows, from which it is looked at what these say by themselves."""

ROWS_TO_RENAME = 8
"""Validation rows a class on average below which some renaming of the classes fits by chance."""


@dataclass(frozen=True)
class Signal:
    """How well simple models predict the targets from the inputs; of the output that is predicted worst."""

    output: str
    """Name of the output."""
    score: str
    """`balanced_accuracy` or `r2`."""
    training: float
    """Score on training rows that the simple model did not see."""
    validation: float
    """Score on the validation rows; that on training rows held out where there are none."""
    skill: float
    """Share of the way from chance to perfect that is covered on training rows held out, in [-1, 1]."""
    validation_skill: float
    """The same on validation rows."""
    permuted: float
    """Mean score with the training targets permuted."""
    beyond_chance: float
    """Score over that of permuted targets, in the latter's standard deviations."""
    model: str
    """The simple model that did best: `linear`, `random_features`, `neighbours` or `components`."""
    linear_skill: float
    """Score of the linear model on training rows held out."""
    drop: float
    """Held-out training skill minus validation skill; large where the two differ in what they teach."""
    rows: int
    """Rows scored."""
    structure: float
    """Share of the inputs' variance on their first tenth of directions, in [0, 1]; noise has little, data have much."""
    ids_alone: bool = False
    """Whether every input is one id a row that the model looks up, whose interplay simple models do not see."""
    linear_network: bool = False
    """Whether the network is one linear map of its inputs before the output's own activation."""
    bend_gain: float = 0.0
    """Skill of the best simple model minus that of the best linear one; of the output where it is largest."""
    within_validation: float | None = None
    """Skill, two standard errors taken off, of simple models that are fitted to and tested on validation rows alone;
    null where there are fewer than 60 of them, or the training rows, pictures that a pipeline varies left out, have a
    signal that holds on them."""
    told_apart: float = 0.5
    """Balanced accuracy with which a linear model tells validation from training rows by their inputs, 0.5 to 1;
    measured where the training rows have no signal."""
    stream: bool = False
    """Whether the training rows come from a pipeline, which may vary them, rather than as arrays."""
    content_left: float | None = None
    """How far simple models that learnt from the validation rows agree on what the training rows are, from 0 (as on
    features dealt out anew) to 1; measured where the training rows have no signal, or far less than the validation rows
    by themselves; null for few validation rows."""
    a_step: bool = False
    """Whether the targets stand for a step or a pixel each, so that what moves inputs must move them as well."""
    pictures_varied: bool = False
    """Whether the inputs are pictures and a pipeline gives other ones in every epoch."""
    divided_whole: bool = False
    """Whether the inputs are pixels that the program divided as whole numbers: less is left than there was."""
    grain: float = 0.0
    """Of inputs that are pictures, the share of their variance that neighbouring pixels do not share, in [0, 1]."""
    idle_input: str | None = None
    """Of several inputs the name of one that tells nothing of the output alone, and without which the others tell as
    much; null where there is none, or the others tell little either, so that the interplay may be what counts."""
    renamed_skill: float | None = None
    """Skill on validation rows of what the training rows teach, with the classes of the validation rows renamed one to
    one as fits best; null for other tasks, few rows, or where simple models do as well on validation rows."""


@probe("signal", title="Whether the inputs predict the targets", cost="seconds", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> Signal:
    """Try simple models on a sample of the training rows, and on the validation rows."""
    if not varies(case):
        raise Unanswerable("the inputs do not vary, so nothing can be predicted from them")
    worst = min(references(case), key=_skill)
    skill = _skill(worst)
    drop, varied = worst.training.skill - worst.score.skill, pictures_varied(case)
    doubtful = skill <= NO_SIGNAL or drop > LOST or varied
    alone = within_validation(case, worst.output) if doubtful else None
    lost = skill <= NO_SIGNAL or skill < FAR_LESS * (alone or 0.0)
    return Signal(
        output=worst.output.name,
        score=worst.training.measure,
        training=worst.training.value if worst.steps is None else _score_at(worst, worst.steps.around),
        validation=worst.score.value,
        skill=skill,
        validation_skill=worst.score.skill,
        permuted=worst.permuted,
        beyond_chance=worst.beyond_chance,
        model=worst.model,
        linear_skill=worst.linear,
        drop=drop,
        rows=worst.training.rows,
        structure=_structure(case),
        divided_whole=divided_whole(case),
        grain=image_quality(case).grain,
        idle_input=idle_input(case, worst.output, skill),
        ids_alone=ids_alone(case),
        within_validation=alone,
        told_apart=0.5 if skill > NO_SIGNAL else told_apart(case),
        content_left=content_left(case, worst.output) if lost else None,
        a_step=worst.steps is not None,
        stream=bool(case.train.batches),
        pictures_varied=varied,
        renamed_skill=_renamed(case, worst) if drop > LOST else None,
        linear_network=is_linear(case, _width(case)),
        bend_gain=max(_bend_gain(one) for one in references(case)),
    )


def _skill(one: Reference) -> float:
    """Skill on held-out training rows; of targets a step, over what other rows' targets teach."""
    if one.steps is None:
        return one.training.skill
    # Of quantities whole rows may tell more than what stands around a step.
    return max(one.steps.taught, one.training.skill) if one.training.measure == "r2" else one.steps.taught


def _score_at(one: Reference, skill: float) -> float:
    return one.training.chance + skill * (1.0 - one.training.chance)


def _width(case: Case) -> int:
    return int(sum(np.prod(np.shape(one)[1:]) for one in leaves(case.train.sample(8).x)))


def _bend_gain(one: Reference) -> float:
    reach = 1.0 - one.training.chance
    return max(0.0, (one.training.value - one.linear) / reach) if reach > 0 and np.isfinite(one.linear) else 0.0


def _renamed(case: Case, reference: Reference) -> float | None:
    output, held = reference.output, case.validation
    if output.kind not in ("binary", "multiclass") or held is None or held.y is None:
        return None
    ours, theirs = case.train.sample(ROWS), held.sample(ROWS)
    shaper = FeatureShaper.of(case, ours)
    x, other = shaper.features(ours), shaper.features(theirs)
    mine, wanted = class_ids(output, target_of(output, ours)), class_ids(output, target_of(output, theirs))
    known, named = np.unique(mine), np.unique(wanted)
    if len(known) < 2 or len(wanted) < max(LEAST_ROWS, ROWS_TO_RENAME * len(named)):
        return None
    one_hot = np.asarray(mine[:, None] == known[None, :], dtype="float64")
    best = 0.0
    for model in one_hot_models(x.shape[1], len(x)):
        answers = model(x, one_hot, other).argmax(axis=1)
        shares = np.array(
            [np.bincount(answers[wanted == one], minlength=len(known)) / (wanted == one).sum() for one in named]
        )
        best = max(best, _matched(shares) / len(named))
    chance = 1.0 / len(known)
    return (best - chance) / (1.0 - chance)


def _matched(shares: NDArray[np.float64]) -> float:
    """What a one-to-one choice of a column for every row comes to, the largest entry chosen first."""
    left, total = shares.copy(), 0.0
    for _ in range(min(shares.shape)):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        total += max(0.0, float(left[row, column]))
        left[row, :], left[:, column] = -1.0, -1.0
    return total


def _structure(case: Case) -> float:
    sample = case.train.sample(500)
    columns = FeatureShaper.of(case, sample).features(sample)
    if columns.shape[1] < 4:
        return 1.0
    values = np.linalg.svd(columns - columns.mean(axis=0), compute_uv=False) ** 2
    first = max(1, min(columns.shape) // 10)
    return float(values[:first].sum() / values.sum()) if values.sum() else 1.0
