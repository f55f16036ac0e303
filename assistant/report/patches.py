"""The remedies that were tried, as changes of the program's source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.dialogue import Dialogue
from assistant.events import TrialFinished
from assistant.ranking import CONFIRMED
from assistant.trying import treatments_of_set
from probes.process.description import CaseDescription


@dataclass(frozen=True)
class Patches:
    """What to change in the program.

    Attributes:
        combined: the smallest set of remedies as one unified diff, or None.
        by_remedy: the diff of each remedy that can be written, by its id.
        instructions: what has to be changed by hand, one sentence each.
    """

    combined: str | None = None
    by_remedy: Mapping[str, str] = field(default_factory=dict)
    instructions: tuple[str, ...] = ()


def patches_of(dialogue: Dialogue) -> Patches:
    """The patches of a dialogue as it stands; none where the program's text is not at hand any more."""
    case = dialogue.case
    wanted = _wanted(dialogue)
    tried = {one.remedy: one for one in dialogue.facts.trials if one.outcome and one.remedy and not one.given}
    source = _source(case) if case and (wanted or tried) else None
    if case is None or source is None:
        return Patches()
    combined, instructions = _patch(case, source, wanted)
    single = {id: _patch(case, source, [(one.treatment, one.parameters)])[0] for id, one in tried.items()}
    return Patches(combined, {id: diff for id, diff in single.items() if diff}, instructions)


def _wanted(dialogue: Dialogue) -> Sequence[tuple[str, Mapping[str, object]]]:
    """The smallest set that trials found; without trials the first remedy of the first confirmed cause."""
    trials = dialogue.facts.trials
    if any(one.outcome for one in trials):
        return [one for one in treatments_of_set(trials) if _stands(dialogue, one[0], trials)]
    for finding in dialogue.findings():
        for remedy in dialogue.kb.causes[finding.cause].remedies if finding.status in CONFIRMED else ():
            if remedy.treatment:
                return [(remedy.treatment, {})]
    return []


def _stands(dialogue: Dialogue, treatment: str, trials: Sequence[TrialFinished]) -> bool:
    """Whether a treatment belongs to a cause that the report stands by."""
    confirmed = {one.cause for one in dialogue.findings() if one.status in CONFIRMED}
    return any(one.treatment == treatment and one.cause in confirmed for one in trials)


def _source(case: CaseDescription) -> str | None:
    if not case.folder or not case.source.endswith(".py"):
        return None
    try:
        # Line ends stay as they are, for the diff has to apply to the file.
        with (Path(case.folder) / case.source).open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return None


def _patch(
    case: CaseDescription, source: str, treatments: Sequence[tuple[str, Mapping[str, object]]]
) -> tuple[str | None, tuple[str, ...]]:
    if not treatments:
        return None, ()
    # Editing needs libcst, which takes longer to load than all else here.
    from assistant.patching import Treatment, patch

    patched = patch(source, case.source, [Treatment(id, parameters) for id, parameters in treatments], case)
    return patched.diff, patched.instructions
