"""Samples that a reshape tore apart."""

from __future__ import annotations

import numpy as np

from tests.probes.making import LIVE, binary, compiled, make_case, measured, net, table

pytestmark = LIVE


def test_a_reshape_in_place_of_a_transposition() -> None:
    whole, y = table(600), binary(600)
    torn = np.ascontiguousarray(whole.T).reshape(600, 6)
    case = make_case(compiled(net(1, "sigmoid"), "adam", "binary_crossentropy"), torn, y, validation_split=0.2)
    other = whole.reshape(6, 600).T
    for one in (case, make_case(compiled(net(1, "sigmoid"), "adam", "binary_crossentropy"), other, y)):
        found = measured(one, "torn_rows")
        assert found["skill"] < 0.3
        assert found["gain"] > 0.5


def test_whole_samples_and_labels_that_were_dealt_out() -> None:
    model = compiled(net(1, "sigmoid"), "adam", "binary_crossentropy")
    assert measured(make_case(model, table(600), binary(600)), "torn_rows")["gain"] == 0
    dealt = np.random.default_rng(5).permutation(binary(600))
    assert measured(make_case(model, table(600), dealt), "torn_rows")["gain"] < 0.3
