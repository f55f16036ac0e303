"""``keras-triage check`` from the outside: one process a program, as people and scripts run it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.session.store import Store

pytestmark = [pytest.mark.keras, pytest.mark.slow]

MODEL = """
import keras, numpy as np
keras.utils.set_random_seed(1)
x = np.random.default_rng(1).normal(size=(64, 4)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(8, activation="relu"),
                          keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
"""


def check(folder: Path, source: str, *options: str, arguments: tuple[str, ...] = ()) -> tuple[int, dict[str, Any], str]:
    """Exit status, report and standard error of a check in a folder that holds the program alone."""
    folder.mkdir(exist_ok=True)
    (folder / "train.py").write_text(source)
    store = folder.parent / "sessions.db"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "assistant", "check", "train.py", "--format", "json", "--store", str(store)),
            *options,
            *(("--", *arguments) if arguments else ()),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=590,
        check=False,
    )
    left = {one.name for one in folder.iterdir()} - {"train.py", "__pycache__"}
    assert not left
    report: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
    return done.returncode, report, done.stderr


@pytest.mark.parametrize(
    ("source", "code", "status", "sentence"),
    [
        ("import os\nos._exit(7)\n", 3, "program_failed", "exit status 7"),
        ("table = {}\nx = table['price']\n", 3, "program_failed", "train.py, line 2): KeyError: 'price'"),
        ("x = 1\ny = = 2\n", 3, "program_failed", "train.py, line 2): SyntaxError"),
        (MODEL, 3, "program_failed", "without calling `fit`"),
        ("import time\nwhile True:\n    time.sleep(0.1)\n", 4, "inconclusive", "did not reach `fit` within 6 s"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", 4, "inconclusive", "killed"),
        ("input('how many? ')\n", 3, "program_failed", "there is no standard input"),
    ],
)
def test_a_program_that_does_not_get_to_its_fit(
    source: str, code: int, status: str, sentence: str, tmp_path: Path
) -> None:
    returned, report, errors = check(tmp_path / "case", source, "--setup-timeout", "6")
    said = " ".join([report["text"], *report["remarks"]])
    assert sentence in said, errors
    assert returned == code or (code == 3 and returned == 1 and report["status"] == "diagnosed")
    assert report["status"] in (status, "diagnosed")
    with Store(str(tmp_path / "sessions.db")) as store:
        assert store.sessions()[0].events >= 1


def test_a_program_gets_its_own_arguments_and_keeps_its_folder_clean(tmp_path: Path) -> None:
    source = (
        "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--epochs', type=int)\n"
        f"epochs = parser.parse_args().epochs\n{MODEL}\nmodel.fit(x, y, epochs=epochs, verbose=0)\n"
    )
    code, report, errors = check(tmp_path / "case", source, arguments=("--epochs", "3"))
    assert code in (0, 1, 5), errors
    assert report["case"]["fit_line"] == source.count("\n")
    assert report["case"]["model"]["class"] == "Sequential"
    with Store(str(tmp_path / "sessions.db")) as store:
        kept = store.open(store.sessions()[0].id)
    assert kept.opened.arguments == ("--epochs", "3")
    case = next(one for one in kept.events if one.event == "case_opened")
    assert case.case.fit.epochs == 3
    assert str(tmp_path) not in json.dumps(report)


def test_ctrl_c_ends_at_once_and_keeps_the_session(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import time\nwhile True:\n    time.sleep(0.1)\n")
    store = tmp_path / "sessions.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "check", str(tmp_path / "train.py"), "--store", str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "unning the program" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    errors = process.stderr.read()
    assert process.wait(timeout=20) == 130
    process.stderr.close()
    if process.stdout is not None:
        process.stdout.close()
    assert time.monotonic() - began < 15.0
    assert errors.splitlines()[-1] == "keras-triage: Interrupted; the session is kept."
    with Store(str(store)) as opened:
        assert len(opened.sessions()) == 1


TWO_MODELS = """
import keras, numpy as np
keras.utils.set_random_seed(1)
x = np.random.default_rng(1).normal(size=(600, 4)).astype("float32")
y = (x[:, :1] > 0).astype("float32")
held = (x[400:], y[400:])

def build():
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(8, activation="relu"),
                              keras.layers.Dense(1, activation="sigmoid")])
    return model

teacher = build()
teacher.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
teacher.fit(x[:400], y[:400], epochs=12, validation_data=held, verbose=0)
pupil = build()
pupil.trainable = False
pupil.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
pupil.fit(x[:400], y[:400], epochs=12, validation_data=held, verbose=0)
"""
"""The first training is sound, the second one of a frozen model."""


def test_where_the_first_training_is_sound_the_next_model_is_examined(tmp_path: Path) -> None:
    code, report, told = check(tmp_path / "frozen", TWO_MODELS)
    assert (code, report["status"], report["causes"][0]["id"]) == (1, "diagnosed", "frozen_layers"), told
    assert "is sound" in report["remarks"][0]
    broken = TWO_MODELS.replace("pupil.trainable = False\n", "pupil = missing\n")
    code, report, told = check(tmp_path / "broken", broken)
    assert (code, report["causes"][0]["id"]) == (1, "program_error"), told
    code, report, told = check(tmp_path / "sound", TWO_MODELS.replace("pupil.trainable = False\n", ""))
    assert (code, report["status"]) == (0, "healthy"), told
    assert "sound too" in report["remarks"][0]


def test_the_dialogue_of_lines_goes_on_to_the_next_model(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TWO_MODELS)
    typed = "\nnext\n\nyes\nquit\n"
    command = [sys.executable, "-m", "assistant", "--plain", "train.py", "--store", str(tmp_path / "sessions.db")]
    done = subprocess.run(command, cwd=tmp_path, input=typed, capture_output=True, text=True, timeout=300)
    told = done.stdout
    assert done.returncode == 0, done.stderr
    said = ("trains another model: `next` examines that one.", "go on to its next training", "frozen_layers")
    places = [told.find(one) for one in said]
    assert -1 not in places, told
    assert places == sorted(places)
