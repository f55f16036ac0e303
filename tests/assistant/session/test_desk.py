from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from assistant.errors import SessionError, UsageError
from assistant.events import Stopped, SymptomNamed
from assistant.session.model import DeskStatus, OpenedWith
from assistant.session.outcomes import up_to_date
from assistant.session.searching import Wanted, matching
from assistant.session.store import Store
from tests.assistant.small_world import FAULTY, new_dialogue, walk

OPENED = OpenedWith(program="/somewhere/train.py", arguments=("--fast",), fit=2)
OTHER = OpenedWith(program="/somewhere/vision/resnet.py")

OLD_STORE = """
CREATE TABLE sessions (id VARCHAR(8) NOT NULL PRIMARY KEY, created DATETIME NOT NULL, opened TEXT NOT NULL,
    knowledge_base VARCHAR(64) NOT NULL);
CREATE TABLE events (session VARCHAR(8) NOT NULL REFERENCES sessions (id), place INTEGER NOT NULL, at DATETIME NOT NULL,
    event TEXT NOT NULL, PRIMARY KEY (session, place));
CREATE TRIGGER sessions_keep_delete BEFORE DELETE ON sessions
    BEGIN SELECT RAISE(ABORT, 'sessions are append-only'); END;
CREATE TRIGGER events_keep_delete BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'sessions are append-only'); END;
INSERT INTO sessions VALUES ('0a1b2c3d', '2026-01-02 03:04:05.000000', '{"program": "/old/train.py"}', 'v0');
INSERT INTO events VALUES ('0a1b2c3d', 0, '2026-01-02 03:04:06.000000', '{"event": "stopped", "reason": "enough"}');
"""


