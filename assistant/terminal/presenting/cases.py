"""The case as tables and the measurements as curves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.events import ProbeFinished
from assistant.terminal import texts
from assistant.terminal.presenting.figures import WIDE_RANGE, figure, number
from assistant.terminal.views import CaseView, CurveView, LayerRow, Mark, PlaceView, SeriesView
from probes.process.description import CaseDescription, DataDescription, LayerDescription, Place

SMALL_SHARE = 1e-3
"""A gradient below this share of the largest one stands out."""

MOST_CLASSES = 20

USUAL = {"validation_split": 0, "shuffle": True, "initial_epoch": 0, "validation_freq": 1, "verbose": "auto"}
"""Settings of ``fit`` that are not worth a line."""


def headline(case: CaseDescription) -> str:
    """Where the program is held and what stands there, in one sentence."""
    model = case.model
    if model is None:
        return texts.HELD_NO_MODEL.format(program=case.source)
    parts = [
        f"{model.class_name} with {texts.count(model.layers, 'layer', 'layers')}",
        texts.count(model.parameters, "parameter", "parameters") if model.parameters is not None else "",
        _samples(case.data.get("x")),
    ]
    what = ", ".join(part for part in parts if part)
    where = f" on line {case.fit_line}" if case.fit_line else ""
    return texts.HELD.format(program=case.source, method=case.fit.method, where=where, what=what)


def case_view(case: CaseDescription, measured: Mapping[str, ProbeFinished]) -> CaseView:
    """Model, settings and data; the layers with what the probes found out about them."""
    health = layer_health(measured)
    return CaseView(
        source=case.source,
        headline=headline(case),
        settings=tuple((label, value) for label, value in _settings(case) if value),
        data=tuple(_rows_of_data(case, measured)),
        layers=tuple(_layer(one, health.get(one.name, ("", "quiet"))) for one in case.layers),
        classes=classes(measured),
    )


def _settings(case: CaseDescription) -> Sequence[tuple[str, str]]:
    optimizer, loss, fit = case.optimizer, case.loss, case.fit
    rate = ""
    if optimizer:
        rate = f", learning rate {number(optimizer.learning_rate)}" if optimizer.learning_rate is not None else ""
        rate += f" ({optimizer.schedule})" if optimizer.schedule else ""
    return (
        (texts.SETTINGS["optimizer"], f"{optimizer.class_name}{rate}" if optimizer else ""),
        (texts.SETTINGS["loss"], loss.name if loss else ""),
        (texts.SETTINGS["metrics"], ", ".join(case.compile.metrics)),
        (texts.SETTINGS["epochs"], figure(fit.epochs) if fit.epochs else ""),
        (texts.SETTINGS["batch_size"], figure(fit.batch_size) if fit.batch_size else ""),
        (texts.SETTINGS["steps"], figure(fit.steps_per_epoch) if fit.steps_per_epoch else ""),
        (texts.SETTINGS["callbacks"], ", ".join(fit.callbacks)),
        *(
            (name.replace("_", " "), figure(value))
            for name, value in fit.settings.items()
            if value is not None and value != USUAL.get(name)
        ),
        (texts.SETTINGS["versions"], ", ".join(f"{name} {version}" for name, version in case.versions.items())),
    )


def _data(one: DataDescription) -> str:
    shapes = ", ".join(" × ".join("?" if size is None else f"{size:,}" for size in shape) for shape in one.shapes)
    return " ".join(part for part in (shapes, ", ".join(dict.fromkeys(one.dtypes)), f"({one.kind})") if part)


def _rows_of_data(case: CaseDescription, measured: Mapping[str, ProbeFinished]) -> Iterator[tuple[str, str]]:
    """What is trained on, and from where to where inputs and targets go, as far as the quick looks have measured."""
    parts = {
        "x": _of(measured, "input_statistics").get("inputs") or (),
        "y": _of(measured, "label_statistics").get("outputs") or (),
    }
    for name, one in case.data.items():
        yield texts.DATA.get(name, name), _data(one)
        yield from _ranges(parts.pop(name, ()))
    # A dataset is one thing that gives both.
    for rest in parts.values():
        yield from _ranges(rest)


def _ranges(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in parts:
        low, high = one.get("minimum"), one.get("maximum")
        if isinstance(low, (int, float)) and isinstance(high, (int, float)):
            name = f" {one.get('name')}" if len(parts) > 1 else ""
            yield f"{texts.RANGE_LABEL}{name}", _range(low, high, one)


def _range(low: float, high: float, one: Mapping[str, Any]) -> str:
    mean, spread = one.get("mean"), one.get("std")
    said = texts.RANGE.format(low=number(low), high=number(high))
    if isinstance(mean, (int, float)) and isinstance(spread, (int, float)):
        said += texts.RANGE_SPREAD.format(mean=number(mean), spread=number(spread))
    return said


def _samples(one: DataDescription | None) -> str:
    if one is None or not one.shapes or not one.shapes[0] or one.shapes[0][0] is None:
        return ""
    return (
        texts.count(one.shapes[0][0], "sample", "samples") if one.kind in ("array", "list", "frame", "tensor") else ""
    )


def _layer(layer: LayerDescription, health: tuple[str, Mark]) -> LayerRow:
    return LayerRow(
        name=layer.name,
        kind=layer.class_name,
        shape=_shape(layer.output_shape),
        parameters=f"{layer.parameters:,}" if layer.parameters is not None else "",
        activation=layer.activation if layer.activation not in (None, "linear") else "",
        trainable=layer.trainable,
        health=health[0],
        mark=health[1],
        place=_place(layer.place),
    )


def _shape(shape: Any) -> str:
    if not isinstance(shape, (list, tuple)):
        return ""
    if shape and isinstance(shape[0], (list, tuple)):
        return "; ".join(_shape(one) for one in shape)
    return " × ".join("?" if one is None else f"{one}" for one in shape[1:]) or "()"


def _place(place: Place | None) -> PlaceView | None:
    return PlaceView(place.file, place.line, place.code) if place else None


def layer_health(measured: Mapping[str, ProbeFinished]) -> dict[str, tuple[str, Mark]]:
    """For each layer the norm of its gradient, marked by its share of the largest one."""
    sizes = dict(gradient_norms(measured))
    largest = max((size for size in sizes.values() if math.isfinite(size)), default=0.0)
    health: dict[str, tuple[str, Mark]] = {}
    for name, size in sizes.items():
        lost = size == 0 or not math.isfinite(size)
        good = math.isfinite(size) and size > SMALL_SHARE * largest > 0
        health[name] = (number(size) if lost else f"{size:.2g}", "good" if good else "bad" if lost else "notable")
    return health


def gradient_norms(measured: Mapping[str, ProbeFinished]) -> list[tuple[str, float]]:
    """Layers with the norm of their gradient, in the model's order."""
    layers = _of(measured, "gradient_flow").get("layers")
    found = [one for one in layers or () if isinstance(one, Mapping)]
    return [(str(one.get("layer")), float(one["norm"])) for one in found if isinstance(one.get("norm"), (int, float))]


