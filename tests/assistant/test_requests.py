from __future__ import annotations

import pytest

from assistant.language import read
from assistant.requests import REQUESTS, requested
from knowledge_base.loading import load


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Why do you ask?", "why"),
        ("why?", "why"),
        ("undo", "back"),
        ("please go back", "back"),
        ("How do you know?", "evidence"),
        ("what did you rule out", "ruled_out"),
        ("What have you ruled out so?", "ruled_out"),
        ("quit", "leave"),
        ("show me the patch please", "patch"),
        ("I'm not sure", "not_sure"),
        ("what can i do?", "help"),
    ],
)
def test_a_request(text: str, wanted: str) -> None:
    assert requested(text) == wanted


@pytest.mark.parametrize(
    "text", ["", "???", "my loss is nan", "the learning rate", "why is my loss nan", "stuck at 0.693"]
)
def test_no_request(text: str) -> None:
    assert requested(text) is None


def test_every_way_asks_for_one_thing() -> None:
    ways = [way for each in REQUESTS.values() for way in each]
    assert len(ways) == len(set(ways))


def test_no_phrasing_of_a_symptom_is_taken_for_a_request_but_for_not_knowing() -> None:
    taken = {one.text: requested(one.text) for one in load().phrasings if requested(one.text)}
    assert set(taken.values()) <= {"not_sure"}, taken
    assert read(load(), "not sure").symptom == "unsure"
