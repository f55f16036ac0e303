"""A program is held inside its call of ``fit``, described, probed and closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support import OpenCase

pytestmark = pytest.mark.keras


def test_a_program_is_held_inside_fit(open_case: Callable[..., OpenCase]) -> None:
    case = open_case("mlp.py").case
    assert case.source == "mlp.py"
    assert case.failure is None
    assert case.fit_line == 12
    assert case.model is not None
    assert case.model.parameters == 8 * 16 + 16 + 16 * 2 + 2
    assert case.facts["learning_rate"] == 0.01
