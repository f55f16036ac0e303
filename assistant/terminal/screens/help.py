"""Help: what has the focus, the keys that work there, and every command; made from the bindings and the table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen, Screen

from assistant.terminal import texts
from assistant.terminal.actions import ACTIONS, BY_ID
from assistant.terminal.widgets.rows import Heading, Labelled, Line


class HelpScreen(ModalScreen[None]):
    """A page over another screen; any of the usual keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter,f1", "dismiss(None)", "close", id="help.close")]

    def __init__(self, helped: Screen[object]) -> None:
        """Help with a screen as it stands."""
        super().__init__()
        self._here = _about(helped)
        self._keys = tuple(_keys(helped))
        self._talks = "write" in {one.binding.id for one in helped.active_bindings.values()}

    def compose(self) -> ComposeResult:
        """What has the focus, its keys, and the commands where there are any."""
        with VerticalScroll(classes="dialog"):
            yield Line(texts.HELP_TITLE, classes="dialog-title")
            yield Line(self._here, id="help-here", classes="card-summary")
            yield Heading(texts.HELP_KEYS, classes="heading")
            for key, told in self._keys:
                yield Labelled(key, told)
            if self._talks:
                yield Heading(texts.HELP_COMMANDS, classes="heading")
                for action in ACTIONS:
                    if action.slash:
                        yield Labelled(f"/{action.slash} {action.takes}".strip(), action.help)
            yield Line(texts.HELP_CLOSE, classes="tone-quiet heading")


def _about(helped: Screen[object]) -> str:
    """What is said of the widget with the focus, or of the nearest one around it of which anything is said."""
    widgets = helped.focused.ancestors_with_self if helped.focused is not None else [helped]
    for one in widgets:
        for kind in type(one).__mro__:
            if kind.__name__ in texts.HELP_OF:
                return texts.HELP_OF[kind.__name__]
    return texts.HELP_TYPING


def _keys(helped: Screen[object]) -> Iterator[tuple[str, str]]:
    """The keys that work now, with remapped ones as they are, each with what it does; not those to edit a line."""
    told: dict[str, list[str]] = {}
    for active in helped.active_bindings.values():
        binding = active.binding
        action = BY_ID.get(binding.id or "")
        sentence = (action.help if action else "") or binding.tooltip or binding.description
        if binding.id and sentence and active.enabled:
            told.setdefault(sentence, []).append(helped.app.get_key_display(binding))
    for sentence, keys in told.items():
        yield ", ".join(dict.fromkeys(keys)), sentence
