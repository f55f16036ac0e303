"""When a treatment proves nothing because a more specific one was tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .bench import Known
from .treating import Treatment
from .verdict import AS_WELL, HALF


def yields(
    carried_out: Sequence[Treatment],
    on_trial: Sequence[Treatment],
    control: Sequence[float],
    treated: Sequence[float],
    known: Sequence[Known],
) -> str:
    """Why treatments that would be proven yield to one of those known, in words; empty where they do not.

    A broad treatment may walk round a measured defect instead of remedying it, as Adam does round gradients that are
    clipped to nothing: where the remedy of that defect goes half of the way, the broad one proves nothing.

    Args:
        carried_out: all that the treated arms got.
        on_trial: of these what the untreated arms did not get.
        control, treated: scores of the arms.
        known: what treatments of this case came to so far.
    """
    mine = float(np.mean(treated))
    rise = mine - float(np.mean(control))
    broad = any(one.broad for one in on_trial)
    for other in known:
        if {one.id for one in carried_out} & set(other.treatments):
            continue
        if other.gone and other.mean >= mine - AS_WELL and _comes_before(other, on_trial, broad):
            return f"a more specific treatment does as well: {other.treatments[0]}"
        if broad and other.measured and other.rise >= HALF * rise:
            return f"a more specific treatment goes half of the way by itself: {other.treatments[0]}"
    return ""


def _comes_before(other: Known, on_trial: Sequence[Treatment], broad: bool) -> bool:
    measured = all(one.measured for one in on_trial)
    named = {name for one in on_trial for name in one.yields_to}
    return (broad and other.specific) or (other.measured and not measured) or set(other.treatments) <= named
