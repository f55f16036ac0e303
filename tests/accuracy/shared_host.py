"""Checks of many programs whose workers all fork from one host, so that TensorFlow is imported once."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from assistant.commands import exit_status
from assistant.dialogue import Dialogue
from assistant.events import AnyEvent
from assistant.events import to_json as event_to_json
from assistant.headless import Headless
from assistant.investigation import Investigation
from assistant.report.model import to_json
from assistant.session.model import OpenedWith
from assistant.worker import Listener, Worker
from knowledge_base.loading import load
from probes.catalogue import catalogue
from probes.process.client import Host
from probes.process.errors import HostFailed, ProcessError
from probes.process.program import Program

from .outcome import Outcome

T = TypeVar("T")


class _Log:
    """A log in memory, as JSON."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def append(self, event: AnyEvent) -> None:
        """Keep the event."""
        self.events.append(event_to_json(event))

    def settle(self, dialogue: Dialogue) -> None:
        """Forget what it has come to."""

    def release(self) -> None:
        """Nobody waits for it."""


class SharedHost:
    """One host for any number of checks; one that dies is started again."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._host: Host | None = None
        self._starting = asyncio.Lock()

    async def check(self, folder: Path) -> Outcome:
        """The report on `train.py` in a folder, as the command would print it."""
        started = time.perf_counter()
        opened = OpenedWith(program=str(folder / "train.py"))
        dialogue = Dialogue(load(), catalogue(), budget=opened.budget, trials=opened.trials)
        log = _Log()
        investigation = Investigation(dialogue, log, _Opener(self, folder / "train.py"), program="train.py")
        report: dict[str, Any] = {}
        status: int | None = None
        try:
            found = await asyncio.wait_for(investigation.run(Headless()), self._timeout)
            report, status = json.loads(to_json(found)), int(exit_status(found, investigation))
        except TimeoutError:
            report = {"error": f"no report in {self._timeout:.0f} s"}
        except ProcessError as error:
            report = {"error": str(error)}
        finally:
            await investigation.close()
        return Outcome(report, time.perf_counter() - started, status, tuple(log.events))

    async def open(
        self, program: Path, listener: Listener, environment: Mapping[str, str] = MappingProxyType({})
    ) -> Worker:
        """Open a program in the host, with these variables set."""
        wanted = Program(path=program, environment=dict(environment))
        async with self._starting:
            if self._host is None:
                self._host = await Host.start(Path(sys.executable))
            host = self._host
        try:
            return await host.open(wanted, listener)
        except HostFailed:
            await self.close()
            self._host = await Host.start(Path(sys.executable))
            return await self._host.open(wanted, listener)

    async def close(self) -> None:
        """End the host."""
        host, self._host = self._host, None
        if host is not None:
            await host.close()


class _Opener:
    """Opens one program in a host that outlives it."""

    def __init__(self, shared: SharedHost, program: Path) -> None:
        self._shared = shared
        self._program = program

    async def open(self, listener: Listener) -> Worker:
        return await self._shared.open(self._program, listener)

    async def open_copy(self, path: Path, environment: Mapping[str, str], listener: Listener) -> Worker:
        return await self._shared.open(path, listener, environment)

    async def close(self) -> None:
        """The host is shared."""


def with_shared_host(work: Callable[[SharedHost], Awaitable[T]], timeout: float = 300.0) -> T:
    """Run work that checks programs; the host ends with it."""

    async def run() -> T:
        host = SharedHost(timeout)
        try:
            return await work(host)
        finally:
            await host.close()

    return asyncio.run(run())
