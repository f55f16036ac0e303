"""Training rows that vary: shifted, brightened, with a little noise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...structures import leaves
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment
from .inputs import is_tokens


@treatment("augment", title="Varied training pictures", stage="fit", yields_to=("set_learning_rate",))
def augment(arm: Arm, parameters: Parameters) -> Parameters:
    """Shift pictures by up to a tenth, and change their brightness by up to a tenth; validation rows stay as they are.

    Nothing is mirrored or turned: whether a mirrored picture is still of its class only a person knows.
    """
    sample = [np.asarray(one) for one in leaves(arm.train.sample(64).x)]
    chosen = {place for place, one in enumerate(sample) if one.ndim in (3, 4) and not is_tokens(one, arm)}
    chosen = {place for place in chosen if min(sample[place].shape[1:3]) >= 6}
    if not chosen:
        raise NotApplicable("no input is made of pictures")

    def change(arrays: list[Any], random: np.random.Generator) -> list[Any]:
        return [_varied(np.asarray(one), random) if place in chosen else one for place, one in enumerate(arrays)]

    arm.augment = change
    return {"shift": 0.1, "brightness": 0.1}


def _varied(pictures: NDArray[Any], random: np.random.Generator) -> NDArray[Any]:
    count, (height, width) = len(pictures), pictures.shape[1:3]
    down, right = max(1, round(0.1 * height)), max(1, round(0.1 * width))
    moved = pictures.astype("float32")
    rows = (np.arange(height)[None, :] + random.integers(-down, down + 1, count)[:, None]).clip(0, height - 1)
    columns = (np.arange(width)[None, :] + random.integers(-right, right + 1, count)[:, None]).clip(0, width - 1)
    moved = moved[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    factor = random.uniform(0.9, 1.1, (count, *[1] * (moved.ndim - 1))).astype("float32")
    return np.asarray(moved * factor, dtype="float32")
