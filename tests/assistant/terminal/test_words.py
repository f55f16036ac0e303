"""What is heard, read and written: words, logs, preferences, texts and the table of actions."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from assistant.printed import readable
from assistant.terminal import actions, texts
from assistant.terminal.glyphs import ASCII, UNICODE, can_draw_unicode
from assistant.terminal.hearing import answer_in, cause_called, meaning_of
from assistant.terminal.preferences import RECENT_KEPT, Preferences
from assistant.terminal.presenting.figures import details, number
from assistant.terminal.themes import DARK, LIGHT
from assistant.terminal.widgets.curves import drawable
from assistant.terminal.widgets.letters import plotted
from knowledge_base.loading import KnowledgeBase, load
from tests.assistant.terminal import samples


@pytest.fixture(scope="module")
def kb() -> KnowledgeBase:
    return load()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("1", "yes"),
        ("some are wrong", "some"),
        ("no idea", "unknown"),
        ("I don't know", "unknown"),
        ("not sure", "unknown"),
        ("skip", "skipped"),
        ("yes", "yes"),
        ("no", "no"),
        ("my loss is nan", None),
    ],
)
def test_answers_in_words(words: str, answer: str | None) -> None:
    assert answer_in(words, samples.ASK_LABELS) == answer


def test_words_name_symptoms_and_causes(kb: KnowledgeBase) -> None:
    assert meaning_of(kb, "my loss is nan after two epochs", None).id == "loss_nan"
    assert meaning_of(kb, "what is a vanishing gradient?", None).kind == "cause"
    assert cause_called(kb, "dying relu") == "dying_relu"
    assert meaning_of(kb, "qwxz", None).kind in ("nothing", "choice")
    stuck = meaning_of(kb, "my loss is stuck at 0.693", None)
    assert stuck.id == "loss_flat"
    assert any("0.693" in told for told in stuck.told)


def test_printed_text_is_made_readable() -> None:
    assert readable("\x1b]0;title\x07a\x1b[2Kb\r\nold\rnew\nab\bc\x00") == "ab\nnew\nac"


def test_preferences_are_kept_and_survive_rubbish(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "terminal.json"
    mine = Preferences(file)
    mine.remember(theme="nord")
    for index in range(RECENT_KEPT + 3):
        mine.remember(program=tmp_path / f"{index}.py")
    again = Preferences(file)
    assert again.theme == "nord"
    assert again.recent[0] == str(tmp_path / f"{RECENT_KEPT + 2}.py")
    assert len(again.recent) == RECENT_KEPT
    file.write_text("not json", "utf-8")
    assert Preferences(file).theme == ""


def test_signs_fall_back_to_ascii() -> None:
    assert can_draw_unicode({}, "UTF-8")
    assert not can_draw_unicode({}, "ascii")
    assert not can_draw_unicode({"TERM": "linux"}, "UTF-8")
    assert not can_draw_unicode({"KERAS_TRIAGE_ASCII": "1"}, "UTF-8")
    assert can_draw_unicode({"KERAS_TRIAGE_ASCII": "0", "TERM": "linux"}, "ascii")
    assert all(sign.isascii() for one in vars(ASCII).values() for sign in (one if isinstance(one, tuple) else (one,)))
    statuses = [UNICODE.proven, UNICODE.likely, UNICODE.possible, UNICODE.ruled_out]
    assert len(set(statuses)) == 4


def test_the_table_of_actions_holds_together() -> None:
    assert len(actions.BY_ID) == len(actions.ACTIONS)
    keys = [key for action in actions.ACTIONS for key in action.keys.split(",") if key]
    assert len(keys) == len(set(keys))
    assert set(texts.ACTIONS) == set(actions.BY_ID)
    assert [one.slash for one in actions.matching("/re")][:2] == ["report", "rerun"]


def test_every_colour_pair_can_be_read() -> None:
    from textual.color import Color

    for theme in (DARK, LIGHT):
        grounds = [Color.parse(one) for one in (theme.background, theme.surface) if one]
        inks = [theme.foreground, theme.primary, theme.warning, theme.error, theme.success]
        for ink in [*inks, theme.variables["text-soft"]]:
            assert ink is not None
            assert all(_contrast(Color.parse(ink).rgb, ground.rgb) >= 4.5 for ground in grounds), (theme.name, ink)


def _contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Contrast as WCAG 2 defines it; 4.5 is asked of text."""

    def light(colour: tuple[int, int, int]) -> float:
        parts = [part / 255 for part in colour]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_numbers_have_sensible_digits() -> None:
    assert [number(one) for one in (0.0001234, 2.30258, 46_512.4, 3.0, math.nan, math.inf)] == [
        "0.000123",
        "2.3",
        "46,512",
        "3",
        "NaN",
        "infinity",
    ]
    assert texts.seconds(0.42) == "0.4 s"
    assert texts.seconds(125) == "2 min 05 s"
    assert texts.percent(0.999) == "> 99%"
    assert details({"a_b": 1.5, "layers": [{"name": "dense[0]", "norm": 2.0}]}) == (
        ("a b", "1.5"),
        ("layers", "1"),
        ("  dense[0]", "norm 2"),
    )


def test_plots_of_letters_hold_every_series_and_the_ends_of_the_axes() -> None:
    drawn = plotted([((1.0, 5.0, 9.0), (0.5, 2.0, 2.5)), ((1.0, 9.0), (2.0, 2.0))], ["", ""], 30, 6).plain.split("\n")
    assert len(drawn) == 8
    assert drawn[0].startswith("    2.5 |")
    assert drawn[0].rstrip().endswith("*")
    assert drawn[5].startswith("    0.5 |*")
    assert sum(line.count("o") for line in drawn) == 2
    assert drawn[-1].split() == ["1", "9"]
    assert max(map(ord, "".join(drawn))) < 128
    assert plotted([((), ())], [""], 30, 6).plain == ""


def test_only_what_can_be_drawn_is_drawn() -> None:
    assert drawable((1, 2, 3), (1.0, math.nan, 100.0), logarithmic=True) == ([1, 3], [0.0, 2.0])


def test_no_module_of_the_screen_prints_or_loads_tensorflow() -> None:
    folder = Path(texts.__file__).parent
    for file in folder.rglob("*.py"):
        source = file.read_text("utf-8")
        assert not re.search(r"^\s*print\(", source, re.M), file
        assert "tensorflow" not in source, file


def test_a_letter_flows_and_its_command_stays() -> None:
    assert texts.flowing("Please run\nthis:\n\n    keras-triage  collect\n\nThank\nyou.\n") == (
        "Please run this:\n\n    keras-triage  collect\n\nThank you."
    )
