"""What a program does that cannot be examined: said in one sentence, where nothing useful could be found."""

from __future__ import annotations

import sys
from typing import Any

GRAPHS_ONLY = (
    "The program switches TensorFlow's eager execution off (`disable_eager_execution` or `disable_v2_behavior`), "
    "and Keras 3 does not train without it; remove that line."
)


def graphs_only() -> bool:
    """Whether the program left TensorFlow in the mode of its first version."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and not tensorflow.executing_eagerly()


def refusal(model: Any) -> str | None:
    """Why a training cannot be examined; None where it can be."""
    if graphs_only():
        return GRAPHS_ONLY
    strategy = getattr(model, "distribute_strategy", None)
    replicas = int(getattr(strategy, "num_replicas_in_sync", 1))
    if replicas > 1:
        return (
            f"The program trains under {type(strategy).__name__} on {replicas} replicas, and only a training on one "
            "device is examined; take the strategy out, or let it see one device."
        )
    return None
