from __future__ import annotations

import pytest

from knowledge_base.drawing import tree
from knowledge_base.rendering import WIDTH, explain, show
from knowledge_base.searching import search
from tests.knowledge_base.samples import small


def test_a_page_has_every_section_in_order() -> None:
    page = explain(small(), "lr_too_high", {"learning_rate": 0.3})
    headings = [line for line in page.splitlines() if line.startswith("#") and not line.startswith("###")]
    assert headings == [
        "# The learning rate is too high",
        "## What it is",
        "## Why it stops learning",
        "## How to recognise it",
        "## What else looks the same",
        "## Example",
        "## What to do",
        "## Sources",
    ]
    assert "keras.optimizers.SGD(learning_rate=0.3)  # {not filled}" in page
    assert "Costs: Training takes longer." in page
    assert "It usually shows as “The loss swings”; it sometimes shows as “The loss does not move”." in page
    assert max(map(len, page.splitlines())) <= WIDTH


def test_corrections_are_told() -> None:
    assert "## Where the documents err" in explain(small(), "inputs_not_scaled")


@pytest.mark.parametrize(
    ("id", "words"),
    [
        ("lr_too_high", "# The learning rate is too high"),
        ("inputs_scaled", "Answered by: the probe input_statistics"),
        ("steps_too_long", "the probe updates or the person"),
        ("loss_flat", "usually shows as: The inputs are not scaled (inputs_not_scaled)"),
        ("scale", "A remedy for: The inputs are not scaled"),
        ("none_found", "Nothing was found."),
        ("optimizers", "<https://keras.io/api/optimizers/>"),
        ("A", "On training"),
    ],
)
def test_show(id: str, words: str) -> None:
    shown = show(small(), id)
    assert words in shown or words.replace("usually shows as", "usually") in shown


def test_nothing_of_that_id() -> None:
    with pytest.raises(KeyError):
        show(small(), "nothing")


def test_a_tree_as_text() -> None:
    assert tree(small(), "loss_flat").splitlines() == [
        "loss_flat: The loss does not move",
        "* all questions of the group data",
        "    ? Are the inputs scaled? [inputs_scaled]",
        "? Did it ever work? [did_it_work]",
        "  worked: speaks for inputs_not_scaled",
        "    > the tree steps:",
        "        ? Are the steps too long? [steps_too_long]",
        "          far_too_long: speaks for lr_too_high",
        "          too_long: speaks for lr_too_high",
        "          fine",
        "          unknown",
        "  never",
        "  unknown",
        "= No cause found",
    ]


def test_a_tree_as_mermaid_and_dot() -> None:
    mermaid, dot = tree(small(), "loss_flat", "mermaid"), tree(small(), "loss_flat", "dot")
    assert mermaid.startswith("flowchart TD\n")
    assert '  n2{"Did it ever work?"}' in mermaid
    assert "  n2 -->|worked| n3" in mermaid
    assert dot.startswith("digraph {")
    assert '  n2 -> n3 [label="worked"];' in dot
    assert dot.rstrip().endswith("}")


@pytest.mark.parametrize("name", ["none", "nothing"])
def test_no_tree(name: str) -> None:
    with pytest.raises(KeyError):
        tree(small(), name)


def test_no_such_format() -> None:
    with pytest.raises(ValueError, match="use one of text, mermaid, dot"):
        tree(small(), "loss_flat", "svg")


def test_search() -> None:
    kb = small()
    assert search(kb, "learning rate")[0].id == "lr_too_high"
    assert search(kb, "lerning")[0].id == "lr_too_high"
    assert search(kb, "zebra") == []
    assert search(kb, "") == []
