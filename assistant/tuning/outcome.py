"""What a search came to, as text and as JSON."""

from __future__ import annotations

import json
import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.words_of_trials import MEASURES
from probes.measurement import to_wire

LEAST_GAIN = 0.01
"""A rise of the mean score by less is no gain."""


class Tuned(BaseModel):
    """The outcome of a search."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tuning: Literal["keras-triage/1"] = "keras-triage/1"
    """The format."""
    program: str
    """File name of the program."""
    method: str
    """How settings were proposed."""
    trials: int
    """Settings tried, those of earlier calls on this program included."""
    score: str
    """By what everything is scored: ``balanced_accuracy`` or ``r2``."""
    horizon: Literal["planned_end", "budget"]
    """How far every training went."""
    epochs: float
    """The same in epochs of the recorded data."""
    settings: dict[str, Any] | None
    """The best settings; None where none ran to its end."""
    words: str
    """The same in words."""
    untouched: tuple[float, ...]
    """Scores of the program as it is, from starts that the search has not seen."""
    tuned: tuple[float, ...]
    """Scores of the best settings from the same starts."""
    gain: bool
    """Whether every one of the latter is above every one of the former, and the mean clearly so."""
    interrupted: bool
    """Whether the search was ended before its time."""
    patch: str | None = None
    """The best settings as a unified diff, where they are a gain and can be written."""
    patch_status: Literal["proven", "unverified"] | None = None
    """Whether the patched program, run again, did as well."""
    instructions: tuple[str, ...] = ()
    """What has to be changed by hand."""


def is_gain(untouched: tuple[float, ...], tuned: tuple[float, ...], pairs: int) -> bool:
    """Whether settings do better over enough paired starts.

    Args:
        untouched, tuned: scores; those at the same place share start, order and dropout.
        pairs: as many as are needed.
    """
    if min(len(untouched), len(tuned)) < pairs or not all(map(math.isfinite, (*untouched, *tuned))):
        return False
    return min(tuned) > max(untouched) and mean(tuned) - mean(untouched) >= LEAST_GAIN


def mean(values: tuple[float, ...]) -> float:
    """The mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def to_text(found: Tuned) -> str:
    """The outcome for a person."""
    measure = MEASURES.get(found.score, found.score)
    lines = [f"{found.program}: {found.trials} settings tried ({found.method})."]
    if found.horizon == "budget":
        lines.append(f"The time allowed {found.epochs:.1f} epochs of each training, not the planned end.")
    if found.settings is None:
        lines.append("No settings ran to the end; raise --budget.")
        return "\n".join(lines) + "\n"
    lines.append(f"Best: {found.words}.")
    if found.untouched and found.tuned:
        lines += [
            f"From {len(found.tuned)} starts that the search has not seen, {measure}:",
            f"  as it is   {_listed(found.untouched)}",
            f"  tuned      {_listed(found.tuned)}",
        ]
    lines.append(_verdict(found))
    lines += [f"By hand: {one}" for one in found.instructions]
    if found.patch is not None:
        lines += ["", f"Patch ({found.patch_status}):", found.patch.rstrip("\n")]
    return "\n".join(lines) + "\n"


def _listed(scores: tuple[float, ...]) -> str:
    return " ".join(f"{one:.3f}" for one in scores)


def _verdict(found: Tuned) -> str:
    if found.gain:
        return f"A gain of {mean(found.tuned) - mean(found.untouched):.3f} on average, at every start."
    if found.interrupted:
        return "The search was interrupted; whether these settings are a gain was not tested. What was tried is kept."
    if not found.tuned:
        return "There was no time to test whether these settings are a gain; raise --budget."
    return "No gain: other settings do no better than the program's own, or not at every start. Leave them as they are."


def to_json(found: Tuned) -> str:
    """The outcome as strict JSON."""
    return json.dumps(to_wire(found.model_dump()), allow_nan=False, indent=2) + "\n"
