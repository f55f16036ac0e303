"""JSON schemas of the YAML files, made from the models so that an editor completes and checks while an author writes.

``python -m knowledge_base.json_schemas`` writes them to ``schemas/``; a test fails where they have drifted.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter

from knowledge_base import conditions, questions, schema, trees
from knowledge_base.loading import LISTS, SINGLES

FOLDER = Path(__file__).parent / "schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, str]:
    """The text of each schema by the name of its file."""
    kinds: dict[str, TypeAdapter[Any]] = {kind: TypeAdapter(model) for kind, model in SINGLES.items()}
    kinds |= {kind: TypeAdapter(tuple[model, ...]) for kind, model in LISTS.items()}  # type: ignore[valid-type]
    return {f"{kind}.json": _text(kind, adapter) for kind, adapter in sorted(kinds.items())}


def write(folder: Path = FOLDER) -> list[Path]:
    """Write every schema; the files written."""
    folder.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in schemas()]


def _text(kind: str, adapter: TypeAdapter[Any]) -> str:
    made = adapter.json_schema(by_alias=True, ref_template="#/$defs/{model}")
    for name, definition in [*made.get("$defs", {}).items(), (made.get("title", ""), made)]:
        _describe(definition, name)
    return json.dumps({"$schema": _DIALECT, "title": kind, **made}, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _describe(definition: dict[str, Any], model: str) -> None:
    for name, text in _docstrings().get(model, {}).items():
        if name in definition.get("properties", {}):
            definition["properties"][name].setdefault("description", text)


@cache
def _docstrings() -> Mapping[str, Mapping[str, str]]:
    """The docstring under each field, by model and by the key that an author writes."""
    modules: tuple[ModuleType, ...] = (schema, conditions, questions, trees)
    return {name: dict(_of_class(module, node)) for module in modules for name, node in _classes(module)}


def _classes(module: ModuleType) -> Iterator[tuple[str, ast.ClassDef]]:
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            yield node.name, node


def _of_class(module: ModuleType, node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    model = getattr(module, node.name)
    for statement, after in zip(node.body, node.body[1:], strict=False):
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            field = getattr(model, "model_fields", {}).get(statement.target.id)
            yield (field.alias if field and field.alias else statement.target.id), after.value.value


if __name__ == "__main__":
    for path in write():
        print(path)
