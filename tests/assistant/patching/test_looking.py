"""What is looked at of a patched program that still shows a symptom, and what becomes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.events import CaseOpened, PatchTried, ProbeFinished, from_json, to_json
from assistant.patching.looking import look
from assistant.patching.proving import Seen, prove
from assistant.patching.worth_looking import worth_looking
from assistant.ranking import CONFIRMED
from assistant.remaining import WITH_THE_PATCH
from assistant.report.build import build
from knowledge_base.loading import load
from probes.process.errors import WorkerDied
from tests.assistant.patching.test_proving import FLAT, SOURCE
from tests.assistant.small_world import CASE, CATALOGUE, FAULTY, FakeWorker, new_dialogue, small_kb, walk
from tests.assistant.test_report import PROOF

FIRST: dict[str, dict[str, Any]] = {**FAULTY, "input_statistics": {"scale": 1.0, "broken": 0}, "gradient_flow": {}}
"""The steps are too long, and what gradients do cannot be told."""

THEN: dict[str, dict[str, Any]] = {**FIRST, "weight_updates": {"ratio": 0.001}, "gradient_flow": {"ratio": 1e6}}
"""Once that is mended, gradients grow."""

MADE: dict[str, dict[str, Any]] = {**FIRST, "input_statistics": {"scale": 5000.0, "broken": 0}}
"""The inputs are out of scale, which they were not as the program stood."""


async def looked(worker: FakeWorker, measured: dict[str, dict[str, Any]] = THEN) -> tuple[Any, ...]:
    run = ProbeFinished(probe="recorded_run", measurement=measured["recorded_run"], seconds=0.5)
    return await look(worker, small_kb(), CATALOGUE, (CaseOpened(case=CASE), run), 60.0)


async def test_what_shows_with_the_patch_stands_below_what_the_patch_mends() -> None:
    beyond = await looked(FakeWorker(THEN, trial={"applicable": False, "reason": "it is not felt", "seconds": 0.1}))
    dialogue = walk(new_dialogue(trials=True), FIRST)
    alone = [one.cause for one in dialogue.findings() if one.status in ("proven", "likely")]
    tried = PatchTried(patch="diff", proven=True, text="Gone.", seconds=3.0, beyond=beyond)
    assert from_json(to_json(tried)) == tried
    dialogue.record(tried)
    confirmed = [one for one in dialogue.findings() if one.status in ("proven", "likely")]
    assert [one.cause for one in confirmed] == [*alone, "exploding_gradient"]
    assert confirmed[-1].speaks_for[0].text == f"{WITH_THE_PATCH}By 1000000."
    assert [one.rank for one in dialogue.findings()] == list(range(1, len(dialogue.findings()) + 1))
    # The program as it stands is what trials and its own patch are for.
    assert "exploding_gradient" not in [one.cause for one in dialogue.own_findings() if one.status in CONFIRMED]
    report = build(dialogue, program="train.py", seconds=1.0)
    assert any("With the patch the program still shows a symptom" in one for one in report.remarks)
    assert report.causes[0].id == alone[0]


async def test_what_the_patch_itself_has_made_is_not_told() -> None:
    beyond = await looked(FakeWorker(MADE, trial={"applicable": False}), MADE)
    dialogue = walk(new_dialogue(trials=True), FIRST)
    dialogue.record(PatchTried(patch="diff", proven=True, text="Gone.", seconds=3.0, beyond=beyond))
    assert "inputs_not_scaled" in [one.cause for one in dialogue.beyond[0].findings() if one.status in CONFIRMED]
    assert "inputs_not_scaled" not in [one.cause for one in dialogue.findings() if one.status in CONFIRMED]


async def test_nobody_is_asked_and_a_lost_worker_ends_it() -> None:
    quiet = await looked(FakeWorker({**THEN, "weight_updates": None}, trial={"applicable": False}))  # type: ignore[dict-item]
    assert [one.answer for one in quiet if one.event == "person_answered"] == ["skipped"] * 2
    dying = FakeWorker(THEN, lost=WorkerDied("The program was killed from outside.", signal=9))
    assert [one.event for one in await looked(dying)][:2] == ["case_opened", "probe_finished"]


def test_what_is_proven_with_the_patch_joins_it(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE)
    case = CASE.model_copy(update={"folder": str(tmp_path), "places": {}})
    assert PROOF.outcome is not None
    outcome = PROOF.outcome.model_copy(update={"control": (0.1, 0.1, 0.1, 0.1)})
    trial = PROOF.model_copy(update={"patch": None, "parameters": {"learning_rate": 0.5}, "outcome": outcome})
    dialogue = walk(new_dialogue((CaseOpened(case=case),), trials=True), FIRST, case=case)
    dialogue.record(trial)
    before = build(dialogue, program="train.py", seconds=1.0)
    assert before.patch is not None
    assert "SGD(0.5)" in before.patch
    later = trial.model_copy(update={"parameters": {"learning_rate": 0.01}})
    measured = tuple(ProbeFinished(probe=id, measurement=one) for id, one in FIRST.items())
    beyond = (CaseOpened(case=case), *measured, later)
    dialogue.record(PatchTried(patch=before.patch, proven=True, text="Gone.", beyond=beyond))
    after = build(dialogue, program="train.py", seconds=1.0)
    assert after.patch is not None
    assert "SGD(0.01)" in after.patch
    assert after.patch_status == "unverified"


def test_only_a_patch_against_what_is_sure_is_looked_beyond() -> None:
    dialogue = walk(new_dialogue(trials=True), FIRST)
    assert dialogue.own_findings()[0].status == "likely"
    assert not worth_looking(dialogue, "loss_flat", better=True)
    dialogue.record(PROOF)
    assert dialogue.own_findings()[0].status == "proven"
    assert worth_looking(dialogue, "loss_flat", better=True)
    assert not worth_looking(dialogue, "loss_flat", better=False)
    dialogue.record(PROOF.model_copy(update={"treatment": "another", "remedy": "another", "proven": False}))
    assert worth_looking(dialogue, "loss_flat", better=True)
    assert not any(worth_looking(dialogue, one, better=True) for one in (None, "none", "crashes", "unsure"))


async def test_who_looks_is_told_what_the_patched_program_shows(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("old")
    asked: list[Any] = []

    async def look_on(worker: Any, seen: Seen) -> Any:
        asked.append(seen)
        return seen.begun

    async def open_copy(path: Path, environment: Any) -> Any:
        return FakeWorker({"recorded_run": FLAT})

    proof = await prove(tmp_path / "train.py", b"new", open_copy, load(), "loss_flat", FLAT, 20.0, look_on)
    assert [one.symptom for one in asked] == ["loss_flat"]
    assert not asked[0].proven
    assert [one.event for one in proof.beyond] == ["case_opened", "probe_finished"]
