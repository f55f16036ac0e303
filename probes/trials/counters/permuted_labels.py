"""Whether the labels that there are teach more than the same labels in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...catalogue import Unanswerable
from ...idle_input import idle_input
from ...inputs import pictures_varied
from ...recording import Recorded
from ...reference import Reference, references, within_validation
from ...splitting import split_apart
from ..counter import Counter, Setting, counter_trial
from ..input_structure import distinct, input_structure
from ..planting import planted, with_targets
from ..reshaping import as_arrays
from ..starting import seed_of
from ..treating import NotApplicable
from ..verdict import PAIRS

NO_SIGNAL = 3.0
"""Standard deviations over permuted labels below which simple models find no signal."""

STRUCTURED = 1.5
"""Largest eigenvalue of the inputs' correlations over that of independently permuted columns: structure from here."""

HARDLY_DISTINCT = 0.1
"""Share of distinct rows among the inputs below which they are as good as constant."""

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


@counter_trial("labels_misaligned")
def labels_misaligned(setting: Setting) -> Counter:
    """Permuted labels change nothing, though inputs and labels each have structure."""
    if split_apart(setting.case):
        # One of several inputs may still belong to the labels, and teach something.
        return Counter(
            False, "The program draws the rows of inputs and labels apart, which only its source can mend.", {}
        )
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
    share = distinct(setting.case)
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


def _against_permuted(setting: Setting) -> tuple[list[float], list[float]]:
    """Scores of the training as it is, and on permuted labels, by pair; rare classes weighed up in both."""
    train, validation = as_arrays(setting.case.train), setting.case.validation
    own, permuted = [], []
    for pair in range(PAIRS):
        own.append(setting.bench.value(setting.evened_out(train, validation, pair)))
        permuted.append(setting.bench.value(setting.evened_out(_permuted(train, pair), validation, pair)))
    return own, permuted


def _no_signal(setting: Setting, *, structured: bool) -> Counter:
    share = distinct(setting.case)
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
    dealt = planted(setting.case, train, validation)
    learnt = [setting.bench.value(setting.evened_out(*dealt, pair)) for pair in range(PLANTED_PAIRS)]
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
    return with_targets(train, lambda _, array: array[order])
