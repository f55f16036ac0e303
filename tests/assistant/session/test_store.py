from __future__ import annotations

import math
import multiprocessing
import sqlite3
import subprocess
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from assistant.errors import SessionError
from assistant.events import CaseOpened, PersonAnswered, ProbeFinished, Stopped, SymptomNamed, TrialFinished, Undone
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from tests.assistant.small_world import CASE, FAULTY, new_dialogue, walk

OPENED = OpenedWith(program="/somewhere/train.py", arguments=("--fast",), fit=2)


def test_events_come_back_exactly(tmp_path: Path) -> None:
    events = (
        SymptomNamed(symptom="loss_nan", text="it is nan"),
        CaseOpened(case=CASE),
        ProbeFinished(probe="p", measurement={"a": math.inf, "b": [1, {"c": -math.inf}], "word": "NaN"}, seconds=0.25),
        PersonAnswered(question="q", answer="skipped"),
        TrialFinished(cause="c", remedy="r", treatment="t", unknown="declined"),
        Undone(keep=2),
        Stopped(reason="enough"),
    )
    with Store(str(tmp_path / "new" / "sessions.db")) as store:
        kept = store.begin(OPENED, "v1")
        for event in events:
            kept.append(event)
        again = store.open(kept.id[:5])
    assert again.events == events
    assert again.opened == OPENED


def test_nan_comes_back_as_nan(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        kept = store.begin(OPENED, "v1")
        kept.append(ProbeFinished(probe="p", measurement={"a": math.nan}))
        (event,) = store.open(kept.id).events
    assert isinstance(event, ProbeFinished)
    assert event.measurement is not None
    assert math.isnan(event.measurement["a"])


def test_replay_of_a_kept_session_gives_the_same_state(tmp_path: Path) -> None:
    dialogue = walk(new_dialogue(), FAULTY)
    with Store(str(tmp_path / "s.db")) as store:
        kept = store.begin(OPENED, "v1")
        for event in dialogue.events:
            kept.append(event)
        again = new_dialogue(store.open(kept.id).events)
    assert again.findings() == dialogue.findings()
    assert again.path() == dialogue.path()
    assert again.next_step() == dialogue.next_step()


def test_nothing_that_is_kept_can_be_changed(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        store.begin(OPENED, "v1").append(Stopped())
    connection = sqlite3.connect(tmp_path / "s.db")
    for change in ("DELETE FROM events", "UPDATE events SET event = ''", "DELETE FROM sessions"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(change)
    connection.close()


def test_the_latest_session_is_listed_first(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        first, second = store.begin(OPENED, "v1"), store.begin(OPENED, "v1")
        first.append(Stopped())
        listed = store.sessions()
    assert [one.id for one in listed] == [first.id, second.id]
    assert [one.events for one in listed] == [1, 0]


def test_a_session_that_two_carry_on_is_refused_to_the_second(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        kept = store.begin(OPENED, "v1")
        other = store.open(kept.id)
        kept.append(Stopped())
        with pytest.raises(SessionError, match="another process"):
            other.append(Stopped())


def test_an_unknown_session_is_one_sentence(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store, pytest.raises(SessionError, match="no session 'ffff'"):
        store.open("ffff")


def test_a_store_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("this is a text, not a database" * 100)
    with pytest.raises(SessionError, match="cannot be opened"):
        Store(str(tmp_path / "s.db"))


def test_two_processes_keep_sessions_side_by_side(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    program = (
        "import sys; from assistant.events import Stopped; from assistant.session.model import OpenedWith\n"
        "from assistant.session.store import Store\n"
        "with Store(sys.argv[1]) as store:\n"
        "    kept = store.begin(OpenedWith(program='/x.py'), 'v')\n"
        "    for _ in range(50): kept.append(Stopped())\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(store)]) for _ in range(2)]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    with Store(str(store)) as opened:
        assert [one.events for one in opened.sessions()] == [50, 50]


def test_many_processes_create_one_store_at_once(tmp_path: Path) -> None:
    processes, rounds = 6, 12
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(processes)
    running = [context.Process(target=_keep_in_each, args=(tmp_path, rounds, barrier)) for _ in range(processes)]
    for one in running:
        one.start()
    for one in running:
        one.join(timeout=120)
    assert [one.exitcode for one in running] == [0] * processes
    for number in range(rounds):
        with Store(str(tmp_path / f"{number}.db")) as store:
            assert [one.events for one in store.sessions()] == [1] * processes


def _keep_in_each(folder: Path, rounds: int, barrier: Barrier) -> None:
    """Open every one of the stores in the same moment as all others and keep a session."""
    for number in range(rounds):
        barrier.wait(timeout=60)
        with Store(str(folder / f"{number}.db")) as store:
            store.begin(OPENED, "v1").append(Stopped())
