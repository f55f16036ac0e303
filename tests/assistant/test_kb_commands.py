from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.errors import UsageError
from assistant.kb_commands import kb_app


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(kb_app, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_check_counts_what_it_found_in_order() -> None:
    status, output = run("check")
    assert status == 0, output
    assert output.rstrip().endswith("no problem found.")


def broken(folder: Path, text: str) -> Path:
    (folder / "causes").mkdir(parents=True)
    (folder / "causes" / "ours.yaml").write_text(text, encoding="utf-8")
    return folder


def test_check_fails_with_the_place(tmp_path: Path) -> None:
    own = broken(tmp_path / "own", "- id: ours\n  titel: Ours\n")
    status, output = run("--kb", str(own), "check")
    assert status == 1
    assert "ours.yaml:2:3: unknown key 'titel'; did you mean 'title'?" in output


def test_new_writes_what_check_then_asks_to_finish(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    status, output = run("--kb", str(own), "new", "cause", "gremlins")
    assert status == 0, output
    assert (own / "causes" / "gremlins.yaml").is_file()
    status, output = run("--kb", str(own), "check")
    assert status == 1
    assert {line.rpartition(": ")[2] for line in output.splitlines()[:-1]} == {"still TODO"}
    with pytest.raises(UsageError, match="is taken"):
        run("--kb", str(own), "new", "cause", "gremlins")


def test_explain_show_and_paths() -> None:
    assert run("explain", "lr_too_high")[1].startswith("# ")
    assert "## Sources" in run("show", "lr_too_high")[1]
    status, output = run("paths", "lr_too_high")
    assert status == 0
    assert "loss_oscillates (typical)" in output


@pytest.mark.parametrize("command", ["explain", "show", "paths", "tree"])
def test_an_unknown_id_names_the_nearest(command: str) -> None:
    wrong = "loss_nam" if command == "tree" else "lr_to_high"
    with pytest.raises(UsageError, match="did you mean"):
        run(command, wrong)


@pytest.mark.parametrize("format", ["text", "mermaid", "dot"])
def test_tree(format: str) -> None:
    status, output = run("tree", "loss_nan", "--format", format)
    assert status == 0
    assert {"text": "loss_nan: ", "mermaid": "flowchart TD", "dot": "digraph {"}[format] in output


def test_coverage_names_every_document() -> None:
    status, output = run("coverage")
    assert status == 0, output
    assert "quoted nowhere" not in output
    assert [line[0] for line in output.splitlines() if "advising sentences quoted" in line] == ["V", "I", "C", "K"]


def test_search() -> None:
    assert "lr_too_high" in run("search", "learning", "rate")[1]
    assert run("search", "zebra")[1] == "Nothing holds these words.\n"


def test_schemas_are_written(tmp_path: Path) -> None:
    status, output = run("schemas", "--in", str(tmp_path))
    assert status == 0
    assert (tmp_path / "causes.json").is_file()
    assert len(output.splitlines()) == len(list(tmp_path.glob("*.json")))


def test_the_commands_load_nothing_until_called() -> None:
    heavy = ("yaml", "pydantic", "networkx")
    code = f"import sys; import assistant.kb_commands; print([one for one in {heavy} if one in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
