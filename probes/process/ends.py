"""The sockets and pipes between our process and one worker."""

from __future__ import annotations

import contextlib
import os
import socket


class Ends:
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
