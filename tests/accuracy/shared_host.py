"""Checks of many programs whose workers all fork from one host, so that TensorFlow is imported once."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from assistant.commands import exit_status
from assistant.dialogue import Dialogue
from assistant.events import AnyEvent
from assistant.headless import Headless
from assistant.investigation import Investigation
from assistant.report.model import to_json
from assistant.session.model import OpenedWith
from assistant.worker import Listener, Worker
from knowledge_base.loading import load
from probes.catalogue import catalogue
from probes.process.client import Host
from probes.process.errors import ProcessError
from probes.process.program import Program

from .outcome import Outcome

T = TypeVar("T")


class _Unkept:
    """A log that keeps nothing."""

    def append(self, event: AnyEvent) -> None:
        """Forget the event."""


class _Shared:
    """Opens one program in a host that outlives it."""

    def __init__(self, host: Host, program: Path) -> None:
        self._host = host
        self._program = program

    async def open(self, listener: Listener) -> Worker:
        return await self._host.open(Program(path=self._program), listener)

    async def close(self) -> None:
        """The host is the caller's."""


class SharedHost:
    """One host for any number of checks."""

    def __init__(self, host: Host, timeout: float) -> None:
        self._host = host
        self._timeout = timeout

    async def check(self, folder: Path) -> Outcome:
        """The report on `train.py` in a folder, as the command would print it."""
        started = time.perf_counter()
        opened = OpenedWith(program=str(folder / "train.py"))
        dialogue = Dialogue(load(), catalogue(), budget=opened.budget, trials=opened.trials)
        investigation = Investigation(dialogue, _Unkept(), _Shared(self._host, folder / "train.py"), program="train.py")
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
        return Outcome(report, time.perf_counter() - started, status)


def with_shared_host(work: Callable[[SharedHost], Awaitable[T]], timeout: float = 300.0) -> T:
    """Run work that checks programs; the host ends with it."""

    async def run() -> T:
        host = await Host.start(Path(sys.executable))
        try:
            return await work(SharedHost(host, timeout))
        finally:
            await host.close()

    return asyncio.run(run())
