"""Where the arguments of ``compile`` and ``fit`` were written, and where their values came from."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from .places import Place, Places, Trace
from .source_text import (
    SourceText,
    assigned_names,
    called_name,
    dotted_name,
    module_file,
    names_read,
    span_of,
    statements_of,
)

MAX_DEPTH = 5
"""How many calls and modules a value is followed through."""

DATA = ("x", "y", "sample_weight", "validation_data", "class_weight")
"""Arguments whose place stays the argument itself, with the assignments of its names."""


def setting_places(places: Places, instance: Any, method: str) -> dict[str, Place]:
    """The place of every argument that the user gave to the last ``compile`` or ``fit`` of an object, by its name.

    A setting passed by a variable is at the last assignment of that variable; data are at the argument, with the last
    assignments of their names.
    """
    found: dict[str, Place] = {}
    for trace in places.call_traces(instance, method):
        call = call_of(places, trace, method)
        if call is None:
            continue
        source = places.source(trace[0].code.co_filename)
        parameters = _parameters(getattr(type(instance), method, None))
        for name, node in arguments(call, method, parameters, source):
            if name not in found:
                found[name] = Follower(places, trace).argument(name, node)
    return found


def construction_places(places: Places, instance: Any) -> dict[str, Place]:
    """The place of every argument that an object was made with by the user's code, by its name."""
    trace = places.trace_of(instance)
    name = type(instance).__name__
    call = call_of(places, trace, name) if trace else None
    if trace is None or call is None or called_name(call) != name:
        return {}
    source = places.source(trace[0].code.co_filename)
    given = arguments(call, name, _parameters(type(instance).__init__), source)
    return {argument: Follower(places, trace).argument(argument, node) for argument, node in given}


def call_of(places: Places, trace: Trace, method: str) -> ast.Call | None:
    """The call expression at the innermost line of a trace."""
    return places.source(trace[0].code.co_filename).call_at(places.span(trace[0]), method)


def _parameters(function: Callable[..., Any] | None) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)[1:] if function is not None else ()
    except (TypeError, ValueError):
        return ()


def arguments(
    call: ast.Call, method: str, parameters: tuple[str, ...], source: SourceText
) -> Iterator[tuple[str, Any]]:
    """The arguments of a call with their names: keywords, positions, and what a dict brings as ``**settings``."""
    if called_name(call) in (method, "__init__", ""):
        for name, node in zip(parameters, call.args, strict=False):
            if isinstance(node, ast.Starred):
                break
            yield name, node
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword
        else:
            yield from _unpacked(keyword.value, call, source)


def _unpacked(value: ast.AST, call: ast.Call, source: SourceText) -> Iterator[tuple[str, Any]]:
    name = dotted_name(value)
    if name is not None:
        assigned = source.last_assignments(name, call)
        value = getattr(assigned[0], "value", value) if assigned else value
    if isinstance(value, ast.Dict):
        for key, entry in zip(value.keys, value.values, strict=False):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, entry
    elif isinstance(value, ast.Call) and called_name(value) == "dict":
        for keyword in value.keywords:
            if keyword.arg is not None:
                yield keyword.arg, keyword


