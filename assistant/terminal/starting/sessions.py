"""The page of the kept sessions: search, filter, keep in order, resume."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from assistant.errors import TriageError
from assistant.session.model import DeskStatus, SessionInfo
from assistant.session.searching import Wanted, matching
from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.screens.asking import AskLine
from assistant.terminal.starting.kept import Kept
from assistant.terminal.starting.opening import Chosen, Offers
from assistant.terminal.starting.told import session_detail, session_line
from assistant.terminal.widgets.choices import Choices
from assistant.terminal.widgets.rows import Line

ALL = "all"


class SessionList(Offers):
    """The sessions; letters act on the one that is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "page('rename')", texts.SESSION_KEYS["rename"], id="sessions.rename"),
        Binding("t", "page('tags')", texts.SESSION_KEYS["tags"], id="sessions.tags"),
        Binding("s", "page('status')", texts.SESSION_KEYS["status"], id="sessions.status"),
        Binding("f", "page('filter')", texts.SESSION_KEYS["filter"], id="sessions.filter"),
        Binding("slash", "page('search')", texts.SESSION_KEYS["search"], key_display="/", id="sessions.search"),
    ]

    async def action_page(self, action: str) -> None:
        """Leave it to the page."""
        await self.query_ancestor(SessionsPage).run_action(action)


class SessionsPage(Vertical):
    """All sessions of the store, the latest first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "to_list", show=False, id="sessions.down"),
        Binding("escape", "leave_search", show=False, id="sessions.leave_search"),
    ]

    def __init__(self, kept: Kept) -> None:
        super().__init__(id="page-sessions", classes="page")
        self._kept = kept
        self._all: tuple[SessionInfo, ...] = ()
        self._shown: tuple[SessionInfo, ...] = ()
        self._status = ALL

    def compose(self) -> ComposeResult:
        """Search and filter, the list, and more about the marked session."""
        with Horizontal(id="session-search"):
            yield Input(placeholder=texts.SESSION_SEARCH, id="start-search", classes="start-line", compact=True)
            statuses = tuple((one.value, texts.DESK_STATUS[one.value]) for one in DeskStatus)
            yield Choices(((ALL, texts.SESSION_ALL), *statuses), id="status-filter")
        yield Line("", id="session-trouble", classes="tone-warning")
        yield SessionList(id="sessions", classes="offers", compact=True)
        yield Line("", id="session-detail", classes="tone-quiet")

    @property
    def sessions(self) -> SessionList:
        """The list."""
        return self.query_one(SessionList)

    @property
    def marked(self) -> SessionInfo | None:
        """The session that keys act on."""
        at = self.sessions.highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def ready(self, *, focus: bool = True) -> None:
        """Show what is kept, and give the list the focus."""
        if focus:
            self.sessions.focus()
        self.reload()

    def reload(self) -> None:
        """Read the sessions anew."""
        self.run_worker(self._load(), exclusive=True, group="load", exit_on_error=False)

    async def _load(self) -> None:
        try:
            self._all = await in_background(self._kept.sessions)
            self._show()
            self._all = await in_background(functools.partial(self._kept.settled, self._all))
        except TriageError as error:
            self._say(str(error))
            return
        self._show()

    def _say(self, trouble: str) -> None:
        line = self.query_one("#session-trouble", Line)
        line.put(trouble)
        line.display = bool(trouble)

    def _show(self) -> None:
        marked = self.marked
        status = None if self._status == ALL else DeskStatus(self._status)
        self._shown = matching(self._all, Wanted(words=self.query_one(Input).value, status=status))
        columns = self.app.size.width
        self.sessions.offer(tuple(session_line(one, columns) for one in self._shown))
        again = next((at for at, one in enumerate(self._shown) if marked is not None and one.id == marked.id), None)
        if again is not None:
            self.sessions.highlighted = again
        self._say("" if self._shown else texts.SESSION_NONE_FOUND if self._all else texts.SESSION_NONE)
        self._show_detail()

    def on_resize(self) -> None:
        """Lines have as many columns as the screen."""
        if self._all:
            self._show()

    @on(Offers.OptionHighlighted)
    def _show_detail(self) -> None:
        one = self.marked
        self.query_one("#session-detail", Line).put(session_detail(one, self.app.size.width) if one else "")

    @on(Offers.OptionSelected)
    def _selected(self, event: Offers.OptionSelected) -> None:
        event.stop()
        one = self._shown[event.option_index]
        self.post_message(Chosen("session", one.id, PurePath(one.opened.program).name))

    @on(Offers.Left)
    def _left(self, event: Offers.Left) -> None:
        event.stop()
        self.action_search()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    @on(Input.Submitted)
    def _to_list(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_to_list()

    @on(Choices.Chosen)
    def _filtered(self, event: Choices.Chosen) -> None:
        event.stop()
        self._status = event.value
        self._show()

    def action_to_list(self) -> None:
        """Go down into the list."""
        if self._shown:
            self.sessions.focus()

    def action_search(self) -> None:
        """Type what to search for."""
        self.query_one(Input).focus()

    def action_leave_search(self) -> None:
        """Forget what was searched for."""
        self.query_one(Input).value = ""
        self._show()
        self.action_to_list()

    def action_filter(self) -> None:
        """Show the sessions of the next status."""
        self.query_one(Choices).action_move(1)

    def action_rename(self) -> None:
        """Ask what the marked session is to be called."""
        one = self.marked
        if one is not None:
            self._ask(texts.SESSION_RENAME, one.name, lambda name: self._kept.rename(one.id, name))

    def action_tags(self) -> None:
        """Ask for the tags of the marked session."""
        one = self.marked
        if one is not None:
            self._ask(
                texts.SESSION_RETAG,
                ", ".join(one.tags),
                lambda text: self._kept.set_tags(one.id, one.tags, _tags(text)),
            )

    def action_status(self) -> None:
        """Move the marked session on to the next status."""
        one = self.marked
        if one is not None:
            order = tuple(DeskStatus)
            after = order[(order.index(one.status) + 1) % len(order)]
            self._change(lambda: self._kept.set_status(one.id, after))

    def _ask(self, question: str, value: str, use: Callable[[str], None]) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                self._change(lambda: use(text))

        self.app.push_screen(AskLine(question, value), answered)

    def _change(self, work: Callable[[], None]) -> None:
        async def changed() -> None:
            try:
                await in_background(work)
            except TriageError as error:
                self._say(str(error))
                return
            self.reload()

        # In a group of its own: reading the list anew must not cancel it.
        self.run_worker(changed(), group="change", exit_on_error=False)


def _tags(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
