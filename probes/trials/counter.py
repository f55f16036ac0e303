"""Counter-trials: what proves a cause that no treatment can remedy, because the data themselves are at fault."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import Unanswerable
from ..content import pictures_varied, within_validation
from ..features import FeatureShaper
from ..idle_input import idle_input
from ..keeping import Kept
from ..recording import Batch, Recorded
from ..reference import Reference, references
from ..steps import Grid, draw, every_step, grid, windows
from ..structures import cut, leaves
from ..tasks import class_ids, outputs
from .bench import Bench
from .contradicted import contradicted
from .reshaping import Change, as_arrays, map_targets, rows
from .starting import seed_of
from .symptoms import GAP, best_skill, gap
from .training import ArmRun
from .treating import NotApplicable, treatments
from .verdict import PAIRS

NO_SIGNAL = 3.0
"""Standard deviations over permuted labels below which simple models find no signal."""

STRUCTURED = 1.5
"""Largest eigenvalue of the inputs' correlations over that of independently permuted columns: structure from here."""

LEAST_WORSE = 1.12
"""Error with half the rows over error with all: theory puts it between 2**0.25 (hard tasks) and 2; a tenth is noise."""

HANDFUL = 12
"""Rows a class below which half of them may by chance do as well (as the knowledge base calls a handful)."""

HARDLY_DISTINCT = 0.1
"""Share of distinct rows among the inputs below which they are as good as constant."""

REPEATED = 0.4
"""Share of distinct rows among the training rows from which repeats are no fault."""

NOISY = 0.08
"""Share of training labels that out-of-fold predictions contradict with confidence, from which labels are noisy."""


PLANTED_SKILL = 0.4
"""Share of the way from chance to perfect that planted labels, the easiest there are, must be learnt."""

SIGNAL_IN_VALIDATION = 0.35
"""Skill of simple models within the validation rows from which these do hold what the training rows lack."""

LUCK = 0.3
"""Share of that skill which labels that tell nothing may teach by chance; a class of 240 rows taught 0.2 of it."""

BETTER = 0.1
"""Score by which one training on the labels as they are must exceed all on permuted ones to tell that they teach."""

LEAST_BETTER = 0.02
"""Mean score by which trainings on the labels as they are must exceed those on permuted ones, however even."""

FAR_OUTSIDE = 3.0
"""Standard deviations of the scores on permuted labels by which it must exceed their mean too."""

PLANTED_PAIRS = 2
"""Trainings on labels that do follow from the inputs, which show that the network could learn from right ones."""

AT_ONCE = 200
"""Rows whose inputs are measured at once."""

LEARNT = 0.9
"""Skill above which nothing is wrong; the reference is no measure here, for faulty data deceive it as well."""


@dataclass(frozen=True)
class Counter:
    """What a counter-trial came to: whether it proves the cause, in one sentence, with its numbers.

    Attributes:
        refuted: whether it shows that the cause does not stand.
    """

    proven: bool
    text: str
    numbers: Mapping[str, Any]
    refuted: bool = False


Trial = Callable[["Setting"], Counter]
_registry: dict[str, Trial] = {}


@dataclass
class Setting:
    """What a counter-trial works with."""

    case: Case
    bench: Bench
    kept: Kept
    budget: Budget

    def control(self, pair: int) -> ArmRun:
        """The untreated arm of this pair."""
        return self.bench.control(None, "", pair, self.kept, self.budget)

    def with_data(self, train: Recorded, pair: int, judged: Recorded | None = None) -> ArmRun:
        """An arm that differs in its training rows alone, or in the rows that it is judged by too."""
        arm = self.bench.arm()
        arm.set_data(train, judged or arm.validation)
        return self.bench.treated(arm, pair, self.kept, self.budget.left)

    def evened_out(self, train: Recorded, validation: Recorded | None, pair: int) -> ArmRun:
        """An arm with these data whose rare classes weigh as much as the common ones.

        Where one class is far commoner than the others, predicting it alone is what any labels would teach.
        """
        arm = self.bench.arm()
        with contextlib.suppress(NotApplicable):
            treatments()["set_class_weight"].apply(arm, {})
        arm.set_data(train, validation)
        return self.bench.treated(arm, pair, self.kept, self.budget.left)


