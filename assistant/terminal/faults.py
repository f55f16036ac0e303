"""Faults of our own: kept in a file for whoever mends them, never shown as a traceback."""

from __future__ import annotations

import traceback
from pathlib import Path

from platformdirs import user_log_path


def kept_details(error: BaseException | None) -> Path:
    """Write the traceback of an error into the user's log folder; the file."""
    file = user_log_path("keras-triage", appauthor=False) / "faults.txt"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write("".join(traceback.format_exception(error)) if error else "")
    except OSError:
        return Path("nothing: the log folder cannot be written")
    return file
