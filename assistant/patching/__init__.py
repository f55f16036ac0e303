"""Treatments written into a program's source, as a unified diff."""

from assistant.patching.model import CannotEditError, CaseLike, Patched, PlaceLike, Treatment
from assistant.patching.patch import patch

__all__ = ["CannotEditError", "CaseLike", "Patched", "PlaceLike", "Treatment", "patch"]
