"""How sequences are padded: how much of them, on which side, and whether the model is told by a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..case import Budget, Case
from ..catalogue import probe
from ..inputs import input_leaves, is_tokens
from ..layers import ATTENDING, RECURRENT, layer_notes

ROWS = 1000


@dataclass(frozen=True)
class SequencePadding:
    """How sequences are padded; of the input that is padded most."""

    input: str
    """Name of the input."""
    length: int
    """Steps of a sequence; 0 where no input is one."""
    padding_share: float
    """Share of all steps that are padding, in [0, 1]."""
    median_length: float
    """Median number of steps that are not padding."""
    trailing: bool
    """Whether padding stands at the end of sequences rather than at the start."""
    masked: bool
    """Whether an embedding or a masking layer tells the others which steps are padding."""
    recurrent: bool
    """Whether a recurrent layer reads the sequence and gives its last step on."""
    averaging: bool
    """Whether the steps are averaged, padding included."""
    attending: bool
    """Whether an attention layer reads the sequence."""
    words: int = 0
    """Distinct token ids beside the padding, of the input that holds most of one id; 0 without tokens."""
    commonest: int = 0
    """The most frequent of them."""
    commonest_share: float = 0.0
    """Share of the steps beside the padding that hold it, in [0, 1]."""


NONE = SequencePadding(
    input="",
    length=0,
    padding_share=0.0,
    median_length=0.0,
    trailing=False,
    masked=False,
    recurrent=False,
    averaging=False,
    attending=False,
)


@probe("sequence_padding", title="How sequences are padded", cost="instant", needs=("model", "training_data"))
def measure(case: Case, budget: Budget) -> SequencePadding:
    """Count runs of zeros at the ends of sequences."""
    found = []
    words = (0, 0, 0.0)
    for name, one in input_leaves(case, case.train.sample(ROWS)):
        array = np.asarray(one)
        if array.ndim == 2 and is_tokens(case, array):
            words = max(words, _commonest(array), key=lambda known: known[2])
        if (
            array.dtype.kind in "iuf"
            and (is_tokens(case, array) or (array.ndim == 3 and array.shape[1] > 3))
            and array.ndim > 1
        ):
            found.append((name, array, *_ends(array)))
    if not found:
        return NONE
    name, array, leading, trailing = max(found, key=lambda one: float(np.maximum(one[2], one[3]).mean()))
    padding = np.maximum(leading, trailing)
    notes = layer_notes(case)
    kinds = {one.kind for one in notes}
    masked = "Masking" in kinds or any(one.kind == "Embedding" and bool(one.layer.mask_zero) for one in notes)
    return SequencePadding(
        input=name,
        length=int(array.shape[1]),
        padding_share=float(padding.mean() / array.shape[1]),
        median_length=float(np.median(array.shape[1] - padding)),
        trailing=bool(trailing.mean() >= leading.mean()),
        masked=masked,
        recurrent=bool(kinds & set(RECURRENT)),
        averaging=bool(kinds & {"GlobalAveragePooling1D", "AveragePooling1D"}),
        attending=bool(kinds & set(ATTENDING)),
        words=words[0],
        commonest=words[1],
        commonest_share=words[2],
    )


def _commonest(tokens: NDArray[Any]) -> tuple[int, int, float]:
    """Distinct ids beside the padding, the most frequent of them, and its share."""
    ids, counts = np.unique(tokens[tokens != 0], return_counts=True)
    if not len(ids):
        return 0, 0, 0.0
    return len(ids), int(ids[counts.argmax()]), float(counts.max() / counts.sum())


def _ends(array: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """For each row the number of all-zero steps at its start and at its end."""
    used = array != 0 if array.ndim == 2 else (array != 0).any(axis=2)
    length = array.shape[1]
    some = used.any(axis=1)
    leading = np.where(some, used.argmax(axis=1), length)
    trailing = np.where(some, used[:, ::-1].argmax(axis=1), length)
    return leading, trailing
