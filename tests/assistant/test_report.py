from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import EXIT_OF_STATUS
from assistant.events import TrialFinished, TrialOutcome
from assistant.report import markdown, text
from assistant.report.build import build
from assistant.report.model import Report, to_json
from probes.process.description import Place
from tests.assistant.small_world import CASE, FAILED, FAULTY, HEALTHY, new_dialogue, walk

PROOF = TrialFinished(
    cause="lr_too_high",
    remedy="lower_learning_rate",
    treatment="set_learning_rate",
    outcome=TrialOutcome(
        score="balanced_accuracy",
        control=(0.1, 0.1, 0.1, math.nan),
        treated=(0.9, 0.9, 0.9, 0.9),
        symptom_gone=True,
        horizon="planned_end",
        steps=200,
        seconds=3.0,
    ),
    proven=True,
    patch="--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-a\n+b\n",
    locations=("optimizer",),
)


def report_of(measurements: dict[str, Any] = FAULTY, case: Any = CASE, *events: Any) -> Report:
    dialogue = walk(new_dialogue(), measurements, case=case)
    for event in events:
        dialogue.record(event)
    return build(dialogue, program="train.py", seconds=12.5)


def refuse(constant: str) -> None:
    raise ValueError(constant)


def parsed(report: Report) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(to_json(report), parse_constant=refuse)
    return value


def test_the_report_has_the_keys_of_version_1() -> None:
    report = parsed(report_of(FAULTY, CASE, PROOF))
    assert report["report"] == "keras-triage/1"
    assert report["case"]["model"] == {"class": "Sequential", "layers": 2, "parameters": 30}
    assert set(report["case"]) >= {"source", "kind", "fit_line", "model"}
    assert report["symptom"] == {"id": "loss_flat", "by": "probe"}
    assert set(report["timings"]) == {"import", "program", "probes", "trials", "total"}
    assert set(report["questions"][0]) >= {"id", "answer", "by", "seconds"}
    first = report["causes"][0]
    assert set(first) >= {
        *("id", "rank", "status", "confidence", "because", "summary"),
        *("evidence", "locations", "remedies", "sources"),
    }
    assert set(first["evidence"][0]) >= {"question", "answer", "by", "probe", "text"}
    assert set(first["remedies"][0]["trial"]) == {
        *("score", "control", "treated", "symptom_gone", "horizon", "steps", "seconds"),
    }


def test_a_proven_cause_stands_first_with_its_trial_and_patch() -> None:
    report = parsed(report_of(FAULTY, CASE, PROOF))
    first = report["causes"][0]
    assert (first["id"], first["rank"], first["status"]) == ("lr_too_high", 1, "proven")
    assert first["remedies"][0]["trial"]["control"][-1] == "NaN"
    assert first["remedies"][0]["patch"] == PROOF.patch


def test_what_was_tried_becomes_a_patch_of_the_program(tmp_path: Path) -> None:
    lines = ["import keras", *[""] * 6, "model.compile(", "    optimizer=keras.optimizers.SGD(3.0),", ")"]
    (tmp_path / "train.py").write_text("\n".join(lines) + "\n")
    place = Place(
        file="train.py",
        line=9,
        end_line=9,
        column=14,
        end_column=39,
        code="keras.optimizers.SGD(3.0)",
    )
    case = CASE.model_copy(update={"folder": str(tmp_path), "places": {"optimizer": place}})
    assert PROOF.outcome is not None
    outcome = PROOF.outcome.model_copy(update={"control": (0.1, 0.1, 0.1, 0.1)})
    changed = {"patch": None, "parameters": {"learning_rate": 0.01}, "outcome": outcome}
    proof = PROOF.model_copy(update=changed)
    report = report_of(FAULTY, case, proof)
    assert report.patch is not None
    assert report.patch.startswith("--- a/train.py\n+++ b/train.py\n")
    assert "+    optimizer=keras.optimizers.SGD(0.01)," in report.patch
    assert report.patch_status == "unverified"
    assert report.causes[0].remedies[0].patch == report.patch
    # What did nothing alone is handed over all the same, as long as nothing did better.
    idle = outcome.model_copy(update={"treated": (0.1, 0.1, 0.1, 0.1), "symptom_gone": False})
    again = report_of(FAULTY, case, proof.model_copy(update={"outcome": idle, "proven": False}))
    assert (again.causes[0].status, again.patch) == ("likely", report.patch)


