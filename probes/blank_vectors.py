"""Words for which a frozen embedding holds nothing: a table of trained vectors that does not know them leaves zeros."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .case import Case
from .handing_on import passes
from .layers import layer_notes


@dataclass(frozen=True)
class BlankVectors:
    """The frozen embedding of which most words have a vector of zeros, by their occurrence."""

    layer: str
    share: float


def blank_vectors(case: Case) -> BlankVectors | None:
    """The share of words, id 0 left out, that are looked up as zeros; None without a frozen embedding."""
    seen, found = passes(case), []
    for note in layer_notes(case):
        given = seen[note.path].given if note.path in seen else None
        if note.kind != "Embedding" or note.layer.trainable or given is None:
            continue
        vectors = np.asarray(note.layer.embeddings)
        ids = given[(given > 0) & (given < len(vectors))].astype(np.int64)
        if ids.size:
            found.append(BlankVectors(note.path, float(np.mean(~np.any(vectors[ids], axis=1)))))
    return max(found, key=lambda one: one.share, default=None)
