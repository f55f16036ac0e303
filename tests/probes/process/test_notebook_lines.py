"""What an exported notebook still holds for its notebook."""

from __future__ import annotations

import sys

import pytest

from probes.process.execution import run


@pytest.fixture(autouse=True)
def _main_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


def _run(text: str) -> None:
    run(compile(text, "train.py", "exec"), "train.py")


def test_magics_are_passed_over_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    _run("get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().system('pip install x')\nprint('on')\n")
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "Passed over, for it needs a notebook: run_line_magic matplotlib inline",
        "Passed over, for it needs a notebook: system pip install x",
        "on",
    ]


def test_a_program_that_asks_where_it_runs_hears_that_it_is_no_notebook(capsys: pytest.CaptureFixture[str]) -> None:
    _run("try:\n    get_ipython().__class__\n    print('notebook')\nexcept NameError:\n    print('script')\n")
    assert capsys.readouterr().out == "script\n"


def test_a_program_that_asks_for_none_has_none() -> None:
    _run("import builtins\nassert 'get_ipython' not in globals() and not hasattr(builtins, 'get_ipython')\n")
