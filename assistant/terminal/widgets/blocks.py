"""The blocks of the conversation: one class for each kind of turn that is not a card."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.presenting.in_words import gathered_summary, plain
from assistant.terminal.views import (
    Chapter,
    Diff,
    Gathered,
    Heard,
    Looked,
    Mark,
    PlaceView,
    Said,
    Trouble,
    Turn,
)
from assistant.terminal.widgets.rows import Line, Row

MARK_STYLE: dict[Mark, str] = {
    "good": "$success",
    "notable": "$warning",
    "bad": "$error",
    "unknown": "$text-soft",
    "quiet": "$text-soft",
}


class Block(Vertical):
    """One turn; shows it anew when the turn or the folding changes."""

    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "fold", "fold or unfold", show=False, id="fold"),
        Binding("up", "neighbour(-1)", "the block above", show=False, id="block.up"),
        Binding("down", "neighbour(1)", "the block below", show=False, id="block.down"),
    ]
    unfolded = reactive(False, recompose=True)

    def __init__(self, turn: Turn, glyphs: Glyphs, *, unfolded: bool = False) -> None:
        super().__init__(classes=f"block {type(turn).__name__.lower()}")
        self.turn = turn
        self.glyphs = glyphs
        self.set_reactive(Block.unfolded, unfolded)

    @property
    def can_fold(self) -> bool:
        """Whether there is more than what is shown."""
        return False

    async def take(self, turn: Turn) -> None:
        """Show another state of the same turn."""
        if turn != self.turn:
            self.turn = turn
            await self.recompose()

    def as_text(self) -> str:
        """The block as plain text, to copy."""
        return plain(self.turn)

    def action_fold(self) -> None:
        """Fold or unfold."""
        if self.can_fold:
            self.unfolded = not self.unfolded

    def action_neighbour(self, by: int) -> None:
        """Go to the block above or below; behind the last one the line to type in comes next."""
        blocks = [one for one in self.parent.children if isinstance(one, Block)] if self.parent else []
        place = blocks.index(self) + by if self in blocks else -1
        if 0 <= place < len(blocks):
            blocks[place].focus()
        elif by > 0:
            self.screen.focus_next()

    def on_click(self, event: Click) -> None:
        """A click folds or unfolds, unless it ended a selection of text."""
        event.stop()
        self.focus(scroll_visible=False)
        if not self.screen.get_selected_text():
            self.action_fold()


class SaidBlock(Block):
    """A short turn of the assistant."""

    def compose(self) -> ComposeResult:
        """The sentence, in the colour of its tone."""
        assert isinstance(self.turn, Said)
        yield Line(self.turn.text, classes=f"tone-{self.turn.tone}")


class ChapterBlock(Block):
    """Where the conversation took another way, as a title on a line across."""

    def compose(self) -> ComposeResult:
        """The title, and the line to the end of the row."""
        assert isinstance(self.turn, Chapter)
        with Horizontal(classes="chapter-line"):
            yield Line(self.turn.text, classes="chapter-title")
            yield Line(self.glyphs.line * 250, classes="chapter-rest")


class HeardBlock(Block):
    """What the person said, with the question it answers."""

    def compose(self) -> ComposeResult:
        """The question in grey, the answer under it."""
        assert isinstance(self.turn, Heard)
        if self.turn.reply_to:
            yield Line(self.turn.reply_to, classes="heard-question")
        yield Row(Content.assemble((self.glyphs.person, "$primary bold")), self.turn.text)


class LookedBlock(Block):
    """The answer of a probe in one sentence; unfolded, everything it measured."""

    @property
    def can_fold(self) -> bool:
        """There is more when there is a measurement."""
        return isinstance(self.turn, Looked) and bool(self.turn.details or self.turn.looked_at)

    def compose(self) -> ComposeResult:
        """Title and sentence; then the measurement."""
        assert isinstance(self.turn, Looked)
        yield looked_row(self.turn, self.glyphs)
        if self.unfolded:
            yield from measurement(self.turn)


class GatheredBlock(Block):
    """Several quick looks: one line, those that stand out, and the others when unfolded."""

    @property
    def can_fold(self) -> bool:
        """There is always the whole list."""
        return True

    def compose(self) -> ComposeResult:
        """The summary line and what stands out, or all."""
        turn = self.turn
        assert isinstance(turn, Gathered)
        notable = [one for one in turn.looked if one.mark in ("notable", "bad")]
        sign = self.glyphs.notable if notable else self.glyphs.good
        style = "$warning" if notable else "$success"
        fold = self.glyphs.unfolded if self.unfolded else self.glyphs.folded
        head = Content.assemble(turn.title, "  ", (gathered_summary(turn), "$text-soft"), "  ", (fold, "$text-soft"))
        yield Row(Content.assemble((sign, style)), head, aside=texts.seconds(turn.seconds), classes="gathered-head")
        for one in turn.looked if self.unfolded else notable:
            row = looked_row(one, self.glyphs, brief=not self.unfolded)
            row.add_class("gathered-item")
            yield row


class TroubleBlock(Block):
    """A failure in one sentence, the user's own line, and what can be done."""

    @property
    def can_fold(self) -> bool:
        """The trace of the user's own frames, where there is one."""
        return isinstance(self.turn, Trouble) and bool(self.turn.details)

    def compose(self) -> ComposeResult:
        """Sentence, line, advice, and the frames when unfolded."""
        turn = self.turn
        assert isinstance(turn, Trouble)
        yield Row(Content.assemble((self.glyphs.bad, "$error")), turn.text)
        if turn.place:
            yield Line(source_line(turn.place, self.glyphs), classes="source")
        if turn.advice:
            yield Line(turn.advice, classes="tone-quiet indented")
        if self.unfolded:
            for line in turn.details:
                yield Line(line, classes="tone-quiet indented")


