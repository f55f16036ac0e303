"""Bundles that somebody made to do harm, or that arrived broken: each is refused with one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.__main__ import main
from assistant.bundle.reading import BundleError, read_bytes
from assistant.bundle.writing import zipped
from tests.assistant.bundle.making import members

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Members:
    return members(tmp_path_factory.mktemp("program"))


def sealed_anew(parts: Members) -> Members:
    """The same members under a manifest that fits them: a forger can do that too."""
    manifest = json.loads(parts["manifest.json"])
    others = {name: data for name, data in parts.items() if name != "manifest.json"}
    manifest["members"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in others.items()
    }
    return {"manifest.json": json.dumps(manifest).encode(), **others}


def changed(name: str, change: Callable[[Any], Any]) -> Callable[[Members], bytes]:
    """A bundle whose member holds another value."""

    def made(parts: Members) -> bytes:
        value = change(json.loads(parts[name]))
        return zipped(sealed_anew({**parts, name: json.dumps(value).encode()}))

    return made


def replaced(name: str, data: bytes) -> Callable[[Members], bytes]:
    """A bundle whose member has this content."""
    return lambda parts: zipped(sealed_anew({**parts, name: data}))


def with_member(name: str, mode: int = 0, flags: int = 0) -> Callable[[Members], bytes]:
    """A bundle with one more member."""

    def made(parts: Members) -> bytes:
        buffer = io.BytesIO(zipped(parts))
        with zipfile.ZipFile(buffer, "a") as archive:
            about = zipfile.ZipInfo(name)
            about.external_attr = mode << 16
            archive.writestr(about, b"/etc/passwd")
        data = bytearray(buffer.getvalue())
        if flags:
            data[data.rindex(b"PK\x01\x02") + 8] |= flags
        return bytes(data)

    return made


def twice(name: str) -> Callable[[Members], bytes]:
    """A bundle in which two members have one name."""
    return lambda parts: with_member("x" * len(name))(parts).replace(b"x" * len(name), name.encode())


def bomb(parts: Members) -> bytes:
    return zipped(sealed_anew({**parts, "case.json": b'"' + b" " * 20_000_000 + b'"'}))


def deep(levels: int) -> bytes:
    return b'{"measured": ' + b"[" * levels + b"]" * levels + b"}"


def set_in(*path: str | int, value: Any) -> Callable[[Any], Any]:
    """Changes one value."""

    def change(whole: Any) -> Any:
        part = whole
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = value
        return whole

    return change


HOSTILE: dict[str, tuple[Callable[[Members], bytes], str]] = {
    "a path out of it": (with_member("../../home/x.json"), "leads out of it"),
    "an absolute path": (with_member("/etc/passwd"), "leads out of it"),
    "a path of Windows": (with_member("C:\\x.json"), "leads out of it"),
    "a symbolic link": (with_member("output.json", stat.S_IFLNK | 0o777), "is a link"),
    "an unknown member": (with_member("weights.pkl"), "is none that a bundle has"),
    "a folder": (with_member("case/"), "is none that a bundle has"),
    "encrypted": (with_member("output.json", flags=0x1), "encrypted"),
    "a name twice": (twice("case.json"), "stands in it twice"),
    "a bomb": (bomb, "unpacks to far more than it may"),
    "truncated": (lambda parts: zipped(parts)[:-200], "damaged, or no bundle at all"),
    "empty": (lambda parts: b"", "damaged, or no bundle at all"),
    "text": (lambda parts: b"import keras\n" * 50, "damaged, or no bundle at all"),
    "a zip of something else": (lambda parts: zipped({"case.json": b"{}"}), "has no manifest"),
    "a damaged member": (
        lambda parts: zipped(parts).replace(b"case.json", b"cAse.json", 1),
        "damaged, or no bundle at all",
    ),
    "a member changed later": (
        lambda parts: zipped({**parts, "trials.json": b'{"symptom": null, "trials": []}'}),
        "trials.json was changed after it was made",
    ),
    "a member missing": (
        lambda parts: zipped({name: data for name, data in parts.items() if name != "trials.json"}),
        "trials.json is missing",
    ),
    "a member more than the manifest names": (
        lambda parts: zipped({**parts, "output.json": b"{}"}),
        "names other members",
    ),
    "a later format": (
        changed("manifest.json", set_in("bundle", value="keras-triage-bundle/7")),
        "format 7",
    ),
    "another format": (changed("manifest.json", set_in("bundle", value="zip/1")), "is not that of a bundle"),
    "a manifest that is a list": (lambda parts: zipped({**parts, "manifest.json": b"[]"}), "is not that of a bundle"),
    "an unknown key": (changed("manifest.json", set_in("run", value="rm -rf /")), "something else than it must"),
    "a wrong type": (changed("case.json", set_in("fit_line", value="nine")), "something else than it must"),
    "a wrong type in a measurement": (
        changed("measurements.json", set_in("measured", 0, "measurement", "rows", value=[1])),
        "no measurement of that probe",
    ),
    "a field that no probe measures": (
        changed("measurements.json", set_in("measured", 0, "measurement", "samples", value=[1.5])),
        "no measurement of that probe",
    ),
    "an unknown probe": (
        changed("measurements.json", set_in("measured", 0, "probe", value="shell")),
        "no measurement of that probe",
    ),
    "an option that is none": (changed("settings.json", set_in("options", value=["; rm"])), "something else"),
    "NaN where JSON has none": (replaced("settings.json", b'{"budget": NaN}'), "NaN is no number in JSON"),
    "infinity where JSON has none": (replaced("settings.json", b'{"budget": -Infinity}'), "is no number in JSON"),
    "a number beyond all": (replaced("settings.json", b'{"budget": 1e999}'), "a number that is too large"),
    "a number of many digits": (replaced("settings.json", b'{"budget": ' + b"9" * 6000 + b"}"), "it is not JSON"),
    "a number of more digits than any": (
        changed("case.json", set_in("fit_line", value=10**400)),
        "number that is too large",
    ),
    "a text without an end": (replaced("settings.json", b'"' + b'\\"' * 450_000), "it is not JSON"),
    "a folder of the reader's": (
        changed("case.json", set_in("folder", value="/etc")),
        "names a folder of this machine",
    ),
    "a negative budget": (changed("settings.json", set_in("budget", value=-1)), "something else than it must"),
    "nested a bit too deeply": (replaced("measurements.json", deep(60)), "nested too deeply"),
    "nested far too deeply": (replaced("measurements.json", deep(200_000)), "nested too deeply"),
    "a huge text": (
        changed("case.json", set_in("source", value="x" * 300_000)),
        "a text that is too long",
    ),
    "a command to the terminal": (
        changed("case.json", set_in("source", value="\x1b]0;owned\x07train.py")),
        "a character that no text needs",
    ),
    "half a character": (replaced("settings.json", b'{"budget": 1, "arguments": ["\\ud800"]}'), "no text needs"),
    "a key twice": (replaced("settings.json", b'{"budget": 1, "budget": 2}'), "a key stands in it twice"),
    "no UTF-8": (replaced("settings.json", b'{"budget": 1, "arguments": ["\xff"]}'), "it is not JSON"),
    "a member that is a list": (replaced("case.json", b"[]"), "something else than it must"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_bundle_is_refused_with_one_sentence(
    kind: str, good: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    make, sentence = HOSTILE[kind]
    (tmp_path / "bad.triage").write_bytes(make(good))
    for command in (["check"], ["bundle", "verify"], ["open", "--plain"]):
        assert main([*command, "bad.triage", *(["--store", "s.db"] if command[0] != "bundle" else [])]) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert sentence in printed.err
        assert printed.err.count("\n") == 1
        assert len(printed.err) < 400
    assert {one.name for one in tmp_path.iterdir()} <= {"bad.triage"}


def test_what_another_installation_measures_otherwise_is_left_out(good: Members) -> None:
    parts = dict(good)
    manifest, measured = json.loads(parts["manifest.json"]), json.loads(parts["measurements.json"])
    manifest |= {"measures": "0" * 16, "tool": "9.9"}
    del measured["measured"][0]["measurement"]["rows"]
    measured["measured"][1]["probe"] = "a_probe_of_later"
    parts |= {"manifest.json": json.dumps(manifest).encode(), "measurements.json": json.dumps(measured).encode()}
    evidence = read_bytes(zipped(sealed_anew(parts)), "other.triage").evidence
    assert [one.probe for one in evidence.measured] == ["train_validation"]
    assert "keras-triage 9.9" in evidence.not_run["input_statistics"]


def test_a_good_bundle_is_taken(good: Members) -> None:
    assert read_bytes(zipped(good), "good.triage").evidence.case.source == "train.py"


def test_what_is_no_file_is_no_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bundle", "verify", str(tmp_path / "none.triage")]) == 2
    assert "There is no file" in capsys.readouterr().err
    (tmp_path / "dir.triage").mkdir()
    assert main(["bundle", "verify", str(tmp_path / "dir.triage")]) == 2
    assert "is no file" in capsys.readouterr().err


@given(st.integers(0, 2000), st.integers(0, 255))
def test_no_changed_byte_brings_anything_but_a_sentence(place: int, byte: int) -> None:
    data = bytearray(_GOOD)
    data[place % len(data)] = byte
    told = _told(bytes(data))
    assert told == "train.py" or told.startswith("x.triage cannot be used as a bundle: ")


def _told(data: bytes) -> str:
    """The program of a bundle, or why it is refused."""
    try:
        return read_bytes(data, "x.triage").evidence.case.source
    except BundleError as error:
        return str(error)


@given(st.binary(max_size=400))
def test_no_bytes_bring_anything_but_a_sentence(data: bytes) -> None:
    with pytest.raises(BundleError):
        read_bytes(data, "x.triage")


_GOOD = b""


@pytest.fixture(autouse=True, scope="module")
def _keep(good: Members) -> None:
    global _GOOD
    _GOOD = zipped(good)
