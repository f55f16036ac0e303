"""The code that causes show and remedies hand over: it is Python, and the Keras it names exists."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pytest

from knowledge_base.loading import load
from knowledge_base.saying import fill

CAUSES = load().causes


def pieces() -> Iterator[tuple[str, str]]:
    for cause in CAUSES.values():
        yield f"{cause.id}.example", cause.example
        for remedy in cause.remedies:
            if remedy.code:
                yield f"{cause.id}.{remedy.id}", fill(remedy.code, {})


@pytest.mark.parametrize(("name", "text"), pieces())
def test_code_parses_with_nothing_known_of_the_case(name: str, text: str) -> None:
    ast.parse(text, filename=name)


def test_code_is_filled_with_what_is_known() -> None:
    remedy = next(one for one in CAUSES["lr_too_high"].remedies if one.id == "lower_learning_rate")
    facts = {"learning_rate": 0.5, "suggested_learning_rate": 0.001, "optimizer": "SGD", "loss": "mse"}
    filled = fill(remedy.code or "", facts)
    assert "SGD(learning_rate=0.001)" in filled
    assert "# was 0.5" in filled


def keras_names(text: str) -> set[str]:
    found = {ast.unparse(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    return {name for name in found if name.split(".")[0] in ("keras", "tf") and name.replace(".", "").isidentifier()}


@pytest.mark.keras
def test_every_name_of_keras_exists() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    roots: dict[str, Any] = {"keras": pytest.importorskip("keras"), "tf": pytest.importorskip("tensorflow")}
    missing = []
    for name, text in pieces():
        for dotted in keras_names(text):
            root, *rest = dotted.split(".")
            try:
                reduce(getattr, rest, roots[root])
            except AttributeError:
                missing.append(f"{name}: {dotted}")
    assert not missing
