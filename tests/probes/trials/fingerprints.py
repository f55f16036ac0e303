"""Everything of a case that a trial must leave as it was."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from probes.case import Case
from probes.keeping import live_variables


def fingerprint(case: Case) -> dict[str, Any]:
    """Values by name; two fingerprints of an unchanged case are equal."""
    import keras

    model = case.model
    found: dict[str, Any] = {f"variable {id(one)}": one.numpy().tobytes() for one in case.shared["watched"]}
    found |= {f"model.{name}": id(value) for name, value in vars(model).items()}
    for layer in model._flatten_layers():
        found |= {f"{layer.name}.{name}": _plain(value) for name, value in vars(layer).items()}
        for one in layer.weights:
            found[f"{layer.name}/{one.name}"] = (one.trainable, id(one.regularizer), id(one.constraint))
    found |= {f"optimizer.{name}": _plain(value) for name, value in vars(case.optimizer).items()}
    for place, callback in enumerate(case.fit.callbacks):
        found |= {f"callback {place}.{name}": repr(value) for name, value in vars(callback).items()}
    found["python"] = random.getstate()
    found["numpy"] = [one if not isinstance(one, np.ndarray) else one.tobytes() for one in np.random.get_state()]
    found["data"] = [np.asarray(one).tobytes() for one in (case.train.x, case.train.y)]
    found["policy"] = keras.config.dtype_policy().name
    return found


def watch(case: Case) -> None:
    """Note which variables exist, so that those which a trial makes and drops are not asked for."""
    case.shared["watched"] = list(live_variables())


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, str, bool, tuple, type(None))) else id(value)
