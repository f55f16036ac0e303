"""Reading a session that another process goes on with, as it grows, until it is free."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from assistant import opening
from assistant.errors import SessionHeldError, TriageError
from assistant.session.store import Store
from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.views import OptionView, QuestionView, Said

if TYPE_CHECKING:
    from assistant.terminal.live import LiveSession

EVERY = 2.0
"""Seconds between two looks into the store."""

YES, NO = "yes", "no"


class Reading:
    """Shows what a session holds, and looks for more."""

    def __init__(self, session: LiveSession, store: Store) -> None:
        self._session = session
        self._store = store
        self._holder: str | None = ""
        self._events = -1
        self._declined = False
        self._taken_up = asyncio.Event()

    async def follow(self) -> None:
        """Show the session as it grows; returns once the person has taken it up."""
        while not self._taken_up.is_set():
            try:
                await self.refresh()
            except TriageError as error:
                # It is gone from the store; what was read of it stays on the screen.
                self._session.talk.say(str(error))
                await asyncio.Event().wait()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._taken_up.wait(), EVERY)

    async def refresh(self) -> None:
        """Show what has come in since the last look, and who goes on with the session.

        Raises:
            SessionError: it was deleted, or the store cannot be read.
        """
        id = self._session.session.kept.id
        info = await in_background(lambda: self._store.info(id))
        if info.events != self._events:
            self._events = info.events
            self._show(await in_background(lambda: opening.read(id, self._store)))
        if info.holder != self._holder:
            self._holder = info.holder
            self._tell_holder()

    def _show(self, session: opening.Session) -> None:
        talk = self._session.talk
        self._session.show(session)
        self._session.telling.replay()
        talk.stage, talk.finished = "reading", True
        self._tell_holder()
        talk.changed()

    def _tell_holder(self) -> None:
        talk = self._session.talk
        talk.journal.drop("reading")
        if self._holder:
            self._declined = False
            talk.withdraw(_FREE.id)
            talk.put(Said("reading", texts.GREETING_READING.format(holder=self._holder), "warning"))
        elif self._holder is None and not self._declined:
            talk.ask(_FREE)

    def answer(self, option: str) -> None:
        """Take the session up, or go on reading it."""
        talk = self._session.talk
        talk.withdraw(_FREE.id)
        if option != YES:
            self._declined = True
            return
        try:
            session = opening.resume(self._session.session.kept.id, self._store)
        except SessionHeldError:
            # Another one was quicker; the next look says who.
            return
        except TriageError as error:
            talk.say(str(error))
            return
        self._session.show(session)
        talk.stage, talk.finished = "resumed", False
        self._taken_up.set()


_FREE = QuestionView(
    "reading:free",
    texts.READING_FREE,
    (OptionView(YES, texts.READING_YES, "", "1"), OptionView(NO, texts.READING_NO, "", "2")),
    why=texts.READING_FREE_WHY,
    not_sure=False,
    optional=False,
)
