"""What a search chooses from, how it is told, and what counts as a gain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.patching.registry import registered
from assistant.session.model import OpenedWith
from assistant.tuning.command import study_name
from assistant.tuning.outcome import Tuned, is_gain, to_json, to_text
from assistant.tuning.space import OWN, SETTINGS, Space, in_words, treatments_of

SPACE = Space("SGD", 0.1, 32, (8, 16, 32, 64), {"SGD": 0.01, **dict.fromkeys(set(SETTINGS) - {"SGD"}, 1e-3)})


class Chooser:
    """A trial that takes what it is told to."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        return self._data.draw(st.sampled_from(list(choices)), name)

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        assert low > 0 or not log
        return self._data.draw(st.floats(low, high), name)


@given(st.data())
def test_every_setting_can_be_said_and_written(data: st.DataObject) -> None:
    settings = SPACE.suggest(Chooser(data))
    usual = SPACE.usual(settings.get("optimizer", OWN))
    assert usual / 101 < settings["learning_rate"] < usual * 101
    assert f"{settings['learning_rate']:g}" in in_words(settings, SPACE)
    assert ("settings" in settings) is ("optimizer" in settings)
    assert settings.get("batch_size") != SPACE.batch_size
    written = treatments_of(settings)
    assert {name for name, _ in written} <= set(registered())
    assert {name for _, parameters in written for name in parameters} == set(settings)
    json.dumps(settings)


class Fixed:
    """A trial whose parameters were set."""

    def __init__(self, point: Mapping[str, Any]) -> None:
        self._point = dict(point)

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        assert self._point[name] in choices
        return self._point[name]

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        assert low <= self._point[name] <= high
        return float(self._point[name])


def test_a_grid_holds_what_a_search_could_find() -> None:
    points = SPACE.grid()
    settings = [json.dumps(SPACE.suggest(Fixed(one)), sort_keys=True) for one in points]
    assert len(set(settings)) == len(points) == (2 + len(SETTINGS)) * 7 * 4
    fixed = Space("Adam", 1e-3, 32, (), SPACE.usual_rates)
    assert len(fixed.grid()) == (2 + len(SETTINGS)) * 7
    assert not any("batch_size" in one for one in fixed.grid())


@pytest.mark.parametrize(
    ("untouched", "tuned", "gain"),
    [
        ((0.5, 0.6, 0.5, 0.5), (0.9, 0.9, 0.8, 0.9), True),
        ((0.5, 0.6, 0.5, 0.5), (0.9, 0.9, 0.6, 0.9), False),
        ((0.900, 0.901, 0.902, 0.903), (0.904, 0.905, 0.906, 0.907), False),
        ((0.5, 0.6), (0.9, 0.9), False),
        ((0.5, 0.6, 0.5, float("nan")), (0.9, 0.9, 0.8, 0.9), False),
        ((), (), False),
    ],
)
def test_a_gain_is_one_at_every_start(untouched: tuple[float, ...], tuned: tuple[float, ...], gain: bool) -> None:
    assert is_gain(untouched, tuned, 4) is gain


def outcome(**changes: Any) -> Tuned:
    known: dict[str, Any] = {
        "program": "train.py",
        "method": "bayes",
        "trials": 12,
        "score": "r2",
        "horizon": "planned_end",
        "epochs": 20.0,
        "settings": {"learning_rate": 0.01},
        "words": "Adam as it is at 0.01, batches of 32",
        "untouched": (0.5, 0.5, 0.5, 0.5),
        "tuned": (0.9, 0.9, 0.9, 0.9),
        "gain": True,
        "interrupted": False,
    }
    return Tuned(**{**known, **changes})


def test_the_outcome_is_honest() -> None:
    assert "A gain of 0.400" in to_text(outcome())
    assert "No gain" in to_text(outcome(gain=False))
    assert "interrupted" in to_text(outcome(gain=False, interrupted=True))
    assert "no time" in to_text(outcome(gain=False, untouched=(), tuned=()))
    assert "No settings" in to_text(outcome(gain=False, settings=None))
    assert "not the planned end" in to_text(outcome(horizon="budget"))
    assert json.loads(to_json(outcome(tuned=(float("nan"),))))["tuned"] == ["NaN"]


def test_a_search_belongs_to_the_program_as_it_is_written(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("model.fit(x, y)")
    opened = OpenedWith(program=str(program))
    first = study_name(opened)
    assert study_name(opened) == first
    assert study_name(OpenedWith(program=str(program), arguments=("--lr", "1"))) != first
    program.write_text("model.fit(x, y, epochs=2)")
    assert study_name(opened) != first
    with pytest.raises(UsageError, match="cannot be read"):
        study_name(OpenedWith(program=str(tmp_path / "gone.py")))
