from __future__ import annotations

import pytest
from textual.events import Key, Paste

from assistant.terminal.pasting import END, START, PastingParser, replacing_decoder

LOG = (
    "Epoch 1/2\r\x1b[1m10/10\x1b[0m \x1b[32m━━\x1b[0m loss: 0.7\x08\x08\r\nEpoch 2/2\r\x1b[1m10/10\x1b[0m loss: nan\x03"
)


def told(*heaps: str) -> list[tuple[str, str]]:
    """What the parser tells of what comes in these heaps."""
    parser = PastingParser()
    events = [event for heap in heaps for event in parser.feed(heap)]
    return [("paste", one.text) if isinstance(one, Paste) else ("key", getattr(one, "key", "")) for one in events]


def test_whatever_stands_in_a_paste_is_no_key() -> None:
    assert told(f"a{START}{LOG}{END}b") == [("key", "a"), ("paste", LOG), ("key", "b")]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
def test_in_whatever_heaps_it_comes(size: int) -> None:
    def heaps(data: str) -> list[str]:
        return [data[at : at + size] for at in range(0, len(data), size)]

    told_of = told(START, *heaps(LOG + END), "x", START[:2], START[2:5], START[5:], *heaps(f"second{END}"))
    assert told_of == [("paste", LOG), ("key", "x"), ("paste", "second")]


def test_keys_are_read_as_before() -> None:
    assert told("\x1b[A", "q", "\x1b[20~", "\x1b[200") == [("key", "up"), ("key", "q"), ("key", "f9")]
    assert [type(one) for one in PastingParser().feed("ab")] == [Key, Key]


def test_bytes_that_are_no_text_are_no_error() -> None:
    decode = replacing_decoder("utf-8")().decode
    assert decode(b"caf\xe9 \xff ok") == "caf\N{REPLACEMENT CHARACTER} \N{REPLACEMENT CHARACTER} ok"
    assert decode("é".encode()[:1]) + decode("é".encode()[1:]) == "é"
