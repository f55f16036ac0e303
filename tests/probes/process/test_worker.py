"""A program is held inside its call of ``fit``, described and served; whatever it does, our process survives."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from probes.process.errors import OutOfMemory, ProgramHung, RequestFailed, WorkerClosed, WorkerDied, WrongBackend
from probes.process.events import Points, Progress
from tests.support import SCRIPTS, Bench, OpenCase

pytestmark = pytest.mark.keras

Open = Callable[..., OpenCase]

HEAD = """\
import keras
import numpy as np
from keras import layers

x, y = np.random.rand(100, 4).astype("float32"), np.random.rand(100, 1)


def build(units=3):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


"""
FIRST = HEAD.count("\n") + 1
"""The line that follows the common head."""


def test_a_program_is_held_inside_fit(open_case: Open) -> None:
    opened = open_case("mlp.py")
    case = opened.case
    assert case.source == "mlp.py"
    assert case.failure is None
    assert case.gaps == ()
    assert (case.fit_line, case.fits_seen) == (12, 1)
    assert case.model is not None
    assert case.model.parameters == 8 * 16 + 16 + 16 * 2 + 2
    assert [layer.output_shape for layer in case.layers] == [[None, 16], [None, 2]]
    assert case.facts["learning_rate"] == 0.01
    assert (case.facts["output_units"], case.facts["output_activation"]) == (2, "softmax")
    assert case.data["x"].shapes == ((200, 8),)
    assert case.versions.keys() >= {"python", "tensorflow", "keras", "numpy"}
    opened.close()
    assert "after fit" not in opened.printed


def test_curves_are_told_while_they_are_measured_and_samples_when_they_are_asked_for(open_case: Open) -> None:
    opened = open_case("mlp.py")
    measured = opened.probe("recorded_run")
    points = [one for one in opened.events if isinstance(one, Points) and one.curve == "recorded_run"]
    losses = [value for one in points if one.series == "training" for value in one.y]
    assert points[0].anew
    assert len(losses) == measured["steps"]
    assert any(isinstance(one, Progress) and one.total for one in opened.events)
    told = len(opened.events)
    samples = opened.request("samples", {"count": 3, "seed": 1})["samples"]
    assert len(samples) == 3
    assert {one["label"] for one in samples} <= {"0", "1"}
    assert len(opened.events) == told


def test_a_forked_worker_is_at_the_first_line_in_well_under_a_second(host: Bench) -> None:
    assert host.host.import_seconds is not None
    began = time.perf_counter()
    opened = host.open("print('here', flush=True)\n")
    assert opened.case.failure is not None
    assert time.perf_counter() - began < 1.0
    opened.close()
    assert opened.printed == "here\n"


def test_nothing_is_written_into_the_folder(open_case: Open) -> None:
    opened = open_case("import neighbour\n" + HEAD + "build().fit(x, y)\n", files={"neighbour.py": "A = 1\n"})
    assert opened.case.failure is None
    opened.close()
    assert sorted(one.name for one in opened.program.path.parent.iterdir()) == ["neighbour.py", "train.py"]


def test_closing_ends_everything_the_program_started(open_case: Open) -> None:
    opened = open_case(
        HEAD + "import subprocess\nchild = subprocess.Popen(['sleep', '600'])\nprint(child.pid)\nbuild().fit(x, y)\n"
    )
    assert opened.case.failure is None
    child = Path("/proc") / opened.told.split()[-1] if opened.told.split() else None
    began = time.perf_counter()
    opened.close()
    assert time.perf_counter() - began < 1.0
    child = child or Path("/proc") / opened.printed.split()[-1]
    assert not child.exists() or "Z" in (child / "stat").read_text().split()[2]
    assert isinstance(opened.worker.lost, WorkerClosed)


def test_requests_to_a_worker_that_is_gone_are_answered_with_the_reason(open_case: Open) -> None:
    opened = open_case("mlp.py")
    assert opened.case.failure is None
    opened.close()
    assert opened.outcome("input_statistics").unknown == "The worker was closed."


def test_an_unknown_request_is_an_error_and_the_case_stays_held(open_case: Open) -> None:
    opened = open_case("mlp.py")
    with pytest.raises(RequestFailed, match="no handler for 'nonsense'"):
        opened.request("nonsense")
    assert opened.request("describe")["source"] == "mlp.py"


def test_evaluate_and_predict_before_fit_are_left_alone(open_case: Open) -> None:
    source = HEAD + "model = build()\nmodel.evaluate(x, y, verbose=0)\nprint(model.predict(x, verbose=0).shape)\n"
    opened = open_case(source + "model.fit(x, y)\n")
    assert opened.case.fits_seen == 1
    opened.close()
    assert opened.printed == "(100, 1)\n"


@pytest.mark.parametrize(
    "lines",
    [
        "class Own(keras.Model):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.out = layers.Dense(1)\n"
        "    def call(self, inputs):\n"
        "        return self.out(inputs)\n"
        "    def fit(self, *args, **settings):\n"
        "        return super().fit(*args, **settings)\n"
        "    def train_step(self, data):\n"
        "        return super().train_step(data)\n"
        "model = Own()\n",
        "inputs = keras.Input((4,))\nmodel = keras.Model(inputs, layers.Dense(1)(inputs))\n",
        "model = keras.Sequential([layers.Dense(1)])\n",
    ],
    ids=["subclassed", "functional", "sequential without input"],
)
def test_every_kind_of_model_is_held_at_the_users_own_line(open_case: Open, lines: str) -> None:
    case = open_case(HEAD + lines + "model.compile('sgd', 'mae')\nmodel.fit(x, y)\n").case
    assert case.failure is None
    assert case.fit_line == FIRST + lines.count("\n") + 1
    assert case.model is not None
    assert case.model.parameters == 5


def test_a_program_with_arguments_main_guard_chdir_and_neighbours(open_case: Open) -> None:
    source = """
        import argparse, os
        from helpers.build import build
        import numpy as np

        if __name__ == "__main__":
            parser = argparse.ArgumentParser()
            parser.add_argument("--batch-size", type=int, default=8)
            args = parser.parse_args()
            os.chdir("/")
            build().fit(np.zeros((20, 4)), np.zeros((20, 1)), batch_size=args.batch_size)
    """
    files = {"helpers/__init__.py": "", "helpers/build.py": HEAD}
    case = open_case(source, files=files, arguments=("--batch-size", "5")).case
    assert case.failure is None
    assert case.fit.batch_size == 5
    assert case.places["fit"].file == "train.py"
    assert case.places["compile"].file == "helpers/build.py"
    assert "--batch-size" in case.places["fit.batch_size"].code


def test_the_users_own_modules_of_our_names_are_theirs(open_case: Open) -> None:
    source = "import assistant, probes, tests.one\nprint(probes.WHOSE, assistant.WHOSE, tests.one.WHOSE)\n"
    theirs = "WHOSE = 'mine'\n"
    files = {"probes.py": theirs, "assistant.py": theirs, "tests/__init__.py": "", "tests/one.py": theirs}
    opened = open_case(source + HEAD + "build().fit(x, y)\n", files=files)
    assert opened.outcome("input_statistics").unknown is None
    opened.close()
    assert opened.printed == "mine mine mine\n"


def test_plots_need_no_screen(open_case: Open) -> None:
    lines = (
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
    )
    opened = open_case(HEAD + lines + "plt.savefig('/dev/null', format='png')\nbuild().fit(x, y)\n")
    assert opened.case.failure is None


def test_settings_of_tensorflow_keep_their_effect(open_case: Open) -> None:
    lines = "import tensorflow as tf\ntf.config.threading.set_intra_op_parallelism_threads(1)\n"
    opened = open_case(
        lines + HEAD + "print(tf.config.threading.get_intra_op_parallelism_threads())\nbuild().fit(x, y)\n"
    )
    assert opened.case.failure is None
    opened.close()
    assert opened.printed == "1\n"


def test_settings_before_the_import_keep_their_effect(open_case: Open) -> None:
    lines = "import os\nos.environ['KERAS_MAX_EPOCHS'] = '7'\n"
    opened = open_case(lines + HEAD + "print(keras.config.max_epochs())\nbuild().fit(x, y)\n")
    assert opened.case.failure is None
    assert opened.case.fit_line == FIRST + 3
    opened.close()
    assert opened.printed == "7\n"


def test_keras_is_met_where_tensorflow_is_imported_first(open_case: Open) -> None:
    lines = "import os\nos.environ['TF_DETERMINISTIC_OPS'] = '1'\nimport tensorflow as tf\n"
    case = open_case(lines + HEAD + "build().fit(x, y)\n").case
    assert case.failure is None
    assert case.fit_line == FIRST + 3


def test_another_backend_is_refused_in_a_sentence(open_case: Open) -> None:
    opened = open_case("import os\nos.environ['KERAS_BACKEND'] = 'jax'\nimport keras\n")
    with pytest.raises(WrongBackend, match="runs Keras on jax; only TensorFlow is supported"):
        _ = opened.case


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            "import tensorflow as tf\ntf.compat.v1.disable_eager_execution()\n",
            "switches TensorFlow's eager execution off",
        ),
        (
            "import tensorflow as tf\ntf.distribute.MirroredStrategy(['CPU:0']).scope().__enter__()\n",
            "trains under `MirroredStrategy`",
        ),
    ],
)
def test_what_is_not_examined_is_refused_in_a_sentence(open_case: Open, lines: str, sentence: str) -> None:
    opened = open_case(lines + HEAD + "build().fit(x, y)\n")
    with pytest.raises(WrongBackend, match=sentence):
        _ = opened.case


class TestWhichFit:
    """Which training call is held."""

    def test_a_chosen_one_after_those_before_ran_for_real(self, open_case: Open) -> None:
        lines = (
            "first = build()\nfor _ in range(3):\n    history = first.fit(x, y, verbose=0)\n"
            "print(len(history.epoch))\nsecond = build()\nsecond.fit(x, y, epochs=9)\n"
        )
        opened = open_case(HEAD + lines, fit=2)
        case = opened.case
        assert (case.fit.epochs, case.fits_seen) == (9, 2)
        assert [fit.times for fit in case.fits] == [3, 1]
        opened.close()
        assert opened.printed == "1\n"

    def test_one_that_is_not_there(self, open_case: Open) -> None:
        failure = open_case(HEAD + "build().fit(x, y, verbose=0)\n", fit=2).case.failure
        assert failure is not None
        assert (failure.stage, failure.message) == ("no_fit", "The program trains 1 time; there is no fit 2.")

    def test_listing_runs_each_for_one_step(self, open_case: Open) -> None:
        lines = (
            "model = build()\nfor _ in range(2):\n    history = model.fit(x, y, epochs=50, validation_split=0.2)\n"
            "print(int(model.optimizer.iterations), sorted(history.history))\n"
            "build(5).fit(x, y, epochs=3)\nprint('end')\n"
        )
        opened = open_case(HEAD + lines, listing=True)
        fits = opened.case.fits
        assert [(fit.number, fit.epochs, fit.times) for fit in fits] == [(1, 50, 2), (2, 3, 1)]
        assert [fit.place.line for fit in fits if fit.place] == [FIRST + 2, FIRST + 4]
        opened.close()
        assert opened.printed == "2 ['loss', 'val_loss']\nend\n"

    @pytest.mark.parametrize(
        ("loop", "last"),
        [("for step in range(70)", "step 68"), ("for step in iter(range(100))", "step 62")],
        ids=["one_round", "of_unknown_length"],
    )
    def test_a_loop_over_batches_runs_for_a_while_and_starts_again(self, open_case: Open, loop: str, last: str) -> None:
        lines = (
            f"model = build()\nprint(float(np.sum(model.layers[0].kernel)))\n{loop}:\n"
            "    model.train_on_batch(x[:10] + step, y[:10])\n    print('step', step)\n"
        )
        opened = open_case(HEAD + lines)
        assert opened.case.failure is None
        assert opened.case.fit.method == "train_on_batch"
        assert opened.case.data["x"].shapes == ((10, 4),)
        assert opened.outcome("input_statistics").measurement is not None
        opened.close()
        assert opened.printed.splitlines()[-1] == last

    def test_a_short_loop_over_batches_is_held_at_the_end(self, open_case: Open) -> None:
        lines = "model = build()\nfor _ in range(5):\n    model.train_on_batch(x[:10], y[:10])\n"
        case = open_case(HEAD + lines).case
        assert case.failure is None
        assert case.fit_line == FIRST + 2

    def test_one_in_a_thread(self, open_case: Open) -> None:
        lines = (
            "import threading\nmodel = build()\nthreading.Thread(target=lambda: model.fit(x, y), daemon=True).start()\n"
        )
        assert open_case(HEAD + lines + "import time\ntime.sleep(0.5)\n").case.fits_seen == 1


class TestFailures:
    """Programs that do not get to a training."""

    @pytest.mark.parametrize(
        ("source", "stage", "kind", "line", "words"),
        [
            ("x = 1\ndef f(:\n    pass\n", "before_fit", "SyntaxError", 2, "invalid syntax"),
            ("def f():\n    return nope\n\nf()\n", "before_fit", "NameError", 2, "nope"),
            ("import json\njson.loads('{')\n", "before_fit", "JSONDecodeError", 2, "Expecting"),
            ("a = 1\nn = input('how many? ')\n", "before_fit", "NoStandardInput", 2, "no standard input"),
            ("import sys\n\nsys.exit(3)\n", "no_fit", "SystemExit", 3, "exit status 3 before any `fit`"),
            ("print(1)\n\n", "no_fit", "", None, "without calling `fit`"),
            (HEAD + "build().fit(x, y, nb_epoch=3)\n", "in_fit", "TypeError", FIRST, "nb_epoch"),
            (HEAD + "keras.Sequential([layers.Dense(1)]).fit(x, y)\n", "in_fit", "ValueError", FIRST, "compile"),
            (HEAD + "build().fit(x, y[:50])\n", "in_fit", "ValueError", FIRST, "cardinality"),
            (HEAD + "build().fit(x[:, :3], y)\n", "in_fit", "ValueError", FIRST, "expected axis -1"),
            (
                HEAD + "def rows():\n    raise OSError('gone')\n    yield\nbuild().fit(rows())\n",
                "in_fit",
                "OSError",
                FIRST + 1,
                "gone",
            ),
            (HEAD + "layers.Dense(-1)\n", "before_fit", "ValueError", FIRST, "units"),
        ],
    )
    def test_are_described_at_the_users_own_line(
        self, open_case: Open, source: str, stage: str, kind: str, line: int | None, words: str
    ) -> None:
        failure = open_case(source).case.failure
        assert failure is not None
        assert (failure.stage, failure.type) == (stage, kind)
        assert (failure.place.line if failure.place else None) == line
        assert words in failure.message
        assert "\x1b" not in failure.message

    def test_a_training_call_that_raises_still_tells_its_model(self, open_case: Open) -> None:
        case = open_case(HEAD + "build().fit(x, y, nb_epoch=3)\n").case
        assert case.model is not None
        assert case.gaps == ()
        assert case.facts["optimizer"] == "Adam"
        assert case.fit_line == FIRST

    def test_exceptions_in_a_neighbour_name_its_file_and_the_way_there(self, open_case: Open) -> None:
        failure = open_case("import other\nother.go()\n", files={"other.py": "def go():\n    1 / 0\n"}).case.failure
        assert failure is not None
        assert failure.place is not None
        assert (failure.place.file, failure.place.line, failure.place.code) == ("other.py", 2, "1 / 0")
        assert [(frame.file, frame.line) for frame in failure.frames] == [("train.py", 2), ("other.py", 2)]

    def test_the_traceback_stands_in_the_programs_errors_without_our_lines(self, open_case: Open) -> None:
        opened = open_case("def f():\n    1 / 0\n\nf()\n")
        assert opened.case.failure is not None
        opened.close()
        errors = opened.worker.output("stderr")
        assert "ZeroDivisionError" in errors
        assert "process/" not in errors


class TestEnds:
    """Programs whose process ends or does not come back."""

    def test_leaving_by_os_exit(self, open_case: Open) -> None:
        opened = open_case("import os\nprint('bye', flush=True)\nos._exit(4)\n")
        with pytest.raises(WorkerDied, match=r"ended its own process with exit status 4 before any `fit`\.") as caught:
            _ = opened.case
        assert (caught.value.code, caught.value.signal) == (4, None)
        assert opened.printed == "bye\n"

    def test_being_killed(self, open_case: Open) -> None:
        with pytest.raises(WorkerDied, match="killed from outside"):
            _ = open_case("import os\nos.kill(os.getpid(), 9)\n").case

    def test_crashing_names_the_line(self, open_case: Open) -> None:
        with pytest.raises(WorkerDied, match=r"crashed \(it was at train.py:2\): Segmentation fault") as caught:
            _ = open_case("import ctypes\nctypes.string_at(0)\n").case
        assert caught.value.where == "train.py:2"

    def test_hanging_names_the_line_and_ends_in_time(self, open_case: Open) -> None:
        began = time.perf_counter()
        with pytest.raises(ProgramHung, match=r"did not reach `fit` within 1 s \(it was at train.py:[12]\)"):
            _ = open_case("while True:\n    pass\n", setup_timeout=1.0).case
        assert time.perf_counter() - began < 3.0

    def test_printing_without_end_costs_bounded_memory(self, open_case: Open) -> None:
        opened = open_case("while True:\n    print('all work and no play ' * 20)\n", setup_timeout=2.0)
        with pytest.raises(ProgramHung, match=r"it printed \d+ MB"):
            _ = opened.case
        assert opened.worker.output_bytes() > 2**20
        assert len(opened.printed) <= 200_000
        assert len(opened.told) < 20_000 * 60
        assert any(getattr(event, "skipped", 0) for event in opened.events)

    def test_eating_memory(self, open_case: Open) -> None:
        source = "import numpy as np\nkept = []\nwhile True:\n    kept.append(np.ones(2_000_000))\n"
        with pytest.raises(OutOfMemory, match=r"more than 1\.0 GB of memory"):
            _ = open_case(source, memory_limit=2**30).case

    def test_a_request_that_does_not_come_back(self, open_case: Open) -> None:
        source = HEAD + "class Slow(keras.utils.PyDataset):\n    pass\nmodel = build()\nmodel.fit(x, y)\n"
        opened = open_case(source)
        assert opened.case.failure is None
        with pytest.raises(ProgramHung, match="did not come back from a probe within 0 s"):
            opened.request("probe", {"probe": "recorded_run", "seconds": 60}, limit=0.01)
        assert not opened.worker.alive

    def test_the_host_serves_on_after_all_of_that(self, open_case: Open) -> None:
        assert open_case("mlp.py").case.failure is None


def test_the_scripts_folder_stays_as_it_is() -> None:
    assert not list(SCRIPTS.rglob("__pycache__"))
