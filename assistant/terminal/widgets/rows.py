"""The smallest parts: a line of text, and a sign with text that hangs beside it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """Text that is never read as markup, so that a layer called ``dense[0]`` stays itself."""

    def __init__(self, text: str | Content = "", *, classes: str = "", id: str | None = None) -> None:
        super().__init__(text, markup=False, classes=classes, id=id)

    def put(self, text: str | Content) -> None:
        """Replace the text."""
        self.update(text)


class Row(Horizontal):
    """A sign in a narrow column and text that wraps beside it."""

    def __init__(self, sign: str | Content, text: str | Content, *, aside: str = "", classes: str = "") -> None:
        super().__init__(classes=classes)
        self._sign = sign
        self._text = text
        self._aside = aside

    def compose(self) -> ComposeResult:
        """Sign, text, and what stands at the far end."""
        yield Line(self._sign, classes="row-sign")
        yield Line(self._text, classes="row-text")
        if self._aside:
            yield Line(self._aside, classes="row-aside")


class Labelled(Horizontal):
    """A label and a value that wraps beside it."""

    def __init__(self, label: str, value: str) -> None:
        super().__init__(classes="labelled")
        self._label = label
        self._value = value

    def compose(self) -> ComposeResult:
        """Label, value."""
        yield Line(self._label, classes="label")
        yield Line(self._value)


class Heading(Line):
    """A small heading inside a card or a pane."""
