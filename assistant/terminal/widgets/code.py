"""Code in a narrow column: long lines go on below, indented, and what is said beside a line stands above it."""

from __future__ import annotations

import io
import textwrap
import tokenize

from textual.content import Content
from textual.events import Resize

from assistant.terminal.widgets.rows import Line

CONTINUED = 4
"""Columns by which what goes on from a line is indented further."""


class Code(Line):
    """Lines of code, laid out anew when the width changes."""

    def __init__(self, text: str) -> None:
        super().__init__("", classes="code")
        self._text = textwrap.dedent(text.expandtabs(4)).strip("\n")

    def on_mount(self) -> None:
        """Show them at whatever width there is."""
        self.put(Content.assemble((self._text, "$code")))

    def on_resize(self, event: Resize) -> None:
        """Lay them out."""
        self.put(Content.assemble((fitted(self._text, self.content_size.width), "$code")))


def fitted(code: str, width: int) -> str:
    """The same code with no line longer than ``width`` columns, as far as words allow."""
    lines = code.splitlines()
    if all(len(line) <= width for line in lines):
        return code
    comments = _comments(code)
    return "\n".join(one for number, line in enumerate(lines, 1) for one in _fit(line, width, comments.get(number)))


def _comments(code: str) -> dict[int, int]:
    """At which column of which line a comment begins."""
    found: dict[int, int] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.start[1]
    except (tokenize.TokenError, SyntaxError):
        # A piece of code need not be a whole program.
        return found
    return found


def _fit(line: str, width: int, comment: int | None) -> list[str]:
    if len(line) <= width:
        return [line]
    code, said = (line, "") if comment is None else (line[:comment].rstrip(), line[comment:].lstrip("# "))
    indent = " " * (len(line) - len(line.lstrip()))
    above = textwrap.wrap(said, width, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
    if not code.strip():
        return above
    if len(code) <= width:
        return [*above, code]
    deeper = indent + " " * CONTINUED
    below = textwrap.wrap(
        code.strip(),
        width,
        initial_indent=indent,
        subsequent_indent=deeper,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [*above, *below]
