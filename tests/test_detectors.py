"""The page on detectors is true: all 110 numbers, and every question and probe that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from knowledge_base.loading import KnowledgeBase, load
from probes.catalogue import catalogue

PAGE = Path(__file__).parents[1] / "docs" / "detectors.md"
ALL = 110
MOST_LEFT_OUT = 12
SHORTEST_REASON = 20


@dataclass(frozen=True)
class Row:
    number: int
    questions: tuple[str, ...]
    probes: tuple[str, ...]
    left_out: bool
    remark: str


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(re.findall(r"`(\w+)`", cell))


def _rows() -> list[Row]:
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if re.match(r"\| \d+ \|", line):
            number, _, questions, probes, remark = (cell.strip() for cell in line.strip().strip("|").split("|"))
            found.append(Row(int(number), _ids(questions), _ids(probes), questions == "left out", remark))
    return found


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


def test_every_number_stands_there_once() -> None:
    assert [one.number for one in _rows()] == list(range(1, ALL + 1))


def test_what_is_left_out_says_why() -> None:
    left_out = [one for one in _rows() if one.left_out]
    assert len(left_out) <= MOST_LEFT_OUT
    assert [one.number for one in left_out if len(one.remark) < SHORTEST_REASON or one.questions or one.probes] == []


@pytest.mark.parametrize("row", [one for one in _rows() if not one.left_out], ids=lambda row: str(row.number))
def test_questions_and_probes_exist_and_belong_together(kb: KnowledgeBase, row: Row) -> None:
    assert row.questions
    assert {kb.questions[one].probe for one in row.questions} == set(row.probes)
    assert set(row.probes) <= set(catalogue())


def test_ids_in_the_text_exist(kb: KnowledgeBase) -> None:
    prose = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if not line.startswith("|")]
    named = set(_ids("\n".join(prose)))
    assert named <= {*kb.questions, *catalogue()}
