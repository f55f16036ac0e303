"""A search on a real program in a real worker, kept in a file."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import UsageError
from assistant.tuning import evidence
from assistant.tuning.outcome import is_gain
from assistant.tuning.search import Search, Untouched
from assistant.tuning.space import Method
from assistant.worker import Worker
from probes.process.program import Program
from tests.support import Bench, OpenCase

pytestmark = pytest.mark.keras

SLOW = """
import keras
import numpy as np

random = np.random.default_rng(0)
y = np.arange(256) % 4
x = (4 * np.eye(4)[y] + random.normal(0, 0.5, (256, 4))).astype("float32")
keras.utils.set_random_seed(2)
layers = keras.layers
model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(4, activation="softmax")])
model.compile(keras.optimizers.SGD(learning_rate=1e-7), "sparse_categorical_crossentropy")
model.fit(x, y, epochs=12, batch_size=16, validation_split=0.25)
"""


class Heard:
    """What a search told; cancels its task after so many trials."""

    def __init__(self, cancel_after: int | None = None) -> None:
        self.told: list[tuple[int, Mapping[str, Any], float | None, bool]] = []
        self._cancel_after = cancel_after

    def tried(self, number: int, settings: Mapping[str, Any], score: float | None, best: bool) -> None:
        self.told.append((number, settings, score, best))
        if number == self._cancel_after:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()


@pytest.fixture(scope="module")
def case(host: Bench) -> Iterator[OpenCase]:
    opened = host.open(SLOW)
    opened.case  # noqa: B018
    yield opened
    opened.close()


def search(case: OpenCase, file: Path, method: Method = "random", trials: int = 3) -> Search:
    return Search(file, "train.py", method, trials, case.worker, 20.0)


async def searched(found: Search, heard: Heard) -> Untouched:
    untouched = await found.begin()
    await found.run(time.monotonic() + 100.0, heard)
    return untouched


def test_a_search_finds_a_gain_and_writes_it(host: Bench, case: OpenCase, tmp_path: Path) -> None:
    found, heard = search(case, tmp_path / "deep" / "tuning.db", "bayes", 4), Heard()
    untouched = host.wait(searched(found, heard))
    assert untouched.planned
    assert untouched.measure == "balanced_accuracy"
    assert len(heard.told) == 4 == found.done
    assert heard.told[0][1] == {"learning_rate": 0.01}, "the customary rate of the program's optimizer comes first"
    best = found.best
    assert best is not None
    assert best.score == max(score for _, _, score, _ in heard.told if score is not None)
    assert best.score > untouched.score
    scores = host.wait(evidence.gather(found, best.settings, time.monotonic() + 60.0))
    assert is_gain(scores.untouched, scores.tuned, 4), scores
    edit = evidence.written(case.case, best.settings)
    assert edit.diff is not None
    assert "learning_rate=" in edit.diff

    async def open_copy(path: Path, environment: Mapping[str, str]) -> Worker:
        return await host.host.open(Program(path, environment=environment))

    program = case.program.path
    assert host.wait(evidence.does_as_well(program, edit, open_copy, untouched, scores, 30.0))
    unchanged = evidence.Written(edit.diff, SLOW.encode(), ())
    assert not host.wait(evidence.does_as_well(program, unchanged, open_copy, untouched, scores, 30.0))


def test_what_was_tried_is_kept_when_it_is_interrupted(host: Bench, case: OpenCase, tmp_path: Path) -> None:
    file, heard = tmp_path / "tuning.db", Heard(cancel_after=1)

    async def interrupted(found: Search) -> bool:
        try:
            await searched(found, heard)
        except asyncio.CancelledError:
            return True
        return False

    first = search(case, file)
    assert host.wait(interrupted(first))
    assert first.done == 1
    again, more = search(case, file), Heard()
    host.wait(searched(again, more))
    assert [number for number, *_ in more.told] == [2, 3]
    assert again.done == 3
    settings = [str(one[1]) for one in (*heard.told, *more.told)]
    assert len(set(settings)) == 3
    third, none = search(case, file), Heard()
    host.wait(searched(third, none))
    assert none.told == []


def test_a_grid_tries_every_point_but_once(host: Bench, case: OpenCase, tmp_path: Path) -> None:
    found, heard = search(case, tmp_path / "tuning.db", "grid", 3), Heard()
    host.wait(searched(found, heard))
    assert len({str(one[1]) for one in heard.told}) == 3


def test_a_file_that_is_no_storage_is_one_sentence(host: Bench, case: OpenCase, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database, but long enough to be taken for one by its size alone")
    with pytest.raises(UsageError, match="cannot keep the search"):
        host.wait(search(case, file).begin())


def test_the_command_says_that_optuna_is_missing(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SLOW)
    hidden = "import sys; sys.modules['optuna'] = None; from assistant.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", hidden, "tune", str(tmp_path / "train.py")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "pip install" in ended.stderr


def test_the_command_ends_at_ctrl_c_and_goes_on_later(tmp_path: Path) -> None:
    program, patch = tmp_path / "train.py", tmp_path / "fix.diff"
    program.write_text(SLOW)
    command = [sys.executable, "-m", "assistant", "tune", str(program), "--storage", str(tmp_path / "tuning.db")]
    first = subprocess.Popen(
        [*command, "--trials", "500", "--budget", "600"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert first.stderr is not None
    assert any(line.startswith("[1/500]") for line in first.stderr)
    first.send_signal(signal.SIGINT)
    printed, _ = first.communicate(timeout=60)
    assert first.returncode == 130
    assert "interrupted" in printed
    assert "Best:" in printed

    more = ["--trials", "3", "--budget", "60", "--format", "json", "--patch", str(patch)]
    second = subprocess.run([*command, *more], capture_output=True, text=True, check=False, timeout=120)
    assert second.returncode == 0, second.stderr
    assert "were tried before" in second.stderr
    outcome = json.loads(second.stdout)
    assert outcome["trials"] >= 3
    assert outcome["gain"], outcome
    assert outcome["patch"] == patch.read_text()
    assert outcome["patch_status"] == "proven"
    assert program.read_text() == SLOW
    applied = subprocess.run(["patch", "-p1", "-i", str(patch)], cwd=tmp_path, check=False, capture_output=True)
    assert applied.returncode == 0
