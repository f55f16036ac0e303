"""Rows that a model takes all together, as the nodes of a graph: whether it does, and which of them count."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .case import Case, fed, unchanged_but_built
from .recording import Batch
from .row_weights import sample_weights
from .structures import cut


def takes_rows_together(case: Case) -> bool:
    """Whether one batch holds all rows and the model fails on half of them, as where each row says how it is
    joined to all others.

    Such a model can be fed, scored and trained with all its rows alone.
    """
    if case.error is not None or case.train.rows < 2 or case.fit.batch_size < case.train.rows:
        return False
    whole = next(iter(case.train.walk(case.fit.batch_size)))
    half = Batch(cut(whole.x, np.arange(max(1, whole.rows // 2))))
    with unchanged_but_built(case):
        return not _takes(case, half) and _takes(case, whole)


def _takes(case: Case, batch: Batch) -> bool:
    try:
        case.model(fed(Batch(batch.x), case).x, training=False)
    except Exception:  # noqa: BLE001 - whatever the model raises on these rows, it does not take them
        return False
    return True


def counted_rows(case: Case, batch: Batch) -> Batch:
    """Of rows that are taken together those of a weight above zero: a weight alone can set one of them aside.

    Elsewhere rows of weight zero could have been left out, and all are given back; so they are where none counts.
    """
    mask = rows_that_count(case, batch)
    if mask is None:
        return batch
    return Batch(*(None if one is None else cut(one, mask) for one in (batch.x, batch.y, batch.weights)))


def rows_that_count(case: Case, batch: Batch) -> NDArray[np.bool_] | None:
    """Which rows :func:`counted_rows` keeps; None where it keeps all."""
    weights = sample_weights(batch) if case.train.together else None
    if weights is None or len(weights) != batch.rows or not 0 < (weights != 0).sum() < batch.rows:
        return None
    return np.asarray(weights != 0)
