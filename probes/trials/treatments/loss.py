"""The loss: the one that the task wants, and whether it reads logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...scoring import predict
from ...tasks import Output
from ..anatomy import activation_name
from ..arm import Arm
from ..output_shape import output_layer, output_width
from ..treating import NotApplicable, Parameters, treatment

LOOKED_AT = 64
_CLASSES = {
    "sparse_crossentropy": "SparseCategoricalCrossentropy",
    "crossentropy": "CategoricalCrossentropy",
    "binary_crossentropy": "BinaryCrossentropy",
}


@treatment("set_loss", title="The loss that the task wants", stage="loss", measured=True)
def set_loss(arm: Arm, parameters: Parameters) -> Parameters:
    """Cross-entropy for classes, squared error for quantities, as targets and output layer are.

    The program would not feel it where its own step computes the loss; the first pair shows that.
    """
    said = []
    for output in arm.outputs:
        family = _fitting(output, output_width(arm, output))
        if family is None or family == output.family:
            continue
        logits = not gives_probabilities(arm, output)
        arm.set_loss(_loss(family, logits), output)
        said.append(
            f"{_CLASSES.get(family, 'MeanSquaredError')}{' of logits' if logits and family in _CLASSES else ''}"
        )
    if not said:
        raise NotApplicable("the loss fits the task")
    return {"loss": ", ".join(said)}


def _loss(family: str, logits: bool) -> Any:
    import keras

    if family in _CLASSES:
        return getattr(keras.losses, _CLASSES[family])(from_logits=logits)
    return keras.losses.MeanSquaredError()


def _fitting(output: Output, width: int | None) -> str | None:
    """The family of the fitting loss; None where the output's units can take none."""
    if output.kind in ("regression", "reconstruction"):
        kept = output.family == "absolute_error"
        return None if kept else "squared_error"
    if output.kind == "multilabel":
        return "binary_crossentropy"
    if output.kind == "none":
        return None
    if width == 1:
        fits = output.classes <= 2 and output.encoding in ("zero_one", "integers", "shares")
        return "binary_crossentropy" if fits else None
    if width is None or width < output.classes:
        return None
    return "crossentropy" if output.encoding in ("one_hot", "shares") else "sparse_crossentropy"


def gives_probabilities(arm: Arm, output: Output) -> bool:
    """Whether an output is made of probabilities: by its activation, else by its values on a few rows."""
    layer = output_layer(arm, output)
    name = None if layer is None else activation_name(layer)
    if name in ("softmax", "sigmoid", "hard_sigmoid"):
        return True
    if name == "linear":
        return False
    values = predict(arm.derived(), arm.train.sample(LOOKED_AT))[arm.outputs.index(output)]
    return bool(np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1)


@treatment("set_from_logits", title="A loss that reads the output as it is", stage="loss", measured=True)
def set_from_logits(arm: Arm, parameters: Parameters) -> Parameters:
    """Tell a cross-entropy whether the output is made of logits or of probabilities."""
    said = None
    for output in arm.outputs:
        if output.family not in _CLASSES:
            continue
        logits = not gives_probabilities(arm, output)
        if logits != output.from_logits:
            arm.set_loss(_told(arm, output, logits), output)
            said = logits
    if said is None:
        raise NotApplicable("no cross-entropy of Keras is told anything else than what the output gives")
    return {"from_logits": said}


def _told(arm: Arm, output: Output, logits: bool) -> Any:
    given = arm.model.loss
    if isinstance(given, dict):
        given = given.get(output.name)
    elif isinstance(given, (list, tuple)):
        given = given[arm.place_of(output)]
    config = given.get_config() if hasattr(given, "get_config") else {}
    kept = {name: config[name] for name in ("label_smoothing", "axis", "ignore_class") if config.get(name) is not None}
    import keras

    return getattr(keras.losses, _CLASSES[output.family])(from_logits=logits, **kept)
