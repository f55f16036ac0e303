"""Our process's end: starts a host in the user's interpreter, opens programs in it, and outlives whatever they do."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from .early_settings import READ_AT_IMPORT, settings_before_import
from .ends import Ends
from .errors import HostFailed
from .events import OnEvent, Stage, tell
from .opened import HOST_SECONDS, Worker
from .program import Program
from .protocol import Message, decode, encode

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
IMPORT_SECONDS = 180.0
"""The longest that TensorFlow's import may take; a cold disk needs a minute."""

CLOSED = "The process that starts programs was closed."


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

    @property
    def gone(self) -> bool:
        """Whether it can open nothing any more."""
        return self._closing or self._process.returncode is not None

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
        ends = Ends()
        fresh = await asyncio.to_thread(starts_fresh, program)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._opened[number] = answer
        request = {"request": "open", "worker": number, "fresh": fresh, "folder": str(program.path.parent)}
        try:
            await self._send(request, ends.theirs)
            ends.close_theirs()
            worker = Worker(program, ends, functools.partial(self._kill, number), on_event)
            self._workers[number] = worker
            opened = await answer
        except BaseException:
            ends.close()
            self._workers.pop(number, None)
            raise
        finally:
            self._opened.pop(number, None)
        await worker.begin(int(opened["pid"]), 0.0 if opened["fresh"] else self.import_seconds or 0.0)
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
            await tell(self._on_stage, Stage(str(message["text"])))
        elif event == "ready":
            self.import_seconds = float(message["seconds"])
            if not self._ready.done():
                self._ready.set_result(None)
        elif event == "failed" and not self._ready.done():
            self._fail(HostFailed(str(message["message"])))
        elif event == "opened" and message["worker"] in self._opened:
            self._opened[message["worker"]].set_result(message)
        elif event == "exited" and message["worker"] in self._workers:
            self._workers.pop(message["worker"]).exited(message)

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
            worker.orphaned(reason)
        self._workers.clear()

    def _why_gone(self) -> str:
        if self._closing:
            return CLOSED
        who, status = f"The Python that your program runs in ({self.python})", self._process.returncode
        if status is not None and status < 0:
            return f"{who} was ended from outside: {signal.strsignal(-status) or f'signal {-status}'}."
        last = [line for line in bytes(self._errors).decode("utf-8", "replace").splitlines() if line.strip()]
        return f"{who} ended" + (f": {last[-1].strip()[:300]}" if last else ".")

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
        # The host ends when its socket closes, but hears nothing of it while it imports.
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        try:
            await asyncio.wait_for(self._process.wait(), HOST_SECONDS if self._ready.done() else 0.0)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._control.close()
        self._fail(HostFailed(CLOSED))

    async def __aenter__(self) -> Host:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


__all__ = ["Host", "Worker", "starts_fresh"]
