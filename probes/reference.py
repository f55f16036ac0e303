"""A reference for what the data allow: simple closed-form models, fitted in a moment, NumPy alone.

The reference says whether the inputs predict the targets at all, and how well a model that anybody could have made does
on the same rows. A network that falls far short of it has a fault; one that equals it has not failed to learn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .catalogue import Unanswerable
from .denoising import cleaned, is_shown
from .features import FeatureShaper, may_name_things
from .inputs import pictures_varied
from .layers import adds_losses
from .recording import Batch
from .scoring import Score, balanced_error, score_of, weighed_classes
from .steps import REACHES, Drawn, Grid, as_rows, draw, fits, grid, sees, whole_rows, windows
from .structures import map_leaves
from .tasks import Output, class_ids, outputs, target_of
from .together import counted_rows

ROWS = 2000
QUICK_FEATURES = 150
HARDLY = 0.3
"""Of what windows teach of targets a step the share of the way to perfect below which whole rows are tried too."""
RANDOM_FEATURES = 400
PENALTIES = (1e-3, 1e-1, 10.0)
PERMUTATIONS = 6
AS_NAMES = 0.15
"""Skill by which reading whole numbers as names must be ahead of reading them as numbers."""
RARE = 6.0
"""Rows of the most frequent class over those of the rarest, from which a class is rare: not to find it is a failure.

Below, a sound training with weak signals finds the rarer class less often than its share, and nothing is wrong.
"""
FEW_ROWS = 800
NEARLY_ALL = 0.95
"""Share of the variance from which directions are all that data are made of."""
FEW_THINGS = 16
"""Directions up to which they are few: pictures of things need a hundred and more."""
LEAST_ROWS = 60
"""Validation rows below which nothing is learnt from them alone."""
GOOD = 0.5
"""Skill on validation rows alone from which these are told to teach more than training rows that are varied."""
FOLDS = 4

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Steps:
    """Of targets a step, what simple models make of a step alone and of a step with its neighbours.

    All are skills on steps of training rows that were held out, in [-1, 1].

    Attributes:
        alone: of a step's own input.
        around: of the best window around it, or of its own input where no window does better.
        floor: of the same window with the targets of other rows: what the place in a row tells by itself.
        before: whether the network's answer to a step depends on the steps before it; ``after`` on those behind it.
    """

    alone: float
    around: float
    floor: float
    before: bool
    after: bool

    @property
    def taught(self) -> float:
        """Share of the way from what other rows' targets teach to perfect that the inputs around a step teach."""
        floor = max(0.0, self.floor)
        return (self.around - floor) / (1.0 - floor) if floor < 1 else 0.0


@dataclass(frozen=True)
class Reference:
    """How well simple models do out of sample.

    Attributes:
        output: the output that is predicted.
        score: of the best simple model, on validation rows where there are any, else on training rows held out.
        training: of the same model on rows of the training data it did not see.
        permuted: mean score with the training targets permuted; ``permuted_spread`` its standard deviation.
        model: which simple model was best: ``linear``, ``random_features``, ``neighbours`` or ``components``.
        linear: the score of the linear model on the held-out training rows.
        as_numbers: the skill on held-out training rows of the best model that reads whole numbers as numbers, where the
            best of all reads them as the names of things; None elsewhere.
        usual: the score of the best model where all rows count alike, as in a training without weights; None where
            classes are of one size, or one is rare, or the program gives weights: there ``score`` is to be expected.
        by_itself: the score of simple models that know nothing but validation rows, on others of these; None but for
            pictures that a pipeline varies in training, where simple models of these find less than half as much.
        steps: of targets a step, what a step and its neighbours teach; None elsewhere. The scores are then those of the
            neighbours that the network sees too, or of all where it sees none.
    """

    output: Output
    score: Score
    training: Score
    permuted: float
    permuted_spread: float
    model: str
    linear: float
    as_numbers: float | None = None
    usual: Score | None = None
    by_itself: Score | None = None
    steps: Steps | None = None

    @property
    def expected(self) -> Score:
        """What the program's training should come to; for ``score`` itself every class counts alike.

        A handful of validation rows must not teach more than all of the training rows do.
        """
        return self.by_itself or self.usual or self.score

    @property
    def beyond_chance(self) -> float:
        """Score over chance in standard errors of the score; the best of several models was taken, so 3 says little.

        Of targets a step chance is what other rows' targets teach.
        """
        if self.steps is not None:
            reach, floor = 1.0 - self.training.chance, max(0.0, self.steps.floor)
            return (self.steps.around - floor) * reach / max(self.training.error, self.permuted_spread, 1e-3)
        return (self.training.value - self.training.chance) / max(self.training.error, 1e-3)


