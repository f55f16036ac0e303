"""The source of a program and its neighbours, read for the secrets and the names that stand in it."""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.bundle.patterns import SECRET_NAME

MOST_FILES = 200
"""Python files of the folder that are looked at."""

MOST_CHARACTERS = 2_000_000
"""Of one of them."""

_LABELS = re.compile(r"class|label|categor|target_names", re.IGNORECASE)
_COLUMNS = re.compile(r"column|feature|^names$|usecols|^cols?$|^by$|^on$|^subset$|_cols?$", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d][\w .-]{1,60}")


@dataclass
class ProgramText:
    """What stands in the source.

    Attributes:
        secrets: texts given to what has a secret's name.
        classes: names of classes that the program defines, and of the classes that its labels name.
        columns: texts that columns are called by.
        given: names that the program gives to what it makes, and of the functions that it defines.
    """

    secrets: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)


def read_text(program: Path) -> ProgramText:
    """Read a program, the Python files in its folder and its ``.env``; what cannot be read or parsed is passed over."""
    found = ProgramText()
    found.secrets.update(_of_dotenv(program.parent))
    for path in _files(program):
        try:
            with tokenize.open(path) as file:
                source = file.read(MOST_CHARACTERS)
        except (OSError, SyntaxError, UnicodeDecodeError):
            continue
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            found.secrets.update(_by_lines(source))
        else:
            for node in ast.walk(tree):
                _take(node, found)
    return found


def _files(program: Path) -> Iterator[Path]:
    yield program
    try:
        around = sorted(program.parent.glob("*.py"))[:MOST_FILES]
    except OSError:
        return
    yield from (one for one in around if one.name != program.name)


def _of_dotenv(folder: Path) -> Iterator[str]:
    """The secrets among the variables that a program reads from files beside it (``NAME=value`` a line)."""
    try:
        for path in sorted(folder.glob(".env*"))[:MOST_FILES]:
            for line in path.read_text("utf-8", "replace")[:MOST_CHARACTERS].splitlines():
                name, _, value = line.strip().removeprefix("export ").partition("=")
                if SECRET_NAME.search(name) and not name.startswith("#"):
                    yield value.strip().strip("'\"")
    except OSError:
        return


def _by_lines(source: str) -> Iterator[str]:
    """Secrets of a program that does not parse."""
    for line in source.splitlines():
        if SECRET_NAME.search(line):
            yield from (text for _, text in re.findall(r"(['\"])([^'\"\n]+)\1", line))


def _take(node: ast.AST, found: ProgramText) -> None:
    for name, value in _named(node):
        texts = set(_texts(value))
        if SECRET_NAME.search(name):
            found.secrets |= texts
        if _LABELS.search(name) and isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            found.classes |= {one for one in texts if _NAME.fullmatch(one)}
        if _COLUMNS.search(name):
            found.columns |= {one for one in texts if _NAME.fullmatch(one)}
        if name == "name":
            found.given |= texts
    if isinstance(node, ast.ClassDef):
        found.classes.add(node.name)
    if isinstance(node, ast.FunctionDef):
        found.given.add(node.name)
    if isinstance(node, ast.Subscript):
        found.columns |= {one for one in _texts(node.slice) if _NAME.fullmatch(one)}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "drop"):
        found.columns |= {one for given in node.args for one in _texts(given) if _NAME.fullmatch(one)}


def _named(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Values with the names that they are given to."""
    match node:
        case ast.Assign():
            yield from ((_spelled(target), node.value) for target in node.targets)
        case ast.AnnAssign(value=ast.expr() as value):
            yield _spelled(node.target), value
        case ast.keyword(arg=str() as name):
            yield name, node.value
        case ast.Dict():
            keys = zip(node.keys, node.values, strict=True)
            yield from ((str(key.value), value) for key, value in keys if isinstance(key, ast.Constant))
        case ast.arguments():
            given = [*node.posonlyargs, *node.args]
            late = given[len(given) - len(node.defaults) :]
            yield from ((one.arg, default) for one, default in zip(late, node.defaults, strict=True))
            pairs = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            yield from ((one.arg, default) for one, default in pairs if default is not None)
        case ast.Call(func=ast.Attribute(), args=[ast.Constant(value=str() as name), value, *_]):
            # os.environ.setdefault("API_KEY", "..."), parser.add_argument has its text in `default`.
            yield name, value
        case ast.Compare(left=left, comparators=[value]):
            yield _spelled(left), value


def _spelled(target: ast.expr) -> str:
    """The name of what is assigned to: a variable, an attribute, or the text in brackets."""
    match target:
        case ast.Name():
            return target.id
        case ast.Attribute():
            return target.attr
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
    return ""


def _texts(value: ast.expr) -> Iterator[str]:
    """The texts of a constant or of a list of them."""
    match value:
        case ast.Constant(value=str() as text):
            yield text
        case ast.Constant(value=bytes() as data):
            yield data.decode("utf-8", "replace")
        case ast.List() | ast.Tuple() | ast.Set():
            for one in value.elts:
                yield from _texts(one)
