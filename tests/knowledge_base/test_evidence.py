from __future__ import annotations

import pytest

from knowledge_base.evidence import BANDS, speaks_for, weight
from knowledge_base.schema import Band
from tests.knowledge_base.samples import small


def test_bands_are_in_order() -> None:
    weights = [weight(small().weights, band) for band in BANDS]
    assert weights == sorted(weights, reverse=True)
    assert [speaks_for(band) for band in BANDS] == [one > 0 for one in weights]


@pytest.mark.parametrize(
    ("band", "wanted"), [("decides", 2.5), ("strong", 0.9), ("weak", 0.45), ("against", -0.75), ("rules_out", -1.5)]
)
def test_a_person_counts_one_band_less(band: Band, wanted: float) -> None:
    assert weight(small().weights, band, by_person=True) == wanted
