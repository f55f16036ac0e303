"""Where things were written: the user's own frames behind every layer, optimizer, loss, metric, callback and call."""

from __future__ import annotations

import inspect
import os
import sysconfig
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .source_text import SourceText, Span


@dataclass(frozen=True)
class Frame:
    """One line of the user's own code on the way to a place.

    Attributes:
        file: relative to the program's folder, with forward slashes.
        line: counted from 1.
        function: the function that the line stands in, ``<module>`` at the top level.
        code: the stripped text of the line.
    """

    file: str
    line: int
    function: str
    code: str


@dataclass(frozen=True)
class Place:
    """Where something was written.

    Attributes:
        file: relative to the program's folder, with forward slashes.
        line, end_line: counted from 1.
        column, end_column: characters counted from 0; None where Python does not tell (before 3.11).
        code: the source text of the stretch.
        function: the function that it stands in.
        frames: the user's own calls that led here, outermost first; the last is the place itself.
        assigned: for data, the last assignments of the names that stand here.
    """

    file: str
    line: int
    end_line: int
    column: int | None
    end_column: int | None
    code: str
    function: str
    frames: tuple[Frame, ...] = ()
    assigned: tuple[Place, ...] = ()


class RawFrame(NamedTuple):
    """A frame as it was met, before anybody asks for its text."""

    code: CodeType
    instruction: int
    line: int


Trace = tuple[RawFrame, ...]
"""The user's frames, innermost first."""


class UserCode:
    """Tells the user's own code apart: what lies under the program's folder and is not installed.

    Args:
        program: absolute path of the program.
    """

    def __init__(self, program: str) -> None:
        self.program = program
        self.folder = os.path.dirname(program)
        installed = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self._installed = tuple(os.path.join(path, "") for path in (*installed, own) if path)
        self._known: dict[str, bool] = {}

    def __contains__(self, file: str) -> bool:
        """Whether a code object's file is the user's own."""
        if file not in self._known:
            self._known[file] = self._is_own(file)
        return self._known[file]

    def absolute(self, file: str) -> str:
        """The absolute path of a code object's file."""
        return os.path.normpath(os.path.join(self.folder, file))

    def relative(self, file: str) -> str:
        """A file as the person knows it: relative to the program's folder."""
        try:
            return os.path.relpath(self.absolute(file), self.folder).replace(os.sep, "/")
        except ValueError:
            return os.path.basename(file)

    def is_installed(self, file: str) -> bool:
        """Whether a file belongs to Python, to a package or to us rather than to a program."""
        if file.startswith("<"):
            return True
        path = self.absolute(file)
        parts = path.split(os.sep)
        return "site-packages" in parts or "dist-packages" in parts or path.startswith(self._installed)

    def _is_own(self, file: str) -> bool:
        path = self.absolute(file)
        if path == self.program:
            return True
        if file.startswith("<") or not path.startswith(os.path.join(self.folder, "")):
            return False
        within = os.path.relpath(path, self.folder).split(os.sep)
        if "site-packages" in within or "dist-packages" in within:
            return False
        # A home folder may hold Python itself; a program among the installed files still has neighbours of its own.
        return not any(path.startswith(root) and not self.program.startswith(root) for root in self._installed)


Skip = Callable[[FrameType], bool]


def constructing(instance_class: type) -> Skip:
    """Skips frames of ``__new__`` that make the object itself."""

    def skip(frame: FrameType) -> bool:
        return frame.f_code.co_name == "__new__" and first_argument(frame) in instance_class.__mro__

    return skip


def overriding(instance: Any, method: str) -> Skip:
    """Skips frames of the object's own override of a method, so that ``super().fit()`` is not blamed."""

    def skip(frame: FrameType) -> bool:
        return frame.f_code.co_name == method and first_argument(frame) is instance

    return skip


def first_argument(frame: FrameType) -> Any:
    """The value of a function's first parameter; None where there is none."""
    code = frame.f_code
    return frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None


