"""What a half-typed path may mean: recent programs, and what lies in the folder that it names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

MOST = 100
"""Candidates shown; whoever has more types another letter."""

SUFFIXES = (".py",)
"""Of the files that can be opened."""


@dataclass(frozen=True)
class Candidate:
    """A program, or a folder on the way to one.

    Attributes:
        path: what to open, or what the typed path becomes.
        name: as it is shown.
        aside: where it lies; empty for what lies in the folder that was typed.
        folder: whether it is a folder.
    """

    path: str
    name: str
    aside: str = ""
    folder: bool = False


def candidates(typed: str, recent: Iterable[str], here: Path) -> tuple[Candidate, ...]:
    """What to offer for what was typed so far, the likeliest first.

    Args:
        typed: a path or the beginning of one; a recent program is also found by any part of its path.
        recent: absolute paths of programs that were opened, the newest first.
        here: the folder that relative paths begin in.
    """
    known = [one for one in recent if typed.strip().casefold() in one.casefold() and Path(one).is_file()]
    found = [Candidate(one, Path(one).name, shortened(Path(one).parent)) for one in known]
    mine = {os.path.abspath(one) for one in known}
    found += [one for one in _in_folder(typed, here) if one.folder or os.path.abspath(here / one.path) not in mine]
    return tuple(found[:MOST])


def _in_folder(typed: str, here: Path) -> Iterator[Candidate]:
    folder, beginning = os.path.split(typed)
    place = here / Path(folder).expanduser()
    try:
        entries = sorted(os.scandir(place), key=lambda one: (one.is_dir(), one.name.casefold()))
    except (OSError, RuntimeError):
        return
    for entry in entries:
        hidden = entry.name.startswith((".", "__")) and not beginning.startswith((".", "__"))
        if hidden or not entry.name.casefold().startswith(beginning.casefold()):
            continue
        path = os.path.join(folder, entry.name)
        if entry.is_dir():
            yield Candidate(f"{path}{os.sep}", f"{entry.name}{os.sep}", folder=True)
        elif entry.name.endswith(SUFFIXES):
            yield Candidate(path, entry.name)


def shortened(folder: Path) -> str:
    """A folder for people: the home folder is ``~``."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(folder)
