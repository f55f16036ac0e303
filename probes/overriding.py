"""What a model class brings anew of Keras' own methods."""

from __future__ import annotations

from typing import Any


def overrides(model: Any, name: str = "train_step") -> bool:
    """Whether the model brings a method of Keras' own anew, its training step unless another is named."""
    import keras

    return getattr(type(model), name, None) is not getattr(keras.Model, name, None)
