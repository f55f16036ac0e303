"""Real programs in real workers, for tests that are not coroutines: one host serves the whole session."""

from __future__ import annotations

import asyncio
import sys
import textwrap
import threading
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from probes.process.client import Host, Worker
from probes.process.description import CaseDescription, Outcome
from probes.process.events import Output, Stage, WorkerEvent
from probes.process.program import Program

T = TypeVar("T")

SCRIPTS = Path(__file__).with_name("scripts")
PATIENCE = 120.0


class Bench:
    """A host in a loop of its own thread, so that any test may use it, whatever loop it runs in itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bench", daemon=True)
        self._thread.start()
        self._host: Host | None = None

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the host's loop and wait for its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    @property
    def host(self) -> Host:
        """The shared host, started at the first use."""
        if self._host is None:
            self._host = self.wait(Host.start(Path(sys.executable)))
        return self._host

    def program(self, source: Path | str, files: Mapping[str, str] | None = None, **settings: Any) -> Program:
        """A program from a path, the name of a file in ``tests/scripts``, or source text, with its neighbour files."""
        if isinstance(source, Path):
            path = source
        elif "\n" not in source and (SCRIPTS / source).is_file():
            path = SCRIPTS / source
        else:
            self._count += 1
            path = self.folder / f"program_{self._count}" / "train.py"
            for name, text in {"train.py": source, **(files or {})}.items():
                file = path.parent / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(textwrap.dedent(text))
        return Program(path, **settings)

    def open(self, source: Path | str, files: Mapping[str, str] | None = None, **settings: Any) -> OpenCase:
        """Open a program; ``settings`` are those of ``Program``."""
        return OpenCase(self, self.program(source, files, **settings))

    def close(self) -> None:
        """End the host and the loop."""
        if self._host is not None:
            self.wait(self._host.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


class OpenCase:
    """A program in its worker."""

    def __init__(self, bench: Bench, program: Program) -> None:
        self.program = program
        self.events: list[WorkerEvent] = []
        self._bench = bench
        self.worker: Worker = bench.wait(bench.host.open(program, self.events.append))

    @property
    def case(self) -> CaseDescription:
        """The description, as soon as the program is held or has failed."""
        return self._bench.wait(self.worker.case())

    def probe(self, probe: str, seconds: float = 60.0) -> Mapping[str, Any]:
        """The measurement of a probe; its reason as an assertion where there is none."""
        outcome = self.outcome(probe, seconds)
        assert outcome.measurement is not None, outcome.unknown
        return outcome.measurement

    def outcome(self, probe: str, seconds: float = 60.0) -> Outcome:
        """What came of a probe."""
        self.case  # noqa: B018 - a request before the hold would wait as well, but without the error of the program
        return self._bench.wait(self.worker.probe(probe, seconds))

    def request(self, name: str, arguments: Mapping[str, Any] | None = None, limit: float = 60.0) -> Mapping[str, Any]:
        """The answer of any handler."""
        self.case  # noqa: B018
        return self._bench.wait(self.worker.request(name, arguments, limit))

    @property
    def printed(self) -> str:
        """What the program wrote to standard output; complete once it is closed."""
        return self.worker.output("stdout")

    @property
    def told(self) -> str:
        """The text of all output events."""
        return "".join(event.text for event in self.events if isinstance(event, Output))

    @property
    def stages(self) -> list[str]:
        """The stages that were told."""
        return [event.text for event in self.events if isinstance(event, Stage)]

    def close(self) -> None:
        """End the worker."""
        self._bench.wait(self.worker.close())

    def place(self, kind: str) -> tuple[str, int, str]:
        """File, line and code of a place."""
        place = self.case.places[kind]
        return place.file, place.line, place.code