def test_a_cause_is_placed_quoted_and_given_a_remedy_with_the_cases_own_values() -> None:
    cause = next(one for one in report_of().causes if one.id == "lr_too_high")
    (place,) = cause.locations
    assert (place.file, place.line, place.column, place.code) == ("train.py", 8, 15, "optimizer=SGD(3.0),")
    assert cause.remedies[0].code == "SGD(3)  # {not filled}"
    assert cause.sources[0].url == "https://keras.io/guides/"


def test_a_place_that_was_not_written_falls_back_to_its_call() -> None:
    cause = next(one for one in report_of().causes if one.id == "inputs_not_scaled")
    assert [place.line for place in cause.locations] == [9]


def test_an_explained_cause_names_its_explainer() -> None:
    cause = next(one for one in report_of().causes if one.id == "exploding_gradient")
    assert cause.because == "inputs_not_scaled"


@pytest.mark.parametrize(
    ("measurements", "case", "status", "code"),
    [
        (FAULTY, CASE, "diagnosed", 1),
        (HEALTHY, CASE, "healthy", 0),
        ({}, CASE, "inconclusive", 5),
        ({}, FAILED, "program_failed", 3),
        ({"program_failure": {"own": True, "type": "ValueError"}}, FAILED, "diagnosed", 1),
    ],
)
def test_status_and_exit_status(measurements: dict[str, Any], case: Any, status: str, code: int) -> None:
    report = report_of(measurements, case)
    assert report.status == status
    assert EXIT_OF_STATUS[status] == code


def test_a_failure_names_the_persons_own_line() -> None:
    report = report_of({}, FAILED)
    assert report.text == "The program failed (train.py, line 4): ValueError: no such column."
    assert report.symptom is not None
    assert report.symptom.id == "crashes"


def test_oddities_of_a_healthy_case_are_remarks() -> None:
    report = report_of({**HEALTHY, "input_statistics": {"scale": 900.0, "broken": 0}})
    assert report.status == "healthy"
    assert not report.causes
    assert "Their scale is 900." in report.remarks


def test_what_was_not_answered_is_a_remark_with_its_reason() -> None:
    report = report_of({**FAULTY, "gradient_flow": None})  # type: ignore[dict-item]
    assert any("it could not be measured" in one and "Do gradients grow" in one for one in report.remarks)
    assert any("TensorBoard" in one for one in report.remarks)


def test_trainings_that_were_not_reached_are_named_with_the_way_to_them() -> None:
    report = report_of(HEALTHY, CASE.model_copy(update={"further_fits": (31,)}))
    (told,) = (one for one in report.remarks if "31" in one)
    assert "also trains on line 31" in told
    assert f"line {CASE.fit_line} was examined" in told
    assert "`--fit 2`" in told


def test_a_counter_trial_is_named_as_what_proves() -> None:
    counter = PROOF.model_copy(update={"remedy": None, "treatment": None, "counter": True, "text": "Half do worse."})
    report = report_of(FAULTY, CASE, counter)
    assert "Half do worse. (decides, a counter-trial)" in " ".join(text.render(report).split())
    assert "(decides, a counter-trial): Half do worse." in markdown.render(report)


def test_nothing_of_the_machine_stands_in_a_report() -> None:
    assert "somebody" not in to_json(report_of())


def test_text_and_markdown_hold_the_causes_and_their_evidence() -> None:
    report = report_of(FAULTY, CASE, PROOF)
    for rendered in (text.render(report), markdown.render(report)):
        assert "The learning rate is too high" in rendered
        assert "train.py:8:15" in rendered
        assert "SGD(3)" in rendered
        assert "A guide" in rendered
    assert max(map(len, text.render(report).splitlines())) <= text.WIDTH


def test_markdown_shows_names_as_they_stand() -> None:
    assert markdown.escaped("dense[0] and *args") == r"dense\[0\] and \*args"
    assert markdown.fenced("a ``` b").startswith("````python")
