from __future__ import annotations

from pathlib import Path

import pytest

from assistant.desk.following import standing
from assistant.desk.rerunning import Rerun, rerun
from assistant.events import CaseOpened, FollowedUp, PersonAnswered, SymptomNamed
from assistant.investigation import Investigation
from assistant.opening import Session, begin
from assistant.session.model import DeskStatus, OpenedWith
from assistant.session.store import Store
from tests.assistant.small_world import CASE, FAULTY, HEALTHY, FakeOpener, new_dialogue, walk


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 's.db'}")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text("x = 1", "utf-8")
    return path


async def held(program: Path, store: Store) -> Session:
    """A closed session whose program was held, with a name, after the person named the symptom."""
    session = begin(OpenedWith(program=str(program)), store, "loss_flat")
    store.desk.rename(session.kept.id, "Digits")
    store.desk.tag(session.kept.id, "vision")
    session.investigation.interject(CaseOpened(case=CASE))
    await session.investigation.close()
    return session


async def test_what_was_said_counts_on_while_the_program_is_the_same(program: Path, store: Store) -> None:
    session = await held(program, store)
    session.investigation.dialogue.record(PersonAnswered(question="labels_checked", answer="unknown"))
    again = rerun(session, store)
    info = store.info(again.session.kept.id)
    assert again.same
    assert (info.parent, info.relation, info.name, info.tags) == (session.kept.id, "follow_up", "Digits", ("vision",))
    assert [type(one) for one in again.session.kept.events] == [SymptomNamed, PersonAnswered]
    assert again.session.dialogue.case is None


async def test_a_program_that_has_changed_is_looked_at_anew(program: Path, store: Store) -> None:
    session = await held(program, store)
    program.write_text("x = 2", "utf-8")
    again = rerun(session, store)
    assert not again.same
    assert again.session.kept.events == ()
    assert store.info(again.session.kept.id).parent == session.kept.id


async def test_a_program_that_was_not_held_yet_goes_on_in_its_session(program: Path, store: Store) -> None:
    session = begin(OpenedWith(program=str(program)), store, "loss_flat")
    await session.investigation.close()
    again = rerun(session, store)
    assert again.session.kept.id == session.kept.id
    assert again.session.dialogue.facts.symptom is not None
    assert again.finished(store) is None


def after(program: Path, store: Store, measured: dict[str, dict[str, object]], *, same: bool) -> Rerun:
    """A program that was faulty, was started again, and was examined."""
    opened = OpenedWith(program=str(program))
    parent, new = store.begin(opened, "kb"), store.begin(opened, "kb")
    parent.release()
    investigation = Investigation(walk(new_dialogue(), measured), new, FakeOpener([]))
    return Rerun(Session(new, investigation), same, standing(walk(new_dialogue(), FAULTY)), parent.id)


def test_what_became_of_it_is_said_and_kept(program: Path, store: Store) -> None:
    again = after(program, store, HEALTHY, same=False)
    found = again.finished(store)
    assert found is not None
    assert found.verdict == "worked"
    (kept,) = store.open(again.parent).events
    assert isinstance(kept, FollowedUp)
    assert (kept.session, kept.program) == (again.session.kept.id, "train.py")
    assert store.info(again.session.kept.id).status == DeskStatus.RESOLVED


def test_the_same_program_is_not_compared_with_itself(program: Path, store: Store) -> None:
    assert after(program, store, FAULTY, same=True).finished(store) is None
