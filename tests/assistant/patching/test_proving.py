from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.dialogue import Dialogue, defaults
from assistant.events import CaseOpened, PatchTried, ProbeFinished
from assistant.patching.proving import judged, prove
from assistant.patching.scratch import QUIET, scratch_copy
from assistant.patching.step import to_prove
from assistant.report.build import build
from assistant.worker import Worker
from knowledge_base.loading import load
from probes.dynamics.recorded_run import RecordedRun
from probes.process.description import CaseDescription, Failure
from probes.process.errors import WorkerDied
from tests.assistant.small_world import CASE, CATALOGUE, FAULTY, FakeWorker, new_dialogue, small_kb, walk
from tests.assistant.test_report import PROOF
from tests.support import Bench

FLAT: dict[str, Any] = {
    **defaults(RecordedRun),
    "error_type": None,
    "first_nonfinite_step": None,
    "weights_nonfinite_step": None,
    "completed": True,
    "growth": 1.0,
    "gap": 0.0,
    "fall": 0.01,
    "skill_training": 0.02,
    "skill_validation": 0.02,
    "shortfall": 0.8,
    "margin": 0.05,
    "validation_rise": None,
    "loss_to_constant": 1.0,
    "inference_to_training": None,
    "target_majority": 0.1,
    "majority_share": 0.2,
    "skill_reference": 0.9,
    "validation_jump": None,
    "final_loss": 0.1,
    "late_fall": 0.01,
    "late_trend": 0.0,
    "validation_to_training": None,
    "validation_late_trend": None,
    "score": "balanced_accuracy",
}
LEARNT = {
    **FLAT,
    "fall": 0.9,
    "skill_training": 0.95,
    "skill_validation": 0.95,
    "shortfall": 0.0,
    "loss_to_constant": 0.1,
}
FAILURE = Failure(stage="before_fit", type="ValueError", message="no such column")
SOURCE = (
    "import keras\nmodel = make()\nmodel.compile(optimizer=keras.optimizers.SGD(3.0), loss='mse')\nmodel.fit(x, y)\n"
)
CRASHED = {**FLAT, "error_type": "ValueError"}
OVERFIT = {**LEARNT, "skill_validation": 0.6, "gap": 0.35, "shortfall": 0.3}


@pytest.mark.parametrize(
    ("symptom", "before", "after", "proven"),
    [
        ("loss_flat", FLAT, LEARNT, True),
        ("loss_flat", FLAT, FLAT, False),
        ("loss_flat", FLAT, CRASHED, False),
        ("loss_flat", FLAT, OVERFIT, True),
        ("overfit", OVERFIT, LEARNT, True),
        ("overfit", OVERFIT, {**LEARNT, "completed": False}, False),
        ("crashes", None, LEARNT, True),
        ("crashes", None, CRASHED, False),
        ("unsure", FLAT, OVERFIT, False),
    ],
)
def test_the_symptom_must_be_gone(symptom: str, before: Any, after: Mapping[str, Any], proven: bool) -> None:
    verdict, text = judged(load(), symptom, before, after)
    assert verdict is proven
    assert text.endswith(".")


