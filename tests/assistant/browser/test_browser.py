"""The full screen in a browser: who gets in, and what they see."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("textual_serve", reason="the extra `serve` is not installed")

import aiohttp
from aiohttp import web

from assistant.__main__ import main
from assistant.browser.server import GuardedServer
from assistant.browser.serving import loopback
from assistant.errors import UsageError
from tests.assistant.browser import chromium

TOKEN = "the-token-of-this-test"
NO_CHROMIUM = "there is no Chromium on this machine; `apt-get install chromium` brings it"


class Accepting(GuardedServer):
    """A server that accepts a websocket and runs nothing for it."""

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket


@pytest.fixture
async def server() -> AsyncIterator[GuardedServer]:
    made = Accepting("unused", "127.0.0.1", TOKEN, "keras-triage")
    await made.start(0)
    yield made
    await made.stop()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 403),
        ("ws", 403),
        ("static/js/textual.js", 403),
        ("download/x", 403),
        ("the-token-of-another/", 403),
        (f"{TOKEN}x/", 403),
        (f"{TOKEN}/", 200),
        (f"{TOKEN}/static/js/textual.js", 200),
    ],
)
async def test_only_who_knows_the_token_gets_in(server: GuardedServer, path: str, status: int) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{server.public_url}/{path}") as answer:
        assert answer.status == status


async def test_the_websocket_wants_the_token_and_its_own_page(server: GuardedServer) -> None:
    async with aiohttp.ClientSession() as session:
        for path, origin in (("ws", None), (f"{TOKEN}/ws", "http://elsewhere.example")):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(f"{server.public_url}/{path}", origin=origin)
            assert refused.value.status == 403
        async with session.ws_connect(f"{server.public_url}/{TOKEN}/ws", origin=server.public_url) as socket:
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_downloads_go_to_who_opened_the_page(server: GuardedServer) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with session.get(server.address) as page:
            assert "http" not in (await page.text()).replace(server.public_url, "")
        async with session.get(f"{server.public_url}/download/none") as answer:
            assert answer.status == 404


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "example.org", "::"])
def test_it_listens_to_this_machine_alone(host: str) -> None:
    with pytest.raises(UsageError, match="is no loopback address"):
        loopback(host)
    assert loopback("localhost") == "127.0.0.1"


def test_a_port_in_use_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "cannot be used" in capsys.readouterr().err


@pytest.mark.skipif(chromium.executable() is None, reason=NO_CHROMIUM)
async def test_the_start_screen_in_a_browser(tmp_path: Path) -> None:
    names = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    surroundings = {**os.environ, **dict.fromkeys(names, str(tmp_path / "home"))}
    serving = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant", "serve", stdout=asyncio.subprocess.PIPE, env=surroundings
    )
    try:
        assert serving.stdout is not None
        address = (await serving.stdout.readline()).split()[1].decode()
        async with chromium.chromium(tmp_path / "profile") as page:
            await page.open(address)
            assert await page.received_text("for Keras models that do not converge")
            assert await page.evaluate("document.body.classList.contains('-first-byte')")
            await page.evaluate("document.querySelector('textarea').focus()")
            await page.type("nowhere.py")
            await page.enter()
            assert await page.received_text("There is no file")
            picture = await page.picture(tmp_path / "start.png")
            assert picture.startswith(b"\x89PNG")
            serving.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(serving.wait(), 20) == 0
    finally:
        if serving.returncode is None:
            serving.kill()
            await serving.wait()