def references(case: Case) -> tuple[Reference, ...]:
    """A reference for every output that one can be made for.

    Raises:
        Unanswerable: there is no output with a task, or fewer than 16 rows.
    """
    return case.once("references", lambda: _references(case))


def _references(case: Case) -> tuple[Reference, ...]:
    sample = counted_rows(case, case.train.sample(ROWS))
    if sample.rows < 16:
        raise Unanswerable("fewer than 16 training rows were recorded")
    found = _with(FeatureShaper.of(case, sample), sample, case)
    if not found:
        raise Unanswerable("no output has a task that a simple model could be tried on")
    if may_name_things(sample, case):
        named = {one.output.name: one for one in _with(FeatureShaper.of(case, sample, names=True), sample, case)}
        found = [_better(one, named.get(one.output.name)) for one in found]
    return tuple(replace(one, by_itself=_by_itself(case, one)) for one in found)


def _by_itself(case: Case, found: Reference) -> Score | None:
    alone = _on_validation(case, found.output) if pictures_varied(case) else None
    least = 2.0 * max(found.training.skill, found.score.skill)
    return alone if alone is not None and alone.skill > max(least, GOOD) else None


def _on_validation(case: Case, output: Output) -> Score | None:
    """Of simple models that are fitted to and tested on validation rows alone; None where there are few."""
    held = case.validation
    if held is None or held.y is None or held.rows < LEAST_ROWS:
        return None
    found = within(case, held.sample(ROWS), output)
    return None if found is None else found.training


def within_validation(case: Case, output: Output) -> float | None:
    """Skill that simple models surely have which are fitted to and tested on validation rows alone; None for few rows.

    It is the skill less two standard errors: the best of several models on a few rows of a rare class is often luck.
    """
    found = _on_validation(case, output)
    reach = 1.0 if found is None else max(1.0 - found.chance, 1e-6)
    return None if found is None else found.skill - 2.0 * found.error / reach


