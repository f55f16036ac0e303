"""The names of the panes in a row; the one that is shown is underlined by weight and colour."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click, Resize

from assistant.terminal import actions, texts
from assistant.terminal.widgets.messages import PaneChosen
from assistant.terminal.widgets.rows import Line

ROOMY = 44
"""From so many columns on the names are written out."""


class PaneTab(Line):
    """The name of one pane, with how many things stand in it."""

    def __init__(self, pane: str) -> None:
        super().__init__(classes=f"tab tab-{pane}")
        self.pane = pane
        self.short = False
        self.count = 0
        self.tooltip = f"{actions.BY_ID[pane].help} ({actions.BY_ID[pane].key_name})"

    def on_mount(self) -> None:
        """Show the name."""
        self.show(0)

    def show(self, count: int) -> None:
        """Show the name with a count; none for 0."""
        self.count = count
        name = (texts.PANES_SHORT if self.short else texts.PANES)[self.pane]
        self.put(Content.assemble(name, (f" {count}", "$warning") if count else ""))

    def on_click(self, event: Click) -> None:
        """Choose this pane."""
        event.stop()
        self.post_message(PaneChosen(self.pane))


class PaneTabs(Horizontal, can_focus=True):
    """A row of names; the arrows move among them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False, id="tabs.left"),
        Binding("right", "move(1)", show=False, id="tabs.right"),
    ]

    def __init__(self, panes: tuple[str, ...], *, id: str) -> None:
        super().__init__(id=id)
        self._panes = panes
        self.chosen = panes[0]

    def compose(self) -> ComposeResult:
        """One name a pane."""
        for pane in self._panes:
            yield PaneTab(pane)

    def on_mount(self) -> None:
        """Mark the first."""
        self.choose(self.chosen)

    def choose(self, pane: str) -> None:
        """Mark the pane that is shown."""
        self.chosen = pane
        for tab in self.query(PaneTab):
            tab.set_class(tab.pane == pane, "-chosen")

    def on_resize(self, event: Resize) -> None:
        """Names that fit into the row."""
        for tab in self.query(PaneTab):
            tab.short = event.size.width < ROOMY
            tab.show(tab.count)

    def count(self, pane: str, number: int) -> None:
        """Show how many things stand in a pane."""
        for tab in self.query(PaneTab):
            if tab.pane == pane and tab.count != number:
                tab.show(number)

    def action_move(self, by: int) -> None:
        """Show the neighbouring pane."""
        at = self._panes.index(self.chosen) if self.chosen in self._panes else 0
        self.post_message(PaneChosen(self._panes[(at + by) % len(self._panes)]))
