"""Pictures of every state, in three sizes, dark and light; the clock stands, nothing moves."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.session.model import DeskStatus, FoundCause, OpenedWith, Outcome, SessionInfo
from assistant.terminal.app import TriageApp
from assistant.terminal.glyphs import ASCII
from assistant.terminal.preferences import Preferences
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.views import Chapter, Looked, Said
from tests.assistant.terminal import samples
from tests.assistant.terminal.apps import recorded_app, settled

SIZES = [(80, 24), (120, 40), (200, 50)]
THEMES = ["triage-dark", "triage-light"]


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr("assistant.terminal.widgets.looking.monotonic", lambda: 12.0)


async def _stand_still(pilot: Pilot[int]) -> None:
    await settled(pilot)
    for line in pilot.app.screen.query(Input):
        line.cursor_blink = False
    await pilot.pause()


def _pressing(*keys: str) -> Any:
    async def before(pilot: Pilot[int]) -> None:
        await _stand_still(pilot)
        await pilot.press(*keys)
        await _stand_still(pilot)

    return before


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("state", sorted(samples.STATES))
def test_states(snap_compare: Any, state: str, size: tuple[int, int], theme: str) -> None:
    app, _ = recorded_app(samples.STATES[state], theme)
    assert snap_compare(app, terminal_size=size, run_before=_stand_still)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("key", ["f1", "f3", "f4", "f5", "f6"])
def test_panes_and_help(snap_compare: Any, key: str, size: tuple[int, int]) -> None:
    app, _ = recorded_app(samples.DONE)
    assert snap_compare(app, terminal_size=size, run_before=_pressing(key))


def test_live_curves_and_pictures_in_ascii(snap_compare: Any) -> None:
    app, _ = recorded_app(samples.TRYING, glyphs=ASCII)
    assert snap_compare(app, terminal_size=(120, 60), run_before=_pressing("f6"))


def test_causes_offered(snap_compare: Any) -> None:
    app, _ = recorded_app(samples.DONE)
    assert snap_compare(app, terminal_size=(80, 24), run_before=_pressing(*"/trial", "space"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [(40, 24), (80, 24), (120, 40)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("format", ["message", "markdown"])
def test_report_before_it_is_sent(snap_compare: Any, format: str, size: tuple[int, int], theme: str) -> None:
    app, _ = recorded_app(samples.DONE, theme)
    key = {"message": "1", "markdown": "2"}[format]
    assert snap_compare(app, terminal_size=size, run_before=_pressing("ctrl+r", key))


def test_report_written(snap_compare: Any) -> None:
    app, _ = recorded_app(samples.DONE)
    assert snap_compare(app, terminal_size=(80, 24), run_before=_pressing("ctrl+r", "enter"))


def test_everything_unfolded(snap_compare: Any) -> None:
    app, _ = recorded_app(samples.DONE)
    assert snap_compare(app, terminal_size=(120, 90), run_before=_pressing("ctrl+o"))


def test_commands_offered(snap_compare: Any) -> None:
    app, _ = recorded_app(samples.DONE)
    assert snap_compare(app, terminal_size=(80, 24), run_before=_pressing("/", "r"))


@pytest.mark.parametrize("state", ["asking", "done"])
def test_forty_columns(snap_compare: Any, state: str) -> None:
    app, _ = recorded_app(samples.STATES[state])
    assert snap_compare(app, terminal_size=(40, 24), run_before=_stand_still)


def test_ascii(snap_compare: Any) -> None:
    app, _ = recorded_app(samples.DONE, glyphs=ASCII)
    assert snap_compare(app, terminal_size=(120, 40), run_before=_stand_still)


def test_another_way_and_what_became_of_the_program(snap_compare: Any) -> None:
    told = (
        Chapter("c1", "Back to: Do the labels belong to their images?"),
        Said("c2", "The way taken so far is kept as session 1f2e3d4c; this one goes on from here.", "quiet"),
        Chapter("c3", "train.py, started again"),
        Looked(
            "compared",
            "Compared with the last time",
            "The remedy worked: the planned training runs to its end, and it learns.",
            "good",
            details=(("gone", "The learning rate is too high (proven)"), ("optimizer", "SGD 3, now SGD 0.03")),
        ),
    )
    app, _ = recorded_app(replace(samples.DONE, turns=(*samples.DONE.turns, *told)))
    assert snap_compare(app, terminal_size=(80, 24), run_before=_pressing("ctrl+o"))


def test_without_colour(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app, _ = recorded_app(samples.MIDWAY)
    assert snap_compare(app, terminal_size=(120, 40), run_before=_stand_still)


def _kept() -> tuple[SessionInfo, ...]:
    """Sessions of a desk on one day."""
    at = datetime(2026, 3, 2, 9, 30)
    told = (
        ("1f2e3d4c", "Digits that stay at chance", DeskStatus.WAITING_FOR_USER, "diagnosed", ("vision",)),
        ("2a3b4c5d", "", DeskStatus.OPEN, "inconclusive", ()),
        ("3c4d5e6f", "House prices are NaN", DeskStatus.RESOLVED, "healthy", ("table", "nan")),
    )
    cause = FoundCause(cause="lr_too_high", title="The learning rate is too high", status="proven", confidence=0.99)
    return tuple(
        SessionInfo(
            id=id,
            created=at,
            opened=OpenedWith(program=f"/demo/{id[:2]}/train.py"),
            events=40,
            last=at,
            knowledge_base="v",
            name=name,
            status=status,
            tags=tags,
            outcome=Outcome(
                knowledge_base="v",
                status=outcome,
                symptom="loss_flat",
                answers={},
                findings=(cause,) if outcome == "diagnosed" else (),
            ),
            outcome_events=40,
        )
        for id, name, status, outcome, tags in told
    )


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with a program to start in, and a desk with three sessions."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr("assistant.terminal.starting.kept.Kept.sessions", lambda _: _kept())
    monkeypatch.setattr("assistant.terminal.starting.kept.Kept.settled", lambda _, found: found)
    for name in ("train.py", "evaluate.py", "models/deep.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", [*SIZES, (40, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("key", ["f2", "f3", "f4"])
@pytest.mark.usefixtures("start")
def test_start_screen(snap_compare: Any, key: str, size: tuple[int, int], theme: str) -> None:
    preferences = Preferences()
    preferences.remember(theme=theme)
    app = TriageApp(TerminalSettings(), preferences=preferences)
    assert snap_compare(app, terminal_size=size, run_before=_pressing(key))


@pytest.mark.usefixtures("start")
def test_start_screen_in_ascii(snap_compare: Any) -> None:
    app = TriageApp(TerminalSettings(), preferences=Preferences(), glyphs=ASCII)
    assert snap_compare(app, terminal_size=(80, 24), run_before=_pressing("f3"))


@pytest.mark.usefixtures("start")
def test_renaming_a_session(snap_compare: Any) -> None:
    app = TriageApp(TerminalSettings(), preferences=Preferences())
    assert snap_compare(app, terminal_size=(80, 24), run_before=_pressing("f3", "r"))
