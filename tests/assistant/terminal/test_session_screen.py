"""Every action by key, and the main ones by mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from assistant.terminal.screens.explain import ExplainScreen
from assistant.terminal.screens.help import HelpScreen
from assistant.terminal.views import Found, Looking, PathNode, Said, SeriesView
from assistant.terminal.widgets.blocks import Block
from assistant.terminal.widgets.cards import TrialOffered
from assistant.terminal.widgets.case import LookOffered
from assistant.terminal.widgets.composer import Offer
from assistant.terminal.widgets.conversation import Conversation
from assistant.terminal.widgets.curves import CurveBlock
from assistant.terminal.widgets.findings import FindingLine, RuledOutLine
from assistant.terminal.widgets.path import PathTree
from assistant.terminal.widgets.question import OptionRow, QuestionBlock
from assistant.terminal.widgets.rows import Line
from tests.assistant.terminal import samples
from tests.assistant.terminal.apps import recorded_app, screen_of, settled, text_of

WIDE, NARROW = (120, 40), (80, 24)


async def test_ready_for_typing_before_the_partner_is_there() -> None:
    app, _ = recorded_app(samples.START)
    async with app.run_test(size=WIDE) as pilot:
        assert isinstance(app.focused, Input)
        assert "nothing leaves this machine" in text_of(pilot)


@pytest.mark.parametrize("key", ["1", "2", "3"])
async def test_number_keys_answer(key: str) -> None:
    app, partner = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(key)
        wanted = next(one.id for one in samples.ASK_LABELS.options if one.key == key)
        assert ("answer", wanted) in partner.asked


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (["0"], ("answer", "unknown")),
        (["-"], ("answer", "skipped")),
        (["?"], ("command", "why", "")),
        (["ctrl+z"], ("command", "back", "")),
        (["backspace"], ("command", "back", "")),
        (["down", "enter"], ("answer", "some")),
        (["up", "space"], ("answer", "no")),
        ([*"my loss is nan", "enter"], ("say", "my loss is nan")),
        ([*"/why", "enter"], ("command", "why", "")),
        ([*"/bac", "enter"], ("command", "back", "")),
        ([*"/explain lr_too_high", "enter"], ("command", "explain", "lr_too_high")),
        ([*"/report out.md", "enter"], ("command", "report", "out.md")),
        ([*"/unsure", "enter"], ("answer", "unknown")),
        ([*"/skip", "enter"], ("answer", "skipped")),
        ([*"/evidence", "enter"], ("command", "evidence", "")),
        ([*"/ruled-out", "enter"], ("command", "ruled_out", "")),
        ([*"/patch", "enter"], ("command", "patch", "")),
        ([*"/rerun", "enter"], ("command", "rerun", "")),
    ],
    ids=lambda value: "".join(value)[:16] if isinstance(value, list) else None,
)
async def test_every_action_reaches_the_partner(keys: list[str], asked: tuple[str, ...]) -> None:
    app, partner = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*["minus" if key == "-" else "question_mark" if key == "?" else key for key in keys])
        await settled(pilot)
        assert asked in partner.asked


async def test_a_letter_begins_a_sentence_and_escape_ends_it() -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert isinstance(app.focused, QuestionBlock)
        await pilot.press("n", "a", "n")
        line = app.screen.query_one(Input)
        assert line.value == "nan"
        await pilot.press("escape")
        assert line.value == ""
        assert isinstance(app.focused, QuestionBlock)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_keys_that_come_at_once_are_typed_in_their_order(size: tuple[int, int]) -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        if size is NARROW:
            await pilot.press("f3")
            await settled(pilot)
        for letter in "/rerun":
            app.post_message(events.Key("slash" if letter == "/" else letter, letter))
        await settled(pilot)
        assert app.screen.query_one(Input).value == "/rerun"


async def test_a_paste_is_taken_wherever_the_focus_is() -> None:
    app, partner = recorded_app(samples.MIDWAY)
    log = "Epoch 1/2\r\x1b[1m10/10\x1b[0m - loss: 0.7\rEpoch 2/2\r\x1b[1m10/10\x1b[0m - loss: nan\r"
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert isinstance(app.focused, QuestionBlock)
        app.post_message(events.Paste("the \x1b[1mloss\x1b[0m\ris nan"))
        await settled(pilot)
        assert app.screen.query_one(Input).value == "the loss is nan"
        await pilot.press("escape")
        assert isinstance(app.focused, QuestionBlock)
        app.post_message(events.Paste(log))
        await settled(pilot)
        assert ("paste", log) in partner.asked


async def test_digits_are_typed_inside_a_sentence() -> None:
    app, partner = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*"loss 1")
        assert app.screen.query_one(Input).value == "loss 1"
        assert not [one for one in partner.asked if one[0] == "answer"]


async def test_options_and_asides_by_mouse() -> None:
    app, partner = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.click(list(app.screen.query(OptionRow))[1])
        for aside in app.screen.query(".aside"):
            await pilot.click(aside)
        await settled(pilot)
        assert ("answer", "some") in partner.asked
        assert ("answer", "unknown") in partner.asked
        assert ("answer", "skipped") in partner.asked
        assert ("command", "why", "") in partner.asked
        assert ("command", "back", "") in partner.asked


@pytest.mark.parametrize("size", [WIDE, NARROW, (200, 50), (40, 24)])
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("f3", "The learning rate is too high"),
        ("f4", "Can it learn one batch?"),
        ("f5", "dropout[0]"),
        ("f6", "The recorded run"),
        ("f7", "What your program prints"),
    ],
)
async def test_panes_by_key(size: tuple[int, int], key: str, words: str) -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press(key)
        await settled(pilot)
        assert words in text_of(pilot)
        await pilot.press("f2")
        await settled(pilot)
        assert "Do the labels belong" in text_of(pilot)


async def test_panes_by_mouse_and_arrows() -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.click("#tabs-wide .tab-case")
        await settled(pilot)
        assert "101,770 parameters" in text_of(pilot)
        app.screen.query_one("#tabs-wide").focus()
        await pilot.press("right")
        await settled(pilot)
        assert app.screen.query_one("#pane-curves").display


async def test_narrow_layout_keeps_one_column_and_comes_back() -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(60, 24)
        await settled(pilot)
        assert not app.screen.query_one("#right").display
        assert "Do the labels belong" in text_of(pilot)
        await pilot.press("f3", "escape")
        assert app.screen.query_one("#left").display
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert app.screen.query_one("#right").display
        assert app.screen.query_one("#left").display


async def test_blocks_unfold_by_key_and_mouse_and_all_at_once() -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        block = next(one for one in app.screen.query(Block) if one.turn == samples.RUN)
        block.focus()
        await pilot.press("enter")
        await settled(pilot)
        assert block.unfolded
        assert "chance_loss" in "".join(str(one.render()) for one in block.query(".measurement").results())
        await pilot.click(block)
        assert not block.unfolded
        await pilot.press("ctrl+o")
        assert all(one.unfolded for one in app.screen.query(Block) if one.can_fold)
        await pilot.press("ctrl+o")
        assert not any(one.unfolded for one in app.screen.query(Block))


async def test_a_block_is_copied() -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        next(one for one in app.screen.query(Block) if one.turn == samples.RUN).focus()
        await pilot.press("y")
        assert "The loss stays at 2.303" in app.clipboard


async def test_a_finding_opens_in_full_by_mouse_and_key() -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.click(app.screen.query(FindingLine).first())
        await settled(pilot)
        assert isinstance(app.screen, ExplainScreen)
        assert "Why it stops learning" in "".join(str(one.render()) for one in app.screen.query(".heading").results())
        await pilot.press("escape")
        app.screen.query(FindingLine).last().focus()
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ExplainScreen)


async def test_choosing_an_answer_of_the_path_shows_it_and_a_person_goes_back_to_it() -> None:
    answered = PathNode("labels", "Do the labels belong?", "yes", "person", "good")
    path = (samples.PATH[0], replace(samples.PATH[2], children=(answered,)))
    app, partner = recorded_app(replace(samples.MIDWAY, path=path))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("f4")
        tree: Any = app.screen.query_one("PathTree")
        tree.focus()
        tree.move_cursor(tree.root.children[-1].children[-1])
        await pilot.press("enter")
        await settled(pilot)
        assert ("go_back_to", "labels") in partner.asked


async def test_escape_cancels_what_is_running() -> None:
    running = replace(samples.START, turns=(*samples.GREETING, Looking("looking:run", "The recorded run", 0.0)))
    app, partner = recorded_app(running)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "esc cancels" in text_of(pilot)
        await pilot.press("escape")
        assert ("cancel",) in partner.asked


async def test_help_palette_and_theme() -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("f1")
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape", "ctrl+t")
        assert app.theme == "triage-light"
        assert app.preferences.theme == "triage-light"
        await pilot.press("ctrl+p")
        await settled(pilot)
        assert "Search" in text_of(pilot)


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q", "q"])
@pytest.mark.parametrize("state", ["asking", "midway", "done", "failed"])
async def test_leaving_from_every_state(state: str, key: str) -> None:
    app, _ = recorded_app(samples.STATES[state])
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        if key == "q":
            app.screen.query_one(Conversation).focus()
        await pilot.press(key)
        await pilot.pause()
        assert app.return_code == 0


async def test_ctrl_c_leaves_while_typing_and_from_help() -> None:
    app, _ = recorded_app(samples.MIDWAY)
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("h", "f1", "ctrl+c")
        await pilot.pause()
        assert app.return_code == 0


async def test_slash_commands_are_completed_and_chosen() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("/")
        await settled(pilot)
        assert len(app.screen.query(Offer)) > 3
        await pilot.press(*"expl", "tab")
        assert app.screen.query_one(Input).value == "/explain "
        await pilot.press("escape", "/", "r")
        await settled(pilot)
        await pilot.click(app.screen.query(Offer).first())
        await settled(pilot)
        assert [one for one in partner.asked if one[0] == "command"]


async def test_causes_are_completed_by_key_and_mouse() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*"/trial", "enter")
        await pilot.press(*"/trial", "space", *"scaled", "enter")
        await pilot.press(*"/explain", "space", "down", "tab")
        assert app.screen.query_one(Input).value == "/explain inputs_not_scaled "
        await pilot.press("escape", *"/evidence", "space")
        await settled(pilot)
        await pilot.click(app.screen.query(Offer).first())
        await pilot.press(*"/note", "space", *"ask", "enter")
        await settled(pilot)
        commands = [one for one in partner.asked if one[0] == "command"]
    assert commands == [
        ("command", "trial", ""),
        ("command", "trial", "inputs_not_scaled"),
        ("command", "evidence", "lr_too_high"),
        ("command", "note", "ask"),
    ]


async def test_a_trial_is_asked_for_on_the_card_by_mouse_and_key() -> None:
    card = replace(samples.FINDING, to_try="about 6 s", remedies=samples.FINDING.remedies[1:])
    app, partner = recorded_app(replace(samples.MIDWAY, question=None, turns=(Found("finding:lr", card),)))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "about 6 s" in str(app.screen.query_one(TrialOffered).content)
        await pilot.click(app.screen.query_one(TrialOffered))
        app.screen.query_one(TrialOffered).focus()
        await pilot.press("enter")
        await settled(pilot)
    assert [one for one in partner.asked if one[0] == "command"] == [("command", "trial", "lr_too_high")] * 2


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
async def test_samples_are_asked_for_in_the_case_by_mouse_and_key(size: tuple[int, int]) -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("f5")
        await settled(pilot)
        offered = app.screen.query_one(LookOffered)
        offered.scroll_visible(animate=False)
        await settled(pilot)
        await pilot.click(offered)
        await settled(pilot)
        assert app.screen.query_one(Conversation).is_on_screen
        await pilot.press("f5")
        offered.focus()
        await pilot.press("enter")
        await settled(pilot)
    assert [one for one in partner.asked if one[0] == "command"] == [("command", "look", "")] * 2


async def test_the_arrows_move_among_blocks_and_any_block_is_copied() -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("f2")
        assert isinstance(app.screen.focused, Block)
        assert app.screen.focused.turn.key == "end"
        await pilot.press("y")
        assert app.clipboard == "That is all I can find out. /report writes it down."
        await pilot.press("up", "up", "up")
        assert isinstance(app.screen.focused, Block)
        assert app.screen.focused.turn.key == "l"
        await pilot.press("y")
        assert app.clipboard == "Do the labels belong to their images?\n> Yes, all that I looked at"
        await pilot.press("down", "down", "down", "down")
        assert isinstance(app.screen.focused, Input)


async def test_pictures_are_drawn_and_told_by_their_labels() -> None:
    app, _ = recorded_app(samples.TRYING)
    async with app.run_test(size=(120, 60)) as pilot:
        await settled(pilot)
        pictures = app.screen.query_one(".samples-grid")
        assert len(pictures.children) == 6
        assert "▀" in str(pictures.children[0].query(Line).first().content)
        assert [str(cell.query(Line).last().content) for cell in pictures.children] == [f"label {n}" for n in range(6)]


async def test_a_curve_that_grows_is_drawn_in_place_and_only_in_sight() -> None:
    app, partner = recorded_app(samples.TRYING)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert not app.screen.query(CurveBlock)
        await pilot.press("f6")
        await settled(pilot)
        first = app.screen.query(CurveBlock).first()
        grown = replace(samples.LIVE_CURVE, series=(SeriesView("with", (1, 2, 3), (3.0, 2.0, 0.125)),))
        partner.show(replace(samples.TRYING, curves=(grown, *samples.CURVES)))
        await settled(pilot)
        assert app.screen.query(CurveBlock).first() is first
        assert "0.125" in str(first.query_one(".curve-title", Line).content)


async def test_growing_curves_come_into_sight_beside_the_findings_unless_a_pane_was_chosen() -> None:
    for keys, curves in (((), True), (("f5",), False)):
        app, partner = recorded_app(samples.MIDWAY)
        async with app.run_test(size=(200, 50)) as pilot:
            await settled(pilot)
            await pilot.press(*keys)
            partner.show(samples.TRYING)
            await settled(pilot)
            assert app.screen.query_one("#pane-curves").display is curves


async def test_the_path_tells_the_whole_question_under_the_cursor_and_stays_folded() -> None:
    app, partner = recorded_app(samples.MIDWAY)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("f4")
        await settled(pilot)
        detail = app.screen.query_one(".path-detail", Line)
        assert "Do the labels belong to their images?" in str(detail.content)
        assert "before: Some are wrong" in str(detail.content)
        tree = app.screen.query_one(PathTree)
        tree.focus()
        await pilot.press("up")
        await settled(pilot)
        assert str(detail.content).startswith("Can it learn one batch?")
        tree.root.children[0].collapse()
        await settled(pilot)
        partner.show(
            replace(samples.MIDWAY, path=(*samples.PATH[:2], replace(samples.PATH[2], ask="The loss is slow")))
        )
        await settled(pilot)
        assert not tree.root.children[0].is_expanded
        assert tree.root.children[1].is_expanded


async def test_a_cause_that_was_ruled_out_opens_by_mouse_and_key() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        partner.finding = lambda cause: replace(samples.POSSIBLE, cause=cause)  # type: ignore[method-assign]
        await pilot.click(app.screen.query_one(RuledOutLine))
        await settled(pilot)
        assert isinstance(app.screen, ExplainScreen)
        await pilot.press("escape")
        app.screen.query_one(RuledOutLine).focus()
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ExplainScreen)


async def test_earlier_sentences_are_recalled() -> None:
    app, _ = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*"one", "enter", *"two", "enter", "up", "up")
        assert app.screen.query_one(Input).value == "one"
        await pilot.press("down")
        assert app.screen.query_one(Input).value == "two"


async def test_an_unknown_command_names_the_nearest() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*"/nonsense", "enter")
        await settled(pilot)
        assert not [one for one in partner.asked if one[0] == "command"]
        assert any("There is no command /nonsense" in one.message for one in app._notifications)


async def test_a_pasted_log_is_handed_over_whole() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        log = "Epoch 1/2\nloss: 1.0\nEpoch 2/2\nloss: 0.9\n"
        app.screen.query_one(Input).post_message(events.Paste(log))
        await settled(pilot)
        assert ("paste", log) in partner.asked


async def test_markup_in_names_is_shown_as_it_is() -> None:
    view = replace(samples.START, turns=(Said("a", "The layer dense[0] [bold]is[/bold] fine."),))
    app, _ = recorded_app(view)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "dense[0] [bold]is[/bold]" in text_of(pilot)


async def test_printed_text_goes_to_its_pane_without_control_codes() -> None:
    app, partner = recorded_app(samples.DONE)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        partner.printed("\x1b[31mred\x1b[0m 1/3\b\b\b2/3\r3/3 done\n")
        await pilot.press("f7")
        await settled(pilot)
        shown = text_of(pilot)
        assert "3/3 done" in shown
        assert "\x1b" not in shown


async def test_turns_change_in_place_and_go() -> None:
    app, partner = recorded_app(samples.START)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        partner.show(samples.DONE)
        await settled(pilot)
        partner.show(replace(samples.DONE, turns=tuple(reversed(samples.DONE.turns))))
        await settled(pilot)
        conversation = screen_of(pilot).query_one(Conversation)
        keys = [one.turn.key for one in conversation.query(Block)]
        assert keys == [turn.key for turn in reversed(samples.DONE.turns)]
        partner.show(samples.START)
        await settled(pilot)
        assert [one.turn.key for one in conversation.query(Block)] == [turn.key for turn in samples.GREETING]


async def test_what_is_typed_before_the_partner_is_there_is_not_lost() -> None:
    import asyncio

    from assistant.terminal.app import TriageApp
    from assistant.terminal.settings import TerminalSettings

    ready, partner = asyncio.Event(), samples.Recorded(samples.DONE)

    async def make() -> samples.Recorded:
        await ready.wait()
        return partner

    app = TriageApp(TerminalSettings(program=Path("train.py")), make_partner=make)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        await pilot.press(*"nan", "enter")
        assert "› nan" in text_of(pilot)
        ready.set()
        await settled(pilot)
        assert ("say", "nan") in partner.asked


async def test_a_session_that_cannot_be_opened_says_why() -> None:
    from assistant.errors import SessionError
    from assistant.terminal.app import TriageApp
    from assistant.terminal.settings import TerminalSettings

    async def make() -> samples.Recorded:
        raise SessionError("There is no session 'x'.")

    app = TriageApp(TerminalSettings(session="x"), make_partner=make)
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "There is no session 'x'." in text_of(pilot)