def classes(measured: Mapping[str, ProbeFinished]) -> tuple[tuple[str, float], ...]:
    """Share of each class among the training targets of the first output that has classes."""
    outputs = _of(measured, "label_statistics").get("outputs")
    for one in outputs or ():
        counts = one.get("counts") if isinstance(one, Mapping) else None
        if counts and sum(counts):
            total = sum(counts)
            return tuple((str(name), count / total) for name, count in list(enumerate(counts))[:MOST_CLASSES])
    return ()


def _of(measured: Mapping[str, ProbeFinished], probe: str) -> Mapping[str, Any]:
    finished = measured.get(probe)
    return (finished.measurement or {}) if finished else {}


def curves(measured: Mapping[str, ProbeFinished]) -> tuple[CurveView, ...]:
    """Every measurement that holds a curve, the recorded run first."""
    found: list[CurveView] = []
    found += recorded_run(_of(measured, "recorded_run"))
    for probe, finished in measured.items():
        if probe != "recorded_run" and finished.measurement:
            found += _any_curve(probe, finished.measurement)
    found += rate_range(_of(measured, "rate_response"))
    norms = [size for _, size in gradient_norms(measured)]
    if sum(size > 0 for size in norms) > 1:
        line = series_of(texts.CURVES["norm"], tuple(norms))
        found.append(plot("gradient_flow", texts.CURVES["gradient_flow"], "layer", "norm", [line], power=True))
    return tuple(found)


