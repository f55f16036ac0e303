"""What task targets and loss name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.tasks import outputs
from tests.probes.making import LIVE, compiled, make_case, net, table

pytestmark = LIVE

ROWS = 300
RANDOM = np.random.default_rng(8)


@pytest.mark.parametrize(
    ("target", "metrics", "kind"),
    [
        (RANDOM.integers(0, 6, ROWS), ["accuracy"], "multiclass"),
        (RANDOM.integers(0, 6, ROWS), [], "regression"),
        # An accuracy asked for by habit makes no classes of counts, ages and prices.
        (np.arange(ROWS), ["accuracy"], "regression"),
        (RANDOM.integers(0, 120, ROWS), ["accuracy"], "regression"),
        (RANDOM.integers(1, 20, ROWS) * 10, ["accuracy"], "regression"),
        (1990 + RANDOM.integers(0, 12, ROWS), ["accuracy"], "multiclass"),
    ],
    ids=["ids", "few numbers", "each once", "ages", "tens", "years"],
)
def test_whole_numbers_under_a_loss_of_quantities(target: Any, metrics: list[str], kind: str) -> None:
    model = compiled(net(1), "adam", "mse", metrics=metrics)
    (found,) = outputs(make_case(model, table(ROWS), target.astype("float32")))
    assert found.kind == kind
