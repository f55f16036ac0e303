"""Names in a program: how Keras is spelled there, and where a name got its value."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from assistant.patching.source import Source

_PUBLIC = {"keras": "keras", "tensorflow.keras": "keras", "tf_keras": "keras", "tensorflow.python.keras": "keras"}
_STARRED = ("keras.layers", "keras.optimizers", "keras.losses", "keras.models", "keras.initializers", "keras")


def dotted(node: cst.CSTNode | None) -> str | None:
    """``a`` or ``a.b.c`` of names and attributes of names, else None."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted(node.value)
        return None if base is None else f"{base}.{node.attr.value}"
    return None


def last_name(node: cst.CSTNode) -> str:
    """The last part of a dotted name: ``Dense`` of ``keras.layers.Dense``; empty for anything else."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


@dataclass(frozen=True)
class Imported:
    """One name that an import binds."""

    local: str
    """The name in the program."""
    path: str
    """What it stands for, such as ``keras.layers.Dense``; Keras inside TensorFlow is told as ``keras``."""


def imported(source: Source, at: cst.CSTNode | None = None) -> list[Imported]:
    """What the imports bind that are in force at a node: those of the module, and of the functions around the node."""
    around = set(source.ancestors(at)) if at is not None else set()
    found: list[Imported] = []
    nodes: list[cst.Import | cst.ImportFrom] = [*source.all(cst.Import), *source.all(cst.ImportFrom)]
    for node in nodes:
        function = source.function(node)
        if function is None or function in around:
            found += list(_bound(node))
    return found


def _bound(node: cst.Import | cst.ImportFrom) -> list[Imported]:
    found = []
    if isinstance(node, cst.Import):
        for alias in node.names:
            path = dotted(alias.name) or ""
            if alias.asname is not None:
                found.append(Imported(last_name(alias.asname.name), public(path)))
            else:
                found.append(Imported(path, public(path)))
        return found
    module = public(dotted(node.module) or "")
    if isinstance(node.names, cst.ImportStar):
        return [Imported("*", module)]
    for alias in node.names:
        name = last_name(alias.name)
        local = last_name(alias.asname.name) if alias.asname is not None else name
        found.append(Imported(local, public(f"{module}.{name}")))
    return found


def public(path: str) -> str:
    """A dotted path with every way to Keras told as ``keras``."""
    for spelled, plain in sorted(_PUBLIC.items(), key=lambda one: -len(one[0])):
        if path == spelled or path.startswith(spelled + "."):
            return plain + path[len(spelled) :]
    return path


def path_of(source: Source, node: cst.CSTNode) -> str:
    """What a dotted name in the program stands for: ``keras.layers.Dense`` of ``L.Dense``; else the name itself."""
    spelled = dotted(node)
    if spelled is None:
        return ""
    known = imported(source, node)
    for one in sorted(known, key=lambda one: -len(one.local)):
        if one.local != "*" and (spelled == one.local or spelled.startswith(one.local + ".")):
            return public(one.path + spelled[len(one.local) :])
    if "." not in spelled:
        star = next((one.path for one in known if one.local == "*" and one.path in _STARRED), None)
        if star is not None and spelled[:1].isupper():
            return f"{star}.{spelled}"
    return spelled


def spell(source: Source, path: str, at: cst.CSTNode | None = None) -> str:
    """How the program says ``keras.layers.Dense``; where it has no way yet, an import is added.

    The text may change, so that nodes have to be looked up anew.
    """
    known = [one for one in imported(source, at) if one.local != "*" and "." not in one.local]
    exact = next((one.local for one in known if one.path == path), None)
    if exact is not None:
        return exact
    module, _, name = path.rpartition(".")
    starred = any(one.local == "*" and one.path == module for one in imported(source, at))
    if starred and name[:1].isupper():
        return name
    for one in sorted(known, key=lambda one: -len(one.path)):
        if one.path == "tensorflow":
            continue
        if path.startswith(one.path + ".") and (one.path == "keras" or one.path.startswith("keras.")):
            return one.local + path[len(one.path) :]
    flow = next((one.local for one in known if one.path == "tensorflow"), None)
    if flow is not None:
        return f"{flow}.{path}"
    if any(one.local == "keras" or one.local.startswith("keras.") for one in imported(source, at)):
        return path
    return _import(source, path)


def _import(source: Source, path: str) -> str:
    """Add a name to the ``from`` import of its module, or a new import in the program's own spelling of Keras."""
    module, _, name = path.rpartition(".")
    froms = [node for node in source.all(cst.ImportFrom) if source.function(node) is None]
    for node in froms:
        if public(dotted(node.module) or "") == module and not isinstance(node.names, cst.ImportStar):
            source.insert(source.end(list(node.names)[-1]), f", {name}")
            return name
    roots = [dotted(node.module) or "" for node in froms if public(dotted(node.module) or "").startswith("keras")]
    root = "tensorflow.keras" if any(one.startswith("tensorflow") for one in roots) else "keras"
    add_import(source, f"from {root}{module.removeprefix('keras')} import {name}")
    return name


