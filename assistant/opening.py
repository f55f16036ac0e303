"""Opening sessions: from what a command was given to an investigation that is ready to run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.answers_file import nearest
from assistant.dialogue import Dialogue
from assistant.errors import SessionHeldError, UsageError
from assistant.events import AnyEvent, BundleArrived, PersonAnswered, Stopped, SymptomNamed, Undone, in_force
from assistant.investigation import Investigation, Log
from assistant.language import understand
from assistant.session.model import OpenedWith
from assistant.session.store import KeptSession, Store
from assistant.walking import HEALTHY
from assistant.worker import Listener, Opener, Worker
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.problems import LoadError
from probes.catalogue import catalogue
from probes.process.client import Host
from probes.process.description import Fit
from probes.process.errors import HostFailed
from probes.process.interpreters import choose
from probes.process.program import Program


@dataclass
class Session:
    """A kept session with the investigation that carries it on.

    Attributes:
        kept: its log on disk.
        investigation: what runs it.
        source: digest of the program's file as it was when the session was opened; empty where it cannot be read.
    """

    kept: KeptSession
    investigation: Investigation
    source: str = ""

    @property
    def dialogue(self) -> Dialogue:
        """The dialogue of the session."""
        return self.investigation.dialogue


def begin(
    opened: OpenedWith,
    store: Store,
    symptom: str | None = None,
    *,
    follows: str | None = None,
    said: Iterable[AnyEvent] = (),
) -> Session:
    """Begin a session on a program, or on a bundle that somebody collected of theirs.

    Args:
        opened: the program and how to run it; a bundle brings its own budget.
        store: where the session is kept.
        symptom: what the person sees, if they said: the id of a symptom, or words.
        follows: the session whose user has sent this program as their next one.
        said: what the person has said in that session and still counts.

    Raises:
        UsageError: a knowledge base of the person's own does not load, or the symptom is not understood, or the bundle
            cannot be used.
        SessionError: the session cannot be kept.
    """
    kb = knowledge_base(opened)
    named = symptom_of(kb, symptom) if symptom else None
    bundle = _bundle(Path(opened.program))
    if bundle is not None:
        opened = opened.model_copy(update={"budget": bundle.evidence.budget})
    kept = store.begin(opened, kb.version, follows=follows)
    if bundle is not None:
        kept.append(bundle)
        theirs = bundle.evidence.named
        if named is None and theirs is not None and theirs.symptom in kb.symptoms:
            kept.append(theirs)
        for question, answer in bundle.evidence.answers.items():
            if question in kb.questions and answer in kb.questions[question].answers:
                kept.append(PersonAnswered(question=question, answer=answer))
    if named is not None:
        kept.append(SymptomNamed(symptom=named, text=symptom if symptom != named else None))
    for event in said:
        kept.append(event)
    return _session(kept, kb)


def _bundle(path: Path) -> BundleArrived | None:
    """What a bundle brings; None where the path is that of a program.

    Raises:
        UsageError: it is a bundle that cannot be used.
    """
    from assistant.bundle.model import SUFFIX
    from assistant.bundle.reading import is_bundle, read_bundle

    if path.suffix != SUFFIX and not is_bundle(path):
        return None
    return BundleArrived(name=path.name, evidence=read_bundle(path).evidence)


def resume(id: str, store: Store) -> Session:
    """Take up a kept session exactly where it was; the worker starts only when a probe is needed.

    Raises:
        SessionError: there is no such session, or another process holds it.
        UsageError: its knowledge base does not load.
    """
    kept = store.take_up(id)
    current = in_force(kept.events)
    if current and isinstance(current[-1], Stopped):
        kept.append(Undone(keep=len(current) - 1))
    return _session(kept, knowledge_base(kept.opened))


def read(id: str, store: Store) -> Session:
    """A kept session to be read while another process goes on with it; nothing can be added to it.

    Raises:
        SessionError: there is no such session.
        UsageError: its knowledge base does not load.
    """
    kept = store.open(id)
    return _session(kept, knowledge_base(kept.opened), ReadOnly())


class ReadOnly:
    """The log of a session that another process goes on with."""

    def append(self, event: AnyEvent) -> None:
        """Refuse it."""
        raise SessionHeldError("Another process goes on with this session, so that nothing can be added to it here.")

    def settle(self, dialogue: Dialogue) -> None:
        """Leave that to the process that goes on."""

    def release(self) -> None:
        """It is not held here."""


def symptom_of(kb: KnowledgeBase, said: str) -> str:
    """The id of the symptom that was named by id or in words.

    Raises:
        UsageError: it cannot be told which is meant.
    """
    symptom = understand(kb, said)
    if symptom is None or symptom == HEALTHY:
        known = [one for one in kb.symptoms if one != HEALTHY]
        raise UsageError(f"{said!r} is no symptom{nearest(said, known)}; the symptoms are {', '.join(known)}.")
    return symptom


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


def dialogue_of(kept: KeptSession, kb: KnowledgeBase) -> Dialogue:
    """The dialogue of a kept session, where its events have led it."""
    return Dialogue(kb, catalogue(), kept.events, budget=kept.opened.budget, trials=kept.opened.trials)


def _session(kept: KeptSession, kb: KnowledgeBase, log: Log | None = None) -> Session:
    dialogue = dialogue_of(kept, kb)
    program, opener = Path(kept.opened.program).name, _opener(kept, dialogue)
    investigation = Investigation(dialogue, log or kept, opener, program=program)
    return Session(kept, investigation, digest(Path(kept.opened.program)))


def digest(file: Path) -> str:
    """What tells one content of a file from another; empty where it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _opener(kept: KeptSession, dialogue: Dialogue) -> Opener:
    """What is asked of a case: its program, or the bundles that it came in."""
    if any(isinstance(event, BundleArrived) for event in kept.events):
        from assistant.bundle.replaying import BundleOpener

        return BundleOpener(lambda: dialogue.events)
    return ProgramOpener(kept.opened)


