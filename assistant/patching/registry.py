"""The editors by the id of their treatment, in the order in which several are carried out."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from assistant.patching import editors
from assistant.patching.editing import Editing

Editor = Callable[[Editing], None]
"""Writes one treatment into the source; raises ``CannotEditError`` where it cannot, with words for a person."""

_EDITORS: dict[str, tuple[int, Editor]] = {}


def editor(treatment: str, *, order: int) -> Callable[[Editor], Editor]:
    """Register an editor.

    Args:
        treatment: id of the treatment that it writes.
        order: of several treatments, lower ones are written first. Rows are cleaned before anything is computed
            from them, a loss is chosen before its settings, and layers go to the front of a model in reverse.

    Raises:
        ValueError: there is one for this treatment already.
    """

    def register(function: Editor) -> Editor:
        if treatment in _EDITORS:
            raise ValueError(f"two editors for {treatment}")
        _EDITORS[treatment] = (order, function)
        return function

    return register


@cache
def registered() -> Mapping[str, tuple[int, Editor]]:
    """Order and editor of every treatment that can be written into a source."""
    for module in pkgutil.iter_modules(editors.__path__):
        importlib.import_module(f"{editors.__name__}.{module.name}")
    return dict(sorted(_EDITORS.items()))
