"""The question that stands: what is asked, why, what can be answered, and with which key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ItemGrid, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import OptionView, QuestionView
from assistant.terminal.widgets.rows import Line, Row

MANY = 6
"""More options than this stand in columns, without what each would mean."""


class OptionRow(Row):
    """One answer; a click chooses it."""

    def __init__(self, option: OptionView, *, brief: bool) -> None:
        means = "" if brief or not option.means else f"  {option.means}"
        super().__init__(
            Content.assemble((option.key or " ", "$primary bold")),
            Content.assemble(option.text, (means, "$text-soft")),
            classes="option",
        )
        self.option = option

    def on_click(self, event: Click) -> None:
        """Choose this answer."""
        event.stop()
        self.post_message(QuestionBlock.Chosen(self.option.id))


class Aside(Line):
    """One of the small things that can be done with any question."""

    def __init__(self, key: str, label: str, action: str) -> None:
        super().__init__(Content.assemble((key, "$primary"), (f" {label}", "$text-soft")), classes="aside")
        self._action = action

    async def on_click(self, event: Click) -> None:
        """Do it."""
        event.stop()
        await self.screen.run_action(self._action)


class QuestionBlock(Vertical, can_focus=True):
    """Stands under the conversation while a question waits for the person."""

    @dataclass
    class Chosen(Message):
        """An answer was chosen, by key, by mouse or with the arrows."""

        option: str

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,left", "move(-1)", show=False, id="question.up"),
        Binding("down,right", "move(1)", show=False, id="question.down"),
        Binding("enter,space", "choose", show=False, id="question.choose"),
        Binding("backspace", "screen.tell('back')", show=False, id="question.back"),
    ]
    cursor = reactive(0)

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self.question: QuestionView | None = None
        self.display = False

    async def show(self, question: QuestionView | None) -> None:
        """Put a question, or none."""
        if question == self.question:
            return
        self.question = question
        self.set_reactive(QuestionBlock.cursor, 0)
        self.display = question is not None
        await self.recompose()
        self._mark_cursor()

    def compose(self) -> ComposeResult:
        """Question, reason, options, and what can be done with every question."""
        question = self.question
        if question is None:
            return
        many = len(question.options) > MANY
        yield Line(question.ask, classes="question-ask")
        if question.why:
            yield Line(question.why, classes="question-why")
        rows = [OptionRow(option, brief=many) for option in question.options]
        if many:
            yield VerticalScroll(
                ItemGrid(*rows, min_column_width=36, stretch_height=False), classes="options", can_focus=False
            )
        else:
            yield VerticalScroll(*rows, classes="options", can_focus=False)
        asides = []
        if question.not_sure:
            asides.append(Aside("0", texts.NOT_SURE, "not_sure"))
        if question.optional:
            asides.append(Aside("-", texts.SKIP, "skip"))
        asides.append(Aside("?", texts.WHY, "tell('why')"))
        if question.can_go_back:
            asides.append(Aside("^z", texts.BACK, "tell('back')"))
        yield Horizontal(*asides, classes="asides")

    def option_of_key(self, key: str) -> str | None:
        """The id of the answer that this key stands for."""
        options = self.question.options if self.question else ()
        return next((option.id for option in options if option.key and option.key == key), None)

    def action_move(self, by: int) -> None:
        """Move the cursor among the answers."""
        if self.question and self.question.options:
            self.cursor = (self.cursor + by) % len(self.question.options)

    def action_choose(self) -> None:
        """Give the answer under the cursor."""
        if self.question and self.question.options:
            self.post_message(self.Chosen(self.question.options[self.cursor].id))

    def watch_cursor(self) -> None:
        """Show where the cursor is."""
        self._mark_cursor()

    def _mark_cursor(self) -> None:
        for position, row in enumerate(self.query(OptionRow)):
            row.set_class(position == self.cursor, "-cursor")
            if position == self.cursor and row.is_attached:
                row.scroll_visible(animate=False)
