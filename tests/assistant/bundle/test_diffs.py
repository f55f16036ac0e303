"""Patches that travel: context with something private in it is left out, where they apply without it."""

from __future__ import annotations

import pytest

from assistant.bundle.diffs import without_private_context
from assistant.patching.diffs import applied, unified_diff

PROGRAM = """\
import keras
KEY = 'hunter2'
model = keras.Sequential()
model.compile('sgd')
model.fit(x, y)
print(KEY)
"""


def redacted(text: str) -> str:
    return text.replace("hunter2", "[token 1]").replace("jane", "[user 1]")


def diff_of(before: str, after: str) -> str:
    diff = unified_diff(before, after, "train.py")
    assert diff is not None
    return diff


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PROGRAM, PROGRAM.replace("sgd", "adam")),
        (PROGRAM, PROGRAM.replace("model = keras", "model  = keras")),
        ("a\nb = 'hunter2'\n", "a\nb = 'hunter2'\nc\n"),
        ("a = 'hunter2'\nb\nc\nd\ne", "a = 'hunter2'\nb\nC\nd\ne"),
        ("a\nb\njane\nc\nd\ne\n", "A\nb\njane\nC\nd\ne\n"),
        (PROGRAM.replace("hunter2", "x"), PROGRAM.replace("hunter2", "x").replace("sgd", "adam")),
    ],
    ids=["before", "after", "at the end", "no last line end", "between", "nothing private"],
)
def test_context_that_is_private_is_left_out(before: str, after: str) -> None:
    made, applies = without_private_context(diff_of(before, after), redacted)
    assert applies
    assert redacted(made) == made
    assert applied(before, made) == after


@pytest.mark.parametrize(
    "after",
    [
        PROGRAM.replace("'hunter2'", "None"),
        f"OTHER = 'hunter2'\n{PROGRAM}",
        PROGRAM.replace("import keras\n", "import keras\nimport numpy\n"),
    ],
    ids=["taken away", "added", "a change ends at it"],
)
def test_a_private_line_that_is_needed_keeps_the_patch_from_applying(after: str) -> None:
    diff = diff_of(PROGRAM, after)
    assert without_private_context(diff, redacted) == (diff, False)
