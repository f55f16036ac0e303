"""Lines that a notebook exported as a script still holds for its notebook: ``get_ipython().run_line_magic(...)``."""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

NAME = "get_ipython"
EXPORTED = {"run_line_magic", "run_cell_magic", "magic", "system", "getoutput"}
"""What an export calls on the shell; a program that only asks whether there is one must hear that there is none."""


class PassedOver:
    """Stands where a notebook's shell would: whatever is asked of it is printed and not done."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("_"):
            raise AttributeError(name)

        def passed_over(*args: Any, **_: Any) -> None:
            print("Passed over, for it needs a notebook:", name, *args)

        return passed_over


def stand_in(code: CodeType) -> dict[str, Any]:
    """The names that a program needs beside Python's, where lines at its top level ask for the shell of a notebook."""
    return {NAME: PassedOver} if NAME in code.co_names and EXPORTED & set(code.co_names) else {}
