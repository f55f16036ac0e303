"""Words for which a frozen embedding holds nothing: a table of trained vectors that does not know them leaves zeros."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .case import Case
from .handing_on import passes
from .layers import layer_notes

WORDS = 5
"""Distinct words on a few rows below which nothing is said."""


@dataclass(frozen=True)
class BlankVectors:
    """The frozen embedding of which most words have a vector of zeros."""

    layer: str
    share: float


def blank_vectors(case: Case) -> BlankVectors | None:
    """The share of distinct words, id 0 left out, that are looked up as zeros; None without a frozen embedding."""
    frozen = [one for one in layer_notes(case) if one.kind == "Embedding" and not one.layer.trainable]
    seen, found = passes(case) if frozen else {}, []
    for note in frozen:
        given = seen[note.path].given if note.path in seen else None
        if given is None:
            continue
        vectors = np.asarray(note.layer.embeddings)
        # Each word once: what fills the ends of rows, by whatever id, is one word.
        ids = np.unique(given[(given > 0) & (given < len(vectors))].astype(np.int64))
        if len(ids) >= WORDS:
            found.append(BlankVectors(note.path, float(np.mean(~np.any(vectors[ids], axis=1)))))
    return max(found, key=lambda one: one.share, default=None)