def recorded_run(values: Mapping[str, Any]) -> list[CurveView]:
    """Training and validation loss, and below it the other logged quantities, epoch by epoch."""
    loss = tuple(values.get("loss_curve") or ())
    validation = tuple(values.get("validation_curve") or ())
    views = []
    if len(loss) > 1:
        step = max(1.0, len(loss) / max(1, len(validation)))
        series = [series_of(texts.CURVES["training"], loss)]
        if len(validation) > 1:
            series.append(series_of(texts.CURVES["validation"], validation, step))
        views.append(plot("recorded_run", texts.CURVES["recorded_run"], "epoch", "loss", series))
    metrics = [
        one for one in values.get("curves") or () if isinstance(one, Mapping) and len(one.get("values") or ()) > 1
    ]
    others = [one for one in metrics if "loss" not in str(one["name"]) and "learning_rate" not in str(one["name"])]
    if others:
        series = [series_of(str(one["name"]), tuple(one["values"])) for one in others[:4]]
        views.append(plot("metrics", texts.CURVES["metrics"], "epoch", "", series))
    return views


def rate_range(values: Mapping[str, Any]) -> list[CurveView]:
    """How much of the loss is gone after the same steps at each learning rate that was tried."""
    tries = sorted(
        (float(one["rate"]), float(one["progress"]))
        for one in values.get("tries") or ()
        if isinstance(one, Mapping) and one.get("rate", 0) > 0 and math.isfinite(one.get("progress", math.nan))
    )
    if len(tries) < 2:
        return []
    line = SeriesView(texts.CURVES["gone"], tuple(math.log10(rate) for rate, _ in tries), tuple(p for _, p in tries))
    best = max(tries, key=lambda one: one[1])[0]
    note = texts.CURVES["best_rate"].format(rate=number(best))
    view = plot("rate_response", texts.CURVES["rate_response"], "rate", "gone", [line])
    return [replace(view, note=note, powers_of_x=True)]


def _any_curve(probe: str, values: Mapping[str, Any]) -> list[CurveView]:
    views = []
    for name, value in values.items():
        if isinstance(value, (list, tuple)) and len(value) > 2 and _is_curve(name, value):
            title = texts.CURVES.get(probe, probe.replace("_", " ").capitalize())
            label = "loss" if "loss" in name or name == "curve" else name.replace("_", " ")
            views.append(plot(f"{probe}.{name}", title, "step", label, [series_of(label, tuple(value))]))
    return views


def _is_curve(name: str, values: Sequence[Any]) -> bool:
    return ("curve" in name or name == "losses") and all(isinstance(one, (int, float)) for one in values)


def plot(id: str, title: str, x: str, y: str, series: Sequence[SeriesView], *, power: bool = False) -> CurveView:
    """A plot; in powers of ten where that is asked for or one scale could not hold its values."""
    sizes = sorted(value for one in series for value in one.y if math.isfinite(value))
    wide = bool(sizes) and sizes[0] >= 0 and sizes[-1] > WIDE_RANGE * sizes[len(sizes) // 2] > 0
    x_label, y_label = (texts.CURVES.get(label, label) for label in (x, y))
    return CurveView(id, title, x_label, y_label, tuple(series), logarithmic=power or wide)


def series_of(name: str, values: tuple[float, ...], step: float = 1.0) -> SeriesView:
    """Values at equal distances, counted from 1."""
    return SeriesView(name, tuple(1 + position * step for position in range(len(values))), tuple(map(float, values)))
