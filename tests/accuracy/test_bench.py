"""The bench itself is sound: places exist, choice and labels are fixed, the judging is right."""

import ast
import re

import pytest
import yaml

from .faults import faults
from .generate import labelled_programs, slice_ids, write
from .judging import judge
from .mutants import healthy_programs, single_mutants
from .programs import BASES, Base, bases, halves, with_seed
from .tables import everything
from .written import written_programs

NOT_PLANTED = {
    "train_val_leak": "raises the score instead of lowering it: a written script",
    "model_too_large": "cannot be told from too little data by the score: a written script",
    "poor_local_minimum": "depends on the seed: a written script",
    "exploding_gradient": "planted as the mechanism under bad_initializer",
    "dying_relu": "planted as the mechanism under bad_initializer",
    "saturated_activation": "planted as the mechanism under vanishing_gradient",
}


def _places(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if "<<" in value and ">>" in value else []
    if isinstance(value, dict):
        return [place for one in value.values() for place in _places(one)]
    return [place for one in value for place in _places(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("base", bases(), ids=lambda base: base.name)
def test_every_place_of_a_sidecar_stands_in_its_program(base: Base) -> None:
    facts = {name: value for name, value in base.facts.items() if name != "edits"}
    for place in _places(facts):
        assert place.replace("<<", "").replace(">>", "") in base.source
    for old, _ in base.facts.get("edits", {}).values():
        assert old in base.source


@pytest.mark.parametrize("base", bases(), ids=lambda base: base.name)
def test_the_seed_of_a_program_can_be_rewritten(base: Base) -> None:
    changed = with_seed(base, base.source, 4711)
    assert "4711" in changed
    assert not re.search(rf"set_random_seed\({base.facts['seed']}\)", changed)


def test_each_base_is_in_one_half() -> None:
    written = yaml.safe_load((BASES.parent / "halves.yaml").read_text())
    assert sorted(written["train"] + written["check"]) == [base.name for base in bases()]
    assert set(halves().values()) == {"train", "check"}


def test_every_operator_plants_something_and_leaves_the_program_whole() -> None:
    planted = {mutant.faults[0].id for mutant in single_mutants()}
    assert planted == set(faults())
    for mutant in single_mutants():
        ast.parse(mutant.source)
        assert mutant.source != mutant.base.source


def test_the_choice_of_programs_is_the_same_at_every_call() -> None:
    first = [(m.id, m.source) for m in single_mutants()]
    single_mutants.cache_clear()
    assert [(m.id, m.source) for m in single_mutants()] == first


def test_every_program_has_a_label_of_its_present_source() -> None:
    programs = labelled_programs()
    assert len(programs) > 200
    assert {p.mutant.id for p in programs} >= {m.id for m in healthy_programs()}


def test_no_base_is_labelled_faulty() -> None:
    assert not [p.mutant.id for p in labelled_programs() if not p.mutant.faults and p.label["verdict"] != "healthy"]


def test_the_causes_are_those_of_the_knowledge_base() -> None:
    from knowledge_base.loading import load

    known = set(load().causes)
    planted = {cause for fault in faults().values() for cause in fault.causes}
    neighbours = {cause for fault in faults().values() for cause in fault.acceptable}
    assert planted | neighbours <= known
    primary = {fault.primary for fault in faults().values()}
    assert known - primary <= set(NOT_PLANTED)


def test_what_is_written_has_what_cannot_be_planted() -> None:
    written = written_programs()
    for program in written:
        ast.parse(program.mutant.source)
        assert program.truth["half"] == "written"
    reasons = {cause for cause, reason in NOT_PLANTED.items() if "written" in reason}
    assert {program.truth["primary"] for program in written} == reasons


def _truth(**more: object) -> dict[str, object]:
    truth: dict[str, object] = {
        "id": "one",
        "base": "base",
        "symptom": "loss_flat",
        "primary": "lr_too_low",
        "causes": ["lr_too_low"],
        "acceptable": ["too_few_epochs"],
    }
    return truth | more


def _cause(name: str, rank: int, status: str, confidence: float = 0.8) -> dict[str, object]:
    return {"id": name, "rank": rank, "status": status, "confidence": confidence}


def test_a_neighbour_in_first_place_counts_for_top_1_but_not_for_recall() -> None:
    report = {
        "status": "diagnosed",
        "causes": [_cause("too_few_epochs", 1, "likely"), _cause("lr_too_low", 4, "possible")],
    }
    judgement = judge(_truth(), report, 1.0, 1)
    assert judgement.top1
    assert judgement.recall3 == 1.0
    assert judgement.right == 1
    assert not judgement.named


def test_what_is_ruled_out_is_not_ranked() -> None:
    report = {"status": "inconclusive", "causes": [_cause("lr_too_low", 1, "ruled_out")]}
    judgement = judge(_truth(), report, 1.0, 5)
    assert judgement.first == "-"
    assert not judgement.top1
    assert not judgement.exit_wrong


def test_a_proof_without_four_separated_pairs_is_false() -> None:
    proof = _cause("lr_too_low", 1, "proven") | {
        "remedies": [{"trial": {"control": [0.1] * 4, "treated": [0.9, 0.9, 0.9, 0.05], "symptom_gone": True}}]
    }
    assert judge(_truth(), {"causes": [proof]}, 1.0, 1).false_proofs == ("lr_too_low",)


def test_a_confirmed_cause_on_a_healthy_program_is_an_alarm() -> None:
    healthy = _truth(causes=[], primary=None, acceptable=[], symptom="none")
    assert judge(healthy, {"status": "diagnosed", "causes": [_cause("dying_relu", 1, "likely")]}, 1.0, 1).alarm
    assert not judge(healthy, {"status": "healthy", "causes": [_cause("dying_relu", 1, "possible")]}, 1.0, 0).alarm


def test_the_tables_hold_every_program() -> None:
    right = judge(_truth(), {"causes": [_cause("lr_too_low", 1, "likely", 0.9)]}, 2.0, 1)
    wrong = judge(_truth(id="two"), {"causes": [_cause("wrong_loss", 1, "likely", 0.8)]}, 4.0, 1)
    text = everything([right, wrong])
    assert "top-1         1/2 = 0.50" in text
    assert re.search(r"lr_too_low +wrong_loss +1", text)


def test_a_written_case_holds_program_repair_and_truth(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    faulty = next(p for p in labelled_programs() if p.faulty)
    place = write(faulty, folder)
    assert sorted(file.name for file in place.iterdir()) == ["fixed.py", "train.py", "truth.yaml"]
    assert yaml.safe_load((place / "truth.yaml").read_text())["primary"] == faulty.mutant.faults[0].primary


def test_the_small_slice_holds_known_programs_of_both_halves() -> None:
    ids = slice_ids("small")
    assert len(labelled_programs(only=ids)) == len(ids) >= 6
