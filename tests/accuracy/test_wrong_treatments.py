"""A handful of treatments that are wrong, forced on a faulty and on a healthy program."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shared_host import SharedHost, with_shared_host
from .wrong_treatments import Forced, Tally, force, injected, remedies, table


def test_what_is_right_is_never_forced(tmp_path: Path) -> None:
    right = remedies(("lr_too_high", "inputs_not_scaled"))
    assert {("set_learning_rate", "down"), "scale_inputs"} <= right
    faulty = Forced("one", tmp_path, "loss_flat", ("lr_too_high", "inputs_not_scaled"))
    wrong = faulty.wrong
    assert ("set_learning_rate", {"direction": "up"}) in wrong
    assert ("set_learning_rate", {"direction": "down"}) not in wrong
    assert "scale_inputs" not in {name for name, _ in wrong}
    healthy = Forced("two", tmp_path, "loss_flat", ())
    assert len(healthy.wrong) > len(wrong)


def test_a_false_proof_is_seen() -> None:
    printed = table([Tally("one", tried=3), Tally("two", tried=2, proven=["new_start {}: without 0.1; with 0.9"])])
    assert "FALSE PROOF new_start" in printed
    assert printed.splitlines()[-1].split() == ["all", "5", "1"]


@pytest.mark.keras
@pytest.mark.slow
def test_a_handful_of_wrong_treatments_proves_nothing(tmp_path: Path) -> None:
    programs = list(injected(tmp_path, faulty=1, healthy=1))

    async def work(host: SharedHost) -> list[Tally]:
        return [await force(host, one, most=5, seconds=5.0) for one in programs]

    tallies = with_shared_host(work)
    assert not [one.trouble for one in tallies if one.trouble]
    assert [one.tried for one in tallies] == [5, 5]
    assert not [line for one in tallies for line in one.proven]