def test_a_copy_runs_beside_its_data_and_leaves_no_trace(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (folder / "data" / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "table.csv").write_text("1")
    (folder / "train.py").write_text("old")
    (folder / "data" / "deep" / "small.csv").write_text("2")
    with (folder / "data" / "large.bin").open("wb") as large:
        large.truncate(30_000_000)
    with scratch_copy(folder / "train.py", b"new") as path:
        assert path.name == "train.py"
        assert path.read_bytes() == b"new"
        copy = path.parent
        assert not (copy / ".git").exists()
        assert (copy / "data" / "large.bin").is_symlink()
        assert (copy / ".." / "shared" / "table.csv").read_text() == "1"
        (copy / "data" / "deep" / "small.csv").write_text("changed")
        (copy / "model.keras").write_text("written")
    assert not copy.exists()
    assert (folder / "train.py").read_text() == "old"
    assert (folder / "data" / "deep" / "small.csv").read_text() == "2"
    assert not (folder / "model.keras").exists()


async def proof_by(worker: Worker | WorkerDied, folder: Path, seen: list[Mapping[str, str]]) -> tuple[bool, str]:
    (folder / "train.py").write_text("old")

    async def open_copy(path: Path, environment: Mapping[str, str]) -> Worker:
        seen.append(environment)
        assert path.read_text() == "new"
        if isinstance(worker, WorkerDied):
            raise worker
        return worker

    proof = await prove(folder / "train.py", b"new", open_copy, load(), "loss_flat", FLAT, 20.0)
    return proof.proven, proof.text


async def test_a_patched_program_that_learns_is_proven(tmp_path: Path) -> None:
    worker = FakeWorker({"recorded_run": LEARNT})
    seen: list[Mapping[str, str]] = []
    assert (await proof_by(worker, tmp_path, seen))[0]
    assert worker.closed
    assert seen == [QUIET]


@pytest.mark.parametrize(
    ("worker", "word"),
    [
        (FakeWorker({}), "could not be watched"),
        (
            FakeWorker(
                {}, CaseDescription(source="t", failure=Failure(stage="before_fit", type="ValueError", message="x"))
            ),
            "fails: ValueError",
        ),
        (WorkerDied("The program was killed from outside.", signal=9), "killed"),
    ],
)
async def test_what_cannot_be_watched_is_not_proven(tmp_path: Path, worker: Any, word: str) -> None:
    proven, text = await proof_by(worker, tmp_path, [])
    assert not proven
    assert word in text


def test_a_proof_stands_in_the_report_of_its_own_patch(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE)
    case = CASE.model_copy(update={"folder": str(tmp_path), "places": {}})
    assert PROOF.outcome is not None
    outcome = PROOF.outcome.model_copy(update={"control": (0.1, 0.1, 0.1, 0.1)})
    trial = PROOF.model_copy(update={"patch": None, "parameters": {"learning_rate": 0.01}, "outcome": outcome})
    dialogue = new_dialogue((CaseOpened(case=case),), trials=True)
    walk(dialogue, FAULTY, case=case)
    dialogue.record(trial)
    wanted = to_prove(dialogue)
    assert wanted is not None
    assert b"SGD(0.01)" in wanted.edited
    assert build(dialogue, program="train.py", seconds=1.0).patch_status == "unverified"
    dialogue.record(PatchTried(patch=wanted.diff, proven=True, text="It learns.", seconds=2.0))
    report = build(dialogue, program="train.py", seconds=1.0)
    assert (report.patch, report.patch_status) == (wanted.diff, "proven")
    assert to_prove(dialogue) is None


def test_a_proof_without_a_treatment_is_followed_by_that_of_the_patch(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE)
    case = CASE.model_copy(update={"folder": str(tmp_path), "places": {}})
    kb = small_kb()
    cause = kb.causes[PROOF.cause]
    mended = cause.model_copy(
        update={"remedies": tuple(one.model_copy(update={"treatment": "shuffle_data"}) for one in cause.remedies)}
    )
    kb = replace(kb, causes={**kb.causes, cause.id: mended})
    dialogue = walk(Dialogue(kb, CATALOGUE, (CaseOpened(case=case),), trials=True), FAULTY, case=case)
    assert to_prove(dialogue) is None
    countered = {"patch": None, "remedy": "", "treatment": "", "outcome": None, "counter": True}
    dialogue.record(PROOF.model_copy(update={**countered, "proven": False}))
    assert to_prove(dialogue) is None
    dialogue.record(PROOF.model_copy(update={**countered, "proven": True}))
    wanted = to_prove(dialogue)
    assert wanted is not None
    assert b"x, y = x[order], y[order]" in wanted.edited


def test_no_patch_is_proven_where_the_set_up_takes_too_long(tmp_path: Path) -> None:
    case = CASE.model_copy(update={"folder": str(tmp_path), "seconds": {"program": 500.0}})
    dialogue = new_dialogue((CaseOpened(case=case),), trials=True)
    dialogue.record(ProbeFinished(probe="recorded_run", measurement=FAULTY["recorded_run"], seconds=1.0))
    dialogue.record(PROOF)
    assert to_prove(dialogue) is None


@pytest.mark.keras
def test_a_real_program_is_proven_by_its_patch(host: Bench) -> None:
    from assistant.patching import Treatment, patch

    opened = host.open(
        """
        import keras
        import numpy as np
        from keras import layers

        keras.utils.set_random_seed(1)
        rng = np.random.default_rng(1)
        x = rng.normal(size=(600, 4)).astype("float32") * [1, 100, 1, 5000] + [0, 0, 0, 90000]
        y = (x[:, 0] + x[:, 2] > 0).astype("int32")
        model = keras.Sequential([layers.Input((4,)), layers.Dense(16, activation="relu"), layers.Dense(2)])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(x, y, epochs=25, batch_size=16, verbose=0)
        """
    )
    try:
        case = opened.case
        before = opened.probe("recorded_run", 30.0)
    finally:
        opened.close()
    source = opened.program.path.read_text()
    treatments = [Treatment("scale_inputs"), Treatment("set_from_logits", {"from_logits": True})]
    edited = patch(source, case.source, treatments, case)
    assert edited.diff is not None

    async def open_copy(path: Path, environment: Mapping[str, str]) -> Worker:
        return await host.host.open(host.program(path, environment=dict(environment)))

    proof = host.wait(
        prove(opened.program.path, edited.edited_source.encode(), open_copy, load(), "metric_stuck", before, 30.0)
    )
    assert proof.proven, proof.text
    assert opened.program.path.read_text() == source


def test_what_is_longer_by_its_remedy_needs_more_time(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import keras\nmodel = make()\nmodel.compile('adam', 'mse')\nmodel.fit(x, y, epochs=2)\n"
    )
    case = CASE.model_copy(update={"folder": str(tmp_path), "places": {}})
    assert PROOF.outcome is not None
    outcome = PROOF.outcome.model_copy(update={"control": (0.1, 0.1, 0.1, 0.1)})
    for epochs, wanted in ((4, True), (400, False)):
        parameters = {"epochs": epochs, "epochs_before": 2}
        changed = {"patch": None, "treatment": "more_epochs", "parameters": parameters, "outcome": outcome}
        dialogue = walk(new_dialogue((CaseOpened(case=case),), trials=True), FAULTY, case=case)
        dialogue.record(PROOF.model_copy(update=changed))
        assert (to_prove(dialogue) is not None) is wanted