def counter_trial(cause: str) -> Callable[[Trial], Trial]:
    """Register the decorated function as the counter-trial of a cause."""

    def register(function: Trial) -> Trial:
        if cause in _registry and _registry[cause].__module__ != function.__module__:
            raise ValueError(f"two counter-trials for {cause!r}")
        _registry[cause] = function
        return function

    return register


def counter_trials() -> tuple[str, ...]:
    """The causes that have a counter-trial."""
    return tuple(sorted(_registry))


def run_counter(case: Case, cause: str, symptom: str, seconds: float, kept: Kept) -> Counter:
    """Run the counter-trial of a cause. The caller keeps the case unchanged.

    Raises:
        NotApplicable: there is none for this cause, or the case does not allow it.
        Unanswerable: no output has a task.
    """
    if cause not in _registry:
        raise NotApplicable(f"there is no counter-trial for {cause}")
    setting = Setting(case, Bench.of(case, symptom), kept, Budget(seconds))
    if best_skill(setting.control(0)) > LEARNT:
        return Counter(False, "The training learns well enough.", {})
    return _registry[cause](setting)


@counter_trial("labels_misaligned")
def labels_misaligned(setting: Setting) -> Counter:
    """Permuted labels change nothing, though inputs and labels each have structure."""
    if pictures_varied(setting.case):
        held = _held(setting)
        if held is not None and held > SIGNAL_IN_VALIDATION:
            text = "The training pictures are varied at random, which may be what takes away what their labels say."
            return Counter(False, text, {"within_validation": held})
    return _no_signal(setting, structured=True)


@counter_trial("inputs_uninformative")
def inputs_uninformative(setting: Setting) -> Counter:
    """Permuted labels change nothing, and the inputs have no structure that could carry a signal."""
    return _no_signal(setting, structured=False)


@counter_trial("inputs_constant")
def inputs_constant(setting: Setting) -> Counter:
    """Permuted labels change nothing, and hardly any row of inputs differs from the others."""
    share = _distinct(setting.case)
    if share >= HARDLY_DISTINCT:
        return Counter(False, f"{share:.0%} of the rows of inputs differ from each other.", {"distinct": share})
    own, permuted = _against_permuted(setting)
    numbers = {"distinct": share, "control": own, "permuted": permuted}
    if min(own) > max(permuted):
        return Counter(False, "The model does better with these labels than with permuted ones.", numbers)
    text = (
        f"Only {share:.1%} of the rows of inputs differ from each other, and training on permuted labels does as well: "
        f"{np.mean(permuted):.2f} against {np.mean(own):.2f}."
    )
    return Counter(True, text, numbers)


@counter_trial("duplicate_inputs")
def duplicate_inputs(setting: Setting) -> Counter:
    """On half of the validation rows, as often as the training rows that repeat themselves, training does better.

    Both trainings are judged on the other half.
    """
    case = setting.case
    share = _distinct(case)
    if share > REPEATED:
        return Counter(False, f"{share:.0%} of the training rows differ from each other.", {"distinct": share})
    if case.validation is None:
        raise NotApplicable("there are no validation rows that could stand in for the training rows")
    held, other = as_arrays(case.train), as_arrays(case.validation)
    half = other.rows // 2
    if half < 1.5 * share * held.rows:
        raise NotApplicable("there are too few validation rows to stand in for the training rows")
    own, fresh = [], []
    for pair in range(PAIRS):
        order = np.random.default_rng(seed_of("halves", pair)).permutation(other.rows)
        judged, first = rows(other, order[half:]), np.resize(order[:half], held.rows)
        own.append(setting.bench.value(setting.with_data(case.train, pair, judged)))
        fresh.append(setting.bench.value(setting.with_data(rows(other, first), pair, judged)))
    numbers = {"distinct": share, "control": own, "other_rows": fresh}
    if min(fresh) <= max(own):
        return Counter(False, "Training on other rows does no better every time.", numbers)
    text = (
        f"Only {share:.0%} of the training rows differ from each other. The same training on {half} of the validation "
        f"rows comes to {np.mean(fresh):.2f} on the rest of them, against {np.mean(own):.2f}."
    )
    return Counter(True, text, numbers)


