"""Whether more rows would help: half of them do worse, by as much as theory says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...case import Case
from ...recording import Recorded
from ...structures import leaves
from ...tasks import class_ids, outputs
from ..counter import Counter, Setting, counter_trial
from ..reshaping import as_arrays, rows
from ..starting import seed_of
from ..symptoms import GAP, gap
from ..treating import NotApplicable
from ..verdict import PAIRS

LEAST_WORSE = 1.12
"""Error with half the rows over error with all: theory puts it between 2**0.25 (hard tasks) and 2; a tenth is noise."""

HANDFUL = 12
"""Rows a class below which half of them may by chance do as well (as the knowledge base calls a handful)."""


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
