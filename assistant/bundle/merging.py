"""Merging: what a later bundle adds to a session that was led on an earlier one of the same case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.bundle.model import Bundle
from assistant.bundle.reading import read_bundle
from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.events import AnyEvent, BundleArrived, CaseEvidence, ProbeFinished, to_json
from assistant.facts import brought
from assistant.investigation import Investigation


@dataclass(frozen=True)
class Merged:
    """What a bundle adds.

    Attributes:
        events: to be recorded, in order; none where it brings nothing new.
        text: the same in a sentence.
    """

    events: tuple[AnyEvent, ...]
    text: str


def merged(dialogue: Dialogue, bundle: Bundle, name: str) -> Merged:
    """What a bundle adds to a dialogue.

    Args:
        dialogue: led on an earlier bundle.
        bundle: the later one.
        name: its file name.

    Raises:
        UsageError: the session has its program at hand, or the bundle is of another case.
    """
    if not dialogue.facts.bundles:
        raise UsageError("This session has its program at hand; there is nothing that a bundle could add.")
    held = brought(one for one in dialogue.events if isinstance(one, BundleArrived))
    evidence = bundle.evidence
    why = _another_case(held[0], evidence)
    if why:
        raise UsageError(
            f"{name} is of another case than this session ({why}); `keras-triage {name}` opens it on its own."
        )
    probes = _measured(evidence) - {id for one in held for id in _measured(one)}
    # As JSON, because a score that is no number does not equal itself.
    known = {to_json(one) for other in held for one in other.trials}
    new_trials = [one for one in evidence.trials if to_json(one) not in known]
    lives_now = held[0].lost == "at_start" and evidence.lost != "at_start"
    if not probes and not new_trials and not lives_now:
        return Merged((), f"{name} brings nothing new.")
    arrived = BundleArrived(name=name, evidence=evidence)
    parts = [_counted(len(probes), "measurement")] if probes else []
    parts += [_counted(len(new_trials), "trial")] if new_trials else []
    return Merged((arrived, *_at_once(dialogue, evidence)), f"{name} brings {' and '.join(parts) or 'the case'}.")


def merge_into(investigation: Investigation, path: Path) -> Merged:
    """Add a bundle to a session that is being led; the walk must be led on afterwards.

    Raises:
        UsageError: the bundle cannot be used, or is of another case.
    """
    found = merged(investigation.dialogue, read_bundle(path), path.name)
    for event in found.events:
        investigation.interject(event)
    return found


def _measured(evidence: CaseEvidence) -> set[str]:
    return {one.probe for one in evidence.measured if one.measurement is not None}


def _at_once(dialogue: Dialogue, evidence: CaseEvidence) -> Iterator[ProbeFinished]:
    """What was asked for by name, recorded without being asked again: a spent budget would keep it from being asked."""
    for one in evidence.measured if evidence.only else ():
        before = dialogue.facts.measured.get(one.probe)
        if one.measurement is not None and (before is None or before.measurement is None):
            yield one.model_copy(update={"seconds": 0.0})


def _another_case(held: CaseEvidence, arrived: CaseEvidence) -> str | None:
    """What shows that two bundles are not of one case; None where nothing does."""
    ours, theirs = held.case, arrived.case
    if ours.source != theirs.source:
        return f"the program is {theirs.source} and not {ours.source}"
    if "at_start" in (held.lost, arrived.lost):
        return None
    if ours.fit_line != theirs.fit_line:
        return f"it is held in line {theirs.fit_line} and not in line {ours.fit_line}"
    mine, other = ours.model, theirs.model
    if (mine is None) != (other is None):
        return "one has a model and the other has none"
    if mine is not None and other is not None:
        if mine.layers != other.layers:
            return f"the model has {other.layers} layers and not {mine.layers}"
        if mine.parameters != other.parameters:
            return f"the model has {other.parameters} weights and not {mine.parameters}"
    return None


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
