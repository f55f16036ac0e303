"""What reaches the person beyond the screen, and what they may set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual import events

from assistant.terminal.app import TriageApp
from assistant.terminal.outside import Outside
from assistant.terminal.preferences import Preferences, moves
from assistant.terminal.screens.report import ReportScreen
from assistant.terminal.settings import TerminalSettings
from tests.assistant.terminal import samples
from tests.assistant.terminal.apps import recorded_app, settled, text_of


def test_the_title_is_set_once_and_brought_back() -> None:
    written: list[str] = []
    outside = Outside(written.append)
    outside.leave()
    outside.title("train.py", "your turn")
    outside.title("train.py", "your turn")
    outside.title("train.py", "")
    outside.leave()
    assert written == ["\x1b[22;2t\x1b]2;train.py - your turn\x07", "\x1b]2;train.py\x07", "\x1b[23;2t"]


def test_no_name_of_a_program_ends_the_sequence() -> None:
    written: list[str] = []
    Outside(written.append).title("a\x07\x1b[2Jb.py" + "x" * 999)
    sent = written[0].removeprefix("\x1b[22;2t\x1b]2;").removesuffix("\x07")
    assert sent.isprintable()
    assert len(sent) <= 120


@pytest.mark.parametrize(
    ("bell", "away", "sent"), [(True, False, "\x07"), (True, True, "\x07\x1b]9;Done.\x07"), (False, False, "")]
)
def test_calling(bell: bool, away: bool, sent: str) -> None:
    written: list[str] = []
    Outside(written.append, bell=bell).call("Done.", away=away)
    assert "".join(written) == sent


async def test_who_looks_elsewhere_is_called() -> None:
    app, partner = recorded_app(samples.MIDWAY)
    written: list[str] = []
    app.outside = Outside(written.append)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert any("]2;keras-triage" in one and "train.py" in one for one in written)
        partner.attention("Do the labels look right?")
        assert written[-1] == "\x07"
        app.post_message(events.AppBlur())
        await settled(pilot)
        partner.attention("Do the labels look right?")
        await settled(pilot)
        assert written[-1] == "\x1b]9;Do the labels look right?\x07"
        await pilot.press("ctrl+c")
    assert written[-1] == "\x1b[23;2t"


def settings(folder: Path, text: str) -> Preferences:
    file = folder / "terminal.json"
    file.write_text(text, "utf-8")
    return Preferences(file)


def test_what_a_person_may_set(tmp_path: Path) -> None:
    made = settings(tmp_path, json.dumps({"bell": False, "motion": False, "ascii": True, "keys": {"report": "f9"}}))
    assert (made.bell, made.motion, made.ascii, made.trouble) == (False, False, True, "")
    assert settings(tmp_path, json.dumps({"templates": "/ours"})).templates == Path("/ours")
    none = Preferences()
    assert (none.bell, none.motion, none.ascii, none.trouble) == (True, True, False, "")
    assert [moves(True, {}), moves(False, {})] == [True, False]
    assert [moves(True, {"KERAS_TRIAGE_MOTION": "0"}), moves(False, {"KERAS_TRIAGE_MOTION": "1"})] == [False, True]


@pytest.mark.parametrize(
    ("text", "words"), [("{bell: no", "not valid JSON"), ('{"bel": false}', "There is no setting bel")]
)
async def test_settings_that_are_wrong_are_told_and_kept(text: str, words: str, tmp_path: Path) -> None:
    app = TriageApp(TerminalSettings(), preferences=settings(tmp_path, text))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        assert words in " ".join(text_of(pilot).replace("▌", " ").split())
        app.preferences.remember(program=tmp_path / "train.py")
    assert text.strip("{}") in (tmp_path / "terminal.json").read_text("utf-8")


async def test_remapped_keys_work_and_stand_in_the_help(tmp_path: Path) -> None:
    app, _ = recorded_app(samples.DONE)
    app.preferences = settings(tmp_path, json.dumps({"keys": {"report": "f9"}}))
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        await pilot.press("f9")
        await settled(pilot)
        assert isinstance(app.screen, ReportScreen)
        await pilot.press("escape", "f1")
        await settled(pilot)
        told = next(line for line in text_of(pilot).splitlines() if "Look at the report" in line)
        assert "f9" in told.lower()


async def test_without_motion_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_TRIAGE_MOTION", "0")
    app, _ = recorded_app(samples.MIDWAY)
    assert app.animation_level == "none"
