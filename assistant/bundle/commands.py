"""What the commands of bundles do."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.answers_file import checked_answers, nearest
from assistant.bundle.collecting import Collected
from assistant.bundle.collecting import collect as collected
from assistant.bundle.comparing import compared
from assistant.bundle.merging import merged
from assistant.bundle.preparing import Leave, prepared, previewed
from assistant.bundle.reading import read_bundle
from assistant.bundle.showing import shown, taken_out
from assistant.bundle.writing import refuse_target, write
from assistant.commands import run
from assistant.errors import ExitStatus, UsageError, tell
from assistant.events import SymptomNamed
from assistant.opening import dialogue_of, knowledge_base, symptom_of
from assistant.program_file import program_at
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from knowledge_base.loading import KnowledgeBase
from probes.catalogue import catalogue


@dataclass(frozen=True)
class Wanted:
    """What is to be collected, and where it goes.

    Attributes:
        target: the file of the bundle.
        preview: whether its content is printed and nothing is written.
        leave: what the user lets leave.
        symptom: what the user sees, as an id or in words.
        answers: ``QUESTION=ANSWER`` each.
        only: ids of probes to be measured alone.
    """

    target: Path
    preview: bool
    leave: Leave
    symptom: str | None = None
    answers: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


def program_to_collect(path: Path) -> Path:
    """The program.

    Raises:
        UsageError: it is none.
    """
    found = program_at(path)
    if found.suffix == ".triage":
        raise UsageError(f"{path} is a bundle already; give the training script.")
    return found


def collect(opened: OpenedWith, wanted: Wanted) -> int:
    """Collect the evidence of a program and write its bundle.

    Raises:
        TriageError: the program could not be examined, or the bundle not be written.
    """
    kb = knowledge_base(opened)
    named = _named(kb, wanted.symptom)
    answers = checked_answers(_pairs(wanted.answers), kb, "--answer")
    for one in wanted.only:
        if one not in catalogue():
            raise UsageError(f"There is no probe {one!r}{nearest(one, catalogue())}.")
    if not wanted.preview:
        refuse_target(wanted.target)
    found = run(collected(opened, kb, tell, named, answers, wanted.only), "Interrupted; nothing is written.")
    members = prepared(found, opened, wanted.leave, kb.version)
    if wanted.preview:
        sys.stdout.write(previewed(members))
        return ExitStatus.HEALTHY
    write(members, wanted.target)
    tell_written(found, wanted.target)
    return ExitStatus.HEALTHY


def tell_written(found: Collected, target: Path) -> None:
    """Say what was written, and how to look at it."""
    manifest = read_bundle(target).manifest
    if found.text:
        tell(found.text)
    print(f"Written to {target}. Taken out: {taken_out(manifest)}.")
    print(f"`keras-triage bundle show {target}` tells what it holds.")


def merge(session: str, path: Path, store: str | None) -> int:
    """Add a bundle to a kept session.

    Raises:
        TriageError: there is no such session, it is held elsewhere, or the bundle is of another case.
    """
    bundle = read_bundle(path)
    with Store(store) as opened:
        kept = opened.take_up(session)
        try:
            dialogue = dialogue_of(kept, knowledge_base(kept.opened))
            found = merged(dialogue, bundle, path.name)
            for event in found.events:
                kept.append(event)
                dialogue.record(event)
            kept.settle(dialogue)
        finally:
            kept.release()
    print(found.text)
    if found.events:
        print(f"`keras-triage resume {kept.id}` goes on.")
    return ExitStatus.HEALTHY


def show(path: Path) -> int:
    """Tell in words what a bundle holds."""
    sys.stdout.write(shown(read_bundle(path), path.name))
    return ExitStatus.HEALTHY


def verify(path: Path) -> int:
    """Check a bundle; a bundle that cannot be used is an error with one sentence."""
    manifest = read_bundle(path).manifest
    count = len(manifest.members) + 1
    print(f"{path.name} is whole: {manifest.bundle}, {count} members, every checksum and every field is right.")
    return ExitStatus.HEALTHY


def diff(before: Path, after: Path) -> int:
    """Tell what differs between two bundles."""
    sys.stdout.write(compared(read_bundle(before), read_bundle(after)))
    return ExitStatus.HEALTHY


def _named(kb: KnowledgeBase, said: str | None) -> SymptomNamed | None:
    if said is None:
        return None
    symptom = symptom_of(kb, said)
    return SymptomNamed(symptom=symptom, text=said if symptom != said else None)


def _pairs(answers: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for one in answers:
        question, equals, answer = one.partition("=")
        if not equals:
            raise UsageError(f"--answer {one!r} is no QUESTION=ANSWER.")
        found[question] = answer
    return found
