"""The fixed small slice of injected faults, examined from one host."""

from pathlib import Path

import pytest

from .generate import labelled_programs, slice_ids
from .score import by_shared_host


@pytest.mark.keras
@pytest.mark.slow
def test_the_small_slice_is_diagnosed_without_a_false_alarm(tmp_path: Path) -> None:
    judged = by_shared_host(labelled_programs(only=slice_ids("small")), tmp_path, jobs=1, timeout=300.0)
    assert not [one.id for one in judged if one.error]
    assert not [one.id for one in judged if one.alarm]
    assert not [one.id for one in judged if one.false_proofs]
    assert not [one.id for one in judged if one.exit_wrong]
    missed = [(one.id, one.first) for one in judged if one.faulty and not one.top1]
    assert len(missed) <= 1, missed
