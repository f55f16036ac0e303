"""What Keras itself refuses about the data of a call before its first step, found without taking that step."""

from __future__ import annotations

from types import GeneratorType
from typing import Any

from .holding import FitCall


def check_arguments(call: FitCall) -> None:
    """Let Keras look at arrays and datasets as ``fit`` does; streams that would be read by that are left alone.

    Raises:
        Exception: whatever Keras raises: lengths that differ, types it does not know, weights for missing classes.
    """
    if call.method != "fit":
        return
    given = call.arguments
    x, y, weights = (given.get(name) for name in ("x", "y", "sample_weight"))
    validation = given.get("validation_data")
    if given.get("validation_split") and validation is None:
        from keras.src.trainers.data_adapters import array_slicing

        (x, y, weights), validation = array_slicing.train_validation_split(
            (x, y, weights), validation_split=given["validation_split"]
        )
    _adapt(x, y, weights, given.get("class_weight"), given)
    if validation is not None:
        from keras.src.trainers.data_adapters import data_adapter_utils

        x, y, weights = data_adapter_utils.unpack_x_y_sample_weight(validation)
        _adapt(x, y, weights, None, given)


def _adapt(x: Any, y: Any, weights: Any, class_weight: Any, given: Any) -> None:
    import keras
    from keras.src.trainers import data_adapters

    if isinstance(x, (GeneratorType, keras.utils.PyDataset)) or hasattr(x, "__next__"):
        return
    data_adapters.get_data_adapter(
        x,
        y,
        sample_weight=weights,
        batch_size=given.get("batch_size"),
        steps_per_epoch=given.get("steps_per_epoch"),
        shuffle=False,
        class_weight=class_weight,
    )
