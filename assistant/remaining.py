"""What keeps a program back once its patch is applied: a second dialogue, over the patched program."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assistant.ranking import CONFIRMED, Evidence, Finding

WITH_THE_PATCH = "With the patch: "
"""Begins every sentence of evidence that was measured on the patched program."""


def with_remaining(first: Sequence[Finding], later: Iterable[Sequence[Finding]]) -> tuple[Finding, ...]:
    """The findings of the program as it stands, and below the confirmed ones what is confirmed of the patched program.

    One fault often hides another (`docs/architecture.md`): what shows only once the first is mended is told after it.

    Args:
        first: ranked findings of the program as it stands.
        later: of each patched program that was looked at, its ranked findings.
    """
    confirmed = [one for one in first if one.status in CONFIRMED]
    # What was measured not to be so of the program as it stands is the patch's own doing.
    denied = {one.cause for one in first if one.status == "ruled_out" and _is_denied(one)}
    for findings in later:
        known = {one.cause for one in confirmed} | denied
        standing = (one for one in findings if one.status in CONFIRMED and one.cause not in known)
        confirmed += [_of_the_patched(one) for one in standing]
    known = {one.cause for one in confirmed}
    ranked = [*confirmed, *(one for one in first if one.cause not in known)]
    return tuple(replace(one, rank=place) for place, one in enumerate(ranked, start=1))


def _is_denied(finding: Finding) -> bool:
    return any(one.band == "rules_out" and one.by == "probe" for one in finding.evidence)


def _of_the_patched(finding: Finding) -> Finding:
    evidence = tuple(_said_of_the_patched(one) for one in finding.evidence)
    return replace(finding, evidence=evidence, patched=True)


def _said_of_the_patched(one: Evidence) -> Evidence:
    return replace(one, text=f"{WITH_THE_PATCH}{one.text}") if one.text else one


__all__ = ["WITH_THE_PATCH", "with_remaining"]
