from __future__ import annotations

import json

import pytest

from knowledge_base.json_schemas import FOLDER, schemas
from knowledge_base.loading import LISTS, SINGLES


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_committed_schemas_are_those_of_the_models(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")
    assert committed == schemas()[name], "run `keras-triage kb schemas`"


def test_there_is_one_for_each_kind_of_file() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == {*LISTS, *SINGLES}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_field_is_described(name: str) -> None:
    schema = json.loads(schemas()[name])
    models = [*schema.get("$defs", {}).values(), schema]
    for model in models:
        for field, written in model.get("properties", {}).items():
            assert written.get("description"), f"{model.get('title')}.{field}"
