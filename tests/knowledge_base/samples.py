"""A small knowledge base for the tests, and ways to break it."""

from __future__ import annotations

import shutil
from pathlib import Path

from knowledge_base.fields import FieldTree
from knowledge_base.lint import lint
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.problems import Problem

FIXTURE = Path(__file__).parent / "fixture"
NUMBER = FieldTree("number", optional=True)
COLUMN = FieldTree(
    "record", fields={"name": FieldTree("text"), "spread": NUMBER, "constant": FieldTree("flag"), "bins": NUMBER}
)
CATALOGUE = {
    "input_statistics": FieldTree(
        "record",
        fields={
            "largest": NUMBER,
            "kind": FieldTree("text"),
            "columns": FieldTree("list", item=COLUMN),
            "shape": FieldTree("list", item=FieldTree("integer")),
        },
    ),
    "updates": FieldTree("record", fields={"ratio": NUMBER, "layer": FieldTree("text", optional=True)}),
}
TREATMENTS = {"set_learning_rate"}


def small() -> KnowledgeBase:
    return load(content=FIXTURE)


class Broken:
    """A copy of the small knowledge base, to be broken in one place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "broken"
        shutil.copytree(FIXTURE, self.folder)

    def replace(self, file: str, old: str, new: str) -> Broken:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} does not stand in {file}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self

    def line(self, file: str, words: str) -> int:
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if words in line)

    def load(self) -> KnowledgeBase:
        return load(content=self.folder)

    def lint(self) -> list[Problem]:
        return lint(self.load(), CATALOGUE, TREATMENTS)
