"""What task targets and loss name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from probes.tasks import class_ids, constant_loss, outputs, target_of
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


SMOOTHED = np.eye(3)[np.arange(90) % 3] * 0.9 + 0.1 / 3
NUMBERS = np.random.default_rng(1).normal(size=(90, 3))


@pytest.mark.parametrize(
    ("target", "loss", "metrics", "kind", "encoding"),
    [
        (SMOOTHED, "categorical_crossentropy", [], "multiclass", "shares"),
        (SMOOTHED, "kl_divergence", [], "multiclass", "shares"),
        (np.full((90, 3), 1 / 3), "kl_divergence", [], "regression", "shares"),
        (NUMBERS, "categorical_crossentropy", [], "regression", "floats"),
        (np.abs(NUMBERS), "categorical_crossentropy", ["accuracy"], "regression", "floats"),
        (SMOOTHED[:, 0], "binary_crossentropy", ["accuracy"], "binary", "shares"),
        (SMOOTHED * 0.5, "binary_crossentropy", ["accuracy"], "multilabel", "floats"),
        (SMOOTHED, "binary_crossentropy", ["accuracy"], "multiclass", "shares"),
        (SMOOTHED.round(2), "categorical_crossentropy", [], "multiclass", "shares"),
        (NUMBERS * (np.arange(3) == np.arange(90)[:, None] % 3), "categorical_crossentropy", [], "none", "floats"),
        (SMOOTHED[:, 0], "binary_crossentropy", [], "regression", "floats"),
    ],
)
def test_shares_of_classes_and_quantities_under_a_cross_entropy(
    target: Any, loss: str, metrics: list[str], kind: str, encoding: str
) -> None:
    units = target.shape[1] if target.ndim > 1 else 1
    x = np.random.default_rng(2).normal(size=(90, 5))
    case = make_case(compiled(net(units, width=5), "adam", loss, metrics=metrics), x, target.astype("float32"))
    found = outputs(case)[0]
    assert (found.kind, found.encoding) == (kind, encoding)
    if kind in ("binary", "multiclass") and loss != "binary_crossentropy":
        ids = class_ids(found, target_of(found, case.train.sample(90)))
        assert len(ids) == 90
        assert set(ids) == set(range(found.classes))
    if encoding == "shares" and units > 1 and loss != "binary_crossentropy":
        # Of rows that are shared out evenly there is nothing to be learnt.
        own = float(-(target[0] * np.log(target[0])).sum())
        wanted = np.nan if kind == "regression" else np.log(3) - own * (loss == "kl_divergence")
        assert constant_loss(found, target) == pytest.approx(wanted, abs=2e-3, nan_ok=True)
        a_step = np.repeat(target[:, None], 4, axis=1)
        assert constant_loss(found, a_step) == pytest.approx(wanted, abs=2e-3, nan_ok=True)
