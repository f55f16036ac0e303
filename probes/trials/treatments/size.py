"""More or fewer units and layers, and a flat vector for the dense layers."""

from __future__ import annotations

from typing import Any

from ..anatomy import flat_layers, kind, last_weights
from ..arm import Arm
from ..rebuilding import chain, copy_of, rebuild
from ..treating import NotApplicable, Parameters, treatment

SIMPLER = ("set_learning_rate", "more_epochs", "use_keras_step")
"""What would do as well were the training merely too slow, or left part of the weights as they started."""

_UNITS = ("units", "filters")
FEWEST, MOST = 4, 1024


def _sized(arm: Arm) -> list[tuple[Any, str, int]]:
    """Hidden layers with the attribute that says how many units they have."""
    last = last_weights(arm.model)
    found = []
    for layer in flat_layers(arm.model):
        for name in _UNITS:
            if id(layer) not in last and isinstance(getattr(layer, name, None), int):
                found.append((layer, name, int(getattr(layer, name))))
    return found


def _resize(arm: Arm, sizes: dict[int, tuple[str, int]]) -> None:
    if not sizes:
        raise NotApplicable("no hidden layer would change")
    rebuild(arm, lambda one: copy_of(one, **{sizes[id(one)][0]: sizes[id(one)][1]}) if id(one) in sizes else None)


@treatment(
    "more_units",
    title="More units in the hidden layers",
    stage="architecture",
    yields_to=SIMPLER,
)
def more_units(arm: Arm, parameters: Parameters) -> Parameters:
    """Four times the units of every hidden layer, at least 64 and at most 1,024."""
    factor = float(parameters.get("units_factor", 4.0))
    sizes = {
        id(one): (name, min(MOST, max(64, int(factor * units)))) for one, name, units in _sized(arm) if units < 256
    }
    _resize(arm, sizes)
    return {"units_factor": factor, "units": max(size for _, size in sizes.values())}


@treatment(
    "fewer_units",
    title="Fewer units in the hidden layers",
    stage="architecture",
    yields_to=SIMPLER,
)
def fewer_units(arm: Arm, parameters: Parameters) -> Parameters:
    """A quarter of the units of every hidden layer of more than 16."""
    factor = float(parameters.get("units_factor", 0.25))
    sizes = {id(one): (name, max(FEWEST, int(factor * units))) for one, name, units in _sized(arm) if units > 16}
    _resize(arm, sizes)
    return {"units_factor": factor, "units": max(size for _, size in sizes.values())}


@treatment(
    "add_hidden_layer",
    title="One more hidden layer",
    stage="architecture",
    yields_to=SIMPLER,
)
def add_hidden_layer(arm: Arm, parameters: Parameters) -> Parameters:
    """A dense layer of 64 rectified units before each dense output layer."""
    import keras

    units = int(parameters.get("units", 64))
    last = last_weights(arm.model)
    chosen = {id(one) for one in flat_layers(arm.model) if id(one) in last and kind(one) == "Dense"}
    if not chosen:
        raise NotApplicable("the output is given by no dense layer")

    def edit(layer: Any) -> Any:
        if id(layer) not in chosen:
            return None
        return chain([keras.layers.Dense(units, activation="relu"), copy_of(layer)], layer.name)

    rebuild(arm, edit)
    return {"units": units}


@treatment("remove_layers", title="Fewer hidden layers", stage="architecture", yields_to=SIMPLER)
def remove_layers(arm: Arm, parameters: Parameters) -> Parameters:
    """Keep two of the hidden layers that give the shape that they take; the others pass their input on."""
    import keras

    last = last_weights(arm.model)
    alike = [
        one
        for one in flat_layers(arm.model)
        if id(one) not in last and kind(one).startswith(("Dense", "Conv")) and _same_shape(one)
    ]
    extra = {id(one) for one in alike[2:]}
    if not extra:
        raise NotApplicable("there are no more than two hidden layers of one shape")
    rebuild(arm, lambda one: keras.layers.Identity(name=one.name) if id(one) in extra else None)
    return {"removed": len(extra)}


def _same_shape(layer: Any) -> bool:
    try:
        return bool(tuple(layer.input.shape) == tuple(layer.output.shape))
    except (AttributeError, ValueError):
        return False


@treatment("flatten_features", title="Features flattened before the dense layers", stage="architecture", measured=True)
def flatten_features(arm: Arm, parameters: Parameters) -> Parameters:
    """Put a Flatten before the first dense layer that would else work on the last axis alone."""
    import keras
    import numpy as np

    from ...structures import leaves

    if any(kind(one) == "Flatten" or kind(one).startswith("Global") for one in flat_layers(arm.model)):
        raise NotApplicable("the model flattens or pools its features already")
    ranks = {np.asarray(one).ndim for one in leaves(arm.train.sample(8).y)}
    dense = [one for one in flat_layers(arm.model) if kind(one) == "Dense"]
    if not dense or not ranks <= {1, 2}:
        raise NotApplicable("the targets are not one row a sample, or there is no dense layer")
    first = _first_deep(arm, dense)
    rebuild(arm, lambda one: chain([keras.layers.Flatten(), copy_of(one)], one.name) if one is first else None)
    return {"before": str(first.name)}


def _first_deep(arm: Arm, dense: list[Any]) -> Any:
    for layer in dense:
        kernel = getattr(layer, "kernel", None)
        shape = getattr(getattr(layer, "input", None), "shape", None) if getattr(layer, "_inbound_nodes", ()) else None
        if shape is not None and len(shape) > 2:
            return layer
        if shape is None and kernel is None:
            return layer
    raise NotApplicable("every dense layer takes flat features")
