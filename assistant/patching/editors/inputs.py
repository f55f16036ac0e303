"""Inputs on one scale.

A layer at the front of the model goes wherever the model goes, so that predictions are made from scaled inputs too.
Arrays are scaled before ``fit`` only where no layer can be put there.
"""

from __future__ import annotations

from collections.abc import Callable

import libcst as cst

from assistant.patching.arrays import (
    ARRAYS,
    change,
    fit_data,
    needs_arrays,
    operand,
    put_before_fit,
    root_names,
)
from assistant.patching.calls import argument, keyword
from assistant.patching.compiled import followed
from assistant.patching.editing import Editing, unwrapped
from assistant.patching.front import behind_input, construction, in_own_class, inputs_of, own_class, put_first
from assistant.patching.layers import own_layers
from assistant.patching.model import CannotEditError, DataLike
from assistant.patching.names import assignments, dotted, fresh, numpy_name, parameters_of, spell
from assistant.patching.pipelines import made_by
from assistant.patching.precision import computes_in_half
from assistant.patching.registry import editor
from assistant.patching.statements import insert_before
from assistant.patching.structure import remove_layer
from assistant.patching.values import literal, number

_BY_HAND = "Scale the inputs by hand before they reach the model"


@editor("scale_inputs", order=70)
def scale_inputs(edit: Editing) -> None:
    """Scale inputs at the front of the model: ``method`` (``standardise``, ``rescale``, or ``unscale``, which takes
    the ``layers`` out that scale a second time, the default where there are any), ``factor``, ``offset``, ``inputs``.
    """
    again = edit.names("layers") if edit.given("method") == "unscale" else _rescaling(edit)
    if again:
        for layer in again:
            remove_layer(edit, layer)
        edit.note("The layer that was taken out is for raw inputs; give the model scaled ones when it predicts, too.")
        return
    layers = own_layers(edit)
    if layers and layers[0].class_name == "Embedding" and len(inputs_of(edit)) < 2:
        raise edit.refuse("Leave the inputs as they are: the first layer takes ids", "fit.x")
    if edit.given("method", "standardise") == "rescale":
        _rescale(edit)
    elif len(inputs_of(edit)) > 1:
        _normalize_several(edit)
    else:
        _normalize(edit)


def _rescaling(edit: Editing) -> list[str]:
    """Layers at the front that rescale by a fixed factor, where nobody tried what helps.

    Inputs that are faulty in spite of them were scaled before.
    """
    if edit.given("method") is not None:
        return []
    found = []
    for layer in own_layers(edit):
        if layer.class_name == "Rescaling":
            found.append(layer.name)
        elif layer.class_name not in ("Resizing", "CenterCrop") and not layer.class_name.startswith("Random"):
            break
    return found


def _rescale(edit: Editing) -> None:
    factor, offset = float(edit.given("factor", 1 / 255)), float(edit.given("offset", 0.0))
    code = f"{spell(edit.source, 'keras.layers.Rescaling')}({_fraction(factor)}"
    code += f", offset={number(offset)})" if offset else ")"
    before = edit.source.text
    try:
        put_first(edit, [code])
    except CannotEditError:
        if edit.source.text != before:
            raise
        _on_arrays(edit, lambda old: f"{old} * {number(factor)}" + (f" + {number(offset)}" if offset else ""))


def _fraction(factor: float) -> str:
    """``1 / 255`` where a factor is one part of a round number."""
    if 0 < factor < 1:
        for divisor in (round(1 / factor), round(10 / factor) / 10):
            if abs(factor * divisor - 1) < 1e-9:
                return f"1 / {number(int(divisor) if divisor == int(divisor) else divisor)}"
    return number(factor)