class Places:
    """The registry: object to place. Objects are not changed and not kept alive.

    Args:
        program: absolute path of the program.
    """

    def __init__(self, program: str) -> None:
        self.user_code = UserCode(program)
        self.paused = False
        self._traces: dict[int, tuple[Any, Trace]] = {}
        self._calls: dict[tuple[int, str], tuple[Any, Trace, Trace]] = {}
        self._sources: dict[str, SourceText] = {}

    def remember(self, instance: Any, start: FrameType | None) -> None:
        """Keep where an object is being made; ``start`` is the frame that asked for it."""
        if self.paused:
            return
        trace = self.trace(start, constructing(type(instance)))
        if trace:
            self._traces[id(instance)] = (self._reference(instance, self._traces, id(instance)), trace)

    def remember_call(self, instance: Any, method: str, start: FrameType | None) -> Trace:
        """Keep where a method of an object is being called, outside its own overrides and at the innermost line."""
        outer = self.trace(start, overriding(instance, method))
        inner = self.trace(start) or outer
        if not self.paused and inner:
            key = (id(instance), method)
            self._calls[key] = (self._reference(instance, self._calls, key), outer or inner, inner)
        return outer or inner

    def _reference(self, instance: Any, registry: dict[Any, Any], key: Any) -> Any:
        def forget(_: Any) -> None:
            registry.pop(key, None)

        try:
            return weakref.ref(instance, forget)
        except TypeError:
            return lambda: instance

    def trace(self, start: FrameType | None, skip: Skip | None = None) -> Trace:
        """The user's frames from ``start`` outwards, innermost first; without any under the folder, the program's side
        of the installed packages."""
        own: list[RawFrame] = []
        outside: list[RawFrame] = []
        frame = start
        while frame is not None:
            code = frame.f_code
            chosen = own if code.co_filename in self.user_code else outside
            wanted = chosen is own or not self.user_code.is_installed(code.co_filename)
            if wanted and (own or outside or skip is None or not skip(frame)):
                chosen.append(RawFrame(code, frame.f_lasti, frame.f_lineno))
            frame = frame.f_back
        return tuple(own or outside)

    def of(self, instance: Any) -> Place | None:
        """Where an object was made; None for what the user's code did not make."""
        trace = self.trace_of(instance)
        return None if trace is None else self.place(trace, callee=type(instance).__name__)

    def trace_of(self, instance: Any) -> Trace | None:
        """The user's frames behind an object, innermost first."""
        found = self._traces.get(id(instance))
        return found[1] if found is not None and found[0]() is instance else None

    def call(self, instance: Any, method: str) -> Place | None:
        """Where ``compile`` or ``fit`` was last called on an object."""
        traces = self.call_traces(instance, method)
        return self.place(traces[0], callee=method) if traces else None

    def call_traces(self, instance: Any, method: str) -> tuple[Trace, ...]:
        """The user's frames behind a call: outside the object's own overrides first, then from the innermost line."""
        found = self._calls.get((id(instance), method))
        if found is None or found[0]() is not instance:
            return ()
        return (found[1],) if found[1] == found[2] else (found[1], found[2])

    def definition(self, function: Any) -> Place | None:
        """Where the user's own code defines a function; None for anything else."""
        code = getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None)
        if code is None or code.co_filename not in self.user_code:
            return None
        source = self.source(code.co_filename)
        node = source.definition_at(code.co_name, code.co_firstlineno)
        if node is None:
            return None
        span = Span(node.lineno, node.end_lineno or node.lineno, node.col_offset, node.end_col_offset)
        return self.place((RawFrame(code, -1, node.lineno),), span=span)

    def place(self, trace: Trace, callee: str = "", span: Span | None = None, file: str | None = None) -> Place:
        """The place of the innermost frame of a trace, or of a stretch that stands in a file."""
        innermost = trace[0]
        where = file or innermost.code.co_filename
        source = self.source(where)
        if span is None:
            span = self.span(innermost)
            call = source.call_at(span, callee)
            if call is not None:
                span = Span(call.lineno, call.end_lineno or call.lineno, call.col_offset, call.end_col_offset)
        return Place(
            file=self.user_code.relative(where),
            line=span.line,
            end_line=span.end_line,
            column=source.characters(span.line, span.column),
            end_column=source.characters(span.end_line, span.end_column),
            code=source.code(span),
            function=innermost.code.co_name,
            frames=self.frames(trace),
        )

    def frames(self, trace: Trace) -> tuple[Frame, ...]:
        """A trace as people read it, outermost first."""
        return tuple(
            Frame(
                self.user_code.relative(raw.code.co_filename),
                raw.line,
                raw.code.co_name,
                self.source(raw.code.co_filename).line(raw.line),
            )
            for raw in reversed(trace)
        )

    def span(self, raw: RawFrame) -> Span:
        """The stretch of the instruction that a frame was at."""
        positions = getattr(raw.code, "co_positions", None)
        found = (
            next(islice(positions(), raw.instruction // 2, None), None) if positions and raw.instruction >= 0 else None
        )
        line, end_line, column, end_column = found or (None, None, None, None)
        if line is None or end_line is None or line > raw.line + 10_000:
            return Span(raw.line, raw.line, None, None)
        return Span(line, end_line, column, end_column)

    def source(self, file: str) -> SourceText:
        """The text of a file, read once."""
        path = self.user_code.absolute(file)
        if path not in self._sources:
            self._sources[path] = SourceText.of_file(path)
        return self._sources[path]
