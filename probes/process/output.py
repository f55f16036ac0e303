"""The program's output on our side: read as it comes, kept at its end, told in bounded pieces."""

from __future__ import annotations

import asyncio
import codecs
import inspect
import os
from typing import Literal

from .events import OnEvent, Output

KEPT = 200_000
"""Bytes of a stream that are kept, from its end."""

TOLD = 16_000
"""Bytes of one event."""

INTERVAL = 0.05
"""Seconds that text is gathered for one event."""

PAUSE = 0.005
"""Seconds between two chunks: a flood is slowed down to some 12 MB a second rather than taking all of our time."""

CHUNK = 2**16
"""Bytes read at once."""


class Tail:
    """The end of a stream.

    Attributes:
        total: bytes that came by.
    """

    def __init__(self, limit: int = KEPT) -> None:
        self._limit = limit
        self._data = bytearray()
        self.total = 0

    def add(self, data: bytes) -> None:
        """Take in more."""
        self.total += len(data)
        self._data += data
        if len(self._data) > 2 * self._limit:
            del self._data[: -self._limit]

    @property
    def dropped(self) -> int:
        """Bytes that are no longer kept."""
        return self.total - min(self.total, self._limit)

    def kept(self) -> bytes:
        """What is kept."""
        return bytes(self._data[-self._limit :])

    def text(self) -> str:
        """What is kept, as text."""
        return self.kept().decode("utf-8", "replace")


class Stream:
    """Reads one pipe of a process until it is closed.

    Args:
        descriptor: the reading end; closed by this object.
        name: ``stdout`` or ``stderr``; None for a pipe that nobody is told of.
        on_event: told of the text; an awaitable result is awaited.
    """

    def __init__(
        self, descriptor: int, name: Literal["stdout", "stderr"] | None = None, on_event: OnEvent | None = None
    ) -> None:
        self.tail = Tail()
        self._descriptor = descriptor
        self._name = name
        self._on_event = on_event
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._pending = Tail(TOLD)
        self._reading: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read, in the running loop."""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=CHUNK)
        pipe = os.fdopen(self._descriptor, "rb", buffering=0)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        unpaused = 0
        try:
            while data := await reader.read(CHUNK):
                self.tail.add(data)
                self._pending.add(data)
                if self._telling is None and self._on_event is not None and self._name is not None:
                    self._telling = asyncio.create_task(self._tell())
                unpaused += len(data)
                if unpaused >= CHUNK:
                    unpaused = 0
                    await asyncio.sleep(PAUSE)
        finally:
            transport.close()

    async def _tell(self) -> None:
        await asyncio.sleep(INTERVAL)
        self._telling = None
        pending, self._pending = self._pending, Tail(TOLD)
        if self._on_event is not None and self._name is not None:
            answer = self._on_event(Output(self._name, self._decode(pending.kept()), pending.dropped))
            if inspect.isawaitable(answer):
                await answer

    async def finish(self, seconds: float = 0.3) -> None:
        """Read and tell what is left; a child that keeps the pipe open is not waited for longer than that."""
        if self._reading is None:
            os.close(self._descriptor)
            return
        await asyncio.wait([self._reading], timeout=seconds)
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        if self._telling is not None:
            await asyncio.wait([self._telling], timeout=seconds)
