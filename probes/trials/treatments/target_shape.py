"""Targets of the shape of the predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...scoring import predict
from ...tasks import target_of
from ..arm import Arm
from ..reshaping import map_targets
from ..treating import NotApplicable, Parameters, treatment

LOOKED_AT = 8


@treatment("match_target_shape", title="Targets of the shape of the predictions", stage="data", measured=True)
def match_target_shape(arm: Arm, parameters: Parameters) -> Parameters:
    """Give targets (N,) the shape (N, 1) where predictions have it, or the other way round.

    The losses of Keras do so by themselves; there the training is the same to the last digit.
    """
    sample = arm.train.sample(LOOKED_AT)
    predicted = predict(arm.derived(), sample)
    added, taken = set(), set()
    for output, given in zip(arm.outputs, predicted, strict=False):
        target = target_of(output, sample)
        if target.ndim == given.ndim - 1 and given.shape[-1] == 1 and given.shape[:-1] == target.shape:
            added.add(output.position)
        elif target.ndim == given.ndim + 1 and target.shape[-1] == 1 and target.shape[:-1] == given.shape:
            taken.add(output.position)
    if not added | taken:
        raise NotApplicable("targets and predictions have the same shape")

    def change(leaf: int, array: NDArray[Any]) -> NDArray[Any]:
        return array[..., np.newaxis] if leaf in added else array[..., 0] if leaf in taken else array

    train, validation = map_targets(arm.train, change), map_targets(arm.validation, change)
    assert train is not None
    arm.set_data(train, validation)
    return {"axis": "added" if added else "taken"}
