from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.lint import lint
from knowledge_base.loading import load
from knowledge_base.scaffolds import scaffold
from tests.knowledge_base.samples import CATALOGUE, FIXTURE, TREATMENTS, small


@pytest.mark.parametrize("kind", ["cause", "question"])
def test_a_scaffold_passes_but_for_what_is_still_to_be_written(tmp_path: Path, kind: str) -> None:
    own = tmp_path / "own"
    for file, text in scaffold(small(), kind, "something_new", own).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    kb = load([own], content=FIXTURE)
    problems = lint(kb, CATALOGUE, TREATMENTS)
    assert problems
    assert {one.message for one in problems} == {"still TODO"}


def test_what_cannot_be_begun() -> None:
    kb = small()
    with pytest.raises(ValueError, match="is taken"):
        scaffold(kb, "cause", "lr_too_high", Path("x"))
    with pytest.raises(ValueError, match="is no id"):
        scaffold(kb, "cause", "Not An Id", Path("x"))
    with pytest.raises(ValueError, match="use cause or question"):
        scaffold(kb, "tree", "new", Path("x"))
