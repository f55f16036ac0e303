"""One YAML file to plain values, keeping where each of them stands.

YAML is read as version 1.2: keys are always strings (``on``, ``yes``), only ``true`` and ``false`` are truth values,
and ``1e-4`` is a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.problems import LoadError, Place, Problem

_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


class _Loader(_Base):  # type: ignore[misc]  # the loader in C where there is one
    """A loader that resolves no tags, which are never looked at: half of its time went there."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        return ""

    def descend_resolver(self, current_node: object, current_index: object) -> None:
        return

    def ascend_resolver(self) -> None:
        return


@dataclass(frozen=True)
class Written:
    """A value as it was written.

    Attributes:
        value: plain mappings, lists and scalars.
        file: the file that it stands in.
        node: the parsed YAML, which knows the places.
    """

    value: Any
    file: Path
    node: yaml.Node

    def place(self, *keys: object) -> Place:
        """Where the last key or list item stands; keys that are not found are passed over."""
        node, mark = self.node, self.node.start_mark
        for key in keys:
            found = _step(node, key)
            if found:
                mark, node = found
        return Place(self.file, mark.line + 1, mark.column + 1)

    def items(self) -> list[Written]:
        """The items of a list, each with its own places."""
        return [Written(value, self.file, node) for value, node in zip(self.value, self.node.value, strict=True)]


def read(file: Path) -> Written | None:
    """The contents of a YAML file; ``None`` of an empty one.

    Raises:
        LoadError: the file is not YAML, not UTF-8, or a mapping names one key twice.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise LoadError([Problem.at(place, f"not YAML: {error.problem or error.context}")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LoadError([Problem.at(Place(file), f"not YAML: {error}")]) from error
    return None if node is None else Written(_plain(node, file), file, node)


def _plain(node: yaml.Node, file: Path) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value if node.style else _scalar(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, file) for item in node.value]
    values: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in values:
            place = Place(file, key.start_mark.line + 1, key.start_mark.column + 1)
            known = isinstance(key, yaml.ScalarNode)
            message = f"the key {key.value!r} is written twice" if known else "a key must be a word"
            raise LoadError([Problem.at(place, message)])
        values[key.value] = _plain(value, file)
    return values


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _step(node: yaml.Node, key: object) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark, node.value[key]
    return None
