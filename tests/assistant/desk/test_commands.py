from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.events import CaseOpened, ProbeFinished, SymptomNamed, TrialFinished
from assistant.session.model import DeskStatus, OpenedWith
from assistant.session.store import Store
from tests.assistant.bundle.making import bundle_at, evidence, measurement_of
from tests.assistant.kept_sessions import events_of

OPENED = OpenedWith(program="/home/somebody/project/train.py")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store in the user's data folder, with one session of a person who has named a symptom."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Store() as kept:
        session = kept.begin(OPENED, "v1")
        session.append(SymptomNamed(symptom="loss_nan", text="it is nan"))
        session.release()
        return kept


def only(store: Store) -> str:
    return store.sessions()[0].id


def test_a_session_is_kept_in_order(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    id = only(store)
    assert main(["sessions", "rename", id[:6], "Ticket 12"]) == 0
    assert main(["sessions", "tag", id, "vision", "urgent"]) == 0
    assert main(["sessions", "untag", id, "urgent"]) == 0
    assert main(["sessions", "assign", id, "Ada"]) == 0
    assert main(["sessions", "status", id, "waiting"]) == 0
    assert main(["sessions", "note", id, "Behind a proxy"]) == 0
    capsys.readouterr()
    assert main(["sessions"]) == 0
    line = capsys.readouterr().out
    for word in (id, "waiting for user", "Ticket 12", "@Ada", "#vision"):
        assert word in line
    assert "urgent" not in line
    assert main(["sessions", "show", id]) == 0
    shown = capsys.readouterr().out
    assert "Behind a proxy" in shown
    assert "Symptom: loss_nan" in shown
    info = store.info(id)
    assert (info.name, info.assignee, info.status) == ("Ticket 12", "Ada", DeskStatus.WAITING_FOR_USER)


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        (["--search", "TRAIN loss_nan"], 1),
        (["--search", "resnet"], 0),
        (["--status", "open"], 1),
        (["--status", "gave-up"], 0),
        (["--symptom", "loss_nan"], 1),
        (["--symptom", "loss_flat"], 0),
        (["--assignee", ""], 1),
        (["--tag", "x"], 0),
    ],
)
def test_the_list_is_narrowed_down(
    store: Store, options: list[str], listed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sessions", *options, "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == listed


def test_an_empty_list_says_so(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sessions", "--tag", "x"]) == 0
    assert capsys.readouterr().err == "No kept session is like that.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rename", "ffffffff", "x"], "There is no session 'ffffffff'"),
        (["show", "ffffffff"], "There is no session 'ffffffff'"),
        (["delete", "ffffffff", "--yes"], "There is no session 'ffffffff'"),
        (["--symptom", "loss_nam"], "There is no symptom 'loss_nam'; there are"),
        (["--status", "done"], "Invalid value for '--status'"),
    ],
)
def test_what_is_wrong_with_a_call_is_one_sentence(
    store: Store, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sessions", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1


def test_notes_are_shown_with_their_numbers(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    id = only(store)
    assert main(["sessions", "note", id]) == 0
    assert "has no notes" in capsys.readouterr().err
    main(["sessions", "note", id, "one\ntwo"])
    main(["sessions", "note", id, "three"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].startswith("  1. ")
    assert lines[-3].endswith("one")
    assert lines[-2] == "     two"
    assert lines[-1].endswith("three")


def test_deleting_asks_first(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    id = only(store)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["sessions", "delete", id]) == 2
    assert "Nothing was deleted." in capsys.readouterr().err
    assert only(store) == id
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert main(["sessions", "delete", id]) == 0
    assert store.sessions() == ()


def test_a_branch_prints_its_id_and_can_be_taken_up(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    id = only(store)
    assert main(["sessions", "branch", id, "--before", "symptom"]) == 0
    new = capsys.readouterr().out.strip()
    info = store.info(new)
    assert (info.parent, info.relation, info.holder) == (id, "branch", None)
    assert info.outcome is not None
    assert info.outcome.symptom is None, "the symptom is to be named again"
    assert main(["sessions", "branch", id, "--at", "a", "--before", "b"]) == 2


def test_a_replay_needs_something_to_compare_with(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    id = only(store)
    assert main(["sessions", "replay", id]) == 2
    assert "has not come to anything yet" in capsys.readouterr().err
    main(["sessions"])
    capsys.readouterr()
    assert main(["sessions", "replay", id]) == 0
    assert "Nothing would differ." in capsys.readouterr().out
    assert main(["sessions", "replay", id, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []


def test_a_session_of_another_release_hides_no_other(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = sqlite3.connect(tmp_path / "keras-triage" / "sessions.db")
    connection.execute(
        "INSERT INTO sessions VALUES ('ffffffff', '2026-01-02 03:04:05.000000', '{\"program\": 1, \"new\": 2}', 'v9')"
    )
    connection.commit()
    connection.close()
    id = only(store)
    assert main(["sessions"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith(id)
    assert "One more was kept by another release" in printed.err
    assert main(["sessions", "show", "ffffffff"]) == 2
    assert "another release of keras-triage, and this one cannot read it" in capsys.readouterr().err


@pytest.fixture
def led(store: Store) -> str:
    """A session that was led on a real program, with an internal note, tags and a name."""
    session = store.begin(OpenedWith(program="/home/somebody/project/deep_classifier.py"), "v1")
    for event in events_of("deep_classifier"):
        session.append(event)
    session.release()
    store.desk.note(session.id, "Kumquat")
    store.desk.tag(session.id, "Kumquat")
    store.desk.rename(session.id, "Kumquat")
    store.desk.assign(session.id, "Kumquat")
    return session.id


@pytest.mark.parametrize(
    ("format", "word"),
    [
        ("text", "PROVEN: Gradients die on the way back"),
        ("json", '"report": "keras-triage/1"'),
        ("markdown", "# Proven: Gradients die on the way back."),
        ("html", "<!DOCTYPE html>"),
        ("message", "What to do"),
    ],
)
def test_a_kept_session_has_a_report_in_every_format_and_no_note_in_any(
    led: str, format: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", led, "--format", format]) == 0
    printed = capsys.readouterr()
    assert word in printed.out
    assert "Kumquat" not in printed.out
    assert "somebody" not in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("r.html", "<!DOCTYPE html>"),
        ("r.MD", "# Proven"),
        ("r.json", '{\n  "report"'),
        ("r.txt", "deep_classif"),
    ],
)
def test_a_file_is_written_as_its_name_tells(
    led: str, name: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    assert main(["report", led, "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8").startswith(word)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"Written to {file}.\n"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["-o", "mine.py"], "mine.py exists and is no report, as its name tells; choose another name."),
        (["-o", "missing/r.html"], "missing/r.html cannot be written: No such file or directory."),
        (["--format", "message", "--templates", "missing"], "There is no folder missing of templates."),
        (["--format", "pdf"], "Invalid value for '--format'"),
    ],
)
def test_a_report_that_cannot_be_made_is_one_sentence(
    led: str,
    options: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text("x = 1\n")
    assert main(["report", led, *options]) == 2
    assert Path("mine.py").read_text() == "x = 1\n"
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("program", "sentence"),
    [("missing.py", "There is no file missing.py."), ("good.py", "has examined no program yet")],
)
def test_a_follow_up_that_cannot_be_made_is_one_sentence(
    store: Store,
    program: str,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.py").write_text("x = 1\n")
    id = only(store)
    assert main(["follow-up", id, program]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert len(store.sessions()) == 1
    assert store.info(id).holder is None


def _of_today(kept: ProbeFinished) -> ProbeFinished:
    """A measurement as its probe makes it today: fields that came since are added, and those that went are dropped."""
    if kept.measurement is None:
        return kept
    made = measurement_of(kept.probe)
    known = {name: value for name, value in kept.measurement.items() if name in made}
    return kept.model_copy(update={"measurement": made | known})


def test_a_bundle_follows_up_without_the_program(
    store: Store, led: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = events_of("house_prices")
    case = next(one.case for one in events if isinstance(one, CaseOpened))
    found = evidence(
        case=case,
        measured=tuple(_of_today(one) for one in events if isinstance(one, ProbeFinished)),
        trials=tuple(one for one in events if isinstance(one, TrialFinished)),
        symptom="loss_nan",
        not_run={},
    )
    bundle = bundle_at(tmp_path / "next.triage", found)
    assert main(["follow-up", led, str(bundle), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["of"], told["verdict"], told["now"]["symptom"]) == (led, "partly", "loss_nan")
    assert list(told["before"]["confirmed"]) == ["vanishing_gradient"]
    assert "inputs_not_scaled" in told["now"]["confirmed"]
    parent, new = store.info(led), store.info(told["session"])
    assert (new.parent, new.relation, new.name, new.tags) == (led, "follow_up", "Kumquat", ("Kumquat",))
    assert (parent.status, new.status) == (DeskStatus.OPEN, DeskStatus.OPEN)
    assert (parent.holder, new.holder) == (None, None)
    assert main(["sessions", "show", led]) == 0
    shown = capsys.readouterr().out
    assert f"next.triage, session {new.id}: What was found is gone, but something else is wrong now." in shown
    assert main(["report", new.id, "--format", "html"]) == 0
    assert "somebody" not in capsys.readouterr().out
