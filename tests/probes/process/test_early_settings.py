"""Settings that must precede the import are found in the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from probes.process.early_settings import settings_before_import


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("os.environ['KERAS_BACKEND'] = 'jax'", ("KERAS_BACKEND",)),
        ("os.environ['CUDA_VISIBLE_DEVICES'] = ''", ("CUDA_VISIBLE_DEVICES",)),
        ("environ['XLA_FLAGS'] = '1'", ("XLA_FLAGS",)),
        ("os.environ.setdefault('OMP_NUM_THREADS', '1')", ("OMP_NUM_THREADS",)),
        ("os.environ.update({'TF_ENABLE_ONEDNN_OPTS': '0', 'A': 'b'})", ("TF_ENABLE_ONEDNN_OPTS",)),
        ("os.environ.update(TF_X='0')", ("TF_X",)),
        ("os.environ.update(settings)", ("?",)),
        ("os.putenv('TF_X', '0')", ("TF_X",)),
        ("os.environ[name] = 'x'", ("?",)),
        ("os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'", ()),
        ("os.environ['PYTHONHASHSEED'] = '0'", ()),
        ("os.environ['WANDB_MODE'] = 'off'", ()),
        ("print(os.environ['KERAS_BACKEND'])", ()),
        ("cache.update({'TF_X': 1})", ()),
        ("def f(:", ()),
    ],
)
def test_in_the_script(tmp_path: Path, line: str, found: tuple[str, ...]) -> None:
    program = tmp_path / "train.py"
    program.write_text(f"import os\n{line}\n")
    assert settings_before_import(program) == found


def test_in_neighbours_however_far(tmp_path: Path) -> None:
    for name, text in {
        "train.py": "from package.one import go\nimport train\n",
        "package/__init__.py": "",
        "package/one.py": "import two\n",
        "two.py": "import os\nos.environ['TF_X'] = '1'\n",
        "unused.py": "import os\nos.environ['TF_Y'] = '1'\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert settings_before_import(tmp_path / "train.py") == ("TF_X",)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert settings_before_import(tmp_path / "none.py") == ()
