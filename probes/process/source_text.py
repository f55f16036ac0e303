"""Source files of the program as text and syntax trees: which call stands where, and what was assigned before it."""

from __future__ import annotations

import ast
import io
import os
import tokenize
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

MAX_CODE = 400
"""Characters of source text that a place keeps."""

Function = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Span(NamedTuple):
    """A stretch of a file: lines from 1, columns in UTF-8 bytes from 0, as Python's own positions count them."""

    line: int
    end_line: int
    column: int | None
    end_column: int | None


class SourceText:
    """One source file. A file that cannot be read or parsed has lines as far as they go, and an empty tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines()
        self._parents: dict[ast.AST, ast.AST] = {}
        try:
            self.tree = ast.parse(text)
        except (SyntaxError, ValueError):
            self.tree = ast.Module(body=[], type_ignores=[])
        for parent in ast.walk(self.tree):
            for child in ast.iter_child_nodes(parent):
                self._parents[child] = parent

    @classmethod
    def of_file(cls, path: str) -> SourceText:
        """The text of a file, decoded as Python decodes it; empty where it cannot be read."""
        try:
            with open(path, "rb") as stream:
                return cls(decoded(stream.read()))
        except (OSError, SyntaxError, UnicodeDecodeError):
            return cls("")

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that holds this one."""
        return self._parents.get(node)

    def line(self, number: int) -> str:
        """The stripped text of a line, counted from 1."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""

    def characters(self, line: int, column: int | None) -> int | None:
        """A column counted in bytes as a column counted in characters."""
        if column is None or not 0 < line <= len(self.lines):
            return column
        return len(self.lines[line - 1].encode("utf-8")[:column].decode("utf-8", "replace"))

    def code(self, span: Span) -> str:
        """The text of a stretch, cut off where it is long."""
        if span.column is None or span.end_column is None:
            return self.line(span.line)
        lines = [one.encode("utf-8") for one in self.lines[span.line - 1 : span.end_line]]
        if not lines:
            return ""
        lines[-1] = lines[-1][: span.end_column]
        lines[0] = lines[0][span.column :]
        text = b"\n".join(lines).decode("utf-8", "replace")
        return text if len(text) <= MAX_CODE else text[:MAX_CODE].rstrip() + " ..."

    def call_at(self, span: Span, callee: str) -> ast.Call | None:
        """The call expression that Python was carrying out at a position.

        Args:
            span: of the instruction; without columns (Python 3.10) the line alone decides.
            callee: the last part of the called name, to choose among several calls of one line.
        """
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        if span.column is not None:
            ending = [one for one in calls if (one.end_lineno, one.end_col_offset) == (span.end_line, span.end_column)]
            return min(ending, key=lambda one: abs(one.lineno - span.line), default=None)
        starting = [one for one in calls if one.lineno == span.line]
        named = [one for one in starting if called_name(one) == callee]
        return next(iter(named or starting), None)

    def definition_at(self, name: str, line: int) -> Any | None:
        """The function of that name whose text, decorators included, starts at a line."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
                starts = [node.lineno, *(one.lineno for one in node.decorator_list)]
                if line in starts:
                    return node
        return None

    def enclosing_function(self, node: ast.AST) -> Any | None:
        """The function or lambda that a node stands in."""
        parent = self.parent(node)
        while parent is not None and not isinstance(parent, Function):
            parent = self.parent(parent)
        return parent

    def last_assignments(self, name: str, before: ast.AST, most: int = 1) -> list[ast.AST]:
        """What last gave a dotted name its value before a node: latest first, in the nearest scope that assigns it."""
        scope = self.enclosing_function(before)
        while True:
            body = self.tree if scope is None else scope
            found = [node for node in statements_of(body) if name in assigned_names(node)]
            # A function runs after its module's later lines too, so position counts in the node's own scope alone.
            earlier = [node for node in found if is_before(node, before)]
            chosen = earlier or (found if scope is not self.enclosing_function(before) else [])
            if chosen:
                return list(reversed(chosen))[:most]
            if scope is None:
                return []
            scope = self.enclosing_function(scope)


def decoded(source: bytes) -> str:
    """Source bytes as text: byte order mark, coding line and line ends as Python reads them."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return io.TextIOWrapper(io.BytesIO(source), encoding, newline=None).read()


def span_of(node: Any) -> Span:
    """The stretch of a node."""
    return Span(node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def is_before(node: Any, other: Any) -> bool:
    """Whether a node ends before another one starts."""
    return (node.end_lineno, node.end_col_offset) <= (other.lineno, other.col_offset)


def called_name(call: ast.Call) -> str:
    """The last part of the name that is called: ``compile`` of ``self.model.compile(...)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def dotted_name(node: ast.AST) -> str | None:
    """``a`` or ``a.b.c`` for names and attributes of names, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted_name(node.value)
        return None if base is None else f"{base}.{node.attr}"
    return None


def names_read(node: ast.AST) -> list[str]:
    """Dotted names whose values an expression reads, in order; the names that it calls are left out."""
    found: list[str] = []

    def visit(one: ast.AST) -> None:
        name = dotted_name(one)
        if name is not None:
            found.append(name)
            return
        if isinstance(one, ast.Call):
            if isinstance(one.func, ast.Attribute):
                visit(one.func.value)
            for argument in (*one.args, *(keyword.value for keyword in one.keywords)):
                visit(argument)
            return
        for child in ast.iter_child_nodes(one):
            visit(child)

    visit(node)
    return list(dict.fromkeys(found))


def statements_of(scope: ast.AST) -> Iterator[ast.AST]:
    """Every node of a module or function that does not belong to a function or class inside it, in source order."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (*Function, ast.ClassDef)):
            waiting[:0] = ast.iter_child_nodes(node)


CHANGES_IN_PLACE = frozenset({"shuffle", "sort", "fill", "put", "partition", "resize", "itemset", "setfield"})


def assigned_names(node: ast.AST) -> set[str]:
    """Dotted names that a statement gives a value to, or whose value it changes in place."""
    if isinstance(node, ast.Assign):
        return set(_targets(node.targets))
    if isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.NamedExpr)):
        return set(_targets([node.target])) if getattr(node, "value", None) is not None else set()
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return set(_targets([node.target]))
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return set(_targets([item.optional_vars for item in node.items if item.optional_vars is not None]))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called_name(node.value) in CHANGES_IN_PLACE:
        return _changed_in_place(node.value)
    return set()


def _targets(targets: Iterable[ast.AST]) -> Iterator[str]:
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            yield from _targets(target.elts)
        elif isinstance(target, (ast.Starred, ast.Subscript)):
            yield from _targets([target.value])
        else:
            name = dotted_name(target)
            if name is not None:
                yield name


def _changed_in_place(call: ast.Call) -> set[str]:
    receiver = dotted_name(call.func.value) if isinstance(call.func, ast.Attribute) else None
    arguments = {name for name in map(dotted_name, call.args) if name is not None}
    return arguments | ({receiver} if receiver is not None else set())


def module_file(folder: str, module: str) -> str | None:
    """The file of a neighbour module, ``a.b`` as ``a/b.py`` or ``a/b/__init__.py`` under the folder."""
    stem = os.path.join(folder, *module.split("."))
    return next((path for path in (stem + ".py", os.path.join(stem, "__init__.py")) if os.path.isfile(path)), None)