def _distinct(case: Case) -> float:
    """Distinct rows of inputs over rows, in a sample."""
    sample = case.train.sample(1000)
    parts = [np.asarray(one).reshape(sample.rows, -1) for one in leaves(sample.x)]
    return len({tuple(part[row].tobytes() for part in parts) for row in range(sample.rows)}) / max(1, sample.rows)


def _against_permuted(setting: Setting) -> tuple[list[float], list[float]]:
    """Scores of the training as it is, and on permuted labels, by pair; rare classes weighed up in both."""
    train, validation = as_arrays(setting.case.train), setting.case.validation
    own, permuted = [], []
    for pair in range(PAIRS):
        own.append(setting.bench.value(setting.evened_out(train, validation, pair)))
        permuted.append(setting.bench.value(setting.evened_out(_permuted(train, pair), validation, pair)))
    return own, permuted


def _no_signal(setting: Setting, *, structured: bool) -> Counter:
    share = _distinct(setting.case)
    if share < HARDLY_DISTINCT:
        return Counter(False, f"Only {share:.1%} of the rows of inputs differ from each other.", {"distinct": share})
    reference = _reference(setting)
    ratio = input_structure(setting.case)
    numbers: dict[str, Any] = {"beyond_chance": reference.beyond_chance, "input_structure": ratio}
    idle = idle_input(setting.case, reference.output, reference.training.skill)
    if idle is not None and not structured:
        return Counter(False, f"The input {idle} by itself tells nothing; the others do.", numbers)
    if reference.beyond_chance > NO_SIGNAL:
        return Counter(False, "A simple model finds a signal between inputs and labels.", numbers, refuted=True)
    train, validation = as_arrays(setting.case.train), setting.case.validation
    own, permuted = _against_permuted(setting)
    numbers |= {"control": own, "permuted": permuted}
    chance = reference.training.chance
    teach = they_teach(own, permuted)
    held = _held(setting) if teach else None
    if teach and not is_luck((float(np.mean(own)) - chance) / (1 - chance), held):
        return Counter(False, "The model does better with these labels than with permuted ones.", numbers, refuted=True)
    planted = _planted(setting.case, train, validation)
    learnt = [setting.bench.value(setting.evened_out(*planted, pair)) for pair in range(PLANTED_PAIRS)]
    numbers["planted"] = learnt
    if min(learnt) <= max(*own, *permuted) or (min(learnt) - chance) / (1 - chance) < PLANTED_SKILL:
        return Counter(False, "The model does not learn labels that do follow from the inputs either.", numbers)
    if (ratio >= STRUCTURED) != structured:
        word = "have" if ratio >= STRUCTURED else "have no"
        return Counter(False, f"There is no signal, but the inputs {word} structure of their own.", numbers)
    beside = "does as well" if held is None else f"does nearly as well, next to {held:.2f} within the validation rows"
    text = (
        f"Training on permuted labels {beside}: {np.mean(permuted):.2f} against {np.mean(own):.2f}. "
        f"No simple model finds a signal either, and labels that follow from the inputs are learnt: {min(learnt):.2f}."
    )
    return Counter(True, text, numbers)


def they_teach(own: Sequence[float], permuted: Sequence[float]) -> bool:
    """Whether trainings on the labels as they are do better than those on permuted ones.

    On rows that fall into few groups any labels agree with the right ones by chance, now well and now badly; then one
    training that does well tells nothing, unless it is far outside of what permuted labels come to.
    """
    spread = max(LEAST_BETTER, float(np.std(own) + np.std(permuted)))
    outside = float(np.mean(permuted) + FAR_OUTSIDE * np.std(permuted))
    return bool(np.mean(own) > np.mean(permuted) + spread or max(own) > max(max(permuted) + BETTER, outside))


def is_luck(skill: float, held: float | None) -> bool:
    """Whether next to what the validation rows hold, what training rows without a signal taught is next to nothing.

    A class of few rows agrees with right labels by chance here and there, and every training finds the same of it.

    Args:
        skill: of trainings on the labels as they are, 0 at chance and 1 where nothing is wrong.
        held: skill of simple models within the validation rows alone; None where it is not known.
    """
    return held is not None and held > SIGNAL_IN_VALIDATION and skill < LUCK * held


