"""Where in the program the parts of a held call were written, by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .describing_data import leaves
from .describing_layers import first_layer, output_layers, walk_layers
from .process.holding import FitCall
from .process.places import Place, Places
from .process.settings import construction_places, setting_places


def places_of(call: FitCall, places: Places) -> dict[str, Place]:
    """The place of every kind that the call's own trace, its model and its settings lead to."""
    model = call.model
    optimizer = getattr(model, "optimizer", None)
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
    for argument, place in construction_places(places, optimizer).items():
        found[f"optimizer.{argument}"] = place
    _keep(found, "schedule", places.of(getattr(optimizer, "_learning_rate", None)))
    return {**found, **_compiled(model, places, found)}


def _compiled(model: Any, places: Places, found: Mapping[str, Place]) -> dict[str, Place]:
    """Optimizer, loss and metrics: at the user's own object, else at the argument of ``compile``, else at the call."""
    compiled: dict[str, Place] = {}
    optimizer = getattr(model, "optimizer", None)
    calls = [trace[0] for trace in places.call_traces(model, "compile")]
    losses = leaves(getattr(getattr(model, "_compile_loss", None), "_user_loss", None))
    metrics = leaves(getattr(getattr(model, "_compile_metrics", None), "_user_metrics", None))
    for kind, objects in (("optimizer", [optimizer]), ("loss", losses), ("metrics", metrics)):
        traces = [(one, places.trace_of(one)) for one in objects if one is not None]
        # What Keras makes of a string is made at the very call of ``compile``.
        made = next((places.of(one) for one, trace in traces if trace and trace[0] not in calls), None)
        _keep(compiled, f"{kind}_function", next((places.definition(one) for one in objects if callable(one)), None))
        _keep(compiled, kind, made or found.get(f"compile.{kind}") or (found.get("compile") if traces else None))
    return compiled


def _keep(found: dict[str, Place], kind: str, place: Place | None) -> None:
    if place is not None:
        found.setdefault(kind, place)
