"""The kept sessions as the start screen needs them: read and changed off the loop, the store opened for each."""

from __future__ import annotations

from assistant.session.model import DeskStatus, SessionInfo
from assistant.session.outcomes import up_to_date
from assistant.session.store import Store


class Kept:
    """The sessions of a store. Every method may raise a ``TriageError``, and blocks for as long as the store does."""

    def __init__(self, store: str | None) -> None:
        self._url = store

    def sessions(self) -> tuple[SessionInfo, ...]:
        """All sessions as they were kept, the latest first."""
        with Store(self._url) as store:
            return store.sessions()

    def settled(self, found: tuple[SessionInfo, ...]) -> tuple[SessionInfo, ...]:
        """The same sessions with what each has come to; the knowledge base is loaded for those that do not say."""
        with Store(self._url) as store:
            return up_to_date(store, found)

    def rename(self, id: str, name: str) -> None:
        """Call a session so."""
        with Store(self._url) as store:
            store.desk.rename(id, name)

    def set_tags(self, id: str, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Replace the tags of a session."""
        with Store(self._url) as store:
            store.desk.untag(id, *(one for one in before if one not in after))
            store.desk.tag(id, *after)

    def set_status(self, id: str, status: DeskStatus) -> None:
        """Say where the desk stands with a session."""
        with Store(self._url) as store:
            store.desk.set_status(id, status)
