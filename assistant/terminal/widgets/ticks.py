"""Numbers beside the axes of a plot: few, round, evenly spaced."""

from __future__ import annotations

import math
from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Ticks:
    """What a plot asks for the ticks of an axis; stands in the place of the plotting library's formatters.

    Attributes:
        most: ticks on the axis.
        powers: whether the axis holds powers of ten, whose numbers stand beside it then.
    """

    most: int
    powers: bool = False

    def get_ticks_and_labels(self, min_: float, max_: float, max_ticks: int = 0) -> tuple[list[float], list[str]]:
        """Places on the axis with their numbers."""
        ticks = self._places(min_, max_)
        return ticks, [f"{10**tick if self.powers else tick:.4g}" for tick in ticks]

    def _places(self, low: float, high: float) -> list[float]:
        span = high - low
        if not math.isfinite(span) or span <= 0:
            return [low]
        if self.powers and span < 1:
            within = (math.log10(one) + power for power in range(math.floor(low), math.ceil(high)) for one in STEPS[:3])
            return [one for one in within if low <= one <= high][: self.most]
        step = max(_step(span, self.most), 1.0 if self.powers else 0.0)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        # Whole multiples, so that zero is zero and no rest of a division is written out.
        return [place * step if place else 0.0 for place in range(first, last + 1)]


def _step(span: float, most: int) -> float:
    """The smallest round step that needs no more ticks than this."""
    power = 10.0 ** math.floor(math.log10(span / most))
    return next((one * power for one in STEPS if span / (one * power) <= most), 10 * power)