def _held(setting: Setting) -> float | None:
    return within_validation(setting.case, _reference(setting).output)


def _reference(setting: Setting) -> Reference:
    try:
        found = references(setting.case)
    except Unanswerable as reason:
        raise NotApplicable(str(reason)) from None
    return max(found, key=lambda one: one.beyond_chance)


def _permuted(train: Recorded, pair: int) -> Recorded:
    order = np.random.default_rng(seed_of("permuted", pair)).permutation(train.rows)
    return _with_targets(train, lambda _, array: array[order])


def _planted(case: Case, train: Recorded, validation: Recorded | None) -> tuple[Recorded, Recorded | None]:
    """The same data with the same targets dealt out anew, in order along the inputs' first principal component.

    What learns nothing from such targets cannot tell whether its own belong to their inputs.
    """
    sample = case.train.sample(2000)
    grids = {one.position: grid(case, one, sample) for one in outputs(case)}

    def measure_of(found: Grid | None) -> Callable[[Recorded], NDArray[np.float64]]:
        units = sample if found is None else windows(found, sample, draw(case, found, sample), 0, 0)
        shaper = FeatureShaper.of(case, units)
        direction = np.linalg.svd(shaper.features(units), full_matrices=False)[2][0]

        def along(held: Recorded) -> NDArray[np.float64]:
            parts = []
            for start in range(0, held.rows, AT_ONCE):
                batch = Batch(*(cut(one, slice(start, start + AT_ONCE)) for one in (held.x, held.y)))
                single = batch if found is None else windows(found, batch, every_step(found, batch), 0, 0)
                parts.append(shaper.features(single) @ direction)
            return np.concatenate(parts)

        return along

    along = {number: measure_of(found) for number, found in grids.items()}
    known = {number: np.sort(measure(train)) for number, measure in along.items()}
    targets = [np.asarray(one) for one in leaves(train.y)]

    def dealt(held: Recorded) -> Recorded:
        def deal(number: int, own: NDArray[Any]) -> NDArray[Any]:
            share = np.searchsorted(known[number], along[number](held), side="right") / max(1, len(known[number]))
            # Of targets a step every step is a target of its own.
            pool = targets[number].reshape(len(known[number]), *own.shape[len(_unit(grids[number])) + 1 :])
            ordered = pool[np.argsort(_size(pool), kind="stable")]
            return np.asarray(ordered[np.minimum((share * len(ordered)).astype(int), len(ordered) - 1)]).reshape(
                own.shape
            )

        return _with_targets(held, deal)

    return dealt(train), None if validation is None else dealt(as_arrays(validation))


def _unit(found: Grid | None) -> tuple[int, ...]:
    """The axes behind the first that count targets of their own."""
    return () if found is None else found.axes


def _size(target: NDArray[Any]) -> NDArray[Any]:
    """By what targets are put in order: the class of one-hot rows, else the mean of each row."""
    flat = target.reshape(len(target), -1)
    if flat.shape[1] > 1 and bool(np.all((flat == 0) | (flat == 1))) and bool(np.all(flat.sum(axis=1) == 1)):
        return np.asarray(flat.argmax(axis=1))
    return np.asarray(flat.mean(axis=1))


def _with_targets(held: Recorded, change: Change) -> Recorded:
    changed = map_targets(held, change)
    assert changed is not None
    return changed


def input_structure(case: Case) -> float:
    """How far the inputs' largest correlation eigenvalue exceeds that of the same columns permuted one by one.

    Parallel analysis (Horn, 1965): about 1 where columns are independent of each other.
    """
    sample = case.train.sample(1000)
    columns = FeatureShaper.of(case, sample).features(sample)[:, :200]
    if columns.shape[1] < 2:
        return math.inf
    random = np.random.default_rng(0)
    shuffled = np.stack([random.permutation(one) for one in columns.T], axis=1)
    return _largest(columns) / max(_largest(shuffled), 1e-12)


def _largest(columns: NDArray[np.float64]) -> float:
    centred = columns - columns.mean(axis=0)
    return float(np.linalg.svd(centred, compute_uv=False)[0] ** 2)


