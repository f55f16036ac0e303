"""What a person names as a script is checked before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.process.errors import ProgramError
from probes.sources.script import open_script


def test_a_script_is_a_program_with_an_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.py").write_text("print(1)\n")
    monkeypatch.chdir(tmp_path)
    program = open_script("train.py", ["--a", "b"], fit=2)
    assert program.path == tmp_path / "train.py"
    assert (program.arguments, program.fit) == (("--a", "b"), 2)


def test_a_script_without_ending_but_with_a_first_line(tmp_path: Path) -> None:
    (tmp_path / "train").write_text("#!/usr/bin/env python\n")
    assert open_script(tmp_path / "train").path.name == "train"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.py", None, "There is no file"),
        ("folder", "folder", "is a folder"),
        ("model.keras", b"PK\x03\x04\0\0", "is not a Python script"),
        ("data.csv", b"a,b\n", "is not a Python script"),
        ("odd.py", b"\0\1\2", "is not a Python script"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | str | None, words: str
) -> None:
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(ProgramError, match=words):
        open_script(path)
