"""The compiled losses: which one each output has, what it is called, and what it was told of its predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def loss_name(loss: Any) -> str:
    """Keras' snake-case name of a loss given as a string, a function or an object; empty for none."""
    import keras

    if loss is None:
        return ""
    if isinstance(loss, str):
        try:
            loss = keras.losses.get(loss)
        except ValueError:
            return str(loss)
    name = str(getattr(loss, "__name__", "") or type(loss).__name__)
    return (
        "".join(
            ("_" if place and letter.isupper() and not name[place - 1].isupper() else "") + letter.lower()
            for place, letter in enumerate(name)
        )
        .replace("k_l_", "kl_")
        .replace("kldivergence", "kl_divergence")
    )


def logits_expected(loss: Any) -> bool:
    """Whether a loss object was told ``from_logits=True``; functions and strings never are."""
    arguments = getattr(loss, "_fn_kwargs", None) or {}
    return bool(arguments.get("from_logits", getattr(loss, "from_logits", False)))


def losses_of(model: Any, names: Sequence[str]) -> list[Any]:
    """The compiled loss of each output, in order of these names; None for an output that has none."""
    given = getattr(model, "loss", None) if getattr(model, "compiled", False) else None
    if isinstance(given, dict):
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        return [given[place] if place < len(given) else None for place in range(len(names))]
    return [given] * len(names)
