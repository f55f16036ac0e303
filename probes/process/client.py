"""Our process's end: starts a host in the user's interpreter, opens programs in it, and outlives whatever they do."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import signal
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import memory
from .description import CaseDescription, Outcome
from .early_settings import READ_AT_IMPORT, settings_before_import
from .errors import (
    HostFailed,
    OutOfMemory,
    ProcessError,
    ProgramHung,
    RequestFailed,
    WorkerClosed,
    WorkerDied,
    WrongBackend,
)
from .events import OnEvent, Progress, Stage, WorkerEvent
from .output import Stream
from .program import Program
from .protocol import BrokenMessage, Message, decode, encode
from .stacks import innermost_line

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
IMPORT_SECONDS = 180.0
"""The longest that TensorFlow's import may take; a cold disk needs a minute."""
LONGEST_LINE = 2**28
"""Bytes of one message."""


def starts_fresh(program: Program) -> bool:
    """Whether a program makes settings that must precede the import of TensorFlow, and so cannot share one."""
    return any(name.startswith(READ_AT_IMPORT) for name in program.environment) or bool(
        settings_before_import(program.path)
    )


class Host:
    """A process of the user's interpreter that starts workers. Make one with ``Host.start``.

    Attributes:
        python: the interpreter.
        import_seconds: what importing TensorFlow took; None while it was not imported.
    """

    def __init__(
        self, python: Path, process: asyncio.subprocess.Process, control: socket.socket, on_stage: OnEvent | None
    ):
        self.python = python
        self.import_seconds: float | None = None
        self._process = process
        self._control = control
        self._on_stage = on_stage
        self._lock = asyncio.Lock()
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._opened: dict[int, asyncio.Future[Message]] = {}
        self._workers: dict[int, Worker] = {}
        self._count = 0
        self._closing = False
        self._errors = bytearray()
        self._tasks = [asyncio.create_task(one) for one in (self._listen(), self._drain())]

    @classmethod
    async def start(
        cls,
        python: Path,
        on_stage: OnEvent | None = None,
        *,
        warm: bool = True,
        environment: Mapping[str, str] | None = None,
    ) -> Host:
        """Start the process and wait until it can open programs.

        Args:
            python: the user's interpreter.
            on_stage: told what is being waited for.
            warm: import TensorFlow now; without, the first program that may start from it pays for the import. It is of
                no use to a program that ``starts_fresh``.
            environment: variables set over those of our process.

        Raises:
            HostFailed: the interpreter does not run, or cannot import TensorFlow; one clear sentence.
        """
        if not hasattr(socket, "send_fds"):
            raise HostFailed("Programs can be run on Linux and macOS only.")
        ours, theirs = socket.socketpair()
        try:
            process = await asyncio.create_subprocess_exec(
                str(python),
                str(BOOTSTRAP),
                "host",
                str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                env={**os.environ, "MPLBACKEND": "Agg", **(environment or {})},
            )
        except OSError as error:
            ours.close()
            raise HostFailed(f"{python} does not run: {error.strerror}.") from error
        finally:
            theirs.close()
        ours.setblocking(False)
        host = cls(python, process, ours, on_stage)
        if warm:
            try:
                await host.warm()
            except BaseException:
                await host.close()
                raise
        return host

    async def warm(self) -> None:
        """Import TensorFlow, so that programs start at once.

        Raises:
            HostFailed: it cannot be imported.
        """
        await self._send({"request": "warm"})
        try:
            await asyncio.wait_for(asyncio.shield(self._ready), IMPORT_SECONDS)
        except TimeoutError as error:
            raise HostFailed(
                f"Importing TensorFlow in {self.python} took longer than {IMPORT_SECONDS:.0f} s."
            ) from error

    async def open(self, program: Program, on_event: OnEvent | None = None) -> Worker:
        """Run a program up to its ``fit``; returns as soon as its process runs.

        Raises:
            HostFailed: the host is gone.
        """
        self._count += 1
        number = self._count
        ends = _Ends()
        fresh = starts_fresh(program)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._opened[number] = answer
        request = {"request": "open", "worker": number, "fresh": fresh, "folder": str(program.path.parent)}
        try:
            await self._send(request, ends.theirs)
            ends.close_theirs()
            worker = Worker(self, number, program, ends, on_event)
            self._workers[number] = worker
            opened = await answer
        except BaseException:
            ends.close()
            self._workers.pop(number, None)
            raise
        finally:
            self._opened.pop(number, None)
        await worker._begin(int(opened["pid"]))
        return worker

    async def _send(self, message: Message, descriptors: tuple[int, ...] = ()) -> None:
        async with self._lock:
            try:
                if descriptors:
                    socket.send_fds(self._control, [encode(message)], descriptors)
                else:
                    await asyncio.get_running_loop().sock_sendall(self._control, encode(message))
            except OSError as error:
                raise HostFailed(self._why_gone()) from error

    async def _kill(self, number: int, pid: int) -> None:
        """Ask the host to end a worker; where it cannot be asked, do it ourselves."""
        try:
            await self._send({"request": "kill", "worker": number})
        except HostFailed:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        rest = b""
        while True:
            try:
                data = await loop.sock_recv(self._control, 65536)
            except OSError:
                data = b""
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                await self._hear(decode(line))
        await self._lost()

    async def _hear(self, message: Message) -> None:
        event = message["event"]
        if event == "stage":
            await _tell(self._on_stage, Stage(str(message["text"])))
        elif event == "ready":
            self.import_seconds = float(message["seconds"])
            if not self._ready.done():
                self._ready.set_result(None)
        elif event == "failed" and not self._ready.done():
            self._fail(HostFailed(str(message["message"])))
        elif event == "opened" and message["worker"] in self._opened:
            self._opened[message["worker"]].set_result(message)
        elif event == "exited" and message["worker"] in self._workers:
            self._workers.pop(message["worker"])._exited(message)

    def _fail(self, error: HostFailed) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
            # Nobody may be waiting for it, which is no error by itself.
            self._ready.exception()

    async def _lost(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 1.0)
        reason = self._why_gone()
        self._fail(HostFailed(reason))
        for answer in self._opened.values():
            if not answer.done():
                answer.set_exception(HostFailed(reason))
        for worker in self._workers.values():
            worker._orphaned(reason)
        self._workers.clear()

    def _why_gone(self) -> str:
        if self._closing:
            return "The host process was closed."
        last = [line for line in bytes(self._errors).decode("utf-8", "replace").splitlines() if line.strip()]
        return f"The host process in {self.python} ended" + (f": {last[-1].strip()[:300]}" if last else ".")

    async def _drain(self) -> None:
        if self._process.stderr is not None:
            while data := await self._process.stderr.read(65536):
                self._errors += data
                del self._errors[:-20_000]

    async def close(self) -> None:
        """End every worker and the process; all are gone on return, in under a second."""
        if self._closing:
            return
        self._closing = True
        for worker in list(self._workers.values()):
            await worker.close()
        # The host ends when its socket closes, but not while it imports.
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        try:
            await asyncio.wait_for(self._process.wait(), 0.3)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._control.close()
        self._fail(HostFailed("The host process was closed."))

    async def __aenter__(self) -> Host:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Worker:
    """One program in its process: its case, and requests to it. Made by ``Host.open``.

    Attributes:
        program: what it runs.
        pid: of its process, which leads a session of its own.
        lost: why it is gone; None while it lives.
        peak_memory: bytes, known once it is gone.
    """

    def __init__(self, host: Host, number: int, program: Program, ends: _Ends, on_event: OnEvent | None):
        loop = asyncio.get_running_loop()
        self.program = program
        self.pid = 0
        self.lost: ProcessError | None = None
        self.peak_memory: int | None = None
        self._host = host
        self._number = number
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

    async def _begin(self, pid: int) -> None:
        self.pid = pid
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
                sentence = f"`{name}` did not come back within {limit or 0:.0f} s{_at(where)}."
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
            await self._host._kill(self._number, self.pid)
            await asyncio.wait([self._gone], timeout=0.7)
            self._lose(verdict)

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
                await self._host._kill(self._number, self.pid)
                return

    async def _hear(self, message: Message) -> None:
        if "answer" in message or "error" in message:
            self._answered(message)
        elif message["event"] == "stage":
            await _tell(self._on_event, Stage(str(message["text"])))
        elif message["event"] == "progress":
            await _tell(self._on_event, Progress(str(message["text"]), message.get("done"), message.get("total")))
        elif message["event"] == "refused":
            self._verdict = WrongBackend(str(message["message"]))
        elif message["event"] == "held" and not self._case.done():
            described = dict(message["case"])
            described["seconds"] = {**described.get("seconds", {}), "import": self._host.import_seconds or 0.0}
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

    def _exited(self, message: Message) -> None:
        self.peak_memory = message.get("peak")
        self._ended = asyncio.create_task(self._explain(message))

    def _orphaned(self, reason: str) -> None:
        self._verdict = self._verdict or WorkerDied(reason)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._ended = asyncio.create_task(self._explain({}))

    async def _explain(self, message: Message) -> None:
        await asyncio.gather(*(stream.finish() for stream in self._streams.values()))
        if self._tasks:
            # What the worker said last may still be on its way.
            await asyncio.wait(self._tasks[:1], timeout=0.3)
        self._lose(self._verdict or self._died(message.get("signal"), message.get("code")))
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

    def _lose(self, error: ProcessError) -> None:
        if self.lost is None:
            self.lost = error
        unfinished: list[asyncio.Future[Any]] = [self._case, *self._answers.values()]
        for waiting in unfinished:
            if not waiting.done():
                waiting.set_exception(self.lost)
                waiting.exception()
        if not self._gone.done():
            self._gone.set_result(None)

    async def _clear(self) -> None:
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()


class _Ends:
    """The descriptors of one worker: ours, and those that go with the request."""

    def __init__(self) -> None:
        self.channel, self._far = socket.socketpair()
        self.channel.setblocking(False)
        self.output, output = os.pipe()
        self.errors, errors = os.pipe()
        self.trace, trace = os.pipe()
        self._pipes: tuple[int, ...] = (output, errors, trace)

    @property
    def theirs(self) -> tuple[int, ...]:
        """Channel, standard output, standard error, trace."""
        return (self._far.fileno(), *self._pipes)

    def close_theirs(self) -> None:
        """Close our copies of what was handed over."""
        self._far.close()
        for descriptor in self._pipes:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self._pipes = ()

    def close(self) -> None:
        """Close everything, where the worker did not come to be."""
        self.close_theirs()
        self.channel.close()
        for descriptor in (self.output, self.errors, self.trace):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _at(where: str | None) -> str:
    return f" (it was at {where})" if where else ""


async def _tell(listener: OnEvent | None, event: WorkerEvent) -> None:
    if listener is not None:
        answer = listener(event)
        if inspect.isawaitable(answer):
            await answer


__all__ = ["Host", "Worker", "starts_fresh"]
