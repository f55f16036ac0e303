"""The description of a held call in plain values: model, settings, data in numbers, places. Runs in the worker."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .data_facts import data_facts
from .describing_data import data_of, leaves, samples_of
from .describing_layers import activation_of, first_layer, output_layers, output_shape, size_of_weights, walk_layers
from .describing_places import places_of
from .process.holding import FitCall
from .process.places import Place, Places

FIT_DATA = ("x", "y", "sample_weight", "validation_data")
PLAIN = (str, int, float, bool, type(None))


def describe(call: FitCall | None, places: Places, case: Any = None) -> dict[str, Any]:
    """The plain values of a ``CaseDescription``, without what the worker knows of the process.

    Args:
        call: the held call; None where the program failed before one.
        places: the registry.
        case: of the call, whose record tells what streams do not; None where it cannot be built.
    """
    if call is None:
        return {}
    gaps: list[str] = []

    def part(name: str, describing: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            return describing()
        except Exception as error:  # noqa: BLE001 - models and data may be the user's own classes and raise anything
            gaps.append(f"{name}: {type(error).__name__}: {str(error)[:200]}")
            return otherwise

    model = call.model
    found: dict[str, Place] = part("places", lambda: places_of(call, places), {})
    layers: list[dict[str, Any]] = part("layers", lambda: list(_layers(model, places)), [])
    return {
        "model": part("model", lambda: _model(model)),
        "layers": layers,
        "optimizer": part("optimizer", lambda: _optimizer(model, found)),
        "loss": part("loss", lambda: _loss(model, found)),
        "compile": part("compile", lambda: _compile(model), {}),
        "fit": part("fit", lambda: _fit(call), {}),
        "data": part("data", lambda: data_of(call), {}),
        "facts": part("facts", lambda: _facts(call, layers, case), {}),
        "places": {kind: dataclasses.asdict(place) for kind, place in found.items()},
        "fit_line": found["fit"].line if "fit" in found else None,
        "gaps": gaps,
    }


def _model(model: Any) -> dict[str, Any]:
    return {
        "class_name": type(model).__name__,
        "name": str(model.name),
        "layers": len(model.layers),
        "parameters": size_of_weights(model.weights) if model.built else None,
        "trainable_parameters": size_of_weights(model.trainable_weights) if model.built else None,
    }


def _layers(model: Any, places: Places) -> Iterator[dict[str, Any]]:
    for layer, inside in walk_layers(model):
        place = places.of(layer)
        yield {
            "name": str(layer.name),
            "class_name": type(layer).__name__,
            "output_shape": output_shape(layer),
            "parameters": size_of_weights(layer.weights) if layer.built else None,
            "activation": activation_of(layer),
            "trainable": bool(layer.trainable),
            "inside": inside,
            "place": None if place is None else dataclasses.asdict(place),
        }


def _optimizer(model: Any, places: Mapping[str, Place]) -> dict[str, Any] | None:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return None
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    place = places.get("optimizer")
    return {
        "class_name": type(inner).__name__,
        "learning_rate": learning_rate(inner),
        "schedule": _schedule(inner),
        "settings": _plain(_config(inner)),
        "place": None if place is None else dataclasses.asdict(place),
    }


def _config(thing: Any) -> Mapping[str, Any]:
    try:
        config = thing.get_config()
    except Exception:  # noqa: BLE001 - a user's own class may not have one that works
        return {}
    return config if isinstance(config, Mapping) else {}


def _schedule(optimizer: Any) -> str | None:
    rate = getattr(optimizer, "_learning_rate", None)
    named = type(rate).__name__
    return named if hasattr(rate, "get_config") and callable(rate) and not hasattr(rate, "assign") else None


def learning_rate(optimizer: Any) -> float | None:
    """The rate of the next step, read as the optimizer reads it; None where it has none."""
    try:
        rate = np.asarray(optimizer.learning_rate)
        # Shortest decimal of its own precision: 0.001, not 0.0010000000474974513.
        return float(str(rate.item() if rate.dtype.itemsize > 4 else rate.astype("float32")[()]))
    except (AttributeError, TypeError, ValueError):
        return None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in values.items() if isinstance(value, PLAIN)}


def _loss(model: Any, places: Mapping[str, Place]) -> dict[str, Any] | None:
    loss = getattr(model, "_compile_loss", None)
    given = getattr(loss, "_user_loss", None) if loss is not None else None
    names = [_name(one) for one in leaves(given)]
    if not names:
        return None
    place = places.get("loss")
    return {"name": ", ".join(dict.fromkeys(names)), "place": None if place is None else dataclasses.asdict(place)}


def _name(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    return str(getattr(thing, "name", None) or getattr(thing, "__name__", type(thing).__name__))


def _compile(model: Any) -> dict[str, Any]:
    metrics = getattr(model, "_compile_metrics", None)
    given = leaves(getattr(metrics, "_user_metrics", None)) if metrics is not None else []
    settings = {
        name: getattr(model, name, None)
        for name in ("run_eagerly", "jit_compile", "steps_per_execution", "auto_scale_loss")
    }
    weights = getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)
    settings["loss_weights"] = None if weights is None else str(weights)[:200]
    return {"metrics": [_name(one) for one in given], "settings": _plain(settings)}


def _fit(call: FitCall) -> dict[str, Any]:
    arguments = call.arguments
    named = ("epochs", "batch_size", "steps_per_epoch")
    rest = {name: value for name, value in arguments.items() if name not in (*named, *FIT_DATA, "callbacks", "verbose")}
    if isinstance(rest.get("class_weight"), Mapping):
        rest["class_weight"] = str(rest["class_weight"])[:200]
    callbacks = arguments.get("callbacks")
    listed = getattr(callbacks, "callbacks", callbacks) or ()
    return {
        "method": call.method,
        **{name: whole(arguments.get(name)) for name in named},
        "settings": _plain(rest),
        "callbacks": [type(one).__name__ for one in (listed if isinstance(listed, (list, tuple)) else [listed])],
    }


def whole(value: Any) -> int | None:
    """A setting as a whole number; None where it is none."""
    try:
        return None if value is None else int(value)
    except (TypeError, ValueError):
        return None


def _facts(call: FitCall, layers: list[dict[str, Any]], case: Any) -> dict[str, Any]:
    model = call.model
    optimizer = getattr(model, "optimizer", None)
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    outputs = output_layers(model)
    last = outputs[0] if outputs else None
    first = first_layer(model)
    shape = output_shape(last) if last is not None else None
    units = (
        shape[-1] if isinstance(shape, list) and shape and isinstance(shape[-1], int) else getattr(last, "units", None)
    )
    loss = _loss(model, {})
    facts = {
        "learning_rate": learning_rate(optimizer) if optimizer is not None else None,
        "optimizer": type(optimizer).__name__ if optimizer is not None else None,
        "loss": loss["name"] if loss else None,
        "metrics": ", ".join(_compile(model)["metrics"]) or None,
        "batch_size": whole(call.arguments.get("batch_size")),
        "epochs": whole(call.arguments.get("epochs")),
        "steps_per_epoch": whole(call.arguments.get("steps_per_epoch")),
        "validation_split": call.arguments.get("validation_split") or None,
        "model": str(model.name),
        "layers": len(layers),
        "parameters": size_of_weights(model.weights) if model.built else None,
        "output_layer": None if last is None else str(last.name),
        "output_layers": "\n".join(str(one.name) for one in outputs) or None,
        "output_units": units,
        "output_activation": None if last is None else activation_of(last),
        "first_layer": None if first is None else str(first.name),
        "n_train": samples_of(call.arguments.get("x")),
        "in_turn": call.in_turn,
    }
    if case is not None:
        recorded = {
            "batch_size": case.fit.batch_size,
            "steps_per_epoch": case.fit.steps_per_epoch,
            "n_train": case.train.rows,
        }
        facts |= {name: value for name, value in data_facts(case).items() if value is not None}
        facts.update({name: value for name, value in recorded.items() if facts[name] is None})
    return {name: value if isinstance(value, PLAIN) else str(value) for name, value in facts.items()}
