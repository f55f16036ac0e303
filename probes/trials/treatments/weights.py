"""Weights of classes in the loss."""

from __future__ import annotations

import dataclasses

import numpy as np

from ...tasks import class_ids, target_of
from ..arm import Arm
from ..treating import NotApplicable, Parameters, treatment

UNEVEN = 1.5
"""The commonest class over the rarest, below which weights would change nothing."""


@treatment("set_class_weight", title="Classes weighed by their rarity", stage="fit", measured=True)
def set_class_weight(arm: Arm, parameters: Parameters) -> Parameters:
    """Weigh every class by rows / (classes * its rows), so that each counts the same in the loss."""
    tasks = arm.outputs
    if len(tasks) != 1 or tasks[0].kind not in ("binary", "multiclass"):
        raise NotApplicable("the model does not tell classes apart with a single output")
    if arm.train.weights is not None:
        raise NotApplicable("the program weighs every sample itself")
    ids = class_ids(tasks[0], target_of(tasks[0], arm.train.sample(10**7)))
    known, counts = np.unique(ids, return_counts=True)
    if len(known) < 2 or counts.max() / counts.min() < UNEVEN:
        raise NotApplicable("the classes are about equally frequent")
    weights = {int(one): float(len(ids) / (len(known) * count)) for one, count in zip(known, counts, strict=True)}
    if arm.fit.class_weight is not None and _alike(weights, dict(arm.fit.class_weight)):
        raise NotApplicable("the classes are weighed by their rarity already")
    arm.fit = dataclasses.replace(arm.fit, class_weight=weights)
    return {"class_weight": ", ".join(f"{name}: {one:.3g}" for name, one in list(weights.items())[:12])}


def _alike(one: dict[int, float], other: dict[int, float]) -> bool:
    if set(one) != set(other):
        return False
    ratios = np.asarray([one[name] / max(other[name], 1e-12) for name in one])
    return bool(ratios.max() / ratios.min() < UNEVEN)


@treatment("drop_class_weight", title="No weights of classes", stage="fit")
def drop_class_weight(arm: Arm, parameters: Parameters) -> Parameters:
    """Train without the weights that ``fit`` was given for classes or samples, or ``compile`` for outputs."""
    if arm.fit.class_weight is None and arm.train.weights is None:
        return _drop_loss_weights(arm)
    arm.fit = dataclasses.replace(arm.fit, class_weight=None)
    batches = tuple(dataclasses.replace(one, weights=None) for one in arm.train.batches)
    arm.set_data(dataclasses.replace(arm.train, weights=None, batches=batches), arm.validation)
    return {"removed": "class_weight"}


def _drop_loss_weights(arm: Arm) -> Parameters:
    from keras.src.trainers.compile_utils import CompileLoss

    model = arm.model
    if getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None) is None:
        raise NotApplicable("`fit` and `compile` are given no weights")
    even = CompileLoss(model.loss, None, output_names=getattr(model, "output_names", None))
    arm.set(model, "_compile_loss", even)
    return {"removed": "loss_weights"}
