from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.patching.applying import apply, read_program
from assistant.patching.diffs import unified_diff

BEFORE, AFTER = "# é\r\nrate = 3.0\r\n", "# é\r\nrate = 0.3\r\n"


def diff() -> str:
    found = unified_diff(BEFORE, AFTER, "train.py")
    assert found is not None
    return found


def test_the_file_is_changed_and_kept_as_it_was(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(BEFORE.encode())
    program.chmod(0o750)
    asked: list[str] = []

    def yes(question: str) -> bool:
        asked.append(question)
        return True

    copy = apply(program, diff(), yes)
    assert copy == tmp_path / "train.py.orig"
    assert copy.read_bytes() == BEFORE.encode()
    assert program.read_bytes() == AFTER.encode()
    assert program.stat().st_mode & 0o777 == 0o750
    assert asked == ["Change train.py, and keep a copy of it as train.py.orig?"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["train.py", "train.py.orig"]


def test_nothing_is_written_without_a_yes(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(BEFORE.encode())
    assert apply(program, diff(), lambda _: False) is None
    assert [one.name for one in tmp_path.iterdir()] == ["train.py"]
    assert program.read_bytes() == BEFORE.encode()


def test_no_copy_is_overwritten(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(BEFORE.encode())
    (tmp_path / "train.py.orig").write_text("older")
    assert apply(program, diff(), lambda _: True) == tmp_path / "train.py.orig2"
    assert (tmp_path / "train.py.orig").read_text() == "older"


def test_a_file_that_changed_meanwhile_is_left(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(BEFORE.replace("3.0", "4.0").encode())
    with pytest.raises(UsageError, match="changed"):
        apply(program, diff(), lambda _: True)
    assert [one.name for one in tmp_path.iterdir()] == ["train.py"]


def test_another_encoding_is_kept(tmp_path: Path) -> None:
    before, after = "# coding: latin-1\n# \xe9\nrate = 3.0\n", "# coding: latin-1\n# \xe9\nrate = 0.3\n"
    program = tmp_path / "train.py"
    program.write_bytes(before.encode("latin-1"))
    assert read_program(program).text == before
    found = unified_diff(before, after, "train.py")
    assert found is not None
    apply(program, found, lambda _: True)
    assert program.read_bytes() == after.encode("latin-1")


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not text"):
        read_program(program)
