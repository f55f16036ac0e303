"""What an answer weighs: bands of evidence as log-odds, by probe or by person."""

from __future__ import annotations

from typing import get_args

from knowledge_base.schema import Band, Weights

BANDS: tuple[Band, ...] = get_args(Band)
FOR: tuple[Band, ...] = ("decides", "strong", "weak")

_ONE_LESS: dict[Band, Band] = {"decides": "strong", "strong": "weak", "rules_out": "against"}


def weight(weights: Weights, band: Band, *, by_person: bool = False) -> float:
    """The log-odds that an answer adds to a cause.

    A person's answer counts one band less than a probe's: people look less closely than probes do. The outermost
    bands on the mild side have none below them and count half.
    """
    value = float(getattr(weights.bands, band))
    if not by_person:
        return value
    lower = _ONE_LESS.get(band)
    return float(getattr(weights.bands, lower)) if lower else value / 2


def speaks_for(band: Band) -> bool:
    """Whether a band makes a cause more likely."""
    return band in FOR
