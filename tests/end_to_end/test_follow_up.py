"""A user's next program comes back: the remedy is in it, or it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant import bundled
from assistant.events import FollowedUp
from assistant.session.model import DeskStatus, OpenedWith
from assistant.session.store import Store
from tests.assistant.kept_sessions import events_of

pytestmark = [pytest.mark.keras, pytest.mark.slow]

REPAIR = (
    (
        "model = keras.Sequential(",
        "normalize = layers.Normalization()\nnormalize.adapt(table)\nmodel = keras.Sequential(",
    ),
    ("layers.Input((4,)),", "layers.Input((4,)),\n        normalize,"),
    ("learning_rate=0.01", "learning_rate=0.1"),
    ("epochs=10", "epochs=40"),
)


def test_a_repaired_program_closes_the_session(tmp_path: Path) -> None:
    source = next(one.source for one in bundled.demos() if one.name == "house_prices")
    for old, new in REPAIR:
        assert old in source
        source = source.replace(old, new, 1)
    program = tmp_path / "next" / "house_prices.py"
    program.parent.mkdir()
    program.write_text(source)
    url = str(tmp_path / "s.db")
    with Store(url) as store:
        parent = store.begin(OpenedWith(program="/gone/house_prices.py", trials=False), "v1")
        for event in events_of("house_prices"):
            parent.append(event)
        parent.release()
        store.desk.rename(parent.id, "Ticket 12")
        store.desk.set_status(parent.id, DeskStatus.WAITING_FOR_USER)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "assistant", "follow-up", parent.id, str(program)),
            "--format",
            "json",
            "--store",
            url,
        ],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=590,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "worked"
    assert found["before"]["symptom"] == "loss_nan"
    assert found["now"]["symptom"] == "none"
    assert found["gone"]
    assert found["changed"]["epochs"] == ["10", "40"]
    assert found["report"]["status"] == "healthy"
    assert found["now"]["figures"]["R2, validation"] > 0.5
    with Store(url) as store:
        after, new = store.info(parent.id), store.info(found["session"])
        assert (after.status, new.status) == (DeskStatus.RESOLVED, DeskStatus.RESOLVED)
        assert (new.parent, new.relation, new.name) == (parent.id, "follow_up", "Ticket 12")
        assert (after.holder, new.holder) == (None, None)
        recorded = store.open(parent.id).events[-1]
    assert isinstance(recorded, FollowedUp)
    assert (recorded.session, recorded.verdict, recorded.program) == (new.id, "worked", "house_prices.py")
