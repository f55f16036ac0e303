"""The description of a held call in plain values: model, settings, data in numbers, places. Runs in the worker."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .process.holding import FitCall
from .process.places import Place, Places
from .process.settings import construction_places, setting_places

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
    found = _places(call, places)
    layers = list(_layers(call.model, places))
    return {
        "model": _model(call.model),
        "layers": layers,
        "optimizer": _optimizer(call.model, found),
        "loss": _loss(call.model, found),
        "compile": _compile(call.model),
        "fit": _fit(call),
        "data": _data(call),
        "facts": _facts(call, layers, case),
        "places": {kind: dataclasses.asdict(place) for kind, place in found.items()},
        "fit_line": found["fit"].line if "fit" in found else None,
    }


def _model(model: Any) -> dict[str, Any]:
    return {
        "class_name": type(model).__name__,
        "name": str(model.name),
        "layers": len(model.layers),
        "parameters": _count(model.weights) if model.built else None,
        "trainable_parameters": _count(model.trainable_weights) if model.built else None,
    }


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for axis in weight.shape:
            size *= int(axis or 0)
        total += size
    return total


def walk_layers(model: Any, inside: str | None = None) -> Iterator[tuple[Any, str | None]]:
    """Every layer with the name of what holds it: models and the user's own layers are entered, Keras' are not."""
    for layer in _held(model):
        yield layer, inside
        if hasattr(layer, "layers") or not type(layer).__module__.startswith("keras."):
            yield from walk_layers(layer, str(layer.name))


def _held(layer: Any) -> list[Any]:
    if hasattr(layer, "layers"):
        return list(layer.layers)
    return [one for one in layer._flatten_layers(include_self=False, recursive=False) if one is not layer]


def _layers(model: Any, places: Places) -> Iterator[dict[str, Any]]:
    for layer, inside in walk_layers(model):
        place = places.of(layer)
        yield {
            "name": str(layer.name),
            "class_name": type(layer).__name__,
            "output_shape": _output_shape(layer),
            "parameters": _count(layer.weights) if layer.built else None,
            "activation": activation_of(layer),
            "trainable": bool(layer.trainable),
            "inside": inside,
            "place": None if place is None else dataclasses.asdict(place),
        }


def _output_shape(layer: Any) -> Any:
    try:
        output = layer.output
    except Exception:  # noqa: BLE001 - a layer that was never called symbolically has no output, and says so in many ways
        return None
    return _shape(output)


def _shape(output: Any) -> Any:
    if isinstance(output, Mapping):
        return [_shape(one) for one in output.values()]
    if isinstance(output, (list, tuple)):
        return [_shape(one) for one in output]
    shape = getattr(output, "shape", None)
    return None if shape is None else [None if axis is None else int(axis) for axis in shape]


def activation_of(layer: Any) -> str | None:
    """The name of a layer's activation; None where it has none."""
    activation = getattr(layer, "activation", None)
    if activation is None and ".layers.activations." in type(layer).__module__:
        return {"ReLU": "relu", "ELU": "elu", "PReLU": "prelu"}.get(type(layer).__name__, _snake(type(layer).__name__))
    if activation is None or not callable(activation):
        return None
    return str(getattr(activation, "__name__", None) or getattr(activation, "name", type(activation).__name__))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _optimizer(model: Any, places: Mapping[str, Place]) -> dict[str, Any] | None:
    optimizer = model.optimizer
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
    names = [_name(one) for one in _leaves(given)]
    if not names:
        return None
    place = places.get("loss")
    return {"name": ", ".join(dict.fromkeys(names)), "place": None if place is None else dataclasses.asdict(place)}


