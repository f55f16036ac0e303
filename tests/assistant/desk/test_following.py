from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.desk.following import Compared, compare, standing, words
from assistant.dialogue import Dialogue
from assistant.events import FollowedUp, PersonAnswered, Stopped, Undone, in_force
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from probes.process.description import CaseDescription
from tests.assistant.kept_sessions import dialogue_of
from tests.assistant.small_world import CASE, FAILED, FAULTY, HEALTHY, new_dialogue, walk

OTHER = {**HEALTHY, "recorded_run": {"last": 2.3}}
STEPS = {"weight_updates": {"ratio": 0.5}, "gradient_flow": {"ratio": 1.0}}
FOLLOWED = FollowedUp(session="0a1b2c3d", program="train.py", verdict="worked", text="It worked.")


def led(measurements: Mapping[str, dict[str, Any]] = FAULTY, case: CaseDescription = CASE) -> Dialogue:
    return walk(new_dialogue(), measurements, case=case)


def compared(before: Dialogue, now: Dialogue) -> Compared:
    return compare(standing(before), standing(now))


def test_a_healthy_program_says_that_the_remedy_worked() -> None:
    found = compared(led(), led(HEALTHY))
    assert found.verdict == "worked"
    assert found.gone
    assert (found.still, found.new) == ((), ())
    told = "\n".join(words(found))
    assert told.startswith("The remedy worked")
    assert "Gone:" in told
    assert "Still there:" not in told


def test_a_cause_that_stands_says_that_it_did_not() -> None:
    found = compared(led(), led())
    assert found.verdict == "not"
    assert found.still
    assert (found.gone, found.new, found.changed) == ((), (), {})
    assert "Still there:" in "\n".join(words(found))


def test_another_cause_says_that_it_worked_in_part() -> None:
    before = led({**FAULTY, **STEPS, "weight_updates": {"ratio": 0.01}})
    now = led({**OTHER, **STEPS})
    assert set(standing(before).confirmed).isdisjoint(standing(now).confirmed), "else this test tests nothing"
    assert standing(before).confirmed
    found = compared(before, now)
    assert found.verdict == "partly"
    assert found.gone
    assert found.new


def test_the_same_symptom_without_a_cause_did_not_work_either() -> None:
    now = led({**OTHER, "weight_updates": {"ratio": 0.01}, "gradient_flow": {"ratio": 1.0}})
    assert standing(now).confirmed == {}
    assert standing(now).symptom == "loss_flat"
    assert compared(led(), now).verdict == "not"


def test_another_symptom_without_a_cause_is_something_else() -> None:
    now = led({**OTHER, "weight_updates": {"ratio": 0.01}, "gradient_flow": {"ratio": 1.0}})
    before = led({**FAULTY, "recorded_run": {"last": math.nan}})
    assert (standing(before).symptom, standing(now).symptom) == ("loss_nan", "loss_flat")
    assert compared(before, now).verdict == "partly"


def test_a_program_that_fails_now_is_told() -> None:
    assert compared(led(), led({}, FAILED)).verdict == "fails"
    assert compared(led({}, FAILED), led(HEALTHY)).verdict == "worked"


def test_where_nothing_can_be_said_it_is_said() -> None:
    found = compared(led(), new_dialogue((Stopped(),)))
    assert found.verdict == "unclear"
    assert "cannot be said" in found.text


def test_a_program_that_was_healthy_before_had_no_remedy() -> None:
    found = compared(led(HEALTHY), led(HEALTHY))
    assert found.verdict == "unclear"
    assert found.text.startswith("Nothing was wrong the last time")


def test_scores_settings_and_symptoms_stand_side_by_side() -> None:
    before, now = dialogue_of("deep_classifier"), dialogue_of("house_prices")
    found = compared(before, now)
    told = "\n".join(words(found))
    assert found.before.figures["Balanced accuracy, validation"] == pytest.approx(0.2, abs=0.05)
    assert "The loss does not move" in told
    assert "The loss is NaN or infinite" in told
    assert found.changed["loss"][0] == "sparse_categorical_crossentropy"
    assert "  loss: sparse_categorical_crossentropy -> " in told
    assert "versions" not in found.changed
    assert "not measured" in told
    assert "NaN" in told


def test_a_follow_up_is_no_part_of_the_walk(tmp_path: Path) -> None:
    dialogue = led()
    events = (*dialogue.events, FOLLOWED)
    assert FOLLOWED not in in_force(events)
    again = new_dialogue(events)
    assert again.next_step() == dialogue.next_step()
    again.record(FOLLOWED)
    assert again.next_step() == dialogue.next_step()
    undone = in_force((*events, Undone(keep=2), PersonAnswered(question="q", answer="a")))
    assert undone == (*dialogue.events[:2], PersonAnswered(question="q", answer="a"))
    with Store(str(tmp_path / "s.db")) as store:
        kept = store.begin(OpenedWith(program="/x/train.py"), "v1")
        for event in events:
            kept.append(event)
        assert store.open(kept.id).events == events
        assert FOLLOWED not in store.open(store.branch(kept.id, 2).id).events, "a branch has not been followed up"
