"""Starting the program of a session again, as it is now: what counts on, and what has changed once it was examined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant import opening
from assistant.desk.closing import close_or_go_on
from assistant.desk.following import Compared, Standing, compare, standing
from assistant.dialogue import Dialogue
from assistant.events import AnyEvent, LogShown, PersonAnswered, SymptomNamed, in_force
from assistant.opening import Session
from assistant.session.store import Store


@dataclass(frozen=True)
class Rerun:
    """A session that goes on from another one, whose program was started again.

    Attributes:
        session: the session that is gone on with.
        same: whether the program's file is what it was, so that what the person said of it still counts.
        before: where the program stood; None where it was not examined yet, and the session is the same one.
        parent: id of the session that it goes on from.
    """

    session: Session
    same: bool
    before: Standing | None
    parent: str

    def finished(self, store: Store) -> Compared | None:
        """Once the program was examined: what has become of what was found, kept with both sessions.

        None where nothing was found before, or it cannot be told yet.

        Raises:
            SessionError: the store cannot be written, or another process goes on with the session before.
        """
        if self.before is None or not self.before.confirmed or self.same:
            return None
        found = compare(self.before, standing(self.session.dialogue))
        if found.verdict == "unclear":
            return None
        parent = store.take_up(self.parent)
        try:
            close_or_go_on(store, parent, self.session.kept, found)
        finally:
            parent.release()
        return found


def rerun(closed: Session, store: Store) -> Rerun:
    """Go on from a session that was closed with its program as it is now.

    Raises:
        TriageError: the session cannot be kept, or its knowledge base does not load.
    """
    kept = closed.kept
    same = closed.source == opening.digest(Path(kept.opened.program))
    if closed.dialogue.case is None:
        return Rerun(opening.resume(kept.id, store), same, None, kept.id)
    said = _said(closed.dialogue) if same else ()
    session = opening.begin(kept.opened, store, follows=kept.id, said=said)
    store.desk.hand_on(kept.id, session.kept.id)
    return Rerun(session, same, standing(closed.dialogue), kept.id)


def _said(dialogue: Dialogue) -> Iterator[AnyEvent]:
    for event in in_force(dialogue.events):
        if isinstance(event, (PersonAnswered, LogShown)) or (isinstance(event, SymptomNamed) and event.by == "person"):
            yield event
