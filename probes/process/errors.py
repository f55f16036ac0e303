"""What can go wrong between our process and the worker: one tree, one clear sentence each."""

from __future__ import annotations


class ProcessError(Exception):
    """Something about the host or the worker; ``str()`` is one sentence for the person."""


class HostFailed(ProcessError):
    """The interpreter cannot serve: no TensorFlow, a broken one, or the host process died."""


class NotPython(HostFailed):
    """What was asked for as an interpreter is none."""


class NoTensorFlow(HostFailed):
    """There is no TensorFlow in any interpreter that was asked for."""


class WrongBackend(ProcessError):
    """The program's Keras runs on another backend or is too old."""


class WorkerLost(ProcessError):
    """The worker is gone; the session survives, and the worker can be started again."""


class WorkerDied(WorkerLost):
    """The worker's process ended by itself, or was killed by somebody else.

    Attributes:
        signal: the signal that ended it, or None.
        code: the exit status, or None.
        reason: the sentence.
        where: the user's own line that was running, ``train.py:12``, where Python could tell.
    """

    def __init__(
        self, reason: str, signal: int | None = None, code: int | None = None, where: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.signal = signal
        self.code = code
        self.where = where


class OutOfMemory(WorkerDied):
    """The worker used more memory than it was allowed."""


class ProgramHung(WorkerLost):
    """The program did not reach its ``fit``, or a request did not come back, within the time limit.

    Attributes:
        seconds: the limit.
        where: the user's own line that was running, ``train.py:12``, where Python could tell.
    """

    def __init__(self, reason: str, seconds: float, where: str | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds
        self.where = where


class WorkerClosed(WorkerLost):
    """The worker was closed by us."""


class RequestFailed(ProcessError):
    """A request raised in the worker; the case is still held.

    Attributes:
        type: class of the exception there.
        trace: its traceback, for developers.
    """

    def __init__(self, type: str, message: str, trace: str = "") -> None:
        super().__init__(message or type)
        self.type = type
        self.trace = trace


class ProgramError(Exception):
    """What was given cannot be run as a program; ``str()`` is one sentence."""
