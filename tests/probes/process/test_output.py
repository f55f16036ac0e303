"""The program's output: kept at its end, told in bounded pieces."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from probes.process.events import Output, WorkerEvent
from probes.process.output import Stream, Tail
from probes.process.stacks import innermost_line


def test_a_tail_keeps_the_end_and_counts_the_rest() -> None:
    tail = Tail(limit=10)
    for _ in range(100):
        tail.add(b"abc")
    assert tail.text() == ("abc" * 100)[-10:]
    assert (tail.total, tail.dropped) == (300, 290)


async def test_a_stream_is_told_in_order_even_with_characters_cut_in_two() -> None:
    events: list[WorkerEvent] = []
    reading, writing = os.pipe()
    stream = Stream(reading, "stdout", events.append)
    stream.start()
    for piece in ("é".encode()[:1], "é".encode()[1:] + b"nd\n"):
        os.write(writing, piece)
        await asyncio.sleep(0.1)
    os.close(writing)
    await stream.finish()
    told = [event for event in events if isinstance(event, Output)]
    assert "".join(event.text for event in told) == "énd\n"
    assert stream.tail.text() == "énd\n"


async def test_a_pipe_that_a_child_keeps_open_is_not_waited_for() -> None:
    reading, writing = os.pipe()
    stream = Stream(reading)
    stream.start()
    os.write(writing, b"left")
    await asyncio.wait_for(stream.finish(0.1), 1.0)
    assert stream.tail.text() == "left"
    os.close(writing)


def test_the_innermost_own_line_of_a_stack() -> None:
    stack = """Current thread 0x1 (most recent call first):
  File "/usr/lib/python3/json/decoder.py", line 1 in f
  File "/home/me/.venv/lib/python3.11/site-packages/keras/a.py", line 2 in g
  File "/home/me/helpers/data.py", line 3 in h
  File "/home/me/train.py", line 4 in <module>
"""
    assert innermost_line("old noise" + stack, Path("/home/me/train.py")) == "helpers/data.py:3"
    assert innermost_line("nothing", Path("/home/me/train.py")) is None
