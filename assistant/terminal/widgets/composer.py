"""Where the person types: a line with history, slash commands with completion, and pasted logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click, Paste
from textual.message import Message
from textual.widgets import Input

from assistant.printed import pasted
from assistant.terminal import actions, texts
from assistant.terminal.completing import Cause, Completion, completions
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.widgets.rows import Line

SHOWN = 6
"""Ways to go on that are offered at once."""

LOG_LINES = 3
"""A paste of at least so many lines is taken for a log, not for a sentence."""


class Sentence(Input):
    """The line itself."""

    @dataclass
    class Pasted(Message):
        """Several lines were pasted."""

        text: str

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", show=False, id="composer.earlier"),
        Binding("down", "recall(1)", show=False, id="composer.later"),
        Binding("tab", "complete", show=False, id="composer.complete"),
    ]

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        if len(event.text.strip().splitlines()) >= LOG_LINES:
            self.post_message(self.Pasted(event.text))
        else:
            self.replace(" ".join(pasted(event.text).split()), *self.selection)

    def action_recall(self, by: int) -> None:
        """Leave it to the composer."""
        self.query_ancestor(Composer).recall(by)

    def action_complete(self) -> None:
        """Complete a command, or move on where there is nothing to complete."""
        if not self.query_ancestor(Composer).complete():
            self.screen.focus_next()


class Offer(Line):
    """One way to complete the command that is typed."""

    def __init__(self, completion: Completion, *, chosen: bool) -> None:
        super().__init__(
            Content.assemble((f"{completion.shown:<18} ", "$primary"), (completion.help, "$text-soft")),
            classes="offer -cursor" if chosen else "offer",
        )
        self._completion = completion

    def on_click(self, event: Click) -> None:
        """Take it."""
        event.stop()
        self.query_ancestor(Composer).take(self._completion)


class Composer(Vertical):
    """The line and the commands that complete it."""

    @dataclass
    class Submitted(Message):
        """The person sent a sentence or a command."""

        text: str

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._history: list[str] = []
        self._recalled = 0
        self._offers: tuple[Completion, ...] = ()
        self.causes: tuple[Cause, ...] = ()
        self._chosen = 0

    def compose(self) -> ComposeResult:
        """The offers above, the line below."""
        yield Vertical(id="offers")
        with Horizontal(id="composer-line"):
            yield Line(self._glyphs.person, id="composer-sign")
            yield Sentence(placeholder=texts.PLACEHOLDER, id="sentence", compact=True, select_on_focus=False)

    @property
    def sentence(self) -> Sentence:
        """The line."""
        return self.query_one(Sentence)

    @property
    def is_typing(self) -> bool:
        """Whether a sentence has been begun."""
        return bool(self.sentence.value)

    def begin(self, text: str) -> None:
        """Start a sentence with what was typed elsewhere."""
        line = self.sentence
        line.focus()
        line.insert_text_at_cursor(text)

    def clear(self) -> None:
        """Throw the sentence away."""
        self.sentence.value = ""

    @on(Input.Changed)
    async def _offer(self, event: Input.Changed) -> None:
        event.stop()
        offers = completions(event.value, self.causes)[:SHOWN]
        if offers != self._offers:
            self._offers, self._chosen = offers, 0
            await self._show_offers()

    async def _show_offers(self) -> None:
        place = self.query_one("#offers", Vertical)
        async with self.batch():
            await place.remove_children()
            await place.mount_all(
                Offer(one, chosen=position == self._chosen) for position, one in enumerate(self._offers)
            )

    @on(Input.Submitted)
    def _send(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        name, _, argument = text.removeprefix("/").partition(" ")
        whole = name in actions.SLASH and (
            argument in {id for id, _ in self.causes} or self._stands_alone(name, argument)
        )
        if self._offers and not whole:
            self.take(self._offers[self._chosen])
        elif text:
            self._send_on(text)

    def _stands_alone(self, name: str, argument: str) -> bool:
        """Whether the command can be sent without what it takes, and the person chose nothing further."""
        action = actions.SLASH[name]
        return not argument and self._chosen == 0 and (not action.takes or action.takes.startswith("["))

    def _send_on(self, text: str) -> None:
        self._history.append(text)
        self._recalled = len(self._history)
        self.clear()
        self.post_message(self.Submitted(text))

    def take(self, completion: Completion) -> None:
        """Send a line that is ready; write out one to which something must be added."""
        if completion.ready:
            self._send_on(completion.text)
            return
        self._write(completion.text)
        self.sentence.focus()

    def complete(self) -> bool:
        """Write out the chosen line; False when none is offered."""
        if not self._offers:
            return False
        self._write(f"{self._offers[self._chosen].text.rstrip()} ")
        return True

    def _write(self, text: str) -> None:
        self.sentence.value = text
        self.sentence.cursor_position = len(text)

    def recall(self, by: int) -> None:
        """Move among the offered commands, or among earlier sentences."""
        if self._offers:
            self._chosen = (self._chosen + by) % len(self._offers)
            for position, offer in enumerate(self.query(Offer)):
                offer.set_class(position == self._chosen, "-cursor")
            return
        if self._history:
            self._recalled = max(0, min(len(self._history), self._recalled + by))
            line = self.sentence
            line.value = self._history[self._recalled] if self._recalled < len(self._history) else ""
            line.cursor_position = len(line.value)