def skills(case: Case, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Mapping[str, float]:
    """By output the skill on held-out training rows of the best simple model, with every input array changed."""
    sample = case.train.sample(ROWS)
    changed = map_leaves(lambda one: change(np.asarray(one)), sample.x)
    return skills_on(case, Batch(changed, sample.y, sample.weights))


def skills_on(case: Case, batch: Batch) -> Mapping[str, float]:
    """By output the skill on held-out rows of the best simple model of these rows."""
    features = FeatureShaper.of(case, batch).features(batch)
    made = (_reference(output, features, batch, None, case) for output in outputs(case))
    return {one.output.name: one.training.skill for one in made if one is not None}


def _with(shaper: FeatureShaper, sample: Batch, case: Case) -> list[Reference]:
    features = shaper.features(sample)
    held = None
    if case.validation is not None and case.validation.rows >= 8:
        other = counted_rows(case, case.validation.sample(ROWS))
        held = (shaper.features(other), other)
    made = ((output, _reference(output, features, sample, held, case)) for output in outputs(case))
    best = (_stepwise(output, sample, case, one) for output, one in made)
    return [one for one in best if one is not None]


def _stepwise(output: Output, sample: Batch, case: Case, flat: Reference | None) -> Reference | None:
    """Of targets a step the better one of the reference that reads windows and of that which reads whole rows.

    What a network that reads forwards never sees is not expected of it.
    """
    found = grid(case, output, sample)
    made = None if found is None else _windowed(found, sample, case)
    if made is None or made.steps is None:
        return flat
    if flat is None or made.steps.before != made.steps.after or flat.training.skill < made.training.skill:
        return made
    return replace(flat, steps=made.steps)


def _windowed(found: Grid, sample: Batch, case: Case) -> Reference | None:
    drawn = draw(case, found, sample)
    try:
        before, after = sees(case, found)
    except Exception:  # noqa: BLE001 - a model that fails on some rows shows nothing of what it sees
        before = after = True
    reaches = [one for one in REACHES if fits(found, sample, one)]
    alone = _quick(found, sample, case, drawn, 0, 0)
    if alone is None:
        return None
    wide = {one: _quick(found, sample, case, drawn, one, one) or -1.0 for one in reaches}
    best = max([0, *reaches], key=lambda one: wide.get(one, alone))
    floor = _quick(found, _others(sample), case, drawn, best, best)
    steps = Steps(alone, max([alone, *wide.values()]), -1.0 if floor is None else floor, before, after)
    if steps.taught < HARDLY:
        # Of several places the middle one: among few rows the best would be luck.
        far = float(np.median([_quick_on(found.output, one, case, None) or -1.0 for one in whole_rows(found, sample)]))
        steps = replace(steps, around=far, floor=0.0) if far > steps.taught else steps
    seen = (best, best)
    if before != after:
        sides = {one: _quick(found, sample, case, drawn, one * before, one * after) or -1.0 for one in reaches}
        reach = max([0, *reaches], key=lambda one: sides.get(one, alone))
        seen = (reach * before, reach * after)
    other = None
    if case.validation is not None and case.validation.rows >= 8:
        held = case.validation.sample(ROWS)
        other = windows(found, held, draw(case, found, held, seed=1), *seen)
    made = _of_windows(found, windows(found, sample, drawn, *seen), other, case, drawn)
    return None if made is None else replace(made, output=found.output, steps=steps)


def _others(sample: Batch) -> Batch:
    """The same inputs with the targets of other rows."""
    order = np.random.default_rng(4).permutation(sample.rows)
    return Batch(sample.x, map_leaves(lambda one: np.asarray(one)[order], sample.y), sample.weights)


def _of_windows(found: Grid, rows: Batch, other: Batch | None, case: Case, drawn: Drawn) -> Reference | None:
    """The reference that reads these windows; tested on those of other rows too, where there are any."""
    output = as_rows(found.output, np.asarray(rows.y))
    if output is None:
        return None
    shaper = FeatureShaper.of(case, rows)
    held = None if other is None else (shaper.features(other), other)
    return _reference(output, shaper.features(rows), rows, held, case, groups=drawn.rows)


def _quick(found: Grid, sample: Batch, case: Case, drawn: Drawn, before: int, after: int) -> float | None:
    return _quick_on(found.output, windows(found, sample, drawn, before, after), case, drawn.rows)


def _quick_on(output: Output, rows: Batch, case: Case, groups: NDArray[np.int64] | None) -> float | None:
    """The skill on held-out rows of the better of two simple models; None where nothing can be scored."""
    target = np.asarray(rows.y)
    single = as_rows(output, target)
    if single is None:
        return None
    features, wanted = FeatureShaper.of(case, rows).features(rows), _columns(single, target)
    fold = _folds(len(features), groups)[0]
    if len(features) < 60 or len(np.unique(wanted, axis=0)) < 2 or not np.isfinite(wanted).all():
        return None
    ours = _without(features, wanted, fold)
    models = (_ridge(1e-1), _random_features(features.shape[1], QUICK_FEATURES, 1e-1, 1))
    names = _names(single, target)
    made = [_scored(single, model(*ours, features[fold]), target[fold], names, groups is not None) for model in models]
    return max((one.skill for one in made if one is not None), default=None)


def _better(numbers: Reference, names: Reference | None) -> Reference:
    """The reference that reads whole numbers as names of things, where it is clearly the better one."""
    if names is None or names.training.skill < numbers.training.skill + AS_NAMES:
        return numbers
    return replace(names, as_numbers=numbers.training.skill)


def within(case: Case, rows: Batch, output: Output) -> Reference | None:
    """The reference of an output from these rows alone, tested on those of them that it did not see."""
    found = grid(case, output, rows)
    if found is not None:
        widest = max((one for one in REACHES if fits(found, rows, one)), default=0)
        drawn = draw(case, found, rows)
        return _of_windows(found, windows(found, rows, drawn, widest, widest), None, case, drawn)
    return _reference(output, FeatureShaper.of(case, rows).features(rows), rows, None, case)


def windows_of(case: Case, output: Output, rows: Batch, most: int) -> tuple[Output, Batch, NDArray[np.int64]] | None:
    """At most so many steps of these rows with their neighbours, as rows, and the row of each.

    The output that comes with them is that of one step. None where the targets cannot be read so.
    """
    found = grid(case, output, rows)
    if found is None:
        return None
    widest = max((one for one in REACHES[:2] if fits(found, rows, one)), default=0)
    drawn = draw(case, found, rows)
    chosen = np.sort(np.random.default_rng(5).permutation(len(drawn.rows))[:most])
    made = windows(found, rows, Drawn(drawn.rows[chosen], drawn.places[chosen]), widest, widest)
    single = as_rows(output, np.asarray(made.y))
    return None if single is None else (single, made, drawn.rows[chosen])


def varies(case: Case) -> bool:
    """Whether any input differs from row to row."""
    sample = case.train.sample(ROWS)
    return bool(FeatureShaper.of(case, sample).kept.any())


def _folds(count: int, groups: NDArray[np.int64] | None) -> list[NDArray[np.int64]]:
    """Rows in folds at random; steps of one row, which are ``groups``, all in one."""
    random = np.random.default_rng(0)
    if groups is None:
        return np.array_split(random.permutation(count), FOLDS)
    parts = np.array_split(random.permutation(np.unique(groups)), FOLDS)
    return [np.flatnonzero(np.isin(groups, part)) for part in parts]


def _reference(
    output: Output,
    features: Matrix,
    sample: Batch,
    held: Any,
    case: Case,
    groups: NDArray[np.int64] | None = None,
) -> Reference | None:
    if output.kind in ("none", "sequence"):
        return None
    target = target_of(output, sample)
    if output.kind == "reconstruction":
        return _components(output, target, features, sample, case)
    if output.kind == "multilabel" and target.ndim != 2:
        return None
    wanted = _columns(output, target)
    fine = np.isfinite(wanted).all(axis=1)
    features, wanted, target = features[fine], wanted[fine], target[fine]
    folds = _folds(len(features), None if groups is None else groups[fine])
    # Many rows need no second look: one fold of four is scored. Few rows are all scored out of sample, fold by fold.
    tested = folds if len(features) <= FEW_ROWS else folds[:1]
    if len(features) < 16 or len(np.unique(wanted, axis=0)) < 2:
        return None
    place = np.concatenate(tested)
    names, steps = _names(output, target), groups is not None

    def on_training(model: Any) -> Score | None:
        guessed = np.concatenate([model(*_without(features, wanted, fold), features[fold]) for fold in tested])
        return _scored(output, guessed, target[place], names, steps)

    def final(model: Any) -> Score | None:
        if held is None:
            return None
        return _scored(output, model(features, wanted, held[0]), target_of(output, held[1]), names, steps)

    size = (features.shape[1], int(0.75 * len(features)))
    best, linear = None, math.nan
    for number, (name, model) in enumerate(_models(*size)):
        score = on_training(model)
        if score is None:
            return None
        if name == "linear":
            linear = score.value if math.isnan(linear) else max(score.value, linear)
        if best is None or score.value > best[0].value:
            best = (score, number, name, model)
    assert best is not None
    training, number, name, model = best
    permuted = _permuted(output, features, wanted, target, folds[0], steps)
    usual = None
    if _unlike(output, wanted, steps) and not case.fit.class_weight and sample.weights is None:
        _, alike = _models(*size, alike=True)[number]
        usual = final(alike) or on_training(alike)
    return Reference(
        output,
        final(model) or training,
        training,
        float(np.mean(permuted)),
        float(np.std(permuted)),
        name,
        linear,
        usual=usual,
    )


def _unlike(output: Output, wanted: Matrix, steps: bool) -> bool:
    """Whether some class has fewer rows than another, and none is rare; of labels a step rare ones are the rule."""
    if output.kind not in ("binary", "multiclass"):
        return False
    counts = wanted.sum(axis=0)
    ratio = counts.max() / max(counts.min(), 1.0)
    return bool(ratio > 1.2 and (steps or ratio < RARE))


def _without(features: Matrix, wanted: Matrix, fold: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
    kept = np.setdiff1d(np.arange(len(features)), fold)
    return features[kept], wanted[kept]


def _columns(output: Output, target: NDArray[Any]) -> Matrix:
    if output.kind in ("binary", "multiclass"):
        ids = class_ids(output, target)
        known = np.unique(ids)
        return np.asarray(ids[:, None] == known[None, :], dtype="float64")
    return np.asarray(target.reshape(len(target), -1), dtype="float64")


def _names(output: Output, target: NDArray[Any]) -> NDArray[np.int64]:
    """The classes that the columns of simple models stand for; empty where there are none."""
    classed = output.kind in ("binary", "multiclass")
    return np.unique(class_ids(output, target)) if classed else np.zeros(0, dtype=np.int64)


def _scored(
    output: Output, predicted: Matrix, target: NDArray[Any], names: NDArray[np.int64], steps: bool
) -> Score | None:
    if output.kind in ("binary", "multiclass"):
        return _balanced(predicted, class_ids(output, target), names, steps)
    if output.kind == "multilabel":
        return score_of(output, np.where(predicted > 0.5, 1.0, -1.0) if output.from_logits else predicted, target)
    return score_of(output, predicted.reshape(target.shape), target)


def _balanced(predicted: Matrix, ids: NDArray[np.int64], names: NDArray[np.int64], steps: bool) -> Score:
    known = weighed_classes(ids) if steps else np.unique(ids)
    answers = names[predicted.argmax(axis=1)]
    value = float(np.mean([np.mean(answers[ids == one] == one) for one in known]))
    counts = np.unique(answers, return_counts=True)[1]
    error = balanced_error(value, [int((ids == one).sum()) for one in known])
    return Score(
        "balanced_accuracy", value, 1.0 / len(known), len(ids), float(counts.max() / len(ids)), 1.0, True, error
    )


def _models(width: int, rows: int, *, alike: bool = False) -> list[tuple[str, Any]]:
    """The simple models by name; every class counts alike, or, where asked for, every row."""
    found: list[tuple[str, Any]] = [("linear", _ridge(penalty, alike)) for penalty in PENALTIES]
    units = min(RANDOM_FEATURES, max(20, rows // 3))
    for seed, penalty in ((1, 1e-1), (2, 3.0)):
        found.append(("random_features", _random_features(width, units, penalty, seed, alike)))
    found.append(("neighbours", _neighbours(5, alike)))
    return found


def one_hot_models(width: int, rows: int) -> list[Any]:
    """Three simple classifiers of different kinds; each takes training rows, their one-hot classes, and other rows."""
    wide = _random_features(width, min(RANDOM_FEATURES, max(20, rows // 3)), 3.0, 1)
    return [_ridge(1e-1), wide, _neighbours(7)]


def _ridge(penalty: float, alike: bool = False) -> Any:
    def fit_predict(x: Matrix, y: Matrix, other: Matrix) -> Matrix:
        weights = np.ones(len(y)) if alike else _row_weights(y)
        root = np.sqrt(weights)[:, None]
        mean_y = np.average(y, axis=0, weights=weights)
        design = np.concatenate([x, np.ones((len(x), 1))], axis=1) * root
        gram = design.T @ design + penalty * len(x) / 100 * np.eye(design.shape[1])
        solved = np.linalg.solve(gram, design.T @ ((y - mean_y) * root))
        return np.asarray(np.concatenate([other, np.ones((len(other), 1))], axis=1) @ solved + mean_y)

    return fit_predict


def _row_weights(y: Matrix) -> Matrix:
    if y.shape[1] < 2 or not np.array_equal(np.unique(y), [0.0, 1.0]) or not np.all(y.sum(axis=1) == 1):
        return np.ones(len(y))
    counts = y.sum(axis=0)
    return np.asarray((y / np.maximum(counts, 1)).sum(axis=1) * len(y) / (counts > 0).sum())


def _random_features(width: int, units: int, penalty: float, seed: int, alike: bool = False) -> Any:
    random = np.random.default_rng(seed)
    weights = random.standard_normal((width, units)) * math.sqrt(1.0 / width)
    bias = random.uniform(-1, 1, units)
    solve = _ridge(penalty, alike)

    def lift(x: Matrix) -> Matrix:
        return np.concatenate([x, np.maximum(x @ weights + bias, 0.0)], axis=1)

    return lambda x, y, other: solve(lift(x), y, lift(other))


def _neighbours(count: int, alike: bool = False) -> Any:
    def fit_predict(x: Matrix, y: Matrix, other: Matrix) -> Matrix:
        distance = (other**2).sum(1)[:, None] + (x**2).sum(1)[None, :] - 2 * other @ x.T
        near = np.argpartition(distance, min(count, len(x) - 1), axis=1)[:, : min(count, len(x))]
        weights = (np.ones(len(y)) if alike else _row_weights(y))[near][:, :, None]
        return np.asarray((y[near] * weights).sum(axis=1) / weights.sum(axis=1))

    return fit_predict


def _permuted(
    output: Output,
    features: Matrix,
    wanted: Matrix,
    target: NDArray[Any],
    test: NDArray[np.int64],
    steps: bool,
) -> list[float]:
    random, solve, found = np.random.default_rng(3), _ridge(1e-1), []
    ours, theirs = _without(features, wanted, test)
    names = _names(output, target)
    for _ in range(PERMUTATIONS):
        score = _scored(output, solve(ours, random.permutation(theirs), features[test]), target[test], names, steps)
        found.append(0.0 if score is None else score.value)
    return found


def _components(output: Output, target: NDArray[Any], features: Matrix, sample: Batch, case: Case) -> Reference | None:
    # What a linear projection through the narrowest layer keeps of the variance; a code that is held back by a term of
    # the program's own, as that of a variational autoencoder, is to keep less.
    if adds_losses(case):
        return None
    widths = [int(np.prod(layer.output.shape[1:])) for layer in case.model.layers if _known_shape(layer)]
    flat = target.reshape(len(target), -1).astype("float64")
    if not widths or not np.isfinite(flat).all():
        return None
    values = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False) ** 2
    shares = np.cumsum(values) / values.sum() if values.sum() else np.zeros(len(values))
    kept = _kept(shares, min(widths))
    if len(flat) >= 16 and not is_shown(target, sample):
        # Of a noisy copy nobody can give back more than the noise has left.
        kept = min(kept, cleaned(features, target, [_ridge(penalty) for penalty in PENALTIES]))
    score = Score("r2", kept, 0.0, len(flat), 0.0, 1.0, True)
    return Reference(output, score, score, 0.0, 0.05, "components", kept)


def _kept(shares: Matrix, width: int) -> float:
    """Of the variance what a code should keep; ``shares`` says what the first one, two, ... directions keep.

    What as many directions keep. Data that are made of a few things, and of more than twice as many as the code has
    numbers, need a code of so many: that one which loses most of them is narrow by intent is not to be thought.
    """
    as_wide = float(shares[min(width, len(shares)) - 1])
    made_of = int(np.searchsorted(shares, NEARLY_ALL)) + 1
    if as_wide < 0.5 and 2 * width < made_of <= min(FEW_THINGS, len(shares)):
        return float(shares[made_of - 1])
    return as_wide


def _known_shape(layer: Any) -> bool:
    try:
        return all(size is not None for size in layer.output.shape[1:])
    except (AttributeError, ValueError):
        return False
