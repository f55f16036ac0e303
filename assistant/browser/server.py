"""The web server: textual-serve behind a token, on this machine alone."""

from __future__ import annotations

import asyncio
import hmac
import logging
from pathlib import Path
from typing import Any

from aiohttp import web
from textual_serve.server import Server

COOKIE = "keras-triage"
"""Holds the token for downloads, whose address textual-serve's script makes without it."""

SECONDS_TO_LEAVE = 3.0
"""How long sessions may take to end with the server."""

REFUSED = "The address lacks its token. Open the one that `keras-triage serve` printed."


class GuardedServer(Server):  # type: ignore[misc]
    """Serves the command to whoever knows the token; every other request is refused, the websocket's too."""

    def __init__(self, command: str, host: str, token: str, title: str) -> None:
        """A server that listens nowhere yet.

        Args:
            command: what each connection runs, as a line for the shell.
            host: a loopback address.
            token: the first part of every path.
            title: of the page.
        """
        super().__init__(command, host=host, title=title, templates_path=Path(__file__).with_name("templates"))
        self._token = token
        # What fails in a connection ends that connection; its traceback is no news for the person at the terminal.
        logging.getLogger("textual-serve").addHandler(logging.NullHandler())
        logging.getLogger("textual-serve").propagate = False
        self._runner: web.AppRunner | None = None
        self._shown: set[asyncio.Task[object]] = set()

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"{self.public_url}/{self._token}/"

    async def start(self, port: int) -> None:
        """Listen; with port 0 the system chooses a free one.

        Raises:
            OSError: the address is taken or not of this machine.
        """
        self._runner = web.AppRunner(await self._make_app(), access_log=None, shutdown_timeout=SECONDS_TO_LEAVE)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, port).start()
        self.port = self._runner.addresses[0][1]
        host = f"[{self.host}]" if ":" in self.host else self.host
        self.public_url = f"http://{host}:{self.port}"

    async def stop(self) -> None:
        """End every session that is shown and stop listening."""
        for one in self._shown:
            one.cancel()
        if self._shown:
            await asyncio.wait(self._shown, timeout=SECONDS_TO_LEAVE)
        if self._runner is not None:
            await self._runner.cleanup()

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run the command for a page for as long as it is open."""
        task = asyncio.current_task()
        assert task is not None
        self._shown.add(task)
        try:
            answer: web.WebSocketResponse = await super().handle_websocket(request)
            return answer
        finally:
            self._shown.discard(task)

    async def on_startup(self, app: web.Application) -> None:
        """Whoever starts the server says where it is."""

    async def _make_app(self) -> web.Application:
        outer = web.Application(middlewares=[self._guard])
        outer.add_routes([web.get("/download/{key}", self.handle_download)])
        outer.add_subapp(f"/{self._token}", await super()._make_app())
        return outer

    @web.middleware  # type: ignore[untyped-decorator]
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        first = request.path.lstrip("/").partition("/")[0]
        known = self._is_token(first)
        if first == "download":
            known = self._is_token(request.cookies.get(COOKIE, ""))
        if not known or not self._is_own(request):
            raise web.HTTPForbidden(text=REFUSED)
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.set_cookie(COOKIE, self._token, httponly=True, samesite="Strict", path="/download")
            response.headers["Cache-Control"] = "no-store"
        return response

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())

    def _is_own(self, request: web.Request) -> bool:
        """Whether no page of another site makes the request; browsers name the site of one that opens a websocket."""
        origin = request.headers.get("Origin")
        return origin is None or origin == f"{request.scheme}://{request.host}"
