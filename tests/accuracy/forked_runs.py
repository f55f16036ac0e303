"""Training runs in children forked from one parent that has imported TensorFlow and run no operation."""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import neutral_score


@dataclass(frozen=True)
class Run:
    """What one training run of a program left behind."""

    score: float | None
    """Neutral score on validation rows (else training rows) after the last `fit`; None where there was none."""
    train_score: float | None
    """The same on the training rows, where they are arrays."""
    variety: float
    """Share of rows outside the commonest predicted class, or relative spread of a number; 0 is one answer for all."""
    curves: dict[str, list[float]]
    """Every metric of the last `fit`, one value an epoch."""
    error: str | None
    """The last line of the exception that ended the program, if one did."""
    seconds: float


def warm_up() -> None:
    """Import what the programs import, so that children need not."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import keras  # noqa: F401
    import pandas  # noqa: F401
    import sklearn.datasets
    import sklearn.decomposition
    import sklearn.model_selection
    import sklearn.preprocessing  # noqa: F401
    import tensorflow  # noqa: F401


def run(source: str, seconds: float = 600.0) -> Run:
    """Run a program in a forked child. `warm_up` comes first, once in the life of the process.

    Raises:
        TimeoutError: it took longer than `seconds`.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "train.py").write_text(source)
        started = time.perf_counter()
        child = os.fork()
        if child == 0:
            _child(folder, seconds)
        os.waitpid(child, 0)
        elapsed = time.perf_counter() - started
        record = folder / "record.json"
        found: dict[str, Any] = json.loads(record.read_text()) if record.exists() else {}
        error = (folder / "error.txt").read_text() if (folder / "error.txt").exists() else None
        if not found and error is None and elapsed >= seconds:
            raise TimeoutError(f"the program took longer than {seconds:.0f} s")
        if not found and error is None:
            error = "the process died"
        return Run(
            score=found.get("score"),
            train_score=found.get("train_score"),
            variety=found.get("variety", 0.0),
            curves=found.get("curves", {}),
            error=error,
            seconds=elapsed,
        )


def _child(folder: Path, seconds: float) -> None:
    """Never returns."""
    status = 1
    try:
        signal.alarm(int(seconds))
        output = os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.chdir(folder)
        sys.argv = ["train.py"]
        _prepare(folder / "record.json")
        runpy.run_path("train.py", run_name="__main__")
        status = 0
    except BaseException:  # noqa: BLE001  the child must end here, whatever the program raised
        lines = traceback.format_exc().strip().splitlines()
        (folder / "error.txt").write_text(lines[-1][:300])
    finally:
        sys.stdout.flush()
        os._exit(status)


def _prepare(record: Path) -> None:
    """Let `fit` leave its record; one thread, so that several runs share the machine."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for owner in keras.Model.__mro__:
        if "fit" in vars(owner):
            owner.fit = _recording(vars(owner)["fit"], record, keras.tree.flatten)
            return


def _recording(fit: Callable[..., Any], record: Path, flatten: Any) -> Callable[..., Any]:
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        history = fit(self, *args, **kwargs)
        found: dict[str, Any] = {"curves": {k: [float(v) for v in values] for k, values in history.history.items()}}
        x, y = (*args, None, None)[:2]
        x, y = kwargs.get("x", x), kwargs.get("y", y)
        split, validation = kwargs.get("validation_split"), kwargs.get("validation_data")
        judged = neutral_score.judged_rows(x, y, split, validation, flatten)
        found["score"], found["variety"] = neutral_score.model_score(self, judged, flatten)
        if y is not None:
            train = neutral_score.judged_rows(x, y, None, None, flatten)
            found["train_score"], _ = neutral_score.model_score(self, train, flatten)
        record.write_text(json.dumps(found))
        return history

    return wrapped
