"""Opening sessions: from what a command was given to an investigation that is ready to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.dialogue import Dialogue
from assistant.errors import UsageError, WorkerLostError
from assistant.events import Stopped, SymptomNamed, Undone, in_force
from assistant.investigation import Investigation
from assistant.session.model import OpenedWith
from assistant.session.store import KeptSession, Store
from assistant.worker import Listener, Opener, Worker
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.problems import LoadError
from probes.catalogue import catalogue
from probes.process.client import Host
from probes.process.errors import NoTensorFlow, ProcessError
from probes.process.interpreters import choose
from probes.process.program import Program


@dataclass
class Session:
    """A kept session with the investigation that carries it on.

    Attributes:
        kept: its log on disk.
        investigation: what runs it.
    """

    kept: KeptSession
    investigation: Investigation

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue of the session."""
        return self.investigation.dialogue


def begin(opened: OpenedWith, store: Store, symptom: str | None = None, words: str | None = None) -> Session:
    """Begin a session on a program.

    Args:
        opened: the program and how to run it.
        store: where the session is kept.
        symptom: id of the symptom that the person named, if they did.
        words: the words in which they named it.

    Raises:
        UsageError: a knowledge base of the person's own does not load.
        SessionError: the session cannot be kept.
    """
    kb = knowledge_base(opened)
    kept = store.begin(opened, kb.version)
    if symptom is not None:
        kept.append(SymptomNamed(symptom=symptom, by="person", text=words))
    return _session(kept, kb)


def resume(id: str, store: Store) -> Session:
    """Take up a kept session exactly where it was; the worker starts only when a probe is needed.

    Raises:
        SessionError: there is no such session.
        UsageError: its knowledge base does not load.
    """
    kept = store.open(id)
    current = in_force(kept.events)
    if current and isinstance(current[-1], Stopped):
        kept.append(Undone(keep=len(current) - 1))
    return _session(kept, knowledge_base(kept.opened))


def knowledge_base(opened: OpenedWith) -> KnowledgeBase:
    """The built-in knowledge base with the person's own laid over it.

    Raises:
        UsageError: it does not load; the first problem is named with its place.
    """
    try:
        return load([Path(folder) for folder in opened.knowledge_bases])
    except LoadError as error:
        more = len(error.problems) - 1
        rest = f" (and {more} more; `keras-triage kb check` lists them)" if more else ""
        raise UsageError(f"The knowledge base does not load: {error.problems[0]}{rest}.") from error


def _session(kept: KeptSession, kb: KnowledgeBase) -> Session:
    opened = kept.opened
    dialogue = Dialogue(kb, catalogue(), kept.events, budget=opened.budget, trials=opened.trials)
    program = Path(opened.program).name
    return Session(kept, Investigation(dialogue, kept, opener(opened), program=program))


def opener(opened: OpenedWith) -> Opener:
    """What starts the program of a session; the host is kept from one start to the next."""
    host: Host | None = None

    async def open_program(listener: Listener) -> Worker:
        nonlocal host
        if host is None:
            host = await Host.start(await choose(_path(opened.python)), listener)
        try:
            worker = await host.open(program_of(opened), listener)
        except ProcessError:
            await host.close()
            host = None
            raise
        return _Owned(worker, host)

    return open_program


def program_of(opened: OpenedWith, *, listing: bool = False) -> Program:
    """The program of a session, as the worker wants it."""
    return Program(
        path=Path(opened.program),
        arguments=opened.arguments,
        fit=opened.fit or 1,
        setup_timeout=opened.setup_timeout,
        listing=listing,
    )


def _path(text: str | None) -> Path | None:
    return Path(text) if text is not None else None


__all__ = ["NoTensorFlow", "Sequence", "Session", "WorkerLostError", "begin", "knowledge_base", "opener", "resume"]
