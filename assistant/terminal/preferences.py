"""What is remembered between sessions: the theme, remapped keys, and the programs opened last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

RECENT_KEPT = 9


class Preferences:
    """Kept in one small JSON file; a file that cannot be read or written is as good as none."""

    def __init__(self, file: Path | None = None) -> None:
        """Nothing is read before it is asked for; without a file nothing is kept."""
        self._file = file
        self._values: dict[str, object] | None = None

    @classmethod
    def of_user(cls) -> Preferences:
        """The preferences in the user's settings folder."""
        from platformdirs import user_config_path

        return cls(user_config_path("keras-triage") / "terminal.json")

    @property
    def theme(self) -> str:
        """Name of the theme chosen last; empty when none was."""
        return str(self._read().get("theme", ""))

    @property
    def keys(self) -> Mapping[str, str]:
        """Keys by the id of their binding."""
        keys = self._read().get("keys")
        return {str(key): str(value) for key, value in keys.items()} if isinstance(keys, dict) else {}

    @property
    def recent(self) -> tuple[str, ...]:
        """The programs opened last, the newest first."""
        recent = self._read().get("recent")
        return tuple(str(one) for one in recent) if isinstance(recent, list) else ()

    def remember(self, *, theme: str | None = None, program: Path | None = None) -> None:
        """Keep a choice."""
        values = dict(self._read())
        if theme is not None:
            values["theme"] = theme
        if program is not None:
            name = str(program)
            values["recent"] = [name, *(one for one in self.recent if one != name)][:RECENT_KEPT]
        if values != self._values:
            self._values = values
            self._write()

    def _read(self) -> dict[str, object]:
        if self._values is None:
            self._values = {}
            try:
                read = json.loads(self._file.read_text("utf-8")) if self._file else {}
            except (OSError, ValueError):
                read = {}
            if isinstance(read, dict):
                self._values = read
        return self._values

    def _write(self) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps(self._values, indent=2), "utf-8")
        except OSError:
            self._file = None
