"""Every probe leaves the case bit for bit as it was, and training goes on as if no probe had been there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from probes.case import Case
from probes.catalogue import catalogue
from probes.dynamics import one_batch
from probes.keeping import live_variables
from probes.measuring import run_probe

from .making import LIVE, binary, clean, make_case, quantity, table, travels
from .odd_programs import subclassed

pytestmark = LIVE

PROBES = [name for name, probe in catalogue().items() if "failure" not in probe.needs]


def sequential() -> tuple[Any, dict[str, Any]]:
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model, {"x": table(), "y": binary(), "validation_split": 0.25}


def two_in_two_out() -> tuple[Any, dict[str, Any]]:
    import keras
    from keras import layers

    first, second = keras.Input((6,)), keras.Input((2,))
    hidden = layers.GaussianNoise(0.1)(layers.Concatenate()([layers.Dense(4, activation="tanh")(first), second]))
    outputs = [layers.Dense(1, name="price")(hidden), layers.Dense(1, activation="sigmoid", name="sold")(hidden)]
    model = keras.Model([first, second], outputs)
    model.layers[1].trainable = False
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), ["mse", "binary_crossentropy"], metrics=["mae", "accuracy"])
    return model, {"x": [table(), table()[:, :2]], "y": [quantity(), binary()]}


def own_step() -> tuple[Any, dict[str, Any]]:
    model = subclassed(own_step=True)
    model.compile(optimizer="rmsprop")
    return model, {"x": table(), "y": quantity()}


def fed_by_dataset() -> tuple[Any, dict[str, Any]]:
    import keras
    import tensorflow as tf
    from keras import layers

    data = tf.data.Dataset.from_tensor_slices((table(), quantity())).batch(12)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(4, "relu"), layers.Dropout(0.2), layers.Dense(1)])
    model.compile("nadam", "mse")
    return model, {"x": data, "validation_data": data, "shuffle": False}


MODELS: list[Callable[[], tuple[Any, dict[str, Any]]]] = [sequential, two_in_two_out, own_step, fed_by_dataset]


@dataclass
class Watched:
    case: Case
    arguments: dict[str, Any]
    callbacks: list[Any]
    untouched: list[Any]
    folder: Path


def begin(make: Callable[[], tuple[Any, dict[str, Any]]], folder: Path) -> tuple[Any, dict[str, Any], list[Any]]:
    """A model that has begun to train, so that there is a state that could be lost."""
    import keras

    clean()
    keras.utils.set_random_seed(11)
    model, arguments = make()
    callbacks = [
        keras.callbacks.EarlyStopping("loss", patience=3, restore_best_weights=True),
        keras.callbacks.ReduceLROnPlateau("loss", patience=1),
        keras.callbacks.ModelCheckpoint(folder / "best.keras", "loss"),
    ]
    model.fit(**arguments, epochs=1, verbose=0, callbacks=callbacks[:2])
    return model, arguments, callbacks


def go_on(model: Any, arguments: dict[str, Any]) -> list[Any]:
    """Three more epochs: weights, losses, and what every generator of random numbers gives next."""
    import keras
    import tensorflow as tf

    history = model.fit(**arguments, epochs=3, verbose=0).history
    drawn = [random.random(), np.random.random(), float(tf.random.normal(())), float(keras.random.normal(()))]
    return [*(one.numpy() for one in model.variables), *(np.asarray(one) for one in history.values()), drawn]


@pytest.fixture(scope="module", params=MODELS, ids=lambda make: make.__name__)
def watched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("files")
    untouched = go_on(*begin(request.param, folder)[:2])
    model, arguments, callbacks = begin(request.param, folder)
    case = make_case(model, **arguments, epochs=3, callbacks=callbacks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_batch, "STEPS", 12)
        yield Watched(case, arguments, callbacks, untouched, folder)
    clean()


def state(watched: Watched) -> dict[str, Any]:
    """Everything that must not change, as plain values."""
    import tensorflow as tf
    from keras.src.backend.common import global_state
    from tensorflow.python.eager import context

    model, tracked = watched.case.model, vars(global_state.GLOBAL_STATE_TRACKER)
    functions = ("train_function", "test_function", "predict_function", "stop_training", "history", "train_step")
    return {
        "variables": {id(one): one.numpy() for one in live_variables()},
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "tensorflow": (context.context()._seed, context.context()._rng.getstate()),
        "keras": (tracked.get("global_random_seed"), id(tracked.get("global_seed_generator"))),
        "trainable": [(one.name, one.trainable) for one in model._flatten_layers()],
        "attributes": {name: id(vars(model).get(name)) for name in functions},
        "compiled": (id(model.optimizer), id(model.loss), model.run_eagerly, model.steps_per_execution),
        "callbacks": [{name: copied(value) for name, value in vars(one).items()} for one in watched.callbacks],
        "layer call": id(tf.keras.Layer.__call__) and id(type(model).__call__),
        "files": sorted(one.name for one in watched.folder.iterdir()),
    }


def copied(value: Any) -> Any:
    return [np.array(one) for one in value] if isinstance(value, list) else value


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two states differ; variables that are new or gone do not count."""
    if isinstance(before, dict):
        names = [name for name in before if name in after or "variables" not in path]
        return [one for name in names for one in differences(before[name], after.get(name), f"{path}/{name}")]
    if isinstance(before, (list, tuple)):
        if len(before) != len(after):
            return [path]
        return [
            one
            for place, (a, b) in enumerate(zip(before, after, strict=True))
            for one in differences(a, b, f"{path}/{place}")
        ]
    if isinstance(before, np.ndarray):
        return [] if before.dtype == after.dtype and before.tobytes() == after.tobytes() else [path]
    return [] if before is after or before == after else [path]


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_changes_nothing(watched: Watched, probe: str) -> None:
    before = state(watched)
    outcome = run_probe(watched.case, probe, 20.0)
    assert differences(before, state(watched)) == []
    assert "the probe failed" not in str(outcome["unknown"])
    if outcome["measurement"] is not None:
        travels(probe, outcome["measurement"])


def test_training_goes_on_as_if_no_probe_had_been_there(watched: Watched) -> None:
    for probe in PROBES:
        run_probe(watched.case, probe, 20.0)
    found = go_on(watched.case.model, watched.arguments)
    assert differences(watched.untouched, found) == []
