"""How sequences are padded: how much of them, on which side, and whether the model is told by a mask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..blank_vectors import blank_vectors
from ..case import Budget, Case
from ..catalogue import probe
from ..handing_on import passes
from ..inputs import input_leaves, is_tokens
from ..layers import ATTENDING, RECURRENT, LayerNote, layer_notes
from ..padding import Padding, padding_of

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
    padding_value: float | None = 0.0
    """What fills the steps that are padding; null where each feature is filled with a value of its own."""
    masked_inside: float = 0.0
    """Of the steps between the first and the last that a masking layer leaves in, the share that it masks all the same,
    in [0, 1]: their features all hold its value; 0 without such a layer."""
    masking_value: float = 0.0
    """The value by which that layer knows what to mask."""
    blank_words: float = 0.0
    """Share of the distinct words whose vector in a frozen embedding is all zeros, in [0, 1]; 0 without such an
    embedding."""
    blank_layer: str | None = None
    """The embedding that has most of them."""


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
    """Count runs of one value at the ends of sequences."""
    found = []
    words = (0, 0, 0.0)
    for name, one in input_leaves(case, case.train.sample(ROWS)):
        array = np.asarray(one)
        tokens = array.ndim == 2 and array.dtype.kind in "iuf" and is_tokens(case, np.maximum(array, 0))
        if tokens:
            words = max(words, _commonest(array), key=lambda known: known[2])
        if tokens or (array.ndim == 3 and array.dtype.kind in "iuf" and array.shape[1] > 3):
            found.append((name, padding_of(array)))
    if not found:
        return NONE
    blank = blank_vectors(case)
    name, padding = max(found, key=lambda one: one[1].share)
    notes = layer_notes(case)
    inside = max((_masked_inside(case, one) for one in notes if one.kind == "Masking"), default=(0.0, 0.0))
    kinds = {one.kind for one in notes}
    return SequencePadding(
        input=name,
        length=padding.length,
        padding_share=padding.share,
        median_length=float(np.median(padding.length - padding.steps)),
        trailing=padding.trailing,
        masked=any(_masks(notes, place, padding) for place in range(len(notes))),
        recurrent=bool(kinds & set(RECURRENT)),
        averaging=bool(kinds & {"GlobalAveragePooling1D", "AveragePooling1D"}),
        attending=bool(kinds & set(ATTENDING)),
        words=words[0],
        commonest=words[1],
        commonest_share=words[2],
        padding_value=padding.value,
        masked_inside=inside[0],
        masking_value=inside[1],
        blank_words=blank.share if blank else 0.0,
        blank_layer=blank.layer if blank else None,
    )


def _masks(notes: tuple[LayerNote, ...], place: int, padding: Padding) -> bool:
    """Whether a layer tells those behind it which steps are padding.

    What a masking layer reads behind other layers need not be what the sequences are filled with.
    """
    note = notes[place]
    if note.kind == "Embedding":
        return bool(note.layer.mask_zero) and padding.value == 0
    first = all(one.kind == "InputLayer" for one in notes[:place])
    return note.kind == "Masking" and (not first or note.layer.mask_value == padding.value)


def _masked_inside(case: Case, note: LayerNote) -> tuple[float, float]:
    """Share of the steps inside that a masking layer masks, by what it is given on a few rows, and its value."""
    seen = passes(case)
    given = seen[note.path].given if note.path in seen else None
    value = float(note.layer.mask_value)
    if given is None or given.ndim != 3:
        return 0.0, value
    left = (given != value).any(axis=-1)
    inside = np.maximum.accumulate(left, axis=1) & np.maximum.accumulate(left[:, ::-1], axis=1)[:, ::-1]
    return float((inside & ~left).sum() / max(1, inside.sum())), value


def _commonest(tokens: NDArray[Any]) -> tuple[int, int, float]:
    """Distinct ids beside the padding, the most frequent of them, and its share."""
    ids, counts = np.unique(tokens[tokens > 0], return_counts=True)
    if not len(ids):
        return 0, 0, 0.0
    return len(ids), int(ids[counts.argmax()]), float(counts.max() / counts.sum())