def test_a_new_session_is_open_and_has_its_programs_name(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        store.begin(OPENED, "v1")
        (info,) = store.sessions()
    assert (info.status, info.title, info.assignee, info.tags, info.notes) == (
        DeskStatus.OPEN,
        "train.py",
        "",
        (),
        (),
    )


def test_what_a_desk_says_is_kept(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        id = store.begin(OPENED, "v1").id
        store.desk.rename(id[:6], "  Ticket\n 4711 ")
        store.desk.assign(id, "Ada")
        store.desk.set_status(id, DeskStatus.WAITING_FOR_USER)
        store.desk.tag(id, "vision", "urgent")
        store.desk.tag(id, "Vision")
        store.desk.untag(id, "URGENT", "never there")
        store.desk.note(id, "They use a proxy.")
        store.desk.note(id, "Called back.")
    with Store(str(tmp_path / "s.db")) as again:
        info = again.info(id)
    assert (info.name, info.assignee, info.status, info.tags) == (
        "Ticket 4711",
        "Ada",
        DeskStatus.WAITING_FOR_USER,
        ("Vision",),
    )
    assert [(one.number, one.text) for one in info.notes] == [(1, "They use a proxy."), (2, "Called back.")]


@pytest.mark.parametrize("tag", ["", "  ", "x" * 65])
def test_a_tag_must_be_one(tmp_path: Path, tag: str) -> None:
    with Store(str(tmp_path / "s.db")) as store, pytest.raises(UsageError, match="1 to 64 characters"):
        store.desk.tag(store.begin(OPENED, "v1").id, tag)


def test_an_empty_note_is_refused(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store, pytest.raises(UsageError, match="must say something"):
        store.desk.note(store.begin(OPENED, "v1").id, " \n")


def test_search_looks_into_program_name_notes_tags_and_assignee(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        first, second = store.begin(OPENED, "v1").id, store.begin(OTHER, "v1").id
        store.desk.note(first, "Behind a proxy")
        store.desk.tag(second, "Vision")
        store.desk.assign(second, "Ada")
        listed = store.sessions()

    def found(words: str) -> list[str]:
        return [one.id for one in matching(listed, Wanted(words=words))]

    assert found("PROXY") == [first]
    assert found("resnet ada") == [second]
    assert found("proxy ada") == []
    assert sorted(found("somewhere")) == sorted([first, second])


def test_filters_narrow_down(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        first, second = store.begin(OPENED, "v1").id, store.begin(OTHER, "v1").id
        store.desk.tag(second, "vision")
        store.desk.assign(first, "Ada")
        store.desk.set_status(first, DeskStatus.RESOLVED)
        listed = store.sessions()
    for wanted, ids in (
        (Wanted(status=DeskStatus.RESOLVED), [first]),
        (Wanted(status=DeskStatus.OPEN), [second]),
        (Wanted(tag="Vision"), [second]),
        (Wanted(assignee="ada"), [first]),
        (Wanted(assignee=""), [second]),
        (Wanted(assignee="ada", tag="vision"), []),
    ):
        assert [one.id for one in matching(listed, wanted)] == ids, wanted


def test_findings_and_symptom_are_searched_even_if_nobody_kept_them(tmp_path: Path) -> None:
    with Store(str(tmp_path / "s.db")) as store:
        named = store.begin(OPENED, "v1")
        named.append(SymptomNamed(symptom="loss_nan"))
        store.begin(OTHER, "v1").append(Stopped())
        listed = up_to_date(store, store.sessions())
        assert [one.id for one in matching(listed, Wanted(symptom="loss_nan"))] == [named.id]
        assert [one.id for one in matching(listed, Wanted(words="loss_nan"))] == [named.id]
        assert store.info(named.id).outcome_events == 1, "worked out once, then kept"


def test_what_a_session_came_to_is_kept_with_its_knowledge_base(tmp_path: Path) -> None:
    dialogue = walk(new_dialogue(), FAULTY)
    with Store(str(tmp_path / "s.db")) as store:
        kept = store.begin(OPENED, "v1")
        for event in dialogue.events:
            kept.append(event)
        kept.settle(dialogue)
        outcome = store.info(kept.id).outcome
    assert outcome is not None
    assert outcome.knowledge_base == dialogue.kb.version
    assert [one.cause for one in outcome.findings] == [one.cause for one in dialogue.findings()]
    assert outcome.answers == {one.question: one.answer for one in dialogue.path()}
    assert outcome.status == "diagnosed"
    assert outcome.confirmed[0].status in ("proven", "likely")


def test_a_branch_stands_where_its_parent_stood_and_remembers_it(tmp_path: Path) -> None:
    dialogue = walk(new_dialogue(), FAULTY)
    with Store(str(tmp_path / "s.db")) as store:
        parent = store.begin(OPENED, "v1")
        for event in dialogue.events:
            parent.append(event)
        branch = store.branch(parent.id, 3)
        branch.append(Stopped())
        info = store.info(branch.id)
        assert (info.parent, info.relation, info.knowledge_base) == (parent.id, "branch", "v1")
        assert store.open(parent.id).events == dialogue.events
        again = store.open(branch.id).events
    earlier = new_dialogue(dialogue.events[:3])
    assert new_dialogue(again[:-1]).next_step() == earlier.next_step()
    assert new_dialogue(again).measured_before("recorded_run") is not None, "nothing is measured a second time"


def test_what_is_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    secret = "Xylophon-4711"
    with Store(str(tmp_path / "s.db")) as store:
        kept, other = store.begin(OPENED, "v1"), store.begin(OTHER, "v1")
        for _ in range(50):
            kept.append(SymptomNamed(symptom="loss_nan", text=secret))
        store.desk.note(kept.id, secret)
        store.desk.tag(kept.id, secret)
        branch = store.branch(other.id, 0)
        assert any(secret.encode() in one.read_bytes() for one in tmp_path.iterdir())
        store.delete(kept.id)
        store.delete(other.id)
        assert [one.id for one in store.sessions()] == [branch.id], "a branch stays"
        with pytest.raises(SessionError, match="no session"):
            store.open(kept.id)
        assert not any(secret.encode() in one.read_bytes() for one in tmp_path.iterdir())
    connection = sqlite3.connect(tmp_path / "s.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM events")
    connection.close()


def test_a_store_of_an_older_release_opens(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "s.db")
    connection.executescript(OLD_STORE)
    connection.close()
    with Store(str(tmp_path / "s.db")) as store:
        (info,) = store.sessions()
        assert (info.id, info.title, info.status, info.events) == ("0a1b2c3d", "train.py", DeskStatus.OPEN, 1)
        store.desk.tag("0a", "old")
        assert store.info("0a").tags == ("old",)
        store.take_up("0a").append(SymptomNamed(symptom="loss_nan"))
        store.delete("0a")
        assert store.sessions() == ()


def test_a_store_of_a_newer_release_is_one_sentence(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "s.db")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(SessionError, match="newer keras-triage"):
        Store(str(tmp_path / "s.db"))
