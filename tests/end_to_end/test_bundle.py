"""A bundle from the user's side to the desk's: what it must not hold, and that it leads to the same place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.keras, pytest.mark.slow]

ROOT = Path(__file__).parents[2]

SECRETS = {
    "user": "marisol.quint",
    "host": "vault77",
    "folder": "Nightjar",
    "path with blanks": "Client Osprey",
    "path of Windows": "Harrier",
    "email": "quint@kestrel.example",
    "layer": "tangerine9",
    "argument": "hunter2hunter",
    "environment": "swift-falcon-44",
    "environment path": "peregrine",
    "environment address": "10.98.76.54",
    "AWS id": "AKIAQWERTYUIOP123456",
    "AWS secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "GitHub": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "Hugging Face": "hf_aBcDeFgHiJkLmNoPqRsTuVwX",
    "Slack": "xoxb-123456789012-abcdefGHIJ",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJxdWludCJ9.c2lnbmF0dXJl",
    "bearer": "mF_9.B5f-4.1JqM",
    "URL": "gyrfalcon",
    "database": "db.merlin.internal",
    "private key": "MIIEowIBAAKCAQEA7",
    "hexadecimal": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "signature": "b2c3d4e5f6a7signed",
    "unseen value": "Mrs Eyas",
}

SCRIPT = f"""
import argparse, os, socket
parser = argparse.ArgumentParser()
parser.add_argument("--password")
password = parser.parse_args().password
API_KEY = "{SECRETS["layer"]}"
AWS = dict(id="{SECRETS["AWS id"]}")
import keras, numpy as np
keras.utils.set_random_seed(1)
print("working in", os.getcwd(), "as", os.environ["USER"], "on", "{SECRETS["host"]}", password)
print("reading /srv/{SECRETS["path with blanks"]}/data.csv and C:\\\\Users\\\\{SECRETS["path of Windows"]}\\\\x.csv")
print("mail {SECRETS["email"]}; {SECRETS["AWS id"]} {SECRETS["AWS secret"]} {SECRETS["GitHub"]}")
print("{SECRETS["Hugging Face"]} {SECRETS["Slack"]} {SECRETS["JWT"]} Authorization: Bearer {SECRETS["bearer"]}")
print("postgres://app:{SECRETS["URL"]}@{SECRETS["database"]}:5432/birds")
print("-----BEGIN PRIVATE KEY-----\\n{SECRETS["private key"]}\\n-----END PRIVATE KEY-----")
print("run {SECRETS["hexadecimal"]} at https://x.example/y?sig={SECRETS["signature"]}")
print("could not convert string to float: '{SECRETS["unseen value"]}'", os.environ["TF_HOME_TOKEN"])
rng = np.random.default_rng(0)
y = rng.integers(0, 3, 512)
x = (rng.normal(size=(512, 8)) + 2.0 * np.eye(3, 8)[y]).astype("float32")
model = keras.Sequential([
    keras.layers.Input((8,)),
    keras.layers.Dense(32, activation="relu", name="tower_" + os.environ["USER"]),
    keras.layers.Dense(16, activation="relu", name=API_KEY + "_dense"),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(optimizer=keras.optimizers.SGD(300.0), loss="sparse_categorical_crossentropy")  # {SECRETS["email"]}
model.fit(x, y, epochs=4, batch_size=32, verbose=0)
"""

FAILING = f"""
import os
API_KEY = "{SECRETS["layer"]}"
raise RuntimeError(
    "cannot open " + os.path.abspath("data.csv") + " nor /srv/{SECRETS["path with blanks"]}/b.csv for "
    + os.environ["USER"] + " with postgres://app:{SECRETS["URL"]}@{SECRETS["database"]}/x, "
    + API_KEY + ", {SECRETS["JWT"]}, {SECRETS["email"]}"
)
"""


def environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "USER": SECRETS["user"],
        "LOGNAME": SECRETS["user"],
        "HOME": str(home),
        "HOSTNAME": SECRETS["host"],
        "AWS_SECRET_ACCESS_KEY": SECRETS["AWS secret"],
        "TF_HOME_TOKEN": SECRETS["environment"],
        "KERAS_DATA_DIR": f"/mnt/{SECRETS['environment path']}/data",
        "TF_REPORTS_TO": f"{SECRETS['environment address']}:2222",
    }


def program_in(folder: Path) -> Path:
    return folder / f"Project {SECRETS['folder']}" / "train.py"


def collected(folder: Path, source: str, *options: str) -> tuple[Path, str]:
    """A bundle collected with everything that may travel, and what the command told."""
    program = program_in(folder)
    program.parent.mkdir()
    program.write_text(source)
    (folder / SECRETS["user"]).mkdir()
    target = folder / "case.triage"
    return target, _collect(program, target, *options)[1]


def collected_only_to_see(target: Path, program: Path) -> tuple[str, str]:
    """What a preview shows, and what it tells."""
    return _collect(program, target, "--preview")


def _collect(program: Path, target: Path, *options: str) -> tuple[str, str]:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "assistant", "collect", "train.py", "-o", str(target)),
            *("--with-source", "--with-output", "--budget", "60", *options),
        ],
        cwd=program.parent,
        env=environment(program.parent.parent / SECRETS["user"]),
        capture_output=True,
        text=True,
        timeout=590,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {one.name for one in program.parent.iterdir()} <= {"train.py", "__pycache__"}
    return done.stdout, done.stderr


def content(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def leaked(bundle: Path) -> list[str]:
    """The secrets that stand in a bundle, packed or unpacked."""
    everything = b"\n".join([bundle.read_bytes(), *content(bundle).values()]).lower()
    return [name for name, secret in SECRETS.items() if secret.lower().encode() in everything]


def checked_without_tensorflow(bundle: Path) -> dict[str, Any]:
    """The report of ``check`` in a process in which nothing of TensorFlow or Keras can be imported."""
    program = (
        "import sys\n"
        "class Blocked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('tensorflow', 'keras'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Blocked())\n"
        "from assistant.__main__ import main\n"
        "sys.exit(main(['check', 'case.triage', '--format', 'json', '--store', 'desk.db']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=bundle.parent,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_a_case_with_secrets_travels_without_them_and_is_judged_alike(tmp_path: Path) -> None:
    bundle, told = collected(tmp_path, SCRIPT, "--", "--password", SECRETS["argument"])
    assert leaked(bundle) == []
    parts = content(bundle)
    manifest, measurements = json.loads(parts["manifest.json"]), json.loads(parts["measurements.json"])
    assert {"path", "user", "token", "email", "host", "credentials", "address"} <= set(manifest["redacted"])
    assert b"SGD(300.0)" in parts["case.json"]
    assert b"reading [path" in parts["output.json"]
    assert any(one["probe"] == "recorded_run" and one["measurement"] for one in measurements["measured"])

    report = checked_without_tensorflow(bundle)
    assert report["status"] == "diagnosed"
    # The last line but what is told of the file is the outcome of the same walk where the program is.
    assert report["text"] in told
    assert report["causes"][0]["id"] == "lr_too_high"
    assert any(one["line"] for one in report["causes"][0]["locations"])
    assert report["patch"] == json.loads(parts["patches.json"])["combined"]
    assert report["ask_user"] is None


def test_an_exception_with_secrets_travels_without_them(tmp_path: Path) -> None:
    bundle, told = collected(tmp_path, FAILING)
    assert leaked(bundle) == []
    shown, _ = collected_only_to_see(bundle.with_name("none.triage"), program_in(tmp_path))
    assert [name for name, secret in SECRETS.items() if secret.lower() in shown.lower()] == []
    assert "RuntimeError" in shown
    assert not bundle.with_name("none.triage").exists()
    report = checked_without_tensorflow(bundle)
    assert report["status"] in ("program_failed", "diagnosed")
    assert report["case"]["failure"]["type"] == "RuntimeError"
    assert "cannot open data.csv nor [path 1] for [user 1] with postgres://[credentials 1]@[host 1]/x" in report["text"]
    assert "RuntimeError" in told