class DiffBlock(Block):
    """A patch; added and removed lines have their own sign already, and a colour beside it."""

    def compose(self) -> ComposeResult:
        """Title and the coloured diff."""
        assert isinstance(self.turn, Diff)
        yield Line(self.turn.title, classes="diff-title")
        yield Line(coloured_diff(self.turn.text), classes="diff-text")


def looked_row(turn: Looked, glyphs: Glyphs, *, brief: bool = False) -> Row:
    """Sign, title and sentence of a probe's answer; ``brief`` leaves the title out."""
    sign = Content.assemble((glyphs.of(turn.mark), MARK_STYLE[turn.mark]))
    sentence = turn.sentence or texts.MARK[turn.mark]
    if brief:
        return Row(sign, sentence)
    loud = turn.mark in ("notable", "bad")
    text = Content.assemble((turn.title, "$text-soft"), "\n", (sentence, "" if loud else "$foreground 85%"))
    return Row(sign, text, aside=texts.seconds(turn.seconds) if (turn.seconds or 0) >= 0.1 else "")


def measurement(turn: Looked) -> ComposeResult:
    """What was looked at and every field that was measured, as label and value."""
    if turn.looked_at:
        yield Line(texts.LOOKED_AT.format(title=turn.looked_at), classes="tone-quiet indented")
    width = min(34, max((len(label) for label, _ in turn.details), default=0))
    parts: list[tuple[str, str]] = []
    for label, value in turn.details:
        parts.append((f"{label:<{width}}  ", "$text-soft"))
        parts.append((f"{value}\n", ""))
    if parts:
        yield Line(Content.assemble(*parts).rstrip(), classes="measurement")


def source_line(place: PlaceView, glyphs: Glyphs) -> Content:
    """The user's own line with its number; the guilty columns stand on a ground of their own."""
    number = f"{place.line:>4} "
    code = place.code.rstrip("\n")
    lead = len(code) - len(code.lstrip())
    start, end = place.column - 1, place.end_column - 1
    if not 0 <= start < end <= len(code):
        start, end = lead, len(code)
    where = (f"{place.file}, line {place.line}\n", "$text-soft")
    if not code:
        return Content.assemble((f"{place.file}, line {place.line}", "$text-soft"))
    return Content.assemble(
        where,
        (f"{glyphs.here}{number}", "$primary"),
        (code[lead:start], "$code"),
        (code[start:end], "$foreground bold on $primary 22%"),
        (code[end:], "$code"),
    )


def coloured_diff(text: str) -> Content:
    """A unified diff with quiet colours."""
    parts: list[tuple[str, str]] = []
    for line in text.rstrip("\n").split("\n"):
        head = line.startswith(("---", "+++", "@@"))
        style = (
            "$text-soft" if head else "$success" if line.startswith("+") else "$error" if line.startswith("-") else ""
        )
        parts.append((f"{line}\n", style))
    return Content.assemble(*parts).rstrip()
