"""A session that another process goes on with: read as it grows, and taken up once it is free."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from assistant.events import AnyEvent, to_json
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from assistant.terminal import texts
from assistant.terminal.app import TriageApp
from assistant.terminal.live import LiveSession
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.views import Said
from tests.assistant.kept_sessions import events_of
from tests.assistant.terminal.apps import text_of

HOLDER = """
import sys
from assistant.events import from_json
from assistant.session.store import Store
with Store(sys.argv[1]) as store:
    kept = store.take_up(sys.argv[2])
    print("held", flush=True)
    for line in sys.stdin:
        kept.append(from_json(line))
        print("kept", flush=True)
"""


class Holder:
    """Another process, which goes on with a session."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        self._process = process
        assert self._out.readline() == "held\n"

    def append(self, *events: AnyEvent) -> None:
        assert self._process.stdin is not None
        for event in events:
            self._process.stdin.write(f"{to_json(event)}\n")
            self._process.stdin.flush()
            assert self._out.readline() == "kept\n"

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


@contextmanager
def held(store: Path, id: str) -> Iterator[Holder]:
    command = [sys.executable, "-c", HOLDER, str(store), id]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Holder(process)
    finally:
        process.kill()
        process.communicate()


def begun(path: Path, *events: AnyEvent) -> str:
    """The id of a session that nobody holds."""
    with Store(str(path)) as store:
        kept = store.begin(OpenedWith(program="/somewhere/deep_classifier.py"), "v1")
        for event in events:
            kept.append(event)
        kept.release()
    return kept.id


def said(live: LiveSession) -> str:
    return "\n".join(turn.text for turn in live.view.turns if isinstance(turn, Said))


async def test_what_another_process_finds_shows_as_it_comes_and_nothing_is_added(tmp_path: Path) -> None:
    path, events = tmp_path / "s.db", events_of("deep_classifier")
    id = begun(path, *events[:1])
    with held(path, id) as other:
        live = LiveSession(TerminalSettings(session=id, store=str(path)))
        assert live.reading is not None
        await live.reading.refresh()
        assert f"in use by process {other.pid} on " in said(live)
        assert (live.view.stage, live.view.findings) == ("reading", ())
        other.append(*events[1:])
        await live.reading.refresh()
        assert live.view.findings
        for action in ("rerun", "look", "trial", "back", "merge"):
            await live.command(action, "")
            assert live.view.turns[-1] == Said(live.view.turns[-1].key, texts.READING_ONLY)
        await live.say("my loss is nan")
        assert "Another process goes on with this session" in said(live)
        await live.command("note", "Seen from another desk.")
        await live.close()
        with Store(str(path)) as store:
            assert store.open(id).events == events
            assert [one.text for one in store.desk.notes(id)] == ["Seen from another desk."]
            assert store.info(id).outcome is None, "what it came to is for the other to keep"


async def test_a_session_that_is_free_again_is_taken_up_when_wanted(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    id = begun(path, *events_of("deep_classifier")[:3])
    with held(path, id) as other:
        live = LiveSession(TerminalSettings(session=id, store=str(path)))
        reading = live.reading
        assert reading is not None
        await reading.refresh()
        assert live.view.question is None
        other.end()
        await reading.refresh()
        assert live.view.question is not None
        await live.answer("no")
        await reading.refresh()
        assert live.view.question is None
    live = LiveSession(TerminalSettings(session=id, store=str(path)))
    assert live.reading is None, "nobody holds it now"
    await live.close()


async def test_the_question_takes_it_up(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    id = begun(path, *events_of("deep_classifier")[:3])
    with held(path, id) as other:
        live = LiveSession(TerminalSettings(session=id, store=str(path)))
        assert live.reading is not None
        await live.reading.refresh()
        other.end()
        await live.reading.refresh()
        await live.answer("yes")
        await live.reading.follow()
        assert live.view.stage == "resumed"
        refused = subprocess.run(
            [sys.executable, "-c", HOLDER, str(path), id], capture_output=True, text=True, check=False
        )
        assert f"held by process {os.getpid()}" in refused.stderr
        await live.close()


async def test_the_screen_says_who_holds_the_session(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    id = begun(path, *events_of("deep_classifier"))
    with held(path, id) as other:
        app = TriageApp(TerminalSettings(session=id, store=str(path)))
        async with app.run_test(size=(120, 40)) as pilot:
            opened = app.opened
            assert opened is not None
            async with asyncio.timeout(60):
                while "only reading" not in text_of(pilot):
                    await pilot.pause()
            assert f"in use by process {other.pid}" in " ".join(text_of(pilot).split())
        await opened.leave()
