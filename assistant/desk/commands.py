"""What the commands of the desk do; the command line loads this only when one is called."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from assistant.commands import print_out
from assistant.desk import branching, listing, replaying
from assistant.dialogue import Dialogue
from assistant.errors import ExitStatus, SessionError, UsageError, tell
from assistant.opening import dialogue_of, knowledge_base
from assistant.report import text
from assistant.report.build import build
from assistant.report.formats import BY_SUFFIX, formatted, write
from assistant.report.model import Report
from assistant.session.model import DeskStatus, OpenedWith, SessionInfo
from assistant.session.outcomes import up_to_date
from assistant.session.searching import Wanted, matching
from assistant.session.store import KeptSession, Store
from probes.catalogue import catalogue


def list_sessions(store_url: str | None, wanted: Wanted, *, as_json: bool) -> int:
    """Print the kept sessions that are wanted, the latest first.

    Raises:
        TriageError: the store cannot be opened, or there is no such symptom.
    """
    _check_symptom(wanted.symptom)
    with Store(store_url) as store:
        kept = store.sessions()
        found = matching(up_to_date(store, kept), wanted)
        unreadable = store.count() - len(kept)
    if unreadable:
        more = "One more was" if unreadable == 1 else f"{unreadable} more were"
        tell(f"{more} kept by another release of keras-triage, which this one cannot read.")
    if as_json:
        print(listing.as_json(found))
        return ExitStatus.HEALTHY
    for one in found:
        print(listing.line(one))
    if not found:
        tell("No kept session is like that." if kept else "No session is kept yet.")
    return ExitStatus.HEALTHY


def show(store_url: str | None, id: str) -> int:
    """Print what the desk knows of a session, and its report as it stands.

    Raises:
        TriageError: there is no such session.
    """
    with Store(store_url) as store:
        (info,) = up_to_date(store, (store.info(id),))
        kept = store.open(info.id)
        others = store.sessions()
    print(listing.sheet(info))
    came = [one for one in others if one.parent == info.id]
    for line in (*listing.followed_up(kept.events), *(listing.came_from_it(one) for one in came)):
        print(line)
    print()
    sys.stdout.write(text.render(report_of(kept)[0]))
    return ExitStatus.HEALTHY


def make_report(store_url: str | None, id: str, format: str | None, output: Path | None, templates: Path | None) -> int:
    """Make the report of a kept session in any format; nothing is run.

    Args:
        store_url: address of the store.
        id: the session.
        format: a format; None for the one that the file's name tells.
        output: the file; None for standard output.
        templates: folder of a team's own templates.

    Raises:
        TriageError: there is no such session, or the report cannot be made or written.
    """
    with Store(store_url) as store:
        kept = store.open(id)
    told = format or BY_SUFFIX.get(output.suffix.lower() if output else "", "text")
    report, dialogue = report_of(kept)
    result = formatted(told, report, dialogue, templates)
    if output is None:
        print_out(result, told)
        return ExitStatus.HEALTHY
    write(result, output)
    tell(f"Written to {output}.")
    return ExitStatus.HEALTHY


def report_of(kept: KeptSession) -> tuple[Report, Dialogue]:
    """The report of a kept session as it stands, and its dialogue; nothing is run for it."""
    dialogue = dialogue_of(kept, knowledge_base(kept.opened))
    return build(dialogue, program=Path(kept.opened.program).name, seconds=seconds_of(dialogue)), dialogue


def seconds_of(dialogue: Dialogue) -> float:
    """Seconds that a kept session took, as far as its events tell."""
    started = dialogue.case.seconds if dialogue.case else {}
    return sum(started.values()) + dialogue.facts.seconds


def rename(store_url: str | None, id: str, name: str) -> int:
    """Call a session so."""
    with _changed(store_url, id) as (store, info):
        store.desk.rename(info.id, name)
    return ExitStatus.HEALTHY


def tag(store_url: str | None, id: str, tags: tuple[str, ...], *, off: bool) -> int:
    """Put tags on a session, or take them off."""
    with _changed(store_url, id) as (store, info):
        (store.desk.untag if off else store.desk.tag)(info.id, *tags)
    return ExitStatus.HEALTHY


def assign(store_url: str | None, id: str, who: str) -> int:
    """Say who takes care of a session."""
    with _changed(store_url, id) as (store, info):
        store.desk.assign(info.id, who)
    return ExitStatus.HEALTHY


def set_status(store_url: str | None, id: str, status: DeskStatus) -> int:
    """Say where the desk stands with a session."""
    with _changed(store_url, id) as (store, info):
        store.desk.set_status(info.id, status)
    return ExitStatus.HEALTHY


def note(store_url: str | None, id: str, words: str | None) -> int:
    """Write an internal note, or print those that there are."""
    with Store(store_url) as store:
        if words is not None:
            store.desk.note(id, words)
        info = store.info(id)
    for line in listing.notes(info):
        print(line)
    if not info.notes:
        tell(f"Session {info.id} has no notes.")
    return ExitStatus.HEALTHY


def branch(store_url: str | None, id: str, at: str | None, before: str | None) -> int:
    """Begin a session that goes another way from an earlier answer of another.

    Raises:
        TriageError: there is no such session, or no such answer in it.
    """
    if at is not None and before is not None:
        raise UsageError("Give --at or --before, not both.")
    with Store(store_url) as store:
        parent = store.open(id)
        kb = knowledge_base(parent.opened)
        keep = branching.events_to_keep(kb, parent.events, at or before, again=before is not None)
        new = store.branch(parent.id, keep)
        new.settle(dialogue_of(new, kb))
        new.release()
    print(new.id)
    tell(f"Branched off from {parent.id}; `keras-triage resume {new.id}` takes it up.")
    return ExitStatus.HEALTHY


def delete(store_url: str | None, ids: tuple[str, ...], *, sure: bool) -> int:
    """Delete sessions for good, after a question.

    Raises:
        TriageError: there is no such session, or one of them is held.
    """
    with Store(store_url) as store:
        found = tuple(store.info(id) for id in ids)
        for one in found:
            tell(f"{listing.line(one)}")
        if not sure and not _agreed(f"Delete {'it' if len(found) == 1 else 'them'} for good? [y/N] "):
            tell("Nothing was deleted.")
            return ExitStatus.USAGE
        for one in found:
            store.delete(one.id)
            tell(f"Session {one.id} is deleted.")
    return ExitStatus.HEALTHY


def release(store_url: str | None, id: str) -> int:
    """Free a session whose holder is gone without a word."""
    with Store(store_url) as store:
        info = store.info(id)
        store.release(info.id, whoever=True)
    tell(f"Session {info.id} was held by {info.holder}; it is free." if info.holder else f"Session {info.id} is free.")
    return ExitStatus.HEALTHY


def replay(store_url: str | None, id: str, overlays: tuple[Path, ...], *, as_json: bool) -> int:
    """Say what would differ if a session were led with today's knowledge base.

    Raises:
        TriageError: there is no such session, or nothing to compare it with.
    """
    with Store(store_url) as store:
        info, kept = store.info(id), store.open(id)
    if info.outcome is None or info.outcome_events == 0:
        raise SessionError(f"Session {info.id} has not come to anything yet that a replay could be compared with.")
    opened: OpenedWith = kept.opened
    if overlays:
        opened = opened.model_copy(update={"knowledge_bases": tuple(str(one.absolute()) for one in overlays)})
    events = kept.events[: info.outcome_events]
    found = replaying.replay(knowledge_base(opened), catalogue(), events, info.outcome, opened.budget)
    if as_json:
        value = {**asdict(found), "now": found.now.model_dump(mode="json")}
        print(json.dumps(value, indent=2))
    else:
        print(replaying.words(found))
    return ExitStatus.HEALTHY


def _check_symptom(symptom: str | None) -> None:
    if symptom is None:
        return
    kb = knowledge_base(OpenedWith(program=""))
    if symptom not in kb.symptoms:
        raise UsageError(f"There is no symptom {symptom!r}; there are {', '.join(kb.symptoms)}.")


@contextmanager
def _changed(store_url: str | None, id: str) -> Iterator[tuple[Store, SessionInfo]]:
    """The session to be changed; afterwards it is told as it then stands."""
    with Store(store_url) as store:
        yield store, store.info(id)
        print(listing.line(store.info(id)))


def _agreed(question: str) -> bool:
    """Whether the person says yes; who cannot be asked has not."""
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