class ProgramOpener:
    """Starts the program of a session in the person's interpreter; the host serves one start after the other."""

    def __init__(self, opened: OpenedWith) -> None:
        self._opened = opened
        self._host: Host | None = None

    async def open(self, listener: Listener) -> Worker:
        """Start the program.

        Raises:
            ProcessError: no interpreter has TensorFlow, or it cannot be started.
        """
        return await self._open(program_of(self._opened), listener)

    async def open_copy(self, path: Path, environment: Mapping[str, str], listener: Listener) -> Worker:
        """Start an edited copy of the program, with these variables set.

        Raises:
            ProcessError: it cannot be started.
        """
        return await self._open(replace(program_of(self._opened), path=path, environment=environment), listener)

    async def list_fits(self, listener: Listener) -> tuple[Fit, ...]:
        """Run every training call of the program for one step and list them.

        Raises:
            ProcessError: the program cannot be started, or does not come to its end.
        """
        worker = await self._open(program_of(self._opened, listing=True), listener)
        return (await worker.case()).fits

    async def close(self) -> None:
        """End the host and all workers."""
        host, self._host = self._host, None
        if host is not None:
            await host.close()

    async def _open(self, program: Program, listener: Listener) -> Worker:
        if self._host is not None and self._host.gone:
            await self.close()
        if self._host is None:
            asked = Path(self._opened.python) if self._opened.python else None
            self._host = await Host.start(await choose(asked), listener)
        try:
            return await self._host.open(program, listener)
        except HostFailed:
            await self.close()
            raise


def program_of(opened: OpenedWith, *, listing: bool = False) -> Program:
    """The program of a session, as the worker wants it."""
    return Program(
        path=Path(opened.program),
        arguments=opened.arguments,
        fit=opened.fit or 1,
        setup_timeout=opened.setup_timeout,
        listing=listing,
    )
