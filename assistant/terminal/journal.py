"""The turns of a conversation in their order, each known by its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.terminal.views import Turn


class Journal:
    """Turns are put at the end; one whose key is known takes its old place."""

    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}
        self._numbers = 0

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns in order."""
        return tuple(self._turns.values())

    def put(self, turn: Turn) -> None:
        """Add a turn, or replace the one of the same key where it stands."""
        self._turns[turn.key] = turn

    def drop(self, key: str) -> None:
        """Take a turn away, where there is one."""
        self._turns.pop(key, None)

    def drop_where(self, test: Callable[[str], bool]) -> None:
        """Take away the turns whose key passes a test."""
        self._turns = {key: turn for key, turn in self._turns.items() if not test(key)}

    def close_chapter(self) -> None:
        """Set the turns so far apart from those to come: their keys are never met again."""
        before = self.new_key("before")
        self._turns = {f"{before}/{key}": replace(turn, key=f"{before}/{key}") for key, turn in self._turns.items()}

    def turn(self, key: str) -> Turn | None:
        """The turn of a key."""
        return self._turns.get(key)

    def new_key(self, kind: str) -> str:
        """A key that no turn has."""
        self._numbers += 1
        return f"{kind}:#{self._numbers}"
