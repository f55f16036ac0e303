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
    strategy = type(getattr(model, "distribute_strategy", None)).__name__
    if strategy.endswith("Strategy") and "Default" not in strategy:
        return (
            f"The program trains under `{strategy}`, and only a training without a distribution strategy is examined; "
            "take its `scope()` out to have this one examined."
        )
    return None
