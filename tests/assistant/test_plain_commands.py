"""Every command of the full screen in the dialogue of lines."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.investigation import Investigation
from assistant.plain import Following, Lines, Plain
from assistant.plain_commands import ONLY_ON_THE_SCREEN, PlainCommands
from assistant.report.model import Report
from assistant.terminal.actions import SLASH
from tests.assistant.small_world import FAULTY, HEALTHY, FakeOpener, FakeWorker, Kept, new_dialogue

UNMEASURED = {**FAULTY, "weight_updates": None}
OF_THE_DIALOGUE = {"why", "back", "unsure", "skip", "rerun", "next", "quit"}
"""Commands that steer the dialogue itself."""


async def talk(typed: str, again: bool = False) -> tuple[Report, str]:
    said: list[str] = []

    def investigation() -> Investigation:
        return Investigation(new_dialogue(()), Kept(), FakeOpener([FakeWorker(UNMEASURED)]), program="train.py")

    async def anew() -> Investigation:
        return investigation()

    plain = Plain(Lines(io.StringIO(typed)), said.append, anew if again else None)
    report = await plain.converse(investigation())
    return report, "\n".join(said)


def test_no_command_is_missing() -> None:
    known = PlainCommands(print, ()).words | OF_THE_DIALOGUE
    assert set(SLASH) <= known
    assert known >= ONLY_ON_THE_SCREEN


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("findings", "The inputs are not scaled (inputs_not_scaled"),
        ("evidence", "Their scale is 5000. (strong, input_statistics)"),
        ("evidence inputs not scaled", "Their scale is 5000."),
        ("explain learning rate too high", "The learning rate is too high"),
        ("explain qwertyuiop", "I know no cause called 'qwertyuiop'. The nearest:"),
        ("ruled-out", "nothing yet"),
        ("path", "Their scale is 5000."),
        ("case", "train.py is held at fit on line 9"),
        ("curves", "Nothing was measured over time yet."),
        ("output", "  | "),
        ("patch", "There is no patch"),
        ("report", "Symptom: "),
        ("report message", "we have looked at train.py"),
        ("note remember this", "No session is kept here"),
        ("log nowhere.txt", "nowhere.txt cannot be read"),
        ("trial qwertyuiop", "I know no cause called 'qwertyuiop'."),
        ("why", "Because: A long step jumps over the valley."),
        ("help", "evidence [CAUSE]"),
    ],
)
async def test_at_a_question(slash: str, command: str, words: str) -> None:
    _, said = await talk(f"\n{slash}{command}\nquit\n")
    assert words in said


async def test_in_other_words() -> None:
    _, said = await talk("\nwhy are you asking?\nwhat did you rule out\nhow do you know that?\ni am not sure\nquit\n")
    assert "Because: A long step jumps over the valley." in said
    assert "nothing yet" in said
    assert "Their scale is 5000. (strong" in said


async def test_before_the_first_word_and_after_the_last() -> None:
    report, said = await talk("/help\nfindings\n\n1\nunsure\nwhy\n/nonsense\n/patch\nquit\n")
    assert said.index("evidence [CAUSE]") < said.index("nothing yet") < said.index("Anything else?")
    assert "Nothing is being asked at the moment." in said
    assert "There is no command /nonsense" in said
    assert report.questions


async def test_leaving_at_the_first_question_starts_nothing() -> None:
    report, said = await talk("quit\n")
    assert report.questions == ()
    assert "Importing" not in said


async def test_the_program_is_started_again_on_request(tmp_path: Path) -> None:
    report, said = await talk("\n1\nrerun\n1\nunsure\nquit\n", again=True)
    assert said.count("Anything else?") == 2
    assert report.questions
    _, said = await talk("\nrerun\nquit\n")
    assert "The program cannot be started again here." in said


async def test_the_next_training_is_examined_on_request() -> None:
    said: list[str] = []
    waiting = [UNMEASURED]

    def investigation(measurements: Mapping[str, dict[str, Any] | None]) -> Investigation:
        return Investigation(new_dialogue(()), Kept(), FakeOpener([FakeWorker(measurements)]), program="train.py")

    async def begin() -> Investigation | None:
        return investigation(waiting.pop()) if waiting else None

    following = Following(begin, lambda: "On line 20 there is another." if waiting else None)
    plain = Plain(Lines(io.StringIO("\nnext\n1\nunsure\nnext\nquit\n")), said.append, following=following)
    report = await plain.converse(investigation(HEALTHY))
    told = "\n".join(said)
    assert told.index("On line 20 there is another.") < told.index("Anything else?") < told.index("5000")
    assert told.count("Anything else?") == 2
    assert "The program shows no further training." in said
    assert report.questions
    _, without = await talk("\n1\nnext\nquit\n")
    assert "The program shows no further training." in without
    _, early = await talk("\nnext\nquit\n")
    assert "That is for when this training is examined." in early
