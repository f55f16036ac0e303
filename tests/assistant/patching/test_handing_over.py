from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.patching.handing_over import PatchWish, hand_over
from assistant.report.model import Report
from tests.assistant.test_report import report_of

PATCH = "--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-a\r\n+b\r\n"


def report(patch: str | None = PATCH, status: str | None = "unverified") -> Report:
    return report_of().model_copy(update={"patch": patch, "patch_status": status})


def test_the_patch_is_written_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "fix.diff"
    hand_over(report(), tmp_path / "train.py", PatchWish(file))
    assert file.read_bytes() == PATCH.encode()
    assert "git apply" in capsys.readouterr().err


def test_the_program_is_changed_after_a_yes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "train.py"
    program.write_bytes(b"a\r\n")
    hand_over(report(), program, PatchWish(apply=True), lambda _: False)
    assert program.read_bytes() == b"a\r\n"
    told = capsys.readouterr()
    assert "not proven" in told.err
    assert "Nothing was changed." in told.err
    assert told.out == ""
    hand_over(report(status="proven"), program, PatchWish(apply=True), lambda _: True)
    assert program.read_bytes() == b"b\r\n"
    assert "not proven" not in capsys.readouterr().err


def test_without_a_patch_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "fix.diff"
    hand_over(report(None, None), tmp_path / "train.py", PatchWish(file, apply=True), lambda _: True)
    assert not file.exists()
    assert "no patch" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        hand_over(report(), tmp_path / "train.py", PatchWish(tmp_path / "no" / "fix.diff"))
