"""Lines of the program that train beside the call that is held: nothing has run them yet."""

from __future__ import annotations

import ast
from collections.abc import Container

from .source_text import SourceText, called_name

TRAINING = frozenset({"fit", "fit_generator"})

OF_KERAS = frozenset(
    {"epochs", "batch_size", "steps_per_epoch", "validation_data", "validation_split", "callbacks", "initial_epoch"}
)
"""Arguments by which a `fit` of Keras is told from one of another library, such as that of a scaler."""


def further_fits(source: SourceText, met: Container[int]) -> list[int]:
    """Lines, counted from 1, on which a `fit` of Keras begins.

    Args:
        source: of the program's own file.
        met: lines that belong to calls which were carried out or are held.
    """
    calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return sorted({one.lineno for one in calls if _trains(one) and one.lineno not in met})


def _trains(call: ast.Call) -> bool:
    return called_name(call) in TRAINING and any(one.arg in OF_KERAS for one in call.keywords)


__all__ = ["further_fits"]
