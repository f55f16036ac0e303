"""What each row counts in the loss."""

from __future__ import annotations

import numpy as np
import pytest

from probes.recording import Batch
from probes.row_weights import negative_share


@pytest.mark.parametrize(
    ("weights", "share"), [(None, 0.0), ([1.0, 0.0, 2.0, 1.0], 0.0), ([0.5, -0.5, -0.1, 0.3], 0.5), ([], 0.0)]
)
def test_rows_that_are_to_be_made_less_likely(weights: list[float] | None, share: float) -> None:
    given = None if weights is None else np.asarray(weights)
    assert negative_share(Batch(np.zeros((4, 2)), np.zeros(4), given)) == share
