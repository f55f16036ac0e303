from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import pytest

from assistant.errors import SessionHeldError
from assistant.events import PersonAnswered, Stopped
from assistant.session.holding import Holder, started, this_process
from assistant.session.model import OpenedWith
from assistant.session.store import Store

OPENED = OpenedWith(program="/somewhere/train.py")
NOON = datetime(2026, 1, 2, 12)

WRITER = """
import sys
from assistant.events import PersonAnswered
from assistant.session.store import Store
store, id, name = sys.argv[1:]
with Store(store) as opened:
    kept = opened.take_up(id)
    print("held", flush=True)
    for number in range(100_000):
        kept.append(PersonAnswered(question=name, answer=str(number)))
        print(number, flush=True)
        if sys.stdin.readline() == "":
            break
"""


class Writer:
    """A process that appends an event, says so, and waits for leave to append the next."""

    def __init__(self, store: Path, id: str, name: str) -> None:
        self.name = name
        self.said: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(store), id, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._out.readline() == "held\n"

    @property
    def pid(self) -> int:
        return self._process.pid

    def hear(self) -> None:
        """Wait for an event that is kept."""
        self.said.append(self._out.readline().strip())

    def go_on(self) -> None:
        """Let it append one more."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End it as the system would, in the middle of whatever it does."""
        self._process.kill()
        self._process.communicate()

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout


@contextmanager
def writer(store: Path, id: str, name: str = "a") -> Iterator[Writer]:
    one = Writer(store, id, name)
    try:
        yield one
    finally:
        one.kill()


def test_the_second_process_sees_who_holds_a_session(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(str(path)) as store:
        kept = store.begin(OPENED, "v1")
        kept.release()
        assert store.info(kept.id).holder is None
        with writer(path, kept.id) as other:
            other.hear()
            holder = store.info(kept.id).holder
            assert holder is not None
            assert f"process {other.pid} on {platform.node()} since " in holder
            assert store.open(kept.id).events == (PersonAnswered(question="a", answer="0"),), "reading is free"
            for refused in (
                lambda: store.take_up(kept.id),
                lambda: kept.append(Stopped()),
                lambda: store.delete(kept.id),
            ):
                with pytest.raises(SessionHeldError, match=rf"held by process {other.pid} on .*sessions show"):
                    refused()
            store.desk.note(kept.id, "A note needs no lease.")
        assert store.info(kept.id).holder is None, "a dead process holds nothing"
        store.take_up(kept.id).append(Stopped())


def test_a_session_that_is_held_can_be_released_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(str(path)) as store:
        kept = store.begin(OPENED, "v1")
        kept.release()
        with writer(path, kept.id) as other:
            other.hear()
            store.release(kept.id)
            assert store.info(kept.id).holder is not None, "not by an ordinary end"
            store.release(kept.id, whoever=True)
            store.take_up(kept.id).append(Stopped())
            other.go_on()
            other.hear()
            assert other.said == ["0", ""], "it ends and spoils nothing"
        assert store.open(kept.id).events == (PersonAnswered(question="a", answer="0"), Stopped())


def test_processes_killed_at_random_lose_nothing(tmp_path: Path) -> None:
    path, chance = tmp_path / "s.db", random.Random(7)
    kept: dict[str, list[str]] = {}
    with Store(str(path)) as store:
        ids = [store.begin(OPENED, "v1").id for _ in range(2)]
        for id in ids:
            store.release(id)
            kept[id] = []
        for round in range(3):
            agents = {id: Writer(path, id, f"{round}") for id in ids}
            for agent in agents.values():
                agent.hear()
            for _ in range(chance.randint(3, 12)):
                for agent in agents.values():
                    agent.go_on()
                for agent in agents.values():
                    agent.hear()
            for id, agent in agents.items():
                if chance.random() < 0.7:
                    agent.go_on()
                agent.kill()
                kept[id] += [f"{round}:{said}" for said in agent.said]
        for id in ids:
            log = [f"{one.question}:{one.answer}" for one in store.open(id).events if isinstance(one, PersonAnswered)]
            assert [one for one in log if one in kept[id]] == kept[id], "every event that was told to be kept, in order"
            assert len(log) - len(kept[id]) <= 3, "and at most the one that each was killed in"
            assert len(log) == len(store.open(id).events)


def test_a_later_process_of_the_same_number_is_another() -> None:
    mine = this_process(NOON)
    assert mine.is_this_process
    assert mine.alive
    earlier = Holder(mine.host, mine.pid, "1", NOON)
    assert not earlier.is_this_process
    assert not earlier.alive


def test_a_process_on_another_machine_counts_as_running() -> None:
    far = Holder("elsewhere.example", 1, "5", NOON)
    assert far.alive
    assert not far.is_this_process
    assert far.words == "process 1 on elsewhere.example since 2026-01-02 12:00 UTC"


def test_a_process_that_is_gone_has_no_start() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert started(gone.pid) is None
    assert started(os.getpid()) is not None
