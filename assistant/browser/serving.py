"""Serving the full screen to a browser on this machine until Ctrl-C."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import shlex
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from assistant import interrupts
from assistant.errors import ExitStatus, UsageError, tell

if TYPE_CHECKING:
    from assistant.browser.server import GuardedServer

BITS = 256
"""Of chance in a token."""


def serve(arguments: Sequence[str], host: str, port: int) -> int:
    """Serve the command with these arguments; returns when the person presses Ctrl-C.

    Args:
        arguments: of the command, as in a terminal; none for the start screen.
        host: where to listen: a loopback address.
        port: where to listen; 0 for any that is free.

    Raises:
        UsageError: textual-serve is not installed, or it cannot listen there.
    """
    address = loopback(host)
    if find_spec("textual_serve") is None:
        raise UsageError("`serve` needs textual-serve; get it with `pip install 'keras-triage[serve]'`.")
    from assistant.browser.server import GuardedServer

    command = shlex.join([sys.executable, "-m", "assistant", *arguments])
    server = GuardedServer(command, address, secrets.token_urlsafe(BITS // 8), "keras-triage")
    interrupts.raise_in_turn()
    try:
        asyncio.run(_served(server, port))
    except KeyboardInterrupt:
        tell("keras-triage: No longer served. The sessions are kept.")
    except OSError as error:
        raise UsageError(f"Port {port} of {host} cannot be used: {error.strerror or error}.") from error
    return ExitStatus.HEALTHY


def loopback(host: str) -> str:
    """The loopback address of a host: what is served there is seen by this machine alone.

    Raises:
        UsageError: it is another address.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise UsageError(f"{host} is no loopback address; `serve` listens on 127.0.0.1, ::1 or localhost alone.")
    return str(address)


async def _served(server: GuardedServer, port: int) -> None:
    await server.start(port)
    print(f"Open {server.address} in a browser on this machine. Ctrl-C ends it.", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()