@counter_trial("too_little_data")
def too_little_data(setting: Setting) -> Counter:
    """Half the rows do worse by as much as theory says, and no treatment closes the gap."""
    case = setting.case
    if case.validation is None:
        raise NotApplicable("there are no validation data, on which overfitting could be seen")
    control = [setting.control(pair) for pair in range(PAIRS)]
    if min(gap(one) for one in control) < GAP:
        return Counter(False, "The model does not do better on training rows than on validation rows.", {})
    held, value = as_arrays(case.train), setting.bench.value
    half = [setting.with_data(rows(held, _half(case, held, pair)), pair) for pair in range(PAIRS)]
    whole_scores, half_scores = [value(one) for one in control], [value(one) for one in half]
    worse = (1 - float(np.mean(half_scores))) / max(1 - float(np.mean(whole_scores)), 1e-6)
    numbers = {"control": whole_scores, "half": half_scores, "error_ratio": worse, "rows": held.rows}
    lower = sum(one < other for one, other in zip(half_scores, whole_scores, strict=True))
    if lower < PAIRS or worse < LEAST_WORSE:
        text = f"With half the rows the error is {worse:.2f} times as large, no more."
        return Counter(False, text, numbers, refuted=not _is_handful(case, held))
    better = [one for one in setting.bench.known if one.gone and one.specific]
    if better:
        return Counter(False, f"{better[0].treatments[0]} closes the gap with the data there are.", numbers)
    text = f"With half the rows the error on validation rows is {worse:.2f} times as large: more rows would help."
    return Counter(True, text, numbers)


def _is_handful(case: Case, held: Recorded) -> bool:
    """Whether there are so few rows that which of them are left counts for more than how many."""
    task = outputs(case)[0]
    classes = task.classes if task.kind in ("binary", "multiclass") else 1
    return held.rows < HANDFUL * max(1, classes)


def _half(case: Case, held: Recorded, pair: int) -> NDArray[np.int64]:
    """Half the rows, of every class alike."""
    random = np.random.default_rng(seed_of("half", pair))
    target = np.asarray(leaves(held.y)[0])
    task = outputs(case)[0]
    if task.kind not in ("binary", "multiclass"):
        return np.sort(random.permutation(held.rows)[: held.rows // 2])
    ids = class_ids(task, target)
    parts = [random.permutation(np.flatnonzero(ids == one)) for one in np.unique(ids)]
    return np.sort(np.concatenate([one[: max(1, len(one) // 2)] for one in parts]))


@counter_trial("label_noise")
def label_noise(setting: Setting) -> Counter:
    """Without the rows whose labels out-of-fold predictions contradict, the same training does better.

    The same number of rows left out at random must not help.
    """
    case = setting.case
    suspects = contradicted(case)
    held = as_arrays(case.train)
    share = len(suspects) / held.rows
    numbers: dict[str, Any] = {"contradicted_share": share}
    if share < NOISY:
        return Counter(False, f"Only {share:.0%} of the labels are contradicted by their neighbours.", numbers)
    if case.validation is None:
        raise NotApplicable("there are no validation data on which cleaner labels could prove themselves")
    kept = np.setdiff1d(np.arange(held.rows), suspects)
    own, clean, random = [], [], []
    for pair in range(PAIRS):
        chosen = np.sort(np.random.default_rng(seed_of("drop", pair)).permutation(held.rows)[: len(kept)])
        own.append(setting.bench.value(setting.control(pair)))
        clean.append(setting.bench.value(setting.with_data(rows(held, kept), pair)))
        random.append(setting.bench.value(setting.with_data(rows(held, chosen), pair)))
    numbers |= {"control": own, "cleaned": clean, "fewer_at_random": random}
    if min(clean) <= max(own) or min(clean) <= max(random):
        return Counter(False, "Leaving out the contradicted labels does not help every time.", numbers)
    text = (
        f"Without the {share:.0%} of the labels that their neighbours contradict the score rises "
        f"from {np.mean(own):.2f} to {np.mean(clean):.2f}; without as many random rows it is {np.mean(random):.2f}."
    )
    return Counter(True, text, numbers)
