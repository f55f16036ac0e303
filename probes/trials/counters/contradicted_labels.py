"""Whether the training does better without the labels that their neighbours contradict."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..contradicted import contradicted
from ..counter import Counter, Setting, counter_trial
from ..reshaping import as_arrays, rows
from ..starting import seed_of
from ..treating import NotApplicable
from ..verdict import PAIRS

NOISY = 0.08
"""Share of training labels that out-of-fold predictions contradict with confidence, from which labels are noisy."""


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
