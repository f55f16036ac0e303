"""Whether rows that do not repeat themselves teach more than as many that do."""

from __future__ import annotations

import numpy as np

from ..counter import Counter, Setting, counter_trial
from ..input_structure import distinct
from ..reshaping import as_arrays, rows
from ..starting import seed_of
from ..treating import NotApplicable
from ..verdict import PAIRS

REPEATED = 0.4
"""Share of distinct rows among the training rows from which repeats are no fault."""


@counter_trial("duplicate_inputs")
def duplicate_inputs(setting: Setting) -> Counter:
    """On half of the validation rows, as often as the training rows that repeat themselves, training does better.

    Both trainings are judged on the other half.
    """
    case = setting.case
    share = distinct(case)
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
