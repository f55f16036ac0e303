"""The templates of reports and messages: ours, and a team's own laid over them."""

from __future__ import annotations

import textwrap
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

from assistant.errors import UsageError

LETTER_WIDTH = 76
"""Characters of a line of a message."""

TEMPLATES = Path(__file__).with_name("templates")


def rendered(template: str, values: dict[str, Any], own: Path | None = None) -> str:
    """A template filled in.

    Args:
        template: name of its file; one of that name in ``own`` replaces ours.
        values: what it may use.
        own: folder of a team's own templates.

    Raises:
        UsageError: there is no such folder, or a template of it cannot be filled in.
    """
    if own is not None and not own.is_dir():
        raise UsageError(f"There is no folder {own} of templates.")
    try:
        return _environment(own).get_template(template).render(values)
    except jinja2.TemplateSyntaxError as error:
        raise UsageError(f"The template {error.name}, line {error.lineno}, is no template: {error.message}.") from error
    except (jinja2.TemplateError, UnicodeDecodeError, TypeError) as error:
        raise UsageError(f"The template {template} cannot be filled in: {str(error).rstrip('.')}.") from error


@lru_cache(maxsize=4)
def _environment(own: Path | None) -> jinja2.Environment:
    folders = [folder for folder in (own, TEMPLATES) if folder is not None]
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html", "html.j2", "css.j2"), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrapped"] = _wrapped
    return environment


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    """Text as lines of a letter; ``first`` begins the first of them, ``rest`` the others."""
    return textwrap.fill(
        " ".join(text.split()),
        LETTER_WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
