"""The start screen: programs, kept sessions and demos, by key and by mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from assistant.session.model import DeskStatus, OpenedWith
from assistant.session.store import Store
from assistant.terminal.app import TriageApp
from assistant.terminal.preferences import Preferences
from assistant.terminal.screens.asking import AskLine
from assistant.terminal.screens.help import HelpScreen
from assistant.terminal.screens.start import StartScreen
from assistant.terminal.settings import TerminalSettings
from assistant.terminal.starting.candidates import candidates
from assistant.terminal.starting.opening import Offers
from assistant.terminal.widgets.choices import ChoiceName
from tests.assistant.terminal import samples
from tests.assistant.terminal.apps import settled, text_of
from tests.assistant.terminal.samples import Recorded

SIZE = (110, 32)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, a folder with another, and things that are none."""
    for name in ("train.py", "models/deep.py", "notes.txt", ".hidden.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store of three sessions, the last of them on ``c.py``."""
    url = str(tmp_path / "sessions.db")
    with Store(url) as opened:
        for name in ("a", "b", "c"):
            kept = opened.begin(OpenedWith(program=f"/demo/{name}.py"), "v")
            opened.desk.rename(kept.id, f"ticket {name}")
            kept.release()
    return url


def start_app(store: str | None = None, recent: tuple[Path, ...] = ()) -> tuple[TriageApp, Recorded]:
    """An application on its start screen; whatever is opened shows a recorded session."""
    partner = Recorded(samples.START)

    async def make() -> Recorded:
        return partner

    preferences = Preferences()
    for one in recent:
        preferences.remember(program=one)
    return TriageApp(TerminalSettings(store=store), make_partner=make, preferences=preferences), partner


def names(store: str) -> list[str]:
    with Store(store) as opened:
        return [one.name for one in opened.sessions()]


async def test_it_says_what_will_happen_and_is_ready_for_typing(here: Path) -> None:
    app, _ = start_app()
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.focused, Input)
        assert "nothing leaves this machine" in " ".join(text_of(pilot).split())


def test_what_a_half_typed_path_may_mean(here: Path) -> None:
    def offered(typed: str, *recent: str) -> list[str]:
        return [one.path for one in candidates(typed, recent, here)]

    deep = str(here / "models" / "deep.py")
    assert offered("") == ["train.py", "models/"]
    assert offered("", deep, "/gone/away.py") == [deep, "train.py", "models/"]
    assert offered("T") == ["train.py"]
    assert offered("models/") == ["models/deep.py"]
    assert offered("models/d", deep) == [deep]
    assert offered(".h") == [".hidden.py"]
    assert offered("nowhere/") == []
    assert offered(f"{here}/tr") == [f"{here}/train.py"]


async def opened(pilot: Pilot[int]) -> TerminalSettings:
    """What was opened."""
    await settled(pilot)
    app = pilot.app
    assert isinstance(app, TriageApp)
    assert app.opened is not None
    return app.settings


@pytest.mark.parametrize(
    "keys",
    [
        (*"train.py", "enter"),
        (*"tr", "tab", "enter"),
        ("down", "enter"),
        ("1",),
    ],
)
async def test_a_program_is_opened_by_key(here: Path, keys: tuple[str, ...]) -> None:
    app, _ = start_app()
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        for key in keys:
            await pilot.press(key)
            await settled(pilot)
        assert (await opened(pilot)).program == here / "train.py"
        assert app.preferences.recent == (str(here / "train.py"),)


async def test_a_folder_leads_on(here: Path) -> None:
    app, _ = start_app()
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press(*"models", "enter")
        await settled(pilot)
        assert app.screen.query_one("#start-path", Input).value == "models/"
        await pilot.press("down", "enter")
        assert (await opened(pilot)).program == here / "models" / "deep.py"


async def test_a_recent_program_is_opened_by_mouse(here: Path) -> None:
    app, _ = start_app(recent=(here / "models" / "deep.py",))
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.click("#programs", offset=(4, 0))
        assert (await opened(pilot)).program == here / "models" / "deep.py"


async def test_what_cannot_be_opened_is_said_and_nothing_is_lost(here: Path) -> None:
    app, _ = start_app()
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press(*"gone.py", "enter")
        await settled(pilot)
        assert "There is no file gone.py." in text_of(pilot)
        assert app.screen.query_one("#start-path", Input).value == "gone.py"
        await pilot.press("x")
        await settled(pilot)
        assert "There is no file" not in text_of(pilot)


async def test_demos_are_opened(here: Path) -> None:
    app, _ = start_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f4")
        await settled(pilot)
        assert "spirals" in text_of(pilot)
        await pilot.press("1")
        program = (await opened(pilot)).program
        assert program is not None
        assert program.parent.parent.name == "demos"


