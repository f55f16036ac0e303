"""The remedies as changes of the program's source: each on its own, and the smallest set together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.events import TrialFinished
from assistant.ranking import CONFIRMED
from assistant.trying import treatments_of_set
from probes.process.description import CaseDescription

Treatments = Sequence[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Patches:
    """What to change in the program.

    Attributes:
        combined: the smallest set of remedies as one unified diff, or None.
        by_remedy: the diff of each remedy that can be written, by its id.
        instructions: what has to be changed by hand, one sentence each.
        edited: content of the program's file with the combined diff; None where there is none.
        applies: whether the combined diff applies as it stands.
    """

    combined: str | None = None
    by_remedy: Mapping[str, str] = field(default_factory=dict)
    instructions: tuple[str, ...] = ()
    edited: bytes | None = None
    applies: bool = True


@dataclass(frozen=True)
class _Program:
    case: CaseDescription
    text: str
    encoding: str


_Written = tuple[str | None, tuple[str, ...], str]
_known: dict[tuple[str, str, str], _Written] = {}
_MOST_KNOWN = 64


def patches_of(dialogue: Dialogue) -> Patches:
    """The patches of a dialogue as it stands; where the program's text is not at hand, those that a bundle brought."""
    program = _program(dialogue.case)
    if program is None:
        return _brought(dialogue)
    single: dict[str, str] = {}
    for remedy, treatment, parameters in _single(dialogue):
        diff = _patch(program, [(treatment, parameters)])[0]
        if diff is not None:
            single.setdefault(remedy, diff)
    combined, instructions, edited = _combined(dialogue, program)
    content = edited.encode(program.encoding) if combined is not None else None
    return Patches(combined, single, instructions, content)


def _brought(dialogue: Dialogue) -> Patches:
    """What a bundle brought of patches, made where the program is; the combined one only for the causes it is for."""
    made = next((one.evidence.patches for one in reversed(dialogue.facts.bundles) if one.evidence.patches), None)
    if made is None:
        return Patches()
    confirmed = tuple(one.cause for one in dialogue.findings() if one.status in CONFIRMED)
    if confirmed != made.causes:
        return Patches(by_remedy=made.by_remedy)
    return Patches(made.combined, made.by_remedy, made.instructions, applies=made.applies)


def _single(dialogue: Dialogue) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The remedies that get a patch of their own: those tried alone, and the first of each confirmed cause."""
    for one in (dialogue, *dialogue.beyond):
        for trial in one.facts.trials:
            if trial.outcome and trial.remedy and not trial.given:
                yield trial.remedy, trial.treatment, trial.parameters
        yield from _untried(one)


def _untried(dialogue: Dialogue) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The first remedy of each confirmed cause that a program can carry out, likeliest cause first."""
    for finding in dialogue.own_findings():
        remedies = dialogue.cause(finding.cause).remedies if finding.status in CONFIRMED else ()
        first = next((one for one in remedies if one.treatment), None)
        if first is not None and first.treatment is not None:
            yield first.id, first.treatment, {}


def _combined(dialogue: Dialogue, program: _Program) -> _Written:
    """The smallest set that trials found, and what was proven to be missing once it was written.

    Without trials it is the likeliest remedy that can be written. Where trials found none, the first remedies of all
    that the report stands by are written together: faults of which each alone stops the training show no gain before
    all are mended.
    """
    later = [one for beyond in dialogue.beyond for one in _proven_set(beyond)]
    if any(one.outcome for one in dialogue.facts.trials):
        return _patch(program, _with(treatments_in_patch(dialogue), later))
    told: list[str] = []
    for _, treatment, parameters in _untried(dialogue):
        diff, instructions, edited = _patch(program, _with([(treatment, parameters)], later))
        if diff is not None:
            return diff, instructions, edited
        told += instructions
    return None, tuple(dict.fromkeys(told)), program.text


def treatments_in_patch(dialogue: Dialogue) -> Treatments:
    """What the combined patch carries out once trials were run, but for what showed only with it."""
    return _found(dialogue) or _all_untried(dialogue)


def _with(first: Treatments, later: Treatments) -> Treatments:
    """Both; of a treatment that stands in both, the later parameters, which were tried with the earlier in force."""
    return list({id: (id, parameters) for id, parameters in (*first, *later)}.values())


def _found(dialogue: Dialogue) -> Treatments:
    trials = dialogue.facts.trials
    return [one for one in treatments_of_set(trials) if _stands(dialogue, one[0], trials)]


def _proven_set(dialogue: Dialogue) -> Treatments:
    return _found(dialogue) if any(one.proven for one in dialogue.facts.trials) else []


def _all_untried(dialogue: Dialogue) -> Treatments:
    tried = {one.treatment: one.parameters for one in dialogue.facts.trials if one.outcome and not one.given}
    return [(one, tried.get(one, {})) for one in dict.fromkeys(one for _, one, _ in _untried(dialogue))]


def _stands(dialogue: Dialogue, treatment: str, trials: Sequence[TrialFinished]) -> bool:
    """Whether a treatment belongs to a cause that the report stands by."""
    confirmed = {one.cause for one in dialogue.own_findings() if one.status in CONFIRMED}
    return any(one.treatment == treatment and one.cause in confirmed for one in trials)


def _program(case: CaseDescription | None) -> _Program | None:
    if case is None or not case.folder or not case.source.endswith(".py"):
        return None
    # Editing needs libcst, which takes longer to load than all else here.
    from assistant.patching.applying import read_program

    try:
        read = read_program(Path(case.folder) / case.source)
    except UsageError:
        return None
    return _Program(case, read.text, read.encoding)


def _patch(program: _Program, treatments: Treatments) -> _Written:
    """Diff, instructions and edited text; worked out once, for a report is made again and again."""
    if not treatments:
        return None, (), program.text
    key = (program.case.folder, program.text, repr(treatments))
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = _written(program, treatments)
    return _known[key]


def _written(program: _Program, treatments: Treatments) -> _Written:
    from assistant.patching import Treatment, patch

    case = program.case
    patched = patch(program.text, case.source, [Treatment(id, parameters) for id, parameters in treatments], case)
    if patched.diff is not None and program.encoding != "utf-8" and not patched.diff.isascii():
        sentence = f"Save {case.source} as UTF-8 to have it patched; it is {program.encoding} now."
        return None, (*patched.instructions, sentence), program.text
    return patched.diff, patched.instructions, patched.edited_source
