"""The dialogue: a pure state machine over the knowledge base, whose state is its log of events alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assistant.events import AnyEvent, Undone
from assistant.ranking import Answer, Finding
from assistant.steps import NamedSymptom, ProbeInfo, Step, Why
from knowledge_base.schema import KnowledgeBase


class Dialogue:
    """Says what comes next, takes what happened, and explains itself at every step."""

    def __init__(
        self,
        kb: KnowledgeBase,
        catalogue: Mapping[str, ProbeInfo],
        events: Iterable[AnyEvent] = (),
        *,
        budget: float = 120.0,
        trials: bool = False,
    ) -> None:
        """A dialogue in the state that the events lead to; ``budget`` is in seconds of probes and trials."""
        raise NotImplementedError

    def next_step(self) -> Step:
        """What is to be done next; the same until an event is recorded."""
        raise NotImplementedError

    def record(self, event: AnyEvent) -> None:
        """Take what happened."""
        raise NotImplementedError

    def undo(self) -> Undone | None:
        """Take back the last thing the person said, and what followed; the event to keep, or None if there is nothing."""
        raise NotImplementedError

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """The whole log, what was undone included."""
        raise NotImplementedError

    @property
    def symptom(self) -> NamedSymptom | None:
        """The symptom, once it has a name."""
        raise NotImplementedError

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The questions put so far, by id, in order."""
        raise NotImplementedError

    def findings(self) -> tuple[Finding, ...]:
        """The causes with any evidence, ranked; those ruled out last."""
        raise NotImplementedError

    def path(self) -> tuple[Answer, ...]:
        """The questions as the walk met them, with what each was answered."""
        raise NotImplementedError

    def why(self, question: str) -> Why:
        """Why this question is asked."""
        raise NotImplementedError

    def how_known(self, cause: str) -> Finding:
        """What speaks for and against this cause."""
        raise NotImplementedError

    def ruled_out(self) -> tuple[Finding, ...]:
        """The causes that were ruled out, with what ruled them out."""
        raise NotImplementedError
