"""A longer training."""

from __future__ import annotations

from collections.abc import Sequence

from ..arm import Arm
from ..treating import Parameters, treatment

FACTORS = (3, 10)


def _factors(arm: Arm, parameters: Parameters) -> Sequence[Parameters]:
    if "epochs" in parameters:
        return (parameters,)
    return [{**parameters, "epochs": one * max(1, arm.fit.planned_epochs)} for one in FACTORS]


@treatment("more_epochs", title="More epochs", stage="fit", yields_to=("set_learning_rate",), candidates=_factors)
def more_epochs(arm: Arm, parameters: Parameters) -> Parameters:
    """Three or ten times the planned epochs; proves nothing where another learning rate gets there in time."""
    planned = max(1, arm.fit.planned_epochs)
    epochs = int(parameters.get("epochs") or FACTORS[0] * planned)
    arm.epochs_factor = epochs / planned
    return {"epochs": epochs, "epochs_before": planned}
