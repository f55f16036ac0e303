"""Whether labels agree with what simple models make of rows they have not seen, and with those of identical rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable, probe
from ..features import FeatureShaper
from ..inputs import input_leaves
from ..recording import Batch
from ..reference import one_hot_models, windows_of
from ..tasks import Output, class_ids, outputs, target_of
from .doubted_labels import doubted_labels

ROWS = 1200
FOLDS = 4
SUREST = 0.3
NAMED = 4
"""So many rows are named: enough to see at a glance what is wrong with labels."""


@dataclass(frozen=True)
class LabelAgreement:
    """Whether labels agree with out-of-sample predictions; of the first output that names one class a row or step.

    On clean labels the rows of which a model is surest are nearly all right, however hard the task; where labels are
    wrong at random, they are wrong there as often as elsewhere (confident learning, Northcutt et al. 2021).
    """

    rows: int
    """Rows judged, each by models that did not see it."""
    classes: int
    """Classes among them."""
    disagreement: float
    """Share of rows whose label is not what the models say, in [0, 1]."""
    sure_disagreement: float
    """The same among the three tenths of rows of which the models are surest."""
    chance: float
    """Disagreement of a guess that knows the class counts alone."""
    evenness: float
    """`sure_disagreement` over `disagreement`: near 0 for clean labels, near 1 for labels wrong at random."""
    lift: float
    """By how much sure rows are righter than chance, in standard errors."""
    twins: float
    """Share of rows whose inputs stand more than once, in [0, 1]."""
    conflicting: float
    """Share of all rows whose inputs stand elsewhere with another label, in [0, 1]."""
    skill: float
    """Share of the way from chance to agreement that the models cover over all rows, in [-1, 1]."""
    doubted_share: float = 0.0
    """Share of rows whose label probably is another one, in [0, 1]; overlapping classes are doubted too."""
    doubted: tuple[int, ...] = ()
    """Rows, counted from 0 as `fit` is given them, whose labels are the likeliest wrong, worst first."""
    judge: str = "confident learning"
    """What doubts them: `cleanlab` where the program's interpreter has it, else the plain form of its method."""


@probe("label_agreement", title="Whether labels agree with their neighbours", cost="seconds", needs=("training_data",))
def measure(case: Case, budget: Budget) -> LabelAgreement:
    """Predict every row from the other folds."""
    output = next((one for one in outputs(case) if one.kind in ("binary", "multiclass", "sequence")), None)
    if output is None:
        raise Unanswerable("no output names one class a row")
    sample = case.train.sample(ROWS)
    stored, steps = case.train.drawn(ROWS), output.kind == "sequence"
    if steps:
        output, sample, rows = _single_steps(case, output, sample)
        stored = stored[rows]
    ids = class_ids(output, target_of(output, sample))
    known, places = np.unique(ids, return_inverse=True)
    if len(ids) < 80 or len(known) < 2 or len(ids) < 8 * len(known):
        raise Unanswerable("there are too few rows, or one class alone")
    features = FeatureShaper.of(case, sample).features(sample)
    scores = _out_of_sample(features, np.eye(len(known))[places])
    chosen = scores.argmax(axis=1)
    ordered = np.sort(scores, axis=1)
    margin = ordered[:, -1] - ordered[:, -2]
    sure = margin >= np.quantile(margin, 1 - SUREST)
    wrong = chosen != places
    counts = np.bincount(places) / len(places)
    chance = float(1 - (counts[chosen]).mean())
    overall, surely = float(wrong.mean()), float(wrong[sure].mean())
    sure_chance = float(1 - counts[chosen[sure]].mean())
    error = max(float(np.sqrt(sure_chance * (1 - sure_chance) / sure.sum())), 1e-3)
    # Steps whose neighbours are the same may stand in unlike rows.
    twins, conflicting = _twins(case, sample, ids) if not steps else (0.0, 0.0)
    doubts = doubted_labels(places, scores)
    return LabelAgreement(
        rows=len(ids),
        classes=len(known),
        disagreement=overall,
        sure_disagreement=surely,
        chance=chance,
        evenness=surely / overall if overall > 0 else 0.0,
        lift=(sure_chance - surely) / error,
        twins=twins,
        conflicting=conflicting,
        skill=max(-1.0, 1 - overall / chance) if chance > 0 else 0.0,
        doubted_share=doubts.share,
        doubted=tuple(int(stored[one]) for one in doubts.places[:NAMED]),
        judge=doubts.judge,
    )


def _single_steps(case: Case, output: Output, sample: Batch) -> tuple[Output, Batch, NDArray[np.int64]]:
    """The output that is one step, steps with their neighbours as rows, and the row of each."""
    found = windows_of(case, output, sample, ROWS)
    if found is None:
        raise Unanswerable("no simple model reads these targets a step")
    return found


def _out_of_sample(features: NDArray[Any], wanted: NDArray[Any]) -> NDArray[Any]:
    """For every row the mean score of a linear, a wider and a neighbours' model that did not see it."""
    order = np.random.default_rng(0).permutation(len(features))
    scores = np.zeros_like(wanted)
    for fold in range(FOLDS):
        test = order[fold::FOLDS]
        fit = np.setdiff1d(order, test)
        if (wanted[fit].sum(axis=0) == 0).any():
            raise Unanswerable("a class has too few rows")
        for model in one_hot_models(features.shape[1], len(fit)):
            scores[test] += model(features[fit], wanted[fit], features[test])
    return scores


def _twins(case: Case, sample: Batch, ids: NDArray[np.int64]) -> tuple[float, float]:
    arrays = [np.asarray(one) for _, one in input_leaves(case, sample)]
    if any(one.dtype.kind in "O" for one in arrays):
        return 0.0, 0.0
    labels: dict[bytes, list[int]] = defaultdict(list)
    for place, label in enumerate(ids.tolist()):
        labels[b"".join(np.ascontiguousarray(one[place]).tobytes() for one in arrays)].append(label)
    several = [one for one in labels.values() if len(one) > 1]
    twins = sum(map(len, several))
    conflicting = sum(len(one) for one in several if len(set(one)) > 1)
    return twins / len(ids), conflicting / len(ids)
