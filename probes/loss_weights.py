"""How much the loss of each output counts."""

from __future__ import annotations

from typing import Any


def loss_weights(model: Any) -> tuple[float, ...]:
    """`compile`'s loss weights, in the order in which they were given; empty where none were."""
    given = getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)
    if given is None:
        return ()
    values = given.values() if isinstance(given, dict) else given if isinstance(given, (list, tuple)) else [given]
    return tuple(float(one) for one in values if isinstance(one, (int, float)))
