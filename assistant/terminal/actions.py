"""The table of actions: keys, footer, help, slash commands and the command palette are all made from it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

from assistant.terminal import texts


@dataclass(frozen=True)
class Action:
    """One thing that can be done.

    Attributes:
        id: stable name of the binding, for remapped keys.
        keys: keys, comma separated; empty when only a command reaches it.
        method: the name behind ``action_`` on the session screen or the application, with its arguments.
        slash: the command typed after a slash, empty for none.
        takes: what the command takes, as shown in the completion.
        footer: whether the footer shows it.
        priority: whether it works before the widget with the focus sees the key.
        key_name: how the key is written for people.
    """

    id: str
    keys: str
    method: str
    slash: str = ""
    takes: str = ""
    footer: bool = False
    priority: bool = False
    key_name: str = ""

    @property
    def label(self) -> str:
        """Two or three words for the footer and the palette."""
        return texts.ACTIONS[self.id][0]

    @property
    def help(self) -> str:
        """One sentence for the help and the palette."""
        return texts.ACTIONS[self.id][1]


ACTIONS: tuple[Action, ...] = (
    Action("why", "question_mark", "tell('why')", slash="why", footer=True, key_name="?"),
    Action("back", "ctrl+z", "tell('back')", slash="back", footer=True, key_name="^z"),
    Action("not_sure", "0", "not_sure", slash="unsure", key_name="0"),
    Action("skip", "minus", "skip", slash="skip", key_name="-"),
    Action("cancel", "escape", "cancel", slash="cancel", key_name="esc"),
    Action("chat", "f2", "pane('chat')", slash="chat", key_name="F2"),
    Action("findings", "f3", "pane('findings')", slash="findings", key_name="F3"),
    Action("path", "f4", "pane('path')", slash="path", key_name="F4"),
    Action("case", "f5", "pane('case')", slash="case", key_name="F5"),
    Action("curves", "f6", "pane('curves')", slash="curves", key_name="F6"),
    Action("output", "f7", "pane('output')", slash="output", key_name="F7"),
    Action("look", "", "look", slash="look"),
    Action("evidence", "", "tell('evidence')", slash="evidence", takes="[CAUSE]"),
    Action("ruled_out", "", "tell('ruled_out')", slash="ruled-out"),
    Action("explain", "", "tell('explain')", slash="explain", takes="CAUSE"),
    Action("trial", "", "tell('trial')", slash="trial", takes="[CAUSE]"),
    Action("patch", "", "tell('patch')", slash="patch"),
    Action("ask_user", "", "tell('ask_user')", slash="ask-user"),
    Action("merge", "", "tell('merge')", slash="merge", takes="FILE"),
    Action("report", "ctrl+r", "report", slash="report", takes="[FILE]", key_name="^r"),
    Action("log", "", "tell('log')", slash="log", takes="FILE"),
    Action("note", "", "tell('note')", slash="note", takes="[TEXT]"),
    Action("rerun", "", "tell('rerun')", slash="rerun"),
    Action("next_training", "", "tell('next_training')", slash="next"),
    Action("write", "slash", "write", key_name="/"),
    Action("fold_all", "ctrl+o", "fold_all", slash="fold", key_name="^o"),
    Action("copy", "y", "copy_block", key_name="y"),
    Action("light_dark", "ctrl+t", "app.light_dark", slash="theme", key_name="^t"),
    Action("commands", "ctrl+p", "app.command_palette", footer=True, priority=True, key_name="^p"),
    Action("help", "f1", "app.help", slash="help", footer=True, priority=True, key_name="F1"),
    Action("leave", "ctrl+c,ctrl+q", "app.leave", slash="quit", footer=True, priority=True, key_name="^c"),
    Action("leave_q", "q", "app.leave", key_name="q"),
)
"""Every action, in the order of the help."""

BY_ID = {action.id: action for action in ACTIONS}
SLASH = {action.slash: action for action in ACTIONS if action.slash}
APP_ACTIONS = ("commands", "help", "leave", "leave_q", "light_dark")


def bindings(*ids: str) -> list[BindingType]:
    """The key bindings of these actions; those without a key are left out."""
    chosen = [BY_ID[one] for one in ids]
    return [
        Binding(
            action.keys,
            action.method.removeprefix("app."),
            action.label,
            id=action.id,
            show=action.footer,
            priority=action.priority,
            key_display=action.key_name,
            tooltip=action.help,
        )
        for action in chosen
        if action.keys
    ]


def session_bindings() -> list[BindingType]:
    """The bindings of the session screen: all but those of the application."""
    return bindings(*(action.id for action in ACTIONS if action.id not in APP_ACTIONS))


def matching(typed: str) -> tuple[Action, ...]:
    """Commands that complete what follows the slash, best first: same beginning, then same letters in order."""
    word = typed.removeprefix("/").split(" ")[0].lower()
    starts = [action for name, action in SLASH.items() if name.startswith(word)]
    holds = [action for name, action in SLASH.items() if word in name and action not in starts]
    return tuple(starts + holds)