class Follower:
    """Follows the value of an argument back to where it was written.

    Args:
        places: the registry.
        trace: the user's frames behind the call, innermost first.
    """

    def __init__(self, places: Places, trace: Trace) -> None:
        self._places = places
        self._trace = trace

    def argument(self, name: str, node: Any) -> Place:
        """The place of an argument; ``node`` is a keyword or a value."""
        value = node.value if isinstance(node, ast.keyword) else node
        own = self._at(self._trace, node)
        if name in DATA:
            sources = [place for read in names_read(value) for place in self._assigned(read, node, self._trace, 3, 0)]
            return dataclasses.replace(own, assigned=tuple(dict.fromkeys(sources)))
        read = dotted_name(value)
        assigned = self._assigned(read, node, self._trace, 1, 0) if read is not None else []
        return assigned[0] if assigned else own

    def _at(self, trace: Trace, node: Any, file: str | None = None) -> Place:
        return self._places.place(trace, span=span_of(node), file=file)

    def _assigned(self, name: str, node: ast.AST, trace: Trace, most: int, depth: int) -> list[Place]:
        """Where a dotted name got its value before a node: here, at the caller, in another module, or as an option."""
        if depth > MAX_DEPTH or not trace:
            return []
        source = self._places.source(trace[0].code.co_filename)
        found = source.last_assignments(name, node, most)
        if found:
            return [self._at(trace, one if not isinstance(one, ast.For) else one.iter) for one in found]
        return (
            self._from_caller(name, node, trace, most, depth)
            or self._from_module(name, source, trace, depth)
            or self._from_option(name, source, trace)
            or self._from_attribute(name, source, trace)
        )

    def _from_caller(self, name: str, node: ast.AST, trace: Trace, most: int, depth: int) -> list[Place]:
        source = self._places.source(trace[0].code.co_filename)
        function = source.enclosing_function(node)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or len(trace) < 2:
            return []
        parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        everyone = {*parameters, *(one.arg for one in function.args.kwonlyargs)}
        base, _, rest = name.partition(".")
        if base not in everyone:
            return []
        outer = trace[1:]
        call = call_of(self._places, outer, function.name)
        if call is None:
            return []
        if parameters and parameters[0] in ("self", "cls") and isinstance(call.func, ast.Attribute):
            parameters = parameters[1:]
        given = dict(
            arguments(call, called_name(call), tuple(parameters), self._places.source(outer[0].code.co_filename))
        )
        if base not in given:
            return self._default(function, base, trace)
        value = given[base].value if isinstance(given[base], ast.keyword) else given[base]
        passed = dotted_name(value)
        if passed is None:
            sources = [one for read in names_read(value) for one in self._assigned(read, call, outer, 1, depth + 1)]
            return [self._at(outer, given[base]), *(sources if most > 1 else [])]
        dotted = f"{passed}.{rest}" if rest else passed
        return self._assigned(dotted, call, outer, most, depth + 1) or [self._at(outer, given[base])]

    def _default(self, function: Any, name: str, trace: Trace) -> list[Place]:
        positional = [*function.args.posonlyargs, *function.args.args]
        defaults = dict(zip([one.arg for one in reversed(positional)], reversed(function.args.defaults), strict=False))
        defaults.update(zip([one.arg for one in function.args.kwonlyargs], function.args.kw_defaults, strict=False))
        node = defaults.get(name)
        return [self._at(trace, node)] if node is not None else []

    def _from_module(self, name: str, source: SourceText, trace: Trace, depth: int) -> list[Place]:
        """``from settings import RATE`` and ``settings.RATE``: the neighbour's own last assignment."""
        folder = self._places.user_code.folder
        base, _, rest = name.partition(".")
        for node in statements_of(source.tree):
            wanted, module = None, None
            if isinstance(node, ast.ImportFrom) and node.module:
                wanted = next((alias.name for alias in node.names if (alias.asname or alias.name) == base), None)
                module = node.module
            elif isinstance(node, ast.Import) and rest:
                module = next((alias.name for alias in node.names if (alias.asname or alias.name) == base), None)
                wanted = rest if module else None
            file = module_file(folder, module) if wanted and module else None
            if file is None or wanted is None:
                continue
            neighbour = self._places.source(file)
            found = [one for one in statements_of(neighbour.tree) if wanted in assigned_names(one)]
            if found:
                return [self._at(trace, found[-1], file)]
        return []

    def _from_option(self, name: str, source: SourceText, trace: Trace) -> list[Place]:
        """``args.batch_size``: the ``add_argument("--batch-size", ...)`` behind it."""
        if "." not in name:
            return []
        option = name.rpartition(".")[2]
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and called_name(node) == "add_argument":
                flags = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                target = next((one.value for one in node.keywords if one.arg == "dest"), None)
                wanted = {flag.lstrip("-").replace("-", "_") for flag in flags}
                if option in wanted or (isinstance(target, ast.Constant) and target.value == option):
                    return [self._at(trace, node)]
        return []

    def _from_attribute(self, name: str, source: SourceText, trace: Trace) -> list[Place]:
        """``self.rate`` and ``Config.rate``: the last assignment of that attribute, or of that name in a class body."""
        if "." not in name:
            return []
        wanted = name.rpartition(".")[2]
        found = []
        for node in ast.walk(source.tree):
            named = assigned_names(node)
            in_class = isinstance(source.parent(node), ast.ClassDef) and wanted in named
            if in_class or any(one.endswith("." + wanted) for one in named):
                found.append(node)
        return [self._at(trace, found[-1])] if found else []
