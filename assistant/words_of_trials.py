"""The outcome of a trial in a sentence for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEASURES = {"balanced_accuracy": "balanced accuracy", "r2": "R2"}


def in_words(treatment: str, answer: Mapping[str, Any], program_runs: int = 0) -> str:
    """What a worker's answer to a trial says; ``treatment`` is named by its id in words."""
    name = treatment.replace("_", " ")
    control, treated = answer.get("control") or [], answer.get("treated") or []
    if not answer.get("applicable"):
        return f"{name}: not applicable, because {answer.get('reason') or 'there is nothing to try'}."
    if not treated:
        return f"{name}: not tried, because {answer.get('why_not') or 'there was no time'}."
    measure = MEASURES.get(str(answer.get("score")), str(answer.get("score")))
    scores = f"{measure} {_mean(control[: len(treated)]):.2f} without, {_mean(treated):.2f} with it"
    count = f"{len(treated)} pair{'s' if len(treated) > 1 else ''}"
    verdict = "proven" if answer.get("proven") else f"not proven: {answer.get('why_not')}"
    again = ", with the edited program run again in a scratch copy" if program_runs else ""
    return f"{name}: {scores}, over {count}{again}; {verdict}."


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
