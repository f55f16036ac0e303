"""The page of the bundled broken programs."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from assistant.bundled import Demo, demos
from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.starting.opening import Chosen, Offers, numbered
from assistant.terminal.widgets.rows import Line


class DemosPage(Vertical):
    """One line a demo: what it trains, and what its user sees."""

    def __init__(self) -> None:
        super().__init__(id="page-demos", classes="page")
        self._demos: tuple[Demo, ...] = ()

    def compose(self) -> ComposeResult:
        """The list."""
        yield Line(texts.START_DEMOS_HINT, classes="page-hint tone-quiet")
        yield Offers(id="demos", classes="offers", compact=True)

    def ready(self, *, focus: bool = True) -> None:
        """Show the list, and give it the focus."""
        if focus:
            self.query_one(Offers).focus()
        self.run_worker(self._fill(), exclusive=True, exit_on_error=False)

    async def _fill(self) -> None:
        self._demos = await in_background(demos)
        widest = max(len(one.name) for one in self._demos)
        self.query_one(Offers).offer(
            tuple(
                numbered(number, (f"{one.name:<{widest}}  ", "bold"), (one.title, "$text-soft"))
                for number, one in enumerate(self._demos, start=1)
            )
        )

    def choose_number(self, number: int) -> None:
        """Open what a number stands before."""
        if number <= len(self._demos):
            self.post_message(Chosen("demo", self._demos[number - 1].name))

    @on(Offers.OptionSelected)
    def _selected(self, event: Offers.OptionSelected) -> None:
        event.stop()
        self.choose_number(event.option_index + 1)
