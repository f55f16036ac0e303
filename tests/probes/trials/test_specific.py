"""Which treatments prove nothing because of others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from probes.trials.bench import Bench, Known
from probes.trials.specific import yields
from probes.trials.treating import treatments_of

CONTROL, TREATED = [0.1] * 4, [0.9] * 4


def why(treatment: str, *known: Known) -> str:
    tried = treatments_of([treatment])
    return yields(tried, tried, CONTROL, TREATED, known)


def came_to(treatment: str, mean: float, *, gone: bool) -> Known:
    one = treatments_of([treatment])[0]
    return Known((treatment,), mean, gone, not one.broad, one.measured, mean - 0.1)


@pytest.mark.parametrize(
    ("treatment", "other", "mean", "gone", "wanted"),
    [
        ("set_optimizer", "set_learning_rate", 0.85, True, "does as well"),
        ("set_optimizer", "set_learning_rate", 0.6, False, ""),
        ("set_optimizer", "unclip_gradients", 0.6, False, "half of the way"),
        ("set_optimizer", "unclip_gradients", 0.3, False, ""),
        ("set_learning_rate", "unclip_gradients", 0.6, False, ""),
        ("set_learning_rate", "unclip_gradients", 0.85, True, "does as well"),
        ("unclip_gradients", "set_optimizer", 0.9, True, ""),
        ("set_optimizer", "set_optimizer", 0.9, True, ""),
    ],
)
def test_what_yields_to_what(treatment: str, other: str, mean: float, gone: bool, wanted: str) -> None:
    found = why(treatment, came_to(other, mean, gone=gone))
    assert (wanted in found) if wanted else not found


def test_one_pair_counts_until_several_were_run() -> None:
    bench = cast("Any", SimpleNamespace(known=[]))
    rate = treatments_of(["set_learning_rate"])
    for treated, gone, wanted in [
        ([0.95], True, 0.95),
        ([0.9, 0.3], False, 0.6),
        ([0.99], True, 0.99),
        ([0.8] * 4, True, 0.8),
    ]:
        Bench.remember(bench, rate, treated, [0.1] * len(treated), gone)
        assert [(one.gone, one.mean) for one in bench.known] == [(gone, pytest.approx(wanted))]
    Bench.remember(bench, rate, [0.7] * 4, CONTROL, True)
    assert bench.known[0].mean == pytest.approx(0.8), "of several trials with other parameters the best"
