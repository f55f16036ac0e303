"""Lines of the program that train beside the call that is held: nothing has run them yet."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator

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
    return sorted({one.lineno for one in _trainings(source) if one.lineno not in met})


def fits_of_other_models(source: SourceText, met: Container[int]) -> list[int]:
    """Of these lines those that train what goes by another name than anything that the lines met have trained.

    A model that is trained once more goes on where it stands; another one may be broken while the first is sound.
    """
    calls = list(_trainings(source))
    names = {_trained(one) for one in calls if one.lineno in met}
    return sorted({one.lineno for one in calls if one.lineno not in met and names and _trained(one) not in names})


def _trainings(source: SourceText) -> Iterator[ast.Call]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and _trains(node))


def _trained(call: ast.Call) -> str:
    return ast.unparse(call.func.value) if isinstance(call.func, ast.Attribute) else ""


def _trains(call: ast.Call) -> bool:
    return called_name(call) in TRAINING and any(one.arg in OF_KERAS for one in call.keywords)


__all__ = ["fits_of_other_models", "further_fits"]