async def test_pages_by_mouse_and_arrows(here: Path) -> None:
    app, _ = start_app()
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        demos = next(one for one in app.screen.query(ChoiceName) if one.value == "demos")
        await pilot.click(demos)
        await settled(pilot)
        assert app.screen.query_one("#page-demos").display
        app.screen.query_one("#start-pages").focus()
        await pilot.press("left", "left")
        await settled(pilot)
        assert app.screen.query_one("#page-programs").display


async def on_sessions(pilot: Pilot[int], *keys: str) -> str:
    """Press keys on the page of the sessions; what it shows then."""
    if not pilot.app.screen.query("#page-sessions"):
        await pilot.press("f3")
        await settled(pilot)
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
    return text_of(pilot)


async def test_a_session_is_resumed(store: str) -> None:
    app, _ = start_app(store)
    async with app.run_test(size=SIZE) as pilot:
        await on_sessions(pilot, "down", "enter")
        with Store(store) as kept:
            assert (await opened(pilot)).session == kept.sessions()[1].id


async def test_sessions_are_searched_and_filtered(store: str) -> None:
    app, _ = start_app(store)
    async with app.run_test(size=SIZE) as pilot:
        shown = await on_sessions(pilot, "slash", *"b.py")
        assert "ticket b" in shown
        assert "ticket a" not in shown
        shown = await on_sessions(pilot, *"zzz")
        assert "No session fits." in shown
        assert "ticket a" in await on_sessions(pilot, "escape")
        shown = await on_sessions(pilot, "s", "f", "f")
        assert "ticket c" in shown
        assert "ticket a" not in shown
        waiting = next(one for one in app.screen.query(ChoiceName) if one.value == "resolved")
        await pilot.click(waiting)
        assert "No session fits." in await on_sessions(pilot)


async def test_a_session_is_renamed_tagged_and_moved_on(store: str) -> None:
    app, _ = start_app(store)
    async with app.run_test(size=SIZE) as pilot:
        await on_sessions(pilot, "r")
        assert isinstance(app.screen, AskLine)
        await on_ask(pilot, "end", "space", *"again", "enter")
        assert names(store)[0] == "ticket c again"
        await on_sessions(pilot, "r")
        await on_ask(pilot, *"never", "escape")
        assert names(store)[0] == "ticket c again"
        await on_sessions(pilot, "t")
        await on_ask(pilot, *"urgent,vision", "enter")
        await on_sessions(pilot, "t")
        await on_ask(pilot, *("backspace",) * len(", vision"), "enter")
        shown = await on_sessions(pilot, "s")
        assert "urgent" in shown
        assert "vision" not in shown
        with Store(store) as kept:
            first = kept.sessions()[0]
        assert (first.tags, first.status) == (("urgent",), DeskStatus.WAITING_FOR_USER)


async def on_ask(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await settled(pilot)


async def test_a_store_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("this is no database, and long enough to be seen as none" * 9)
    app, _ = start_app(str(tmp_path / "no.db"))
    async with app.run_test(size=SIZE) as pilot:
        assert "file is not a database" in await on_sessions(pilot)


async def test_without_sessions_it_says_so(tmp_path: Path) -> None:
    app, _ = start_app(str(tmp_path / "new.db"))
    async with app.run_test(size=SIZE) as pilot:
        assert "No session is kept yet." in await on_sessions(pilot, "r", "t", "s", "enter")
        assert isinstance(app.screen, StartScreen)


@pytest.mark.parametrize(
    ("key", "words"), [("f2", "path of a training script"), ("f3", "kept sessions"), ("f4", "Broken")]
)
async def test_help_is_about_what_has_the_focus(key: str, words: str, here: Path) -> None:
    app, _ = start_app(str(here / "s.db"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(key)
        await settled(pilot)
        await pilot.press("f1")
        await settled(pilot)
        assert isinstance(app.screen, HelpScreen)
        told = " ".join(text_of(pilot).split())
        assert words in told
        assert "/why" not in told


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 250])
@pytest.mark.parametrize("key", ["f2", "f3", "f4"])
async def test_every_width_shows_every_page(columns: int, key: str, store: str) -> None:
    app, _ = start_app(store)
    async with app.run_test(size=(columns, 24)) as pilot:
        await pilot.press(key)
        await settled(pilot)
        await pilot.resize_terminal(columns, 12)
        await settled(pilot)
        shown = [one for one in app.screen.query(Offers) if one.region.height]
        assert all(one.region.right <= columns for one in shown)
