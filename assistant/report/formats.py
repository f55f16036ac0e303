"""The formats of a report; each is made of the report and of the dialogue that it tells of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.dialogue import Dialogue
from assistant.errors import UsageError
from assistant.report import markdown, text
from assistant.report.model import Report, to_json

BY_SUFFIX: Mapping[str, str] = {
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
}
"""What a file's name tells of the format wanted; anything else is plain text."""

SUFFIXES: Mapping[str, str] = {
    "text": ".txt",
    "message": ".txt",
    "markdown": ".md",
    "html": ".html",
    "json": ".json",
}
"""How the name of a file of each format ends."""


def write(result: str, path: Path) -> None:
    """Write a report to a file; an earlier report that stands there is replaced, nothing else is.

    Raises:
        UsageError: it cannot be written there, or what stands there is no report.
    """
    if path.is_file() and path.suffix.lower() not in (*BY_SUFFIX, ".txt"):
        raise UsageError(f"{path} exists and is no report, as its name tells; choose another name.")
    try:
        path.write_text(result, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def formatted(format: str, report: Report, dialogue: Dialogue, templates: Path | None = None) -> str:
    """The report in one of its formats.

    Args:
        format: ``text``, ``json``, ``markdown``, ``html`` or ``message``.
        report: the report.
        dialogue: the dialogue it was made of.
        templates: folder of a team's own templates.

    Raises:
        UsageError: a template of the team's own cannot be filled in.
        KeyError: there is no such format.
    """
    return _FORMATS[format](report, dialogue, templates)


def _html(report: Report, dialogue: Dialogue, templates: Path | None) -> str:
    # Templates take a while to load and most reports need none.
    from assistant.report import html

    return html.render(report, dialogue, templates)


def _message(report: Report, dialogue: Dialogue, templates: Path | None) -> str:
    from assistant.report import message

    return message.render(report, dialogue, templates)


_FORMATS: Mapping[str, Callable[[Report, Dialogue, Path | None], str]] = {
    "text": lambda report, dialogue, templates: text.render(report),
    "json": lambda report, dialogue, templates: f"{to_json(report)}\n",
    "markdown": lambda report, dialogue, templates: markdown.render(report),
    "html": _html,
    "message": _message,
}
