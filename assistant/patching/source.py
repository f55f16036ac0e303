"""A program's text that can be edited in places while its syntax tree stays at hand."""

from __future__ import annotations

import ast
import bisect
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from assistant.patching.model import CannotEditError, PlaceLike

Node = TypeVar("Node", bound=cst.CSTNode)
_SMALL = (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Expr, cst.Return)
_LINE_END = re.compile(r"\r\n|\n|\r")


class Source:
    """Text, its concrete syntax tree, and anchors: stretches with a name that move along when the text is edited.

    Edits replace stretches of the text, so that everything outside of them stays as it is to the last blank.

    Args:
        text: the program; line ends as they are in the file.
        file: its name as places give it.
        places: by kind; those in other files are kept apart.

    Raises:
        libcst.ParserSyntaxError: the text is not Python.
    """

    def __init__(self, text: str, file: str, places: Mapping[str, PlaceLike]) -> None:
        self.text = text
        self.file = file
        self.newline = next(iter(_LINE_END.findall(text)), "\n")
        self.elsewhere = {kind: place for kind, place in places.items() if place.file != file}
        self._tree: cst.Module | None = None
        self._read(cst.parse_module(text))
        self.anchors = dict(self._anchored(places))

    @property
    def module(self) -> cst.Module:
        """The syntax tree of the text as it stands; nodes of before an edit are not in it."""
        if self._tree is None:
            try:
                self._read(cst.parse_module(self.text))
            except cst.ParserSyntaxError as error:
                raise CannotEditError("The program cannot be changed there without breaking it.") from error
        assert self._tree is not None
        return self._tree

    def _read(self, module: cst.Module) -> None:
        self._tree = module
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._parents = _parents(module)
        starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        self._starts = starts
        self._known: dict[cst.CSTNode, tuple[int, int]] = {}
        for node, place in wrapper.resolve(PositionProvider).items():
            start = starts[place.start.line - 1] + place.start.column
            end = starts[min(place.end.line, len(starts)) - 1] + place.end.column
            self._known[node] = (start, end)

    @property
    def _spans(self) -> dict[cst.CSTNode, tuple[int, int]]:
        assert self.module is not None
        return self._known

    def _anchored(self, places: Mapping[str, PlaceLike]) -> Iterator[tuple[str, tuple[int, int]]]:
        for kind, place in places.items():
            if place.file != self.file or not 0 < place.line <= len(self._starts):
                continue
            end_line = place.end_line or place.line
            if place.column is None or place.end_column is None or end_line > len(self._starts):
                found = self._call_on_line(place.line, kind)
                if found is not None:
                    yield kind, found
                continue
            yield kind, (self._starts[place.line - 1] + place.column, self._starts[end_line - 1] + place.end_column)

    def _call_on_line(self, line: int, kind: str) -> tuple[int, int] | None:
        """The only call that starts on a line, or the one that the kind names."""
        calls = [node for node in self.all(cst.Call) if self.line(node) == line]
        named = [node for node in calls if _last_name(node.func) == kind.partition(".")[0]]
        outer = named or [one for one in calls if not any(self.inside(one, other) for other in calls if other != one)]
        return self.span(outer[0]) if outer else None

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Start and end of a node in the text."""
        return self._spans[node]

    def start(self, node: cst.CSTNode) -> int:
        """Where a node starts."""
        return self._spans[node][0]

    def end(self, node: cst.CSTNode) -> int:
        """Where a node ends."""
        return self._spans[node][1]

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node, with the brackets around it that are its own."""
        start, end = self._spans[node]
        for _ in getattr(node, "lpar", ()):
            start, end = self.text.rindex("(", 0, start), self.text.index(")", end) + 1
        return self.text[start:end]

    def line_at(self, offset: int) -> int:
        """The line of an offset, counted from 1."""
        return bisect.bisect_right(self._starts, offset)

    def line(self, node: cst.CSTNode) -> int:
        """The line that a node starts on, counted from 1."""
        return self.line_at(self.start(node))

    def line_start(self, offset: int) -> int:
        """Where the line of an offset starts."""
        return self._starts[self.line_at(offset) - 1]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The node that holds a node."""
        assert self.module is not None
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, innermost first."""
        parent = self.parent(node)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def around(self, node: cst.CSTNode, kind: type[Node]) -> Node | None:
        """The innermost node of a kind around a node."""
        return next((one for one in self.ancestors(node) if isinstance(one, kind)), None)

    def inside(self, node: cst.CSTNode, outer: cst.CSTNode) -> bool:
        """Whether a node lies in another one."""
        return outer in self.ancestors(node)

    def small_statements(self, within: cst.CSTNode | None = None) -> list[cst.BaseSmallStatement]:
        """Every statement that holds no block, in the order of the text."""
        found: list[cst.BaseSmallStatement] = []
        for kind in _SMALL:
            found += self.all(kind, within)
        return sorted(found, key=self.start)

    def all(self, kind: type[Node], within: cst.CSTNode | None = None) -> list[Node]:
        """Every node of a kind in the order of the text."""
        found = [node for node in self._spans if isinstance(node, kind)]
        if within is not None:
            start, end = self.span(within)
            found = [node for node in found if start <= self.start(node) and self.end(node) <= end and node != within]
        return sorted(found, key=lambda node: (self.start(node), -self.end(node)))

    def function(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The function that a node stands in."""
        return self.around(node, cst.FunctionDef)

    def at(self, kind: str) -> cst.CSTNode | None:
        """The outermost node that is exactly as long as an anchor, argument or statement included."""
        anchor = self.anchors.get(kind)
        if anchor is None:
            return None
        wanted = (cst.BaseExpression, cst.Arg, cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.DictElement)
        exact = [node for node, span in self._spans.items() if span == anchor and isinstance(node, wanted)]
        if exact:
            return min(exact, key=lambda node: sum(1 for _ in self.ancestors(node)))
        start, end = anchor
        within = [
            node
            for node, span in self._spans.items()
            if start <= span[0] and span[1] <= end and isinstance(node, cst.BaseExpression)
        ]
        widest = max(within, key=lambda node: self.end(node) - self.start(node), default=None)
        # A value in brackets of its own is told with them by nobody; anything else that does not fit is stale.
        if widest is not None and self.text[start:end].strip("() \t\r\n") == self.code(widest).strip("() \t\r\n"):
            return widest
        return None

    def splice(self, start: int, end: int, new: str) -> None:
        """Replace a stretch of the text; anchors move along, and nodes have to be looked up anew."""
        new = _LINE_END.sub(lambda _: self.newline, new)
        self.text = self.text[:start] + new + self.text[end:]
        self._tree = None
        self.anchors = {kind: _moved(anchor, start, end, len(new)) for kind, anchor in self.anchors.items()}

    def splices(self, edits: Iterable[tuple[int, int, str]]) -> None:
        """Replace several stretches that do not overlap, all told in offsets of the text as it stands."""
        for start, end, new in sorted(edits, reverse=True):
            self.splice(start, end, new)

    def replace(self, node: cst.CSTNode, new: str) -> None:
        """Replace the text of a node."""
        self.splice(*self.span(node), new)

    def insert(self, offset: int, new: str) -> None:
        """Put text before an offset."""
        self.splice(offset, offset, new)

    def attempt(self, edit: Callable[[], None]) -> None:
        """Carry out an edit as a whole or, if it cannot be, not at all.

        Raises:
            CannotEditError: it cannot be; the text is what it was.
        """
        text, anchors = self.text, self.anchors
        try:
            edit()
            check_parses(self.text)
        except BaseException:
            if self.text != text:
                self.text, self._tree = text, None
            self.anchors = anchors
            raise


def _parents(module: cst.Module) -> dict[cst.CSTNode, cst.CSTNode]:
    """The node that holds each node; ten times as fast as the provider of libcst."""
    found: dict[cst.CSTNode, cst.CSTNode] = {}
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        for name in node.__dataclass_fields__:
            value = getattr(node, name)
            children = value if isinstance(value, (list, tuple)) else (value,)
            for child in children:
                if isinstance(child, cst.CSTNode):
                    found[child] = node
                    waiting.append(child)
    return found


def check_parses(text: str) -> None:
    """Make sure that a text is a Python program.

    Raises:
        CannotEditError: it is not.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise CannotEditError("The program cannot be changed there without breaking it.") from error


def _moved(anchor: tuple[int, int], start: int, end: int, size: int) -> tuple[int, int]:
    """An anchor after a stretch was replaced by ``size`` characters."""
    first, last = anchor
    grown = size - (end - start)
    if last <= start:
        return anchor
    if first >= end:
        return first + grown, last + grown
    if first <= start and last >= end:
        return first, last + grown
    return start, start + size


def _last_name(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""
