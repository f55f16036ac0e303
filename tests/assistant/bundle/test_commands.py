"""The commands of bundles from the outside, on a machine that needs neither TensorFlow nor the program."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.bundle.preparing import Leave, previewed
from assistant.events import BundleArrived, PatchesMade, PersonAnswered
from assistant.patching.diffs import unified_diff
from assistant.session.store import Store
from knowledge_base.loading import load
from probes.process.description import CaseDescription, Failure, OptimizerDescription
from tests.assistant.bundle.making import bundle_at, evidence, finished, members
from tests.assistant.small_world import CASE


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return bundle_at(tmp_path / "case.triage")


def test_check_asks_the_bundle_and_prints_the_message_to_the_user(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "case.triage", "--store", "s.db", "--format", "json"]) == 5
    report = json.loads(capsys.readouterr().out)
    assert report["case"]["source"] == "train.py"
    assert "recorded_run" in report["ask_user"]["probes"]
    assert report["ask_user"]["command"] == "keras-triage collect train.py -o more.triage"
    with Store("s.db") as store:
        kept = store.open(store.sessions()[0].id)
    assert kept.opened.program == str(case)
    assert isinstance(kept.events[0], BundleArrived)


def test_the_plain_dialogue_on_a_bundle(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["case.triage", "--plain", "--store", "s.db"]) == 0
    printed = capsys.readouterr().out
    assert "held at its training in line 9" in printed
    assert "Ask your user:" in printed
    assert "keras-triage collect train.py" in printed


def test_a_bundle_that_arrives_later_goes_into_the_session(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "case.triage", "--store", "s.db"])
    with Store("s.db") as store:
        id = store.sessions()[0].id
    more = evidence(measured=(finished("optimizer_settings"),), only=("optimizer_settings",), trials=(), not_run={})
    bundle_at(Path("more.triage").absolute(), more)
    case.unlink()
    capsys.readouterr()
    for format in ("text", "markdown", "html", "message"):
        assert main(["report", id, "--format", format, "--store", "s.db"]) == 0
        assert "keras-triage collect train.py" in capsys.readouterr().out
    assert main(["merge", id[:4], "more.triage", "--store", "s.db"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("more.triage brings 1 measurement.\n")
    assert f"keras-triage resume {id}" in printed
    assert main(["merge", id, "more.triage", "--store", "s.db"]) == 0
    assert capsys.readouterr().out == "more.triage brings nothing new.\n"


def test_a_bundle_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bundle_at(tmp_path / "a.triage", evidence(arguments=("--key", "x1y2z3w4v5")), output=("epoch 1",))
    assert main(["bundle", "show", str(path)]) == 0
    shown = capsys.readouterr().out
    for words in (
        "Program: train.py, held at the training in line 9",
        "Model: Sequential with 2 layers, 30 weights",
        "input_statistics: The inputs: finite, scaled, varied",
        "train_validation: the program gives `fit` no validation data",
        "label_agreement: the budget of 120 s is spent",
        "over 4 pairs; proven.",
        "It holds no weights, no data, no source.",
    ):
        assert words in shown
    assert "epoch 1" not in shown


def test_a_failed_program_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failure = Failure(stage="before_fit", type="KeyError", message="'price'")
    made = evidence(case=CASE.model_copy(update={"failure": failure, "model": None}), measured=(), trials=())
    assert main(["bundle", "show", str(bundle_at(tmp_path / "a.triage", made))]) == 0
    assert "train.py, which failed: KeyError: 'price'" in capsys.readouterr().out


def test_a_program_that_was_lost_is_told_as_it_is_beside_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sentence = "The program did not reach `fit` within 10 s (it was at train.py:2)."
    lost = evidence(
        case=CaseDescription(source="train.py"),
        lost="at_start",
        trouble=(sentence,),
        measured=(),
        trials=(),
        not_run={},
    )
    bundle_at(tmp_path / "a.triage", lost)
    assert main(["bundle", "show", "a.triage"]) == 0
    shown = capsys.readouterr().out
    assert "Program: train.py, which was lost before its training" in shown
    assert f"Trouble: {sentence}" in shown
    assert main(["check", "a.triage", "--format", "json", "--store", "s.db"]) == 4
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert (report["status"], report["remarks"], report["case"]["source"]) == ("inconclusive", [sentence], "train.py")
    assert sentence in printed.err
    assert report["ask_user"]["command"] == "keras-triage collect train.py --setup-timeout 900 -o more.triage"
    with Store("s.db") as store:
        id = store.sessions()[0].id
    bundle_at(tmp_path / "b.triage")
    monkeypatch.setattr(sys, "stdin", io.StringIO("merge b.triage\nquit\n"))
    assert main(["a.triage", "--plain", "--store", "s.db"]) == 0
    told = capsys.readouterr().out
    assert "--setup-timeout 900" in told
    assert "held at its training in line 9" in told
    assert main(["merge", id, "b.triage", "--store", "s.db"]) == 0
    assert "b.triage brings 2 measurements and 1 trial." in capsys.readouterr().out


def test_what_the_user_answered_is_not_asked_again(case: Path) -> None:
    question = "labels_look_right"
    bundle_at(case, evidence(answers={question: next(iter(load().questions[question].answers)), "no_such": "yes"}))
    main(["check", "case.triage", "--store", "s.db"])
    with Store("s.db") as store:
        events = store.open(store.sessions()[0].id).events
    assert [one.question for one in events if isinstance(one, PersonAnswered)][:1] == [question]
    assert "no_such" not in {one.question for one in events if isinstance(one, PersonAnswered)}


def test_a_whole_bundle_is_verified(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify", "case.triage"]) == 0
    assert "case.triage is whole: keras-triage-bundle/1, 6 members" in capsys.readouterr().out


def test_what_differs_between_two_bundles(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = CASE.model_copy(update={"optimizer": OptimizerDescription(class_name="SGD", learning_rate=0.003)})
    measured = (finished("input_statistics", rows=7, maximum=1.0000001), finished("signal"))
    bundle_at(case.with_name("b.triage"), evidence(case=other, measured=measured, trials=()))
    assert main(["bundle", "diff", "case.triage", "b.triage"]) == 0
    told = capsys.readouterr().out
    assert "optimizer.learning_rate: 3 -> 0.003" in told
    assert "rows: 1 -> 7" in told
    assert "maximum" not in told
    assert "label_statistics: measured in the first bundle alone" in told
    assert "signal: measured in the second bundle alone" in told
    assert "set_learning_rate for lr_too_high (down): proven -> not run" in told
    assert main(["bundle", "diff", "case.triage", "case.triage"]) == 0
    assert capsys.readouterr().out == "Settings and measurements are the same.\n"


def test_source_and_patches_travel_only_where_they_may(tmp_path: Path) -> None:
    made = evidence(patches=PatchesMade(combined="--- a/train.py\n", instructions=("Change line 3.",)))
    without = b"".join(members(tmp_path / "a", made).values())
    assert b"SGD(3.0)" not in without
    assert b"model.fit(x, y)" not in without
    assert b"--- a/train.py" not in without
    assert b'"line": 8' in without
    parts = members(tmp_path / "a", made, Leave(source=True))
    assert b"SGD(3.0)" in parts["case.json"]
    assert json.loads(parts["patches.json"])["combined"] == "--- a/train.py\n"


def test_a_patch_travels_without_private_context_and_says_where_it_cannot(tmp_path: Path) -> None:
    source = "import keras\nTOKEN = 'hunter2xyz'\nrate = 3.0\nkeras.optimizers.SGD(rate)\n"
    for after, applies in ((source.replace("3.0", "0.1"), True), (source.replace("hunter2xyz", "hunter3xyz"), False)):
        made = evidence(patches=PatchesMade(combined=unified_diff(source, after, "train.py")))
        parts = members(tmp_path / "a", made, Leave(source=True), source=source)
        patches = json.loads(parts["patches.json"])
        assert patches["applies"] is applies
        assert "hunter2" not in patches["combined"]
        assert ("[token " not in patches["combined"]) is applies


def test_the_preview_is_the_very_content(tmp_path: Path) -> None:
    parts = members(tmp_path / "a", evidence())
    shown = previewed(parts)
    assert all(f"== {name}\n{content.decode()}" in shown for name, content in parts.items())


def test_labels_by_their_own_values_do_not_travel(tmp_path: Path) -> None:
    for weights, travels in (("{0: 1, 1: 1.5}", True), ("{4711: 1, 4712: 1.5}", False)):
        made = evidence(case=CASE.model_copy(update={"facts": {"class_weight": weights}}))
        assert (weights.encode() in members(tmp_path / "a", made)["case.json"]) == travels


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["collect", "missing.py"], "There is no file missing.py."),
        (["collect", "case.triage"], "case.triage is a bundle already"),
        (
            ["collect", "train.py", "--probe", "gradient_flo"],
            "There is no probe 'gradient_flo'; is 'gradient_flow' meant?",
        ),
        (["collect", "train.py", "--answer", "x"], "is no QUESTION=ANSWER"),
        (["collect", "train.py", "--answer", "x=y"], "there is no question 'x'"),
        (["collect", "train.py", "--symptom", "qwertyuiop"], "is no symptom"),
        (["collect", "train.py", "-o", "nowhere/x.triage"], "There is no folder nowhere"),
        (["collect", "train.py", "-o", "program"], "is a folder"),
        (["collect", "train.py", "-o", "train.py"], "train.py exists and is no bundle"),
        (["bundle", "show", "train.py"], "train.py cannot be used as a bundle"),
        (["merge", "ffffffff", "case.triage", "--store", "s.db"], "There is no session 'ffffffff'"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_sentence(
    arguments: list[str], sentence: str, case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("train.py").write_text("x = 1\n")
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1


def test_a_bundle_is_led_where_tensorflow_cannot_be_imported(case: Path) -> None:
    program = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('tensorflow', 'keras'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from assistant.__main__ import main\n"
        "sys.exit(main(['check', 'case.triage', '--store', 's.db']))\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 5, done.stderr
    assert "Ask your user:" in done.stdout