def _normalize(edit: Editing) -> None:
    data = edit.case.data.get("x")
    given = fit_data(edit).x
    if given is None or (data is not None and data.kind not in (*ARRAYS, "dataset")):
        raise edit.refuse(_BY_HAND, "fit.x")
    spelled = spell(edit.source, "keras.layers.Normalization")
    before = edit.source.text
    try:
        if own_class(edit) is not None and not inputs_of(edit):
            _in_class(edit, spelled, data)
        elif _is_ready(edit):
            name = fresh(edit.source, "normalize")
            put_first(edit, [name])
            lines = [f"{name} = {spelled}({', '.join(_exactly(edit))})", f"{name}.adapt({_adapted(edit, data)})"]
            insert_before(edit.source, construction(edit), lines)
        else:
            settings = ", ".join(('name="input_scaling"', *_exactly(edit)))
            put_first(edit, [f"{spelled}({settings})"])
            _adapt_late(edit, '.get_layer("input_scaling")', data)
    except CannotEditError:
        if edit.source.text != before or (data is not None and data.kind == "dataset"):
            raise
        _standardise_arrays(edit)


def _exactly(edit: Editing) -> tuple[str, ...]:
    """What keeps the layer from reading inputs with half the bits, to which numbers around 20,000 are all alike."""
    return ('dtype="float32"',) if computes_in_half(edit) else ()


def _in_class(edit: Editing, spelled: str, data: DataLike | None) -> None:
    attribute = in_own_class(edit, f"{spelled}({', '.join(_exactly(edit))})", "normalize")
    _adapt_late(edit, f".{attribute}", data)


def _adapt_late(edit: Editing, path: str, data: DataLike | None) -> None:
    """Adapt the layer right before ``fit``, for data that is not there yet when the model is built."""
    call = edit.call("fit")
    if not isinstance(call.func, cst.Attribute):
        raise edit.refuse(_BY_HAND, "fit")
    line = f"{edit.source.code(call.func.value)}{path}.adapt({_adapted(edit, data)})"
    given = fit_data(edit).x
    names = root_names(given.node, edit.source) if given is not None else []
    put_before_fit(edit, [line], *names, *root_names(call.func.value, edit.source))


def _adapted(edit: Editing, data: DataLike | None) -> str:
    """The training inputs as ``adapt`` takes them."""
    given = fit_data(edit).x
    assert given is not None
    return _as_array(edit, operand(given), given.node, data, 0)


def _as_array(edit: Editing, code: str, node: cst.BaseExpression, data: DataLike | None, index: int) -> str:
    kind = data.kind if data is not None else "array"
    if kind == "dataset":
        endless = any(
            isinstance(one.func, cst.Attribute) and one.func.attr.value == "repeat" and not one.args
            for one in made_by(edit.source, node)
        )
        steps = edit.case.facts.get("steps_per_epoch")
        taken = f".take({steps or 100})" if endless else ""
        return f"{code}{taken}.map(lambda features, *rest: features)"
    if kind == "frame":
        return f"{code}.to_numpy()"
    if kind == "list":
        code = f"{numpy_name(edit.source)}.array({code})"
    shapes = data.shapes if data is not None else ()
    dtypes = data.dtypes if data is not None else ()
    if kind == "array" and index < len(dtypes) and not dtypes[index].startswith("float"):
        code = f'{code}.astype("float32")'
    if kind in ("array", "list") and index < len(shapes) and len(shapes[index]) == 1:
        code = f"{code}.reshape(-1, 1)"
    return code


def _is_ready(edit: Editing) -> bool:
    """Whether the training inputs have their last value before the model is built, and in the same scope."""
    given = fit_data(edit).x
    return given is not None and is_ready(edit, given.node)


def is_ready(edit: Editing, node: cst.BaseExpression) -> bool:
    """Whether an expression of ``fit`` has its value before the model is built, and in the same scope."""
    source, start = edit.source, construction(edit)
    scope = source.function(edit.call("fit"))
    if source.function(start) is not scope or source.inside(edit.call("fit"), start):
        return False
    at = source.start(start)
    for name in root_names(node, source):
        own = [one for one in assignments(source, name) if source.function(one) is scope]
        if any(source.start(one) >= at for one in own):
            return False
        if not own and (scope is None or name not in parameters_of(scope)):
            return False
        if any(source.start(one) >= at for one in source.all(cst.AssignTarget) if _changes(one, name)):
            return False
    return True


