from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import bundled
from assistant.__main__ import main
from assistant.answers_file import checked_answers, read_answers
from assistant.errors import UsageError
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from tests.assistant.small_world import small_kb


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["check", "missing.py"], "There is no file missing.py."),
        (["missing.py"], "There is no file missing.py."),
        (["check", "folder"], "folder is a folder; give the training script inside it."),
        (["check", "picture.png"], "picture.png is not a Python program: it is not text."),
        (["check", "notes.txt"], "notes.txt is not a Python program."),
        (["check", "good.py", "--symptom", "qwertyuiop"], "'qwertyuiop' is no symptom"),
        (["check", "good.py", "--answers", "missing.yaml"], "missing.yaml cannot be read"),
        (["check", "good.py", "--answers", "notes.txt"], "notes.txt holds no answers"),
        (["check", "good.py", "--kb", "missing"], "The knowledge base does not load"),
        (["check", "good.py", "--store", "bogus://x"], "cannot be opened"),
        (["check", "good.py", "--format", "pdf"], "Invalid value for '--format'"),
        (["check", "good.py", "--fit", "0"], "Invalid value for '--fit'"),
        (["check", "good.py", "--budget", "0"], "Invalid value for '--budget'"),
        (["check", "good.py", "--budget", "inf"], "Invalid value for '--budget'"),
        (["check", "good.py", "--python", "missing"], "There is no interpreter missing."),
        (["check", "good.py", "--python", "notes.txt"], "notes.txt is not a Python interpreter."),
        (["check", "good.py", "--python", "folder"], "folder is a folder without an interpreter"),
        (["good.py", "--plain", "--python", "missing"], "There is no interpreter missing."),
        (["check", "pipe.py"], "pipe.py is not a Python program."),
        (["check", "link.py"], "There is no file link.py (it is a link that leads nowhere)."),
        (["check", "good.py", "--answers", "folder"], "folder cannot be read"),
        (["check", "good.py", "--answers", "broken.yaml"], "broken.yaml is neither YAML nor JSON."),
        (["check", "good.py", "--store", "folder"], "cannot be opened"),
        (["check", "good.py", "--store", "notes.txt"], "cannot be opened"),
        (["check", "good.py", "--symptom", "none"], "'none' is no symptom; the symptoms are"),
        (["serve", "missing.py"], "There is no file missing.py."),
        (["serve", "--host", "0.0.0.0"], "0.0.0.0 is no loopback address"),
        (["check", "good.py", "--bogus"], "No such option: --bogus"),
        (["check"], "Missing argument 'PROGRAM'"),
        (["resume", "ffffffff"], "There is no session 'ffffffff'"),
        (["demo", "spiral"], "is 'spirals' meant?"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "link.py").symlink_to("nowhere.py")
    (tmp_path / "broken.yaml").write_text("a: [1,\n b: }")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (tmp_path / "notes.txt").write_text("my loss is nan")
    (tmp_path / "good.py").write_text("x = 1\n")
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1


def test_a_program_with_a_syntax_error_is_a_program(tmp_path: Path) -> None:
    from assistant.program_file import program_at

    broken = tmp_path / "train.py"
    broken.write_text("model = = 3\n")
    assert program_at(broken) == broken


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "check" in capsys.readouterr().out


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys; from assistant.__main__ import main; code = main(['--help']); "
        "heavy = {'tensorflow', 'keras', 'textual', 'sqlalchemy', 'networkx', 'numpy', 'pydantic_core'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Usage: keras-triage" in done.stdout


def test_the_core_never_loads_tensorflow() -> None:
    program = (
        "import sys, assistant.commands, assistant.plain, assistant.api; from probes.catalogue import catalogue; "
        "from knowledge_base.loading import load; catalogue(); load(); "
        "print({'tensorflow', 'keras', 'textual'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_sessions_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "s.db"
    assert main(["sessions", "--store", str(store)]) == 0
    assert "No session" in capsys.readouterr().err
    with Store(str(store)) as opened:
        kept = opened.begin(OpenedWith(program="/x/train.py"), "v")
    assert main(["sessions", "--store", str(store)]) == 0
    printed = capsys.readouterr().out
    assert kept.id in printed
    assert "x/train.py" in printed


def test_demos_are_listed_and_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert main(["demo", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 3
    program = bundled.copied("patterns")
    assert program.read_text() == next(one.source for one in bundled.demos() if one.name == "patterns")
    for one in bundled.demos():
        compile(one.source, one.name, "exec")


def test_answers_are_checked_against_the_knowledge_base(tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"labels_checked": "wrong"}))
    assert read_answers(file, small_kb()) == {"labels_checked": "wrong"}
    with pytest.raises(UsageError, match="is 'labels_checked' meant"):
        checked_answers({"label_checked": "wrong"}, small_kb())
    with pytest.raises(UsageError, match="has no answer 'bad'"):
        checked_answers({"labels_checked": "bad"}, small_kb())
