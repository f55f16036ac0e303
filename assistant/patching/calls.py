"""Editing the arguments of calls and the elements of lists, in the style that they are written in."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from assistant.patching.source import Source


def keyword(call: cst.Call, *names: str) -> cst.Arg | None:
    """The keyword argument of the first of these names that is given."""
    for name in names:
        for arg in call.args:
            if arg.keyword is not None and arg.keyword.value == name:
                return arg
    return None


def positional(call: cst.Call, index: int) -> cst.Arg | None:
    """The argument at a position; None where it is not given by position."""
    plain = []
    for arg in call.args:
        if arg.star:
            break
        if arg.keyword is None:
            plain.append(arg)
    return plain[index] if index < len(plain) else None


def argument(call: cst.Call, name: str, index: int | None = None) -> cst.Arg | None:
    """An argument by its name or else by its position."""
    found = keyword(call, name)
    if found is None and index is not None:
        found = positional(call, index)
    return found


def add_argument(source: Source, call: cst.Call, text: str) -> None:
    """Append an argument; in a call with one argument a line it gets a line of its own."""
    _append(source, call.args, _closing(source, call), text)


def add_keyword(source: Source, call: cst.Call, text: str) -> None:
    """Put a keyword argument right behind those that are given by position."""
    plain = 0
    while plain < len(call.args) and call.args[plain].keyword is None and call.args[plain].star != "**":
        plain += 1
    insert_argument(source, call, plain, text)


def insert_argument(source: Source, call: cst.Call, index: int, text: str) -> None:
    """Put an argument before the one at an index; at the end where there are not so many."""
    if index >= len(call.args):
        add_argument(source, call, text)
        return
    source.insert(source.start(call.args[index]), f"{text},{_gap(source, call.args, index)}")


def set_argument(source: Source, call: cst.Call, name: str, value: str, index: int | None = None) -> None:
    """Give an argument a value, whether it is there or not."""
    found = argument(call, name, index)
    if found is not None:
        source.replace(found.value, value)
    else:
        give_keyword(source, call, name, value)


def give_keyword(source: Source, call: cst.Call, name: str, value: str) -> None:
    """Give a keyword argument that is not written in a call, where it may come out of a dictionary already.

    Twice the same keyword is an error, so it is laid over what the dictionary holds: ``**{**settings, "rate": 0.1}``.
    """
    unpacked = unpacked_in(call)
    if unpacked is None:
        add_argument(source, call, f"{name}={value}")
        return
    source.replace(unpacked.value, f'{{**{source.code(unpacked.value)}, "{name}": {value}}}')


def unpacked_in(call: cst.Call) -> cst.Arg | None:
    """The last argument of a call that is a dictionary to be unpacked; None without one."""
    return next((one for one in reversed(call.args) if one.star == "**"), None)


def remove_argument(source: Source, call: cst.Call, arg: cst.Arg) -> None:
    """Take an argument out, with its comma and the line that it had for itself."""
    _remove(source, call.args, arg, _closing(source, call))


def _closing(source: Source, call: cst.Call) -> int:
    end = source.end(call)
    return source.text.rindex(")", source.start(call), end)


def insert_element(source: Source, inside: cst.List | cst.Tuple, index: int, text: str) -> None:
    """Put an element before the one at an index; at the end where the index is the length."""
    elements = inside.elements
    if index >= len(elements):
        closing = source.end(inside) - 1
        _append(source, elements, closing, text)
        return
    start = source.start(elements[index])
    source.insert(start, f"{text},{_gap(source, elements, index)}")


def remove_element(source: Source, inside: cst.List | cst.Tuple, element: cst.BaseElement) -> None:
    """Take an element out, with its comma and the line that it had for itself."""
    _remove(source, inside.elements, element, source.end(inside) - 1)


def _gap(source: Source, nodes: Sequence[cst.CSTNode], index: int) -> str:
    """What parts a node from the one before it: a blank, or a line end with the indentation."""
    start = source.start(nodes[index])
    line_start = source.line_start(start)
    before = source.text[line_start:start]
    return "\n" + before if not before.strip() else " "


def _append(source: Source, nodes: Sequence[cst.CSTNode], closing: int, text: str) -> None:
    if not nodes:
        source.insert(closing, text)
        return
    last = nodes[-1]
    end = source.end(last)
    comma = _comma(last)
    own_line = _gap(source, nodes, len(nodes) - 1)
    if own_line == " ":
        source.insert(end, f", {text}")
        return
    # The line of the last argument may end in a comment, which stays with it.
    after = source.text.index(",", end) + 1 if comma else end
    line_end = after
    while line_end < len(source.text) and source.text[line_end] not in "\r\n":
        line_end += 1
    if line_end > closing:
        source.insert(end, f",{own_line}{text}")
    elif comma:
        source.insert(line_end, f"{own_line}{text},")
    else:
        source.splices([(end, end, ","), (line_end, line_end, f"{own_line}{text}")])


def _comma(node: cst.CSTNode) -> bool:
    return isinstance(getattr(node, "comma", None), cst.Comma)


def _remove(source: Source, nodes: Sequence[cst.CSTNode], gone: cst.CSTNode, closing: int) -> None:
    index = list(nodes).index(gone)
    start, end = source.span(gone)
    after_comma = source.text.index(",", end) + 1 if _comma(gone) else end
    line_start = source.line_start(start)
    line_end = after_comma
    while line_end < len(source.text) and source.text[line_end] not in "\r\n":
        line_end += 1
    rest = source.text[after_comma:line_end].strip()
    alone = not source.text[line_start:start].strip() and (not rest or rest.startswith("#"))
    if alone and (_comma(gone) or len(nodes) > 1) and line_end < closing:
        next_line = line_end + (2 if source.text.startswith("\r\n", line_end) else 1)
        source.splice(line_start, next_line, "")
    elif index + 1 < len(nodes):
        source.splice(start, source.start(nodes[index + 1]), "")
    elif index > 0:
        before = source.end(nodes[index - 1])
        source.splice(before, end, "")
    else:
        source.splice(start, after_comma, "")
