"""The report before it is sent: its formats, and writing and copying what is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Markdown

from assistant.terminal.screens.report import ReportScreen
from tests.assistant.terminal import samples
from tests.assistant.terminal.apps import recorded_app, settled, text_of

SIZE = (80, 24)


async def pressed(pilot: Pilot[int], *keys: str) -> str:
    """What stands on the screen after these keys."""
    await settled(pilot)
    await pilot.press(*keys)
    await settled(pilot)
    return text_of(pilot)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        (["ctrl+r"], "we have looked at train.py"),
        ([*"/report", "enter"], "we have looked at train.py"),
        ([*"/report html", "enter"], "Proven: The learning rate is too high"),
        ([*"/report json", "enter"], '"report": "keras-triage/1"'),
        (["ctrl+r", "2"], "Proven: The learning rate is too high"),
        (["ctrl+r", "right", "right", "right"], "train.py, Sequential with 4 layers"),
        (["ctrl+r", "left"], '"report": "keras-triage/1"'),
    ],
    ids=lambda value: "".join(value)[:24] if isinstance(value, list) else None,
)
async def test_every_format_is_shown(typed: list[str], seen: str) -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=SIZE) as pilot:
        assert seen in await pressed(pilot, *typed)
        assert isinstance(app.screen, ReportScreen)


async def test_what_is_seen_is_what_is_written_and_copied() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=SIZE) as pilot:
        await pressed(pilot, "ctrl+r", "3")
        assert app.screen.query_one(Markdown)
        told = await pressed(pilot, "enter")
        assert partner.asked[-1] == ("write", "/reports/train-1f2e3d4c.html", samples.REPORTS["html"])
        assert "The report is in /reports/train-1f2e3d4c.html." in told
        assert "Copied: Message." in await pressed(pilot, "1", "y")
        assert app.clipboard == samples.MESSAGE
        await pressed(pilot, "escape")
        assert not isinstance(app.screen, ReportScreen)


async def test_another_file_is_typed_and_one_that_is_there_is_replaced_only_when_asked_twice(tmp_path: Path) -> None:
    file = tmp_path / "r.md"
    file.write_text("kept")
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=(120, 30)) as pilot:
        await pressed(pilot, "ctrl+r", "2", "f")
        app.screen.query_one(Input).value = str(file)
        assert "r.md is there already" in await pressed(pilot, "enter")
        assert not any(one[0] == "write" for one in partner.asked)
        await pressed(pilot, "enter")
        assert partner.asked[-1] == ("write", str(file), samples.MARKDOWN)
        await pressed(pilot, "escape", "1", "2")
        assert app.screen.query_one(Input).value == str(file), "what was typed stays"
        await pressed(pilot, "f")
        app.screen.query_one(Input).value = "/nowhere/r.md"
        assert "cannot be written" in await pressed(pilot, "enter")
        await pressed(pilot, "escape")
        assert isinstance(app.screen, ReportScreen)


async def test_the_report_is_read_with_the_arrows() -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=SIZE) as pilot:
        await pressed(pilot, "ctrl+r")
        assert "Kind regards" in await pressed(pilot, *["down"] * 12)
        assert "Hello," in await pressed(pilot, "pageup", "pageup")
        assert "A number or the arrows" in " ".join((await pressed(pilot, "f1")).split())
