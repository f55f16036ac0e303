"""Which labels are the likeliest to be wrong, judged by predictions from models that did not see their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHARPNESS = 4.0
"""How sharply scores of one-hot regressions, which lie near 0 and 1, are told apart as probabilities."""


@dataclass(frozen=True)
class DoubtedLabels:
    """Rows whose label probably is another one."""

    share: float
    """Share of all rows, in [0, 1]."""
    places: NDArray[np.int64]
    """Their places among the rows, the likeliest wrong first."""
    judge: str
    """`cleanlab`, or `confident learning`."""


def doubted_labels(labels: NDArray[np.int64], scores: NDArray[Any]) -> DoubtedLabels:
    """Judge labels 0 to classes - 1, shape (rows,), by out-of-sample scores, shape (rows, classes).

    By cleanlab where the program's interpreter has it, else by the plain form of its method: a label is doubted where
    another class is at least as probable as it is on average among its own rows (Northcutt et al. 2021, section 3).
    """
    probabilities = _probabilities(scores)
    own = probabilities[np.arange(len(labels)), labels]
    try:
        from cleanlab.filter import find_label_issues
    except ImportError:
        wrong, judge = _confidently_wrong(labels, probabilities), "confident learning"
    else:
        wrong, judge = np.asarray(find_label_issues(labels, probabilities, n_jobs=1), dtype=bool), "cleanlab"
    places = np.flatnonzero(wrong)
    return DoubtedLabels(
        share=len(places) / max(1, len(labels)), places=places[np.argsort(own[places], kind="stable")], judge=judge
    )


def _probabilities(scores: NDArray[Any]) -> NDArray[Any]:
    sharp = SHARPNESS * (scores - scores.max(axis=1, keepdims=True))
    raised = np.exp(sharp)
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _confidently_wrong(labels: NDArray[np.int64], probabilities: NDArray[Any]) -> NDArray[np.bool_]:
    customary = np.array([probabilities[labels == one, one].mean() for one in range(probabilities.shape[1])])
    confident = np.where(probabilities >= customary, probabilities, -1.0)
    chosen = confident.argmax(axis=1)
    return np.asarray((confident.max(axis=1) >= 0) & (chosen != labels))