def _changes(target: cst.AssignTarget, name: str) -> bool:
    """Whether a target is a part of what a name holds: ``x[0] = 1``."""
    node: cst.BaseExpression = target.target
    while isinstance(node, (cst.Subscript, cst.Attribute)):
        node = node.value
    return dotted(node) == name and not isinstance(target.target, cst.Name)


def _normalize_several(edit: Editing) -> None:
    """A layer behind each input that holds measures; inputs of whole numbers are taken for ids and left alone."""
    wanted = edit.names("inputs")
    data = edit.case.data.get("x")
    names = [one.name for one in inputs_of(edit)]
    chosen = wanted or [
        name
        for index, name in enumerate(names)
        if data is None or index >= len(data.dtypes) or data.dtypes[index].startswith("float")
    ]
    spelled = spell(edit.source, "keras.layers.Normalization")
    lines: list[tuple[str, str]] = []
    for name in chosen:
        part = _part(edit, name, names)
        if part is None:
            raise edit.refuse(f"Scale the input {name} by hand", "fit.x")
        layer = f"{name}_scaling"
        given = ", ".join((f'name="{layer}"', *_exactly(edit)))
        behind_input(edit, name, f"{spelled}({given})")
        lines.append((layer, part))
    call = edit.call("fit")
    if not isinstance(call.func, cst.Attribute) or not lines:
        raise edit.refuse(_BY_HAND, "fit")
    model = edit.source.code(call.func.value)
    put_before_fit(edit, [f'{model}.get_layer("{layer}").adapt({part})' for layer, part in lines])


def _part(edit: Editing, name: str, names: list[str]) -> str | None:
    """The code of one of several inputs, as ``fit`` is given them."""
    given = fit_data(edit).x
    if given is None:
        return None
    node = followed(edit, given.node)
    if isinstance(node, cst.Dict):
        for entry in node.elements:
            if isinstance(entry, cst.DictElement) and literal(edit.source, entry.key) == name:
                return edit.source.code(entry.value)
    if isinstance(node, (cst.List, cst.Tuple)):
        order = _model_inputs(edit)
        if name in order and order.index(name) < len(node.elements):
            return edit.source.code(node.elements[order.index(name)].value)
    return None


def _model_inputs(edit: Editing) -> list[str]:
    """Names of the inputs in the order in which the model takes them."""
    made = unwrapped(edit.source.at("model"))
    given = argument(made, "inputs", 0) if isinstance(made, cst.Call) else None
    if given is None or not isinstance(given.value, (cst.List, cst.Tuple)):
        return []
    by_variable = {}
    for one in inputs_of(edit):
        call = edit.find_layer_call(one.name)
        parent = edit.source.parent(call) if call is not None else None
        if isinstance(parent, cst.Assign):
            by_variable[dotted(parent.targets[0].target)] = one.name
    return [by_variable.get(dotted(one.value), "") for one in given.value.elements]


def _standardise_arrays(edit: Editing) -> None:
    needs_arrays(edit, _BY_HAND, "x")
    data, given = edit.case.data.get("x"), fit_data(edit).x
    if given is None or (data is not None and data.kind == "list"):
        raise edit.refuse(_BY_HAND, "fit.x")
    mean, spread = fresh(edit.source, "x_mean"), fresh(edit.source, "x_std")
    code = operand(given)
    names = root_names(given.node, edit.source)
    put_before_fit(edit, [f"{mean}, {spread} = {code}.mean(axis=0), {code}.std(axis=0) + 1e-7"], *names)
    _on_arrays(edit, lambda old: f"({old} - {mean}) / {spread}")
    edit.note(f"Scale the inputs of predict and evaluate in the same way: (x - {mean}) / {spread}.")


def _on_arrays(edit: Editing, write: Callable[[str], str]) -> None:
    needs_arrays(edit, _BY_HAND, "x")
    if keyword(edit.call("fit"), "validation_data") is not None and fit_data(edit).validation_x is None:
        raise edit.refuse(_BY_HAND, "fit.validation_data")
    change(edit, "x", write)
    change(edit, "validation_x", write)
