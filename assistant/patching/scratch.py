"""A copy of a program's folder in which an edited program can run without touching the original's files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

LARGEST_COPY = 20_000_000
"""Bytes up to which a file is copied; larger ones are linked."""

MOST_BYTES = 300_000_000
"""Bytes that are copied altogether; what comes after is linked."""

MOST_FILES = 3_000
"""Files of a folder's tree that are copied or linked one by one; a folder beyond that is linked as a whole."""

LEFT_OUT = frozenset({"__pycache__", "node_modules", "venv", "wandb", "mlruns", "runs", "lightning_logs"})
"""Folders that no program reads its data from; hidden ones are left out too."""

QUIET: Mapping[str, str] = {
    "WANDB_MODE": "disabled",
    "COMET_MODE": "DISABLED",
    "NEPTUNE_MODE": "debug",
    "CLEARML_OFFLINE_MODE": "1",
    "MLFLOW_TRACKING_URI": "file:./mlruns",
    "SACRED_NO_OBSERVERS": "1",
}
"""Variables that keep what logs over the network silent, or at least in the copy."""


@contextmanager
def scratch_copy(program: Path, edited: bytes) -> Iterator[Path]:
    """The path of an edited program in a copy of its folder, which is gone afterwards.

    Small files are copied, large ones linked; the neighbours of the folder are linked, so that ``../data`` is found.
    """
    with tempfile.TemporaryDirectory(prefix="keras-triage-") as root:
        folder = program.parent
        copy = Path(root) / (folder.name or "program")
        copy.mkdir()
        _link_neighbours(folder, Path(root))
        _Copier().fill(folder, copy)
        path = copy / program.name
        path.unlink(missing_ok=True)
        path.write_bytes(edited)
        yield path


def _link_neighbours(folder: Path, root: Path) -> None:
    try:
        entries = sorted(os.scandir(folder.parent), key=lambda one: one.name)[:MOST_FILES]
    except OSError:
        return
    for entry in entries:
        target = root / entry.name
        if entry.name != folder.name and not entry.name.startswith(".") and not target.exists():
            target.symlink_to(entry.path)


class _Copier:
    """Copies a tree file by file within limits of number and size."""

    def __init__(self) -> None:
        self._files = 0
        self._bytes = 0

    def fill(self, folder: Path, copy: Path) -> None:
        """Bring everything in a folder into its copy."""
        for entry in sorted(os.scandir(folder), key=lambda one: (one.is_dir(), one.name)):
            target = copy / entry.name
            if entry.is_symlink():
                target.symlink_to(os.path.realpath(entry.path))
            elif entry.is_dir():
                self._folder(entry, target)
            elif entry.is_file():
                self._file(entry, target)

    def _folder(self, entry: os.DirEntry[str], target: Path) -> None:
        if entry.name in LEFT_OUT or entry.name.startswith("."):
            return
        if self._files > MOST_FILES or _is_large(Path(entry.path)):
            target.symlink_to(entry.path)
            return
        target.mkdir()
        self.fill(Path(entry.path), target)

    def _file(self, entry: os.DirEntry[str], target: Path) -> None:
        size = entry.stat().st_size
        self._files += 1
        if size > LARGEST_COPY or self._bytes + size > MOST_BYTES:
            target.symlink_to(entry.path)
            return
        self._bytes += size
        shutil.copy2(entry.path, target)


def _is_large(folder: Path) -> bool:
    """Whether a folder holds more entries than are worth copying."""
    with os.scandir(folder) as entries:
        return sum(1 for _ in entries) > MOST_FILES