def add_import(source: Source, line: str) -> None:
    """Put an import below the last import at the top level, or below the module's docstring."""
    at_top: list[cst.CSTNode] = [*source.all(cst.Import), *source.all(cst.ImportFrom)]
    lines = [source.parent(node) for node in at_top]
    tops = [one for one in lines if one is not None and source.parent(one) is source.module]
    if tops:
        last = max(tops, key=source.end)
        _insert_after_line(source, source.end(last), line)
        return
    body = source.module.body
    first = body[0] if body else None
    if isinstance(first, cst.SimpleStatementLine) and source.module.get_docstring() is not None:
        _insert_after_line(source, source.end(first), line)
    elif first is not None:
        source.insert(source.line_start(source.start(first)), line + "\n")
    else:
        source.insert(len(source.text), line + "\n")


def _insert_after_line(source: Source, offset: int, line: str) -> None:
    end = offset
    while end < len(source.text) and source.text[end] not in "\r\n":
        end += 1
    source.insert(end, "\n" + line)


def numpy_name(source: Source, at: cst.CSTNode | None = None) -> str:
    """How the program says NumPy; an import is added where it does not."""
    found = next((one.local for one in imported(source, at) if one.path == "numpy"), None)
    if found is not None:
        return found
    add_import(source, "import numpy as np")
    return "np"


def assignment_of(source: Source, name: str, before: cst.CSTNode) -> cst.CSTNode | None:
    """The statement that last gave a plain name its value before a node, in its function or else in the module.

    None where there is none, or where the name is a parameter or the target of a loop.
    """
    scope: cst.CSTNode | None = source.function(before)
    own = scope
    while True:
        if isinstance(scope, cst.FunctionDef) and name in parameters_of(scope):
            return None
        found = [node for node in source.small_statements(scope) if name in targets_of(node)]
        found = [node for node in found if source.function(node) is scope]
        # A function runs after the lines of its module that follow it, so the order counts in one scope alone.
        earlier = [node for node in found if source.end(node) <= source.start(before)] if scope is own else found
        if earlier:
            return earlier[-1]
        if scope is None:
            return None
        scope = source.function(scope)


def assignments(source: Source, name: str) -> list[cst.BaseSmallStatement]:
    """Every statement that assigns a plain name, anywhere."""
    return [node for node in source.small_statements() if name in targets_of(node)]


def targets_of(node: cst.CSTNode) -> set[str]:
    """The dotted names that a statement assigns."""
    if isinstance(node, cst.Assign):
        return {name for target in node.targets for name in _names(target.target)}
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        return _names(node.target)
    return set()


def _names(target: cst.BaseExpression) -> set[str]:
    if isinstance(target, (cst.Tuple, cst.List)):
        return {name for one in target.elements for name in _names(one.value)}
    spelled = dotted(target)
    return {spelled} if spelled is not None else set()


def parameters_of(function: cst.FunctionDef) -> list[str]:
    """Names of a function's parameters in order."""
    own = function.params
    return [one.name.value for one in (*own.posonly_params, *own.params, *own.kwonly_params)]


def reads(source: Source, name: str, within: cst.CSTNode | None = None) -> list[cst.BaseExpression]:
    """Every place where a dotted name is read, in order."""
    kind: type[cst.BaseExpression] = cst.Attribute if "." in name else cst.Name
    found = []
    for node in source.all(kind, within):
        if dotted(node) != name or _is_bound(source, node):
            continue
        found.append(node)
    return found


def _is_bound(source: Source, node: cst.BaseExpression) -> bool:
    """Whether a name stands where it is no value: assigned, a keyword, a parameter, an attribute of something."""
    parent = source.parent(node)
    if isinstance(parent, cst.Attribute) and parent.attr is node:
        return True
    if isinstance(parent, cst.Arg):
        return parent.keyword is node
    if isinstance(parent, (cst.Param, cst.AssignTarget, cst.ImportAlias, cst.AsName, cst.FunctionDef, cst.ClassDef)):
        return not (isinstance(parent, cst.Param) and parent.default is node)
    if isinstance(parent, (cst.AnnAssign, cst.For, cst.CompFor)):
        return parent.target is node
    if isinstance(parent, (cst.Element, cst.StarredElement)):
        # An element of a target such as ``x, y = ...``.
        holder = source.parent(parent)
        above = source.parent(holder) if holder is not None else None
        return isinstance(above, (cst.AssignTarget, cst.For, cst.CompFor)) and (
            not isinstance(above, (cst.For, cst.CompFor)) or above.target is holder
        )
    return False


def fresh(source: Source, wanted: str) -> str:
    """A name that the program does not use yet."""
    used = {node.value for node in source.all(cst.Name)}
    name, number = wanted, 2
    while name in used:
        name, number = f"{wanted}_{number}", number + 1
    return name


def assigned_everywhere(source: Source, name: str) -> list[cst.BaseExpression]:
    """Every expression that a plain name is given on its own, anywhere, in order."""
    found = []
    for statement in assignments(source, name):
        plain = isinstance(statement, cst.Assign) and any(dotted(one.target) == name for one in statement.targets)
        value = statement.value if plain or isinstance(statement, cst.AnnAssign) else None  # type: ignore[attr-defined]
        if value is not None:
            found.append(value)
    return found
