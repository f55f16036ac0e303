"""Fault operators: each plants one fault in the source of a base program."""

from __future__ import annotations

from collections.abc import Mapping

from . import architecture, data, optimisation, wiring, wrong_network
from .operator import REGISTERED, Fault

__all__ = ["Fault", "architecture", "data", "faults", "optimisation", "wiring", "wrong_network"]


def faults() -> Mapping[str, Fault]:
    """Every operator by id, in order of registration."""
    return REGISTERED
