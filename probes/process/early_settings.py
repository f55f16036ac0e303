"""Settings of the environment that a program makes before it imports TensorFlow, found in its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .source_text import SourceText, called_name, dotted_name, module_file

READ_AT_IMPORT = ("KERAS_", "TF_", "XLA_", "CUDA_", "OMP_", "MKL_", "OPENBLAS_", "ROCM_", "HIP_", "NVIDIA_")
"""Beginnings of variables that TensorFlow, Keras or NumPy read when they are imported."""

HARMLESS = frozenset({"TF_CPP_MIN_LOG_LEVEL", "TF_CPP_MIN_VLOG_LEVEL", "TF_CPP_MAX_VLOG_LEVEL", "TF_CPP_VMODULE"})
"""Those that only choose what is logged."""

MAX_NEIGHBOURS = 50
"""Neighbour modules that are read for such settings."""


def settings_before_import(program: Path) -> tuple[str, ...]:
    """Environment variables that the script or its neighbours set and that must precede the import of TensorFlow.

    A variable whose name cannot be read from the source counts as one, under the name ``?``.
    """
    found: dict[str, None] = {}
    for source in _with_neighbours(program):
        for name in _variables_set(source):
            if name == "?" or (name.startswith(READ_AT_IMPORT) and name not in HARMLESS):
                found[name] = None
    return tuple(found)


def _with_neighbours(program: Path) -> Iterator[SourceText]:
    folder = str(program.parent)
    waiting, seen = [str(program)], set[str]()
    while waiting and len(seen) < MAX_NEIGHBOURS:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        source = SourceText.of_file(path)
        yield source
        for module in _imported(source):
            file = module_file(folder, module)
            if file is not None:
                waiting.append(file)


def _imported(source: SourceText) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if base:
                yield base
            yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names)


def _variables_set(source: SourceText) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Subscript) and _is_environment(target.value):
                    yield _constant(target.slice)
        elif isinstance(node, ast.Call):
            yield from _variables_of_call(node)


def _variables_of_call(call: ast.Call) -> Iterator[str]:
    on_environment = isinstance(call.func, ast.Attribute) and _is_environment(call.func.value)
    name = called_name(call)
    if (name == "setdefault" and on_environment) or (name == "putenv" and call.args):
        yield _constant(call.args[0]) if call.args else "?"
    elif name == "update" and on_environment:
        for keyword in call.keywords:
            yield keyword.arg or "?"
        for argument in call.args:
            if isinstance(argument, ast.Dict):
                yield from (_constant(key) for key in argument.keys)
            else:
                yield "?"


def _is_environment(node: ast.AST) -> bool:
    return (dotted_name(node) or "").rpartition(".")[2] == "environ"


def _constant(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "?"
