"""What is remembered between sessions, and what a person sets: theme, keys, bell, motion, signs, templates."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from assistant.terminal import texts

RECENT_KEPT = 9
KNOWN = ("theme", "keys", "bell", "motion", "ascii", "templates", "recent")


def moves(wanted: bool, environment: Mapping[str, str] | None = None) -> bool:
    """Whether anything may move on the screen; ``KERAS_TRIAGE_MOTION=0`` or ``=1`` settles it."""
    told = (os.environ if environment is None else environment).get("KERAS_TRIAGE_MOTION", "")
    return told != "0" if told else wanted


class Preferences:
    """Kept in one small JSON file; a file that cannot be read or written is as good as none."""

    def __init__(self, file: Path | None = None) -> None:
        """Nothing is read before it is asked for; without a file nothing is kept."""
        self._file = file
        self._values: dict[str, object] | None = None
        self._trouble = ""

    @classmethod
    def of_user(cls) -> Preferences:
        """The preferences in the user's settings folder."""
        from platformdirs import user_config_path

        return cls(user_config_path("keras-triage", appauthor=False) / "terminal.json")

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
    def bell(self) -> bool:
        """Whether the terminal rings when the person is wanted."""
        return self._read().get("bell", True) is not False

    @property
    def motion(self) -> bool:
        """Whether signs of something running move."""
        return self._read().get("motion", True) is not False

    @property
    def ascii(self) -> bool:
        """Whether signs are drawn in ASCII whatever the terminal can show."""
        return self._read().get("ascii", False) is True

    @property
    def templates(self) -> Path | None:
        """Folder of a team's own templates of reports and messages; None for ours alone."""
        folder = self._read().get("templates")
        return Path(folder).expanduser() if isinstance(folder, str) and folder else None

    @property
    def trouble(self) -> str:
        """What is wrong with the file, in a sentence; empty where nothing is."""
        self._read()
        return self._trouble

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
            except FileNotFoundError:
                read = {}
            except (OSError, ValueError):
                read = None
            if not isinstance(read, dict):
                self._trouble = texts.SETTINGS_UNREADABLE.format(file=self._file)
                self._file = None  # what the person wrote there is not overwritten
            else:
                unknown = [str(one) for one in read if one not in KNOWN]
                if unknown:
                    self._trouble = texts.SETTINGS_UNKNOWN.format(
                        file=self._file, names=", ".join(unknown), known=", ".join(KNOWN)
                    )
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
