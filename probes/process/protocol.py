"""Messages between the worker, its host and our own process: JSON, one a line, over private sockets.

Requests are ``{"id": 7, "request": "probe", "arguments": {...}}``. They are answered with
``{"id": 7, "answer": {...}}`` or
with ``{"id": 7, "error": {"type": ..., "message": ..., "trace": ...}}``. What nobody asked for is an event,
``{"event": ...}``.
"""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

Message = dict[str, Any]

PRIVATE_NAME = "_keras_triage_probes"
"""The name that this package has in the worker, so that a user's own ``probes`` is theirs."""


class BrokenMessage(Exception):
    """A line that is no message of this protocol."""


def encode(message: Message) -> bytes:
    """One line for a message.

    Raises:
        ValueError: a number in it is not finite; such numbers travel as words.
        TypeError: it holds what JSON cannot say.
    """
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line.

    Raises:
        BrokenMessage: the line is no JSON object.
    """
    try:
        message = json.loads(line)
    except ValueError as error:
        raise BrokenMessage(f"not a message: {line[:200]!r}") from error
    if not isinstance(message, dict):
        raise BrokenMessage(f"not a message: {line[:200]!r}")
    return message


class Channel:
    """The worker's end of a private socket; sending is safe from any thread."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Send a message; where nobody listens any more it is lost."""
        line = encode(message)
        with self._lock:
            try:
                self._connection.sendall(line)
            except OSError:
                return

    def receive(self) -> Message | None:
        """The next message, or None when the other end is closed."""
        try:
            line = self._lines.readline()
        except OSError:
            return None
        return decode(line) if line.endswith(b"\n") else None
