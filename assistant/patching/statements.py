"""Putting statements into a program and taking them out, at the indentation of their neighbours."""

from __future__ import annotations

import libcst as cst

from assistant.patching.model import CannotEditError
from assistant.patching.source import Source

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


def statement_of(source: Source, node: cst.CSTNode) -> Statement:
    """The whole statement that a node stands in, the node itself included.

    Raises:
        CannotEditError: the statement shares its line with others.
    """
    for one in (node, *source.ancestors(node)):
        if isinstance(one, cst.SimpleStatementSuite):
            raise CannotEditError(f"Line {source.line(node)} holds several statements; give each a line of its own.")
        if isinstance(one, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            return one
    raise CannotEditError("There is no statement to change.")


def indentation_of(source: Source, statement: Statement) -> str:
    """The white space that a statement's line begins with."""
    start = _first_offset(source, statement)
    return source.text[source.line_start(start) : start]


def _first_offset(source: Source, statement: Statement) -> int:
    """Where a statement's line has its first word, decorators included."""
    decorators = getattr(statement, "decorators", ())
    return min([source.start(statement), *(source.start(one) for one in decorators)])


def insert_before(source: Source, node: cst.CSTNode, lines: list[str]) -> None:
    """Put statements before the one that a node stands in."""
    statement = statement_of(source, node)
    # An ``elif`` is no place for a statement: the whole chain of conditions is what comes after.
    parent = source.parent(statement)
    while isinstance(statement, cst.If) and isinstance(parent, cst.If) and parent.orelse is statement:
        statement, parent = parent, source.parent(parent)
    indentation = indentation_of(source, statement)
    text = "".join(f"{indentation}{line}\n" if line else "\n" for line in lines)
    source.insert(source.line_start(_first_offset(source, statement)), text)


def insert_after(source: Source, node: cst.CSTNode, lines: list[str]) -> None:
    """Put statements after the one that a node stands in."""
    statement = statement_of(source, node)
    indentation = indentation_of(source, statement)
    text = "".join(f"\n{indentation}{line}" if line else "\n" for line in lines)
    source.insert(line_end(source, source.end(statement)), text)


def line_end(source: Source, offset: int) -> int:
    """Where the line of an offset ends, before its line end."""
    while offset < len(source.text) and source.text[offset] not in "\r\n":
        offset += 1
    return offset


def delete(source: Source, node: cst.CSTNode) -> None:
    """Take out the statement that a node stands in; a block that would be empty keeps a ``pass``."""
    statement = statement_of(source, node)
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) > 1:
        raise CannotEditError(f"Line {source.line(node)} holds several statements; give each a line of its own.")
    block = source.parent(statement)
    if isinstance(block, cst.IndentedBlock) and len(block.body) == 1:
        source.replace(statement, "pass")
        return
    start = source.line_start(_first_offset(source, statement))
    end = line_end(source, source.end(statement))
    if source.text.startswith("\r\n", end):
        end += 2
    elif end < len(source.text):
        end += 1
    elif start > 0:
        start -= 2 if source.text.startswith("\r\n", start - 2) else 1
    source.splice(start, end, "")


def is_before(source: Source, first: cst.CSTNode, second: cst.CSTNode) -> bool:
    """Whether a node ends before another one starts."""
    return source.end(first) <= source.start(second)
