"""What completes a slash command."""

from __future__ import annotations

from assistant.terminal import actions
from assistant.terminal.completing import completions

CAUSES = (("vanishing_gradient", "Gradients die on the way back"), ("lr_too_high", "The learning rate is too high"))


def test_every_command_of_the_conversation_is_offered() -> None:
    wanted = "why back findings evidence trial patch report note rerun explain case help quit"
    assert set(wanted.split()) <= set(actions.SLASH)
    assert {one.text.strip() for one in completions("/", CAUSES)} == {f"/{name}" for name in actions.SLASH}


def test_what_begins_so_comes_first() -> None:
    assert [one.text for one in completions("/re", CAUSES)][:2] == ["/report", "/rerun"]
    (explain,) = completions("/explain", CAUSES)
    assert (explain.text, explain.ready) == ("/explain ", False)


def test_causes_complete_the_commands_that_take_one() -> None:
    assert [one.text for one in completions("/trial ", CAUSES)] == ["/trial vanishing_gradient", "/trial lr_too_high"]
    assert [one.shown for one in completions("/explain learning", CAUSES)] == ["lr_too_high"]
    assert [one.shown for one in completions("/evidence vanishing gr", CAUSES)] == ["vanishing_gradient"]
    assert all(one.ready for one in completions("/trial ", CAUSES))


def test_nothing_is_offered_where_the_rest_is_free() -> None:
    assert completions("the loss is flat", CAUSES) == ()
    assert completions("/note the", CAUSES) == ()
    assert completions("/nonsense x", CAUSES) == ()
