"""Rows that hold values which are not finite: taken out, or filled with what is usual."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...recording import Recorded
from ...structures import leaves
from ..arm import Arm
from ..reshaping import as_arrays, map_inputs, rows
from ..treating import NotApplicable, Parameters, treatment

FEW = 0.1
"""Share of bad rows up to which they are taken out; where there are more, inputs are filled."""


@treatment("drop_bad_rows", title="No values that are not finite", stage="data", measured=True)
def drop_bad_rows(arm: Arm, parameters: Parameters) -> Parameters:
    """Take out rows with NaN or infinite values; where they are many, fill inputs with the feature's median.

    Validation inputs are filled, so that the same rows are scored; rows whose target is bad are taken out.
    """
    train = as_arrays(arm.train)
    inputs, targets = _bad(train.x, train.rows), _bad(train.y, train.rows)
    if not inputs.any() and not targets.any():
        raise NotApplicable("every value of inputs and targets is finite")
    return _mend(arm, train, inputs, targets, fill=bool(inputs.mean() > FEW or (inputs | targets).all()))


@treatment("impute_inputs", title="Missing inputs filled with the usual value", stage="data", measured=True)
def impute_inputs(arm: Arm, parameters: Parameters) -> Parameters:
    """Fill inputs that are NaN or infinite with the feature's median over the training rows; no row is lost.

    Rows whose target is bad are taken out all the same.
    """
    train = as_arrays(arm.train)
    inputs, targets = _bad(train.x, train.rows), _bad(train.y, train.rows)
    if not inputs.any():
        raise NotApplicable("every value of the inputs is finite")
    return _mend(arm, train, inputs, targets, fill=True)


def _mend(
    arm: Arm, train: Recorded, inputs: NDArray[np.bool_], targets: NDArray[np.bool_], *, fill: bool
) -> Parameters:
    medians = [_medians(np.asarray(one)) for one in leaves(train.x)]
    keep = ~targets if fill else ~(inputs | targets)
    if keep.sum() < 2:
        raise NotApplicable("hardly any row has a finite target")
    kept = rows(train, np.flatnonzero(keep))
    filled = map_inputs(kept, lambda place, array: _filled(array, medians[place]))
    assert filled is not None
    arm.set_data(filled, _mended(arm.validation, medians))
    return {"method": "fill with the median" if fill else "drop rows", "bad_rows": int((inputs | targets).sum())}


def _mended(validation: Recorded | None, medians: list[Any]) -> Recorded | None:
    if validation is None:
        return None
    filled = map_inputs(validation, lambda place, array: _filled(array, medians[place]))
    assert filled is not None
    bad = _bad(filled.y, filled.rows)
    return rows(as_arrays(filled), np.flatnonzero(~bad)) if bad.any() else filled


def _bad(structure: Any, count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    for one in leaves(structure) if structure is not None else ():
        array = np.asarray(one)
        if array.dtype.kind == "f" and len(array) == count:
            found |= ~np.isfinite(array.reshape(count, -1)).all(axis=1)
    return found


def _medians(array: NDArray[Any]) -> Any:
    if array.dtype.kind != "f":
        return 0.0
    values = np.where(np.isfinite(array), array, np.nan)
    return np.nan_to_num(np.nanmedian(values, axis=0))


def _filled(array: NDArray[Any], medians: Any) -> NDArray[Any]:
    if array.dtype.kind != "f":
        return array
    return np.where(np.isfinite(array), array, medians).astype(array.dtype)
