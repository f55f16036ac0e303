"""A longer training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment

FACTORS = (3, 10)
QUANTITIES = ("regression", "reconstruction")


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


@treatment("more_patience", title="No early stopping", stage="fit", measured=True)
def more_patience(arm: Arm, parameters: Parameters) -> Parameters:
    """Train to the planned end, whatever would end it sooner.

    Where nothing ended it, the training is the same to the last digit.
    """
    stopping = [one for one in arm.callbacks if type(one).__name__ == "EarlyStopping"]
    if not stopping:
        raise NotApplicable("no callback of the program would end the training sooner")
    arm.callbacks = [one for one in arm.callbacks if one not in stopping]
    patience: dict[str, Any] = {"patience": max(10, arm.fit.planned_epochs // 4)}
    quantities = bool(arm.outputs) and all(one.kind in QUANTITIES for one in arm.outputs)
    if quantities and any(_watches_accuracy(one) for one in stopping):
        # It never improves, however long it is waited for.
        patience["monitor"] = "loss" if arm.validation is None else "val_loss"
    return patience


def _watches_accuracy(callback: Any) -> bool:
    return "acc" in str(getattr(callback, "monitor", ""))
