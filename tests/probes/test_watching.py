"""Which layers and weights of deep models are watched."""

from __future__ import annotations

import pytest

from probes.watching import evenly


@pytest.mark.parametrize(("count", "most"), [(0, 5), (5, 5), (6, 5), (159, 48), (1000, 96)])
def test_some_of_many(count: int, most: int) -> None:
    found = evenly(list(range(count)), most)
    assert len(found) == min(count, most)
    assert found == sorted(set(found))
    assert not count or (found[0], found[-1]) == (0, count - 1)
