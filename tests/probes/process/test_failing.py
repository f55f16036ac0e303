"""Texts of what was raised."""

from __future__ import annotations

from probes.process.failing import without_frames

STAGED = """in user code:

    File "scoring.py", line 81, in None  *
        lambda x: model(x, training=False)
    File "train.py", line 12, in call
        raise LookupError("call the decoder")

    LookupError: call the decoder
"""


def test_what_was_raised_stands_without_the_frames_before_it() -> None:
    assert without_frames(STAGED) == "LookupError: call the decoder"
    assert without_frames("two rows\nare missing") == "two rows\nare missing"