def _leaves(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, (list, tuple)):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def _name(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    return str(getattr(thing, "name", None) or getattr(thing, "__name__", type(thing).__name__))


def _compile(model: Any) -> dict[str, Any]:
    metrics = getattr(model, "_compile_metrics", None)
    given = _leaves(getattr(metrics, "_user_metrics", None)) if metrics is not None else []
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


def _data(call: FitCall) -> dict[str, Any]:
    given = dict(zip(("x", "y", "sample_weight"), call.batches[0], strict=False)) if call.batches else call.arguments
    described = {name: _one_data(given.get(name)) for name in ("x", "y", "sample_weight")}
    validation = call.arguments.get("validation_data")
    if isinstance(validation, (tuple, list)) and validation:
        validation = validation[0]
    described["validation"] = _one_data(validation)
    return {name: one for name, one in described.items() if one is not None}


def _one_data(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    kind = data_kind(value)
    if kind == "dataset":
        leaves = _leaves(value.element_spec)
        return {
            "kind": kind,
            "shapes": [_shape(one) or [] for one in leaves],
            "dtypes": [one.dtype.name for one in leaves],
        }
    if kind in ("pydataset", "generator") or not (hasattr(value, "shape") or isinstance(value, (list, tuple, Mapping))):
        return {"kind": kind, "shapes": [], "dtypes": []}
    if kind == "list":
        return {"kind": kind, "shapes": [[len(value)]], "dtypes": [type(value[0]).__name__ if value else ""]}
    leaves = _leaves(value)
    return {
        "kind": kind,
        "shapes": [_shape(one) or [] for one in leaves],
        "dtypes": [str(getattr(getattr(one, "dtype", None), "name", getattr(one, "dtype", ""))) for one in leaves],
    }


def data_kind(value: Any) -> str:
    """What kind of thing brings the data: ``array``, ``list``, ``frame``, ``tensor``, ``dataset``, ..."""
    import keras
    import numpy as np
    import tensorflow as tf

    if isinstance(value, tf.data.Dataset):
        return "dataset"
    if isinstance(value, keras.utils.PyDataset):
        return "pydataset"
    if isinstance(value, (tf.Tensor, tf.RaggedTensor, tf.SparseTensor)):
        return "tensor"
    if isinstance(value, np.ndarray):
        return "array"
    if type(value).__module__.partition(".")[0] in ("pandas", "polars"):
        return "frame"
    if isinstance(value, (list, tuple, Mapping)):
        leaves = _leaves(value)
        return data_kind(leaves[0]) if leaves and hasattr(leaves[0], "shape") else "list"
    return "generator" if hasattr(value, "__next__") else type(value).__name__


def samples_of(value: Any) -> int | None:
    """How many samples are handed over, where that can be told without reading them."""
    kind = data_kind(value) if value is not None else "none"
    if kind in ("pydataset", "generator", "dataset", "none"):
        return None
    leaves = _leaves(value)
    first = leaves[0] if leaves and hasattr(leaves[0], "shape") else value
    return len(first) if hasattr(first, "__len__") else None


def output_layers(model: Any) -> list[Any]:
    """The layers that give the model's outputs; for a subclassed model the last one that was made."""
    given = getattr(model, "_operations_by_depth", None)
    outputs = getattr(model, "outputs", None) or []
    found = [history.operation for history in (getattr(one, "_keras_history", None) for one in outputs) if history]
    # A softmax written as a layer of its own still belongs to the layer before it only by its units, not by its place.
    if found and given is not None:
        return list({id(one): one for one in found}.values())
    layers = [layer for layer, _ in walk_layers(model) if layer.weights or activation_of(layer)]
    return layers[-1:]


def first_layer(model: Any) -> Any | None:
    """The first layer with weights."""
    return next((layer for layer, _ in walk_layers(model) if layer.weights and not hasattr(layer, "layers")), None)


def _facts(call: FitCall, layers: list[dict[str, Any]], case: Any) -> dict[str, Any]:
    model = call.model
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    outputs = output_layers(model)
    last = outputs[0] if outputs else None
    first = first_layer(model)
    shape = _output_shape(last) if last is not None else None
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
        "parameters": _count(model.weights) if model.built else None,
        "output_layer": None if last is None else str(last.name),
        "output_units": units,
        "output_activation": None if last is None else activation_of(last),
        "first_layer": None if first is None else str(first.name),
        "n_train": samples_of(call.arguments.get("x")),
    }
    if case is not None:
        recorded = {
            "batch_size": case.fit.batch_size,
            "steps_per_epoch": case.fit.steps_per_epoch,
            "n_train": case.train.rows,
        }
        facts.update({name: value for name, value in recorded.items() if facts[name] is None})
    return {name: value if isinstance(value, PLAIN) else str(value) for name, value in facts.items()}


def _places(call: FitCall, places: Places) -> dict[str, Place]:
    model = call.model
    found: dict[str, Place] = {}
    for method in ("compile", call.method):
        kind = "fit" if method == call.method else "compile"
        place = places.call(model, method)
        if place is not None:
            found[kind] = place
        for name, one in setting_places(places, model, method).items():
            found[f"{kind}.{name}"] = one
    if "fit.validation_data" in found:
        found["fit.validation"] = found["fit.validation_data"]
    elif "fit.validation_split" in found:
        found["fit.validation"] = found["fit.validation_split"]
    for layer, _ in walk_layers(model):
        _keep(found, f"layer:{layer.name}", places.of(layer))
    _keep(found, "first_layer", places.of(first_layer(model)))
    for layer in output_layers(model)[:1]:
        _keep(found, "output_layer", places.of(layer))
    _keep(found, "model", places.of(model))
    callbacks = call.arguments.get("callbacks")
    for callback in getattr(callbacks, "callbacks", callbacks) or ():
        _keep(found, f"callback:{type(callback).__name__}", places.of(callback))
    for method in ("train_step", "compute_loss", "call"):
        _keep(found, method, places.definition(getattr(type(model), method, None)))
    for argument, place in construction_places(places, model.optimizer).items():
        found[f"optimizer.{argument}"] = place
    _keep(found, "schedule", places.of(getattr(model.optimizer, "_learning_rate", None)))
    return {**found, **_compiled(model, places, found)}


def _compiled(model: Any, places: Places, found: Mapping[str, Place]) -> dict[str, Place]:
    """Optimizer, loss and metrics: at the user's own object, else at the argument of ``compile``, else at the call."""
    compiled: dict[str, Place] = {}
    calls = [trace[0] for trace in places.call_traces(model, "compile")]
    losses = _leaves(getattr(getattr(model, "_compile_loss", None), "_user_loss", None))
    metrics = _leaves(getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None))
    for kind, objects in (("optimizer", [model.optimizer]), ("loss", losses), ("metrics", metrics)):
        traces = [(one, places.trace_of(one)) for one in objects if one is not None]
        # What Keras makes of a string is made at the very call of ``compile``.
        made = next((places.of(one) for one, trace in traces if trace and trace[0] not in calls), None)
        _keep(compiled, f"{kind}_function", next((places.definition(one) for one in objects if callable(one)), None))
        _keep(compiled, kind, made or found.get(f"compile.{kind}") or (found.get("compile") if traces else None))
    return compiled


def _keep(found: dict[str, Place], kind: str, place: Place | None) -> None:
    if place is not None:
        found.setdefault(kind, place)
