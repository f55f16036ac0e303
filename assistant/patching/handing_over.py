"""Handing a report's patch over: as a file, or written into the program."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError, tell
from assistant.patching.applying import apply
from assistant.report.model import Report


@dataclass(frozen=True)
class PatchWish:
    """What the person wants done with the patch.

    Attributes:
        file: where to write it; None for nowhere.
        apply: whether to write it into the program, after a question.
    """

    file: Path | None = None
    apply: bool = False


def ask_on_terminal(question: str) -> bool:
    """Put a question on standard error; anything but a yes on standard input is a no."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def hand_over(report: Report, program: Path, wish: PatchWish, ask: Callable[[str], bool] = ask_on_terminal) -> None:
    """Write a report's patch where the person wants it; says what was done, and what was not.

    Raises:
        UsageError: a file cannot be written, or the program has changed since it was examined.
    """
    hand_over_patch(report.patch, report.patch_status == "proven", program, wish, ask, report.patch_note)


def hand_over_patch(
    patch: str | None,
    proven: bool,
    program: Path,
    wish: PatchWish,
    ask: Callable[[str], bool] = ask_on_terminal,
    note: str | None = None,
) -> None:
    """Write a patch where the person wants it; says what was done, and what was not.

    Args:
        patch: unified diff; None where there is none.
        proven: whether the patched program was seen to do well.
        program: that it changes.
        wish: what to do with it.
        ask: puts a question.
        note: why it cannot be applied as it stands; None where it can.

    Raises:
        UsageError: a file cannot be written, or the program has changed since it was examined.
    """
    if wish.file is None and not wish.apply:
        return
    if patch is None:
        tell("There is no patch; the report says what to do by hand.")
        return
    if wish.file is not None:
        _write(wish.file, patch, note)
    if wish.apply:
        _apply(program, patch, proven, ask)


def _write(file: Path, patch: str, note: str | None) -> None:
    try:
        # Line ends of the program stand in the patch and must stay as they are.
        file.write_bytes(patch.encode())
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    how = f"`git apply {file}` or `patch -p1 < {file}` takes it."
    tell(f"The patch is in {file}. {note}" if note else f"The patch is in {file}; {how}")


def _apply(program: Path, patch: str, proven: bool, ask: Callable[[str], bool]) -> None:
    tell(patch.rstrip("\n"))
    if not proven:
        tell("This patch is not proven: the patched program was not seen to train well.")
    copy = apply(program, patch, ask)
    tell("Nothing was changed." if copy is None else f"{program.name} is changed; the copy is {copy.name}.")
