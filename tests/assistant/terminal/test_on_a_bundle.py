"""The live session on a bundle: no program, messages to the user, and what arrives later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.events import UNKNOWN
from assistant.terminal.live import LiveSession
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.views import Said
from tests.assistant.bundle.making import bundle_at, evidence, finished


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[LiveSession]:
    path = bundle_at(tmp_path / "case.triage", evidence(trials=()))
    session = LiveSession(TerminalSettings(program=path, store=str(tmp_path / "s.db")))
    task = asyncio.ensure_future(session.start())
    yield session
    await session.close()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def led_to_its_end(live: LiveSession) -> None:
    """Answer *not sure* to everything until the walk is over."""
    for _ in range(2000):
        if live.view.finished:
            return
        if live.view.question is not None:
            await live.answer(UNKNOWN)
        await asyncio.sleep(0.005)
    raise AssertionError(f"the walk does not end: {live.view.question}")


def said(live: LiveSession) -> str:
    return "\n".join(turn.text for turn in live.view.turns if isinstance(turn, Said))


async def test_the_dialogue_ends_with_the_message_to_the_user(live: LiveSession) -> None:
    assert "I lead the dialogue on case.triage" in said(live)
    await led_to_its_end(live)
    assert "keras-triage collect train.py -o more.triage" in said(live)
    reports = live.reports()
    assert reports.first == "message"
    assert "keras-triage collect train.py -o more.triage" in reports.made("message")
    await live.command("rerun", "")
    assert "The program is not at hand." in said(live)


async def test_what_the_user_sends_is_merged_and_the_walk_goes_on(live: LiveSession, tmp_path: Path) -> None:
    await led_to_its_end(live)
    await live.command("merge", "")
    assert "Which file?" in said(live)
    await live.command("merge", str(tmp_path / "none.triage"))
    assert "There is no file" in said(live)
    more = evidence(measured=(finished("optimizer_settings"),), only=("optimizer_settings",), trials=(), not_run={})
    await live.command("merge", str(bundle_at(tmp_path / "more.triage", more)))
    assert "more.triage brings 1 measurement." in said(live)
    assert not live.view.finished
    await led_to_its_end(live)
    measured = live.session.dialogue.facts.measured
    assert measured["optimizer_settings"].measurement is not None
    before = said(live).count("keras-triage collect train.py")
    await live.command("ask_user", "")
    assert said(live).count("keras-triage collect train.py") == before + 1
    assert "--probe optimizer_settings" not in live.session.investigation.report().model_dump_json()
