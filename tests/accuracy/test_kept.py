"""Results are kept, sampled, judged anew and fitted to without training."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.events import AnyEvent, CaseOpened, ProbeFinished, to_json
from knowledge_base.loading import KnowledgeBase, load
from knowledge_base.schema import Weights
from probes.process.description import CaseDescription

from .fit import NAMES, examples, fit, in_order, vector, weights_of
from .generate import LabelledProgram, labelled_programs
from .kept import Kept, all_kept, keep, kept
from .outcome import Outcome
from .replay import replay
from .sampling import sample

EVENTS: tuple[AnyEvent, ...] = (
    CaseOpened(case=CaseDescription(source="train.py")),
    ProbeFinished(probe="input_statistics", measurement={"nonfinite_share": 0.04, "nonfinite_input": "x"}),
    ProbeFinished(probe="recorded_run", measurement={"error_type": None, "first_nonfinite_step": 3}),
)
OUTCOME = Outcome({"status": "diagnosed", "causes": []}, 12.0, 1, tuple(to_json(one) for one in EVENTS))


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


@pytest.fixture(scope="module")
def program() -> LabelledProgram:
    return next(one for one in labelled_programs() if one.mutant.id.endswith("--inputs_nan"))


def test_a_result_is_found_again_for_the_same_source_alone(tmp_path: Path, program: LabelledProgram) -> None:
    assert kept(program, tmp_path) is None
    keep(program, tmp_path, OUTCOME)
    assert kept(program, tmp_path) == OUTCOME
    changed = replace(program, mutant=replace(program.mutant, source=program.mutant.source + "\n"))
    assert kept(changed, tmp_path) is None
    assert [one.outcome for one in all_kept([program, changed], tmp_path)] == [OUTCOME]


def test_a_sample_holds_every_base_and_begins_with_the_smaller_one() -> None:
    programs = labelled_programs("check")
    small, large = sample(programs, 22, 1), sample(programs, 44, 1)
    assert large[:22] == small
    assert len({one.mutant.base.name for one in large}) == len({one.mutant.base.name for one in programs})
    causes = Counter(one.truth["primary"] for one in large if one.faulty)
    assert max(causes.values()) == 1
    assert sample(programs, 22, 2) != small


def test_kept_events_are_judged_without_training(program: LabelledProgram, kb: KnowledgeBase) -> None:
    found = replay(Kept(program, OUTCOME), kb)
    assert found.symptoms == ("loss_nan",)
    judged = found.judgement(kb)
    assert judged.first == "inputs_nan"
    assert judged.top1
    assert "inputs_nan" in judged.confirmed


def test_other_weights_judge_the_same_events_otherwise(program: LabelledProgram, kb: KnowledgeBase) -> None:
    bands = kb.weights.bands.model_copy(update={"decides": 0.1})
    milder = replace(kb, weights=kb.weights.model_copy(update={"bands": bands}))
    found = replay(Kept(program, OUTCOME), kb)
    assert "inputs_nan" not in found.judgement(milder).confirmed


def test_examples_count_what_the_ranking_counts(program: LabelledProgram, kb: KnowledgeBase) -> None:
    found = replay(Kept(program, OUTCOME), kb)
    rows, there = examples([found], kb)
    findings = [one for one in found.evidence(kb) if one.cause not in set(program.mutant.acceptable)]
    assert len(rows) == len(findings)
    assert there.sum() == 1
    assert rows @ vector(kb.weights) == pytest.approx([one.log_odds for one in findings])


def test_the_fit_follows_what_is_there_and_keeps_the_order(kb: KnowledgeBase) -> None:
    start = vector(kb.weights)
    strong, weak = NAMES.index(("bands", "strong")), NAMES.index(("bands", "weak"))
    rows = np.zeros((400, len(NAMES)))
    rows[:, NAMES.index(("prior", "common"))] = 1
    rows[:200, strong], rows[200:, weak] = 1, 1
    there = np.array([True] * 190 + [False] * 10 + [True] * 20 + [False] * 180, dtype=float)
    numbers = fit(rows, there, start, 0.7)
    assert numbers[strong] > start[strong]
    assert numbers[weak] <= start[weak]
    assert numbers == pytest.approx(in_order(numbers))
    assert numbers[NAMES.index(("symptom_fit", "possible"))] == 0
    assert fit(rows, there, start, 0.01) == pytest.approx(start, abs=0.1)


def test_a_proposal_is_a_file_of_weights(kb: KnowledgeBase) -> None:
    assert weights_of(vector(kb.weights)) == Weights.model_validate(kb.weights.model_dump())
