"""Which remedies are offered for a case."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge_base.loading import load
from knowledge_base.schema import Remedy
from knowledge_base.suiting import suiting

PIXELS = {"probe": "input_statistics", "when": {"any_item": {"of": "inputs", "where": {"kind": {"is": "image"}}}}}


def remedy(id: str, suits: Any = None) -> Remedy:
    return Remedy.model_validate({"id": id, "title": "T", "text": "T", "costs": "Nothing.", "suits": suits})


REMEDIES = (remedy("standardise"), remedy("divide_by_255", PIXELS))


def test_random_changes_of_pictures_are_not_for_tables() -> None:
    cause = load([]).causes["too_little_data"]
    offered = {
        kind: [one.id for one in suiting(cause.remedies, {"input_statistics": {"inputs": [{"kind": kind}]}})]
        for kind in ("table", "image")
    }
    assert "augment_small_data" in offered["image"]
    assert "augment_small_data" not in offered["table"]
    assert "gather_more_data" in offered["table"]


@pytest.mark.parametrize(
    ("measurements", "offered"),
    [
        ({"input_statistics": {"inputs": [{"kind": "table"}, {"kind": "image"}]}}, ["standardise", "divide_by_255"]),
        ({"input_statistics": {"inputs": [{"kind": "table"}]}}, ["standardise"]),
        ({"input_statistics": {}}, ["standardise", "divide_by_255"]),
        ({}, ["standardise", "divide_by_255"]),
    ],
)
def test_only_what_is_known_not_to_suit_is_left_out(measurements: Any, offered: list[str]) -> None:
    assert [one.id for one in suiting(REMEDIES, measurements)] == offered


@pytest.mark.parametrize(
    ("stream", "alike", "mixed_before"), [(True, 0.99, False), (True, 0.0, True), (False, 0.99, True)]
)
def test_a_series_that_comes_in_batches_is_not_mixed_before_its_split(
    stream: bool, alike: float, mixed_before: bool
) -> None:
    remedies = load().causes["data_not_shuffled"].remedies
    offered = suiting(remedies, {"data_order": {"stream": stream, "neighbours_alike": alike}})
    assert ("shuffle_before_split" in [one.id for one in offered]) == mixed_before
    assert "enlarge_shuffle_buffer" in [one.id for one in offered]
