"""One opened program, seen from our process: its case, requests to it, and what becomes of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from . import memory
from .description import CaseDescription, Outcome
from .ends import Ends
from .errors import (
    OutOfMemory,
    ProcessError,
    ProgramHung,
    RequestFailed,
    WorkerClosed,
    WorkerDied,
    WrongBackend,
)
from .events import Gone, OnEvent, Points, Progress, Stage, tell
from .output import Stream
from .program import Program
from .protocol import BrokenMessage, Message, decode, encode
from .stacks import innermost_line

LONGEST_LINE = 2**28
"""Bytes of one message."""

REQUESTS = {
    "probe": "a probe",
    "samples": "a look at samples",
    "trial": "a trial",
    "counter_trial": "a trial",
    "arms": "a trial",
}
"""What a request is, in words."""

HOST_SECONDS = 0.25
"""Within so many seconds the host ends a worker; one that does not, because it hangs itself, is not waited for."""


class Worker:
    """One program in its process: its case, and requests to it. Made by ``Host.open``.

    Args:
        program: what it runs.
        ends: our ends of its socket and pipes.
        kill: ends the process with this id and all that it started.
        on_event: told what happens.

    Attributes:
        program: what it runs.
        pid: of its process, which leads a session of its own.
        lost: why it is gone; None while it lives.
        peak_memory: bytes, known once it is gone.
    """

    def __init__(
        self, program: Program, ends: Ends, kill: Callable[[int], Awaitable[None]], on_event: OnEvent | None
    ) -> None:
        loop = asyncio.get_running_loop()
        self.program = program
        self.pid = 0
        self.lost: ProcessError | None = None
        self.peak_memory: int | None = None
        self._send_kill = kill
        self._import_seconds = 0.0
        self._on_event = on_event
        self._ends = ends
        self._streams = {
            "stdout": Stream(ends.output, "stdout", on_event),
            "stderr": Stream(ends.errors, "stderr", on_event),
            "trace": Stream(ends.trace),
        }
        self._writer: asyncio.StreamWriter | None = None
        self._case: asyncio.Future[CaseDescription] = loop.create_future()
        self._gone: asyncio.Future[None] = loop.create_future()
        self._answers: dict[int, asyncio.Future[Mapping[str, Any]]] = {}
        self._count = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._ended: asyncio.Task[None] | None = None
        self._verdict: ProcessError | None = None
        self._closing = False

    async def begin(self, pid: int, import_seconds: float) -> None:
        """Hand the program over to the process that was made for it."""
        self.pid = pid
        self._import_seconds = import_seconds
        reader, self._writer = await asyncio.open_connection(sock=self._ends.channel, limit=LONGEST_LINE)
        for stream in self._streams.values():
            stream.start()
        self._tasks = [
            asyncio.create_task(one) for one in (self._listen(reader), self._limit_time(), self._limit_memory())
        ]
        self._write(
            {
                "program": str(self.program.path),
                "arguments": list(self.program.arguments),
                "environment": dict(self.program.environment),
                "fit": self.program.fit,
                "listing": self.program.listing,
            }
        )

    def _write(self, message: Message) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(encode(message))

    @property
    def alive(self) -> bool:
        """Whether requests can be made."""
        return self.lost is None

    def output(self, stream: str = "stdout") -> str:
        """The last 200 kB of what the program printed."""
        return self._streams[stream].tail.text()

    def output_bytes(self, stream: str = "stdout") -> int:
        """How much the program printed."""
        return self._streams[stream].tail.total

    async def case(self) -> CaseDescription:
        """Wait for the held call of ``fit``, or for the failure of the program, which is in ``failure``.

        Raises:
            ProgramHung: it did not get there within the time limit.
            WorkerDied: its process ended, by ``os._exit`` or a signal.
            OutOfMemory: it used more memory than it may.
            WrongBackend: its Keras does not run on TensorFlow.
        """
        return await asyncio.shield(self._case)

    async def probe(self, probe: str, seconds: float = 20.0) -> Outcome:
        """Run a probe on the held case. What goes wrong is an outcome without a measurement.

        Args:
            probe: id in the catalogue.
            seconds: the probe's own budget; three times that and 30 s more is the limit at which it is ended.
        """
        began = time.perf_counter()
        try:
            arguments = {"probe": probe, "seconds": seconds}
            raw = await self.request("probe", arguments, limit=3 * seconds + 30)
        except ProcessError as error:
            return Outcome(probe=probe, seconds=time.perf_counter() - began, unknown=str(error))
        return Outcome(
            probe=probe,
            seconds=float(raw.get("seconds") or 0.0),
            measurement=raw.get("measurement"),
            unknown=raw.get("unknown"),
        )

    async def request(
        self, name: str, arguments: Mapping[str, Any] | None = None, limit: float | None = None
    ) -> Mapping[str, Any]:
        """Make a request that a handler of the worker answers.

        Args:
            name: of the handler.
            arguments: JSON values.
            limit: seconds after which the worker counts as hung and is ended; None waits for ever.

        Raises:
            RequestFailed: the handler raised.
            WorkerLost: the worker is or went away.
        """
        if self.lost is not None:
            raise self.lost
        self._count += 1
        number = self._count
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        self._write({"id": number, "request": name, "arguments": dict(arguments or {})})
        try:
            await asyncio.wait([answer], timeout=limit)
            if not answer.done():
                where = await self._where()
                what = REQUESTS.get(name, name)
                sentence = f"The program did not come back from {what} within {limit or 0:.0f} s{_at(where)}."
                await self._end(ProgramHung(sentence, limit or 0.0, where))
            return await answer
        finally:
            self._answers.pop(number, None)
            if answer.done() and not answer.cancelled():
                answer.exception()

    async def close(self) -> None:
        """End the process and all that it started; gone on return, in under a second."""
        self._closing = True
        await self._end(WorkerClosed("The worker was closed."))

    async def __aenter__(self) -> Worker:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _end(self, verdict: ProcessError) -> None:
        await self._kill(verdict)
        if self._ended is not None:
            await asyncio.wait([self._ended])

    async def _kill(self, verdict: ProcessError) -> None:
        """End the process; safe in the tasks that end with it, because it does not wait for them."""
        if self.lost is None:
            self._verdict = self._verdict or verdict
            await self._send_kill(self.pid)
            await asyncio.wait([self._gone], timeout=HOST_SECONDS)
            if not self._gone.done():
                self._kill_ourselves()
            await self._lose(verdict)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await reader.readline()
                if not line.endswith(b"\n"):
                    return
                await self._hear(decode(line))
            except (OSError, ValueError, BrokenMessage) as error:
                # A program that writes into our private socket has broken it for good.
                self._verdict = WorkerDied(f"The connection to the worker broke: {error}.")
                await self._send_kill(self.pid)
                return

    async def _hear(self, message: Message) -> None:
        if "answer" in message or "error" in message:
            self._answered(message)
        elif message["event"] == "stage":
            await tell(self._on_event, Stage(str(message["text"])))
        elif message["event"] == "progress":
            await tell(self._on_event, Progress(str(message["text"]), message.get("done"), message.get("total")))
        elif message["event"] == "points":
            x, y = (tuple(map(float, message[axis])) for axis in ("x", "y"))
            points = Points(str(message["curve"]), str(message["series"]), x, y, bool(message["anew"]))
            await tell(self._on_event, points)
        elif message["event"] == "broken":
            self._verdict = WorkerDied(str(message["message"]))
        elif message["event"] == "refused":
            self._verdict = WrongBackend(str(message["message"]))
        elif message["event"] == "held" and not self._case.done():
            described = dict(message["case"])
            described["seconds"] = {**described.get("seconds", {}), "import": self._import_seconds}
            self._case.set_result(CaseDescription.model_validate(described))

    def _answered(self, message: Message) -> None:
        answer = self._answers.get(int(message["id"]))
        if answer is None or answer.done():
            return
        if "answer" in message:
            answer.set_result(message["answer"])
        else:
            error = message["error"]
            answer.set_exception(RequestFailed(str(error["type"]), str(error["message"]), str(error.get("trace", ""))))

    async def _limit_time(self) -> None:
        seconds = self.program.setup_timeout
        await asyncio.wait([self._case], timeout=seconds)
        if not self._case.done():
            where = await self._where()
            printed = sum(self.output_bytes(one) for one in ("stdout", "stderr"))
            flood = f"; it printed {memory.in_words(printed)}" if printed > 10 * 2**20 else ""
            sentence = f"The program did not reach `fit` within {seconds:g} s{_at(where)}{flood}."
            await self._kill(ProgramHung(sentence, seconds, where))

    async def _limit_memory(self) -> None:
        most = memory.limit(self.program.memory_limit)
        while most is not None and self.lost is None:
            size = memory.used(self.pid)
            if size is not None and size > most:
                where = await self._where(0.1)
                sentence = (
                    f"The program was stopped because it used more than {memory.in_words(most)} of memory{_at(where)}."
                )
                await self._kill(OutOfMemory(sentence, where=where))
                return
            await asyncio.sleep(memory.INTERVAL)

    async def _where(self, seconds: float = 0.3) -> str | None:
        """Ask Python's fault handler where the worker is; it answers even where the program computes without end."""
        trace = self._streams["trace"].tail
        before = trace.total
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGUSR1)
        deadline = time.monotonic() + seconds
        while trace.total == before and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.02)
        return innermost_line(trace.text(), self.program.path)

    def exited(self, message: Message) -> None:
        """The host says that the process ended, and how."""
        self.peak_memory = message.get("peak")
        self._ended = asyncio.create_task(self._explain(message))

    def orphaned(self, reason: str) -> None:
        """The host itself is gone."""
        self._verdict = self._verdict or WorkerDied(reason)
        self._kill_ourselves()
        self._ended = asyncio.create_task(self._explain({}))

    async def _explain(self, message: Message) -> None:
        await asyncio.gather(*(stream.finish() for stream in self._streams.values()))
        if self._tasks:
            # What the worker said last may still be on its way.
            await asyncio.wait(self._tasks[:1], timeout=0.3)
        await self._lose(self._verdict or self._died(message.get("signal"), message.get("code")))
        await self._clear()

    def _died(self, number: int | None, code: int | None) -> ProcessError:
        where = innermost_line(self._streams["trace"].tail.text(), self.program.path)
        if number == signal.SIGKILL:
            used = f", with {memory.in_words(self.peak_memory)} in use" if self.peak_memory else ""
            reason = f"The program was killed from outside{used}; most likely memory ran out."
        elif number is not None:
            name = signal.strsignal(number) or f"signal {number}"
            reason = f"The program crashed{_at(where)}: {name} ({signal.Signals(number).name})."
        elif self._case.done():
            reason = f"The program's process ended with exit status {code} while its training was held."
        else:
            reason = f"The program ended its own process with exit status {code} before any `fit`."
        return WorkerDied(reason, number, code, where)

    def _kill_ourselves(self) -> None:
        if not self.pid:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    async def _lose(self, error: ProcessError) -> None:
        known = self.lost is not None
        self.lost = self.lost or error
        unfinished: list[asyncio.Future[Any]] = [self._case, *self._answers.values()]
        for waiting in unfinished:
            if not waiting.done():
                waiting.set_exception(self.lost)
                waiting.exception()
        if not self._gone.done():
            self._gone.set_result(None)
        if not known and not self._closing:
            await tell(self._on_event, Gone())

    async def _clear(self) -> None:
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()


def _at(where: str | None) -> str:
    return f" (it was at {where})" if where else ""
