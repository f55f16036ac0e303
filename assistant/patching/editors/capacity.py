"""More or fewer units and layers."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import libcst as cst

from assistant.patching.calls import argument
from assistant.patching.editing import Editing
from assistant.patching.layers import CONVOLUTIONS, RECURRENT, integer, of_class, output_weights, own_layers, weighted
from assistant.patching.model import CannotEditError, LayerLike
from assistant.patching.names import spell
from assistant.patching.registry import editor
from assistant.patching.structure import insert_layer_before, remove_layer
from assistant.patching.values import literal, number, origin, quoted, set_value


@editor("more_units", order=47)
def more_units(edit: Editing) -> None:
    """Widen hidden layers: ``units_factor`` (4 by default), to at least 64 and at most 1,024; ``layers``."""
    factor = float(edit.given("units_factor", 4))
    _set_units(edit, factor, lambda units: min(1024, max(64, int(factor * units))) if units < 256 else units)


@editor("fewer_units", order=48)
def fewer_units(edit: Editing) -> None:
    """Narrow hidden layers: ``units_factor`` (0.25 by default), those of more than 16; ``layers``."""
    factor = float(edit.given("units_factor", 0.25))
    _set_units(edit, factor, lambda units: max(4, int(factor * units)) if units > 16 else units)


@editor("add_hidden_layer", order=49)
def add_hidden_layer(edit: Editing) -> None:
    """Put a hidden layer before the output: ``units``, ``activation``."""
    last = output_weights(edit)
    units = number(int(edit.given("units", 64)))
    spelled = spell(edit.source, "keras.layers.Dense", edit.layer_call(last))
    activation = quoted(edit.source, str(edit.given("activation", "relu")), edit.layer_call(last))
    insert_layer_before(edit, last, f"{spelled}({units}, activation={activation})")


@editor("remove_layers", order=40)
def remove_layers(edit: Editing) -> None:
    """Take hidden layers out that give the shape they take, all but two: ``layers`` for others.

    Of several that a loop makes, the loop makes that many fewer.
    """
    names = edit.names("layers") or _extra(edit)
    if not names:
        raise CannotEditError("Take hidden layers out by hand; none can be told to be spare.")
    groups: dict[tuple[int, int], list[str]] = {}
    for name in names:
        edit.layer_call(name)
        groups.setdefault(edit.source.anchors[f"layer:{name}"], []).append(name)
    for group in groups.values():
        made = _made_by_same_call(edit, group[0])
        if len(group) < len(made):
            _shorten_loop(edit, group, len(made))
        else:
            remove_layer(edit, group[0])


def _extra(edit: Editing) -> list[str]:
    """Hidden layers whose output has the shape of their input, but for the first two."""
    layers, hidden = own_layers(edit), {one.name for one in weighted(edit)}
    alike = [
        layer.name
        for before, layer in itertools.pairwise(layers)
        if layer.name in hidden and layer.output_shape is not None and before.output_shape == layer.output_shape
    ]
    return alike[2:]


def _made_by_same_call(edit: Editing, name: str) -> list[LayerLike]:
    anchor = edit.source.anchors[f"layer:{name}"]
    return [one for one in edit.case.layers if edit.source.anchors.get(f"layer:{one.name}") == anchor]


def _shorten_loop(edit: Editing, gone: list[str], made: int) -> None:
    call = edit.layer_call(gone[0])
    loop = edit.source.around(call, cst.For)
    turns = loop.iter if loop is not None else None
    if isinstance(turns, cst.Call) and edit.source.code(turns.func) == "range" and len(turns.args) == 1:
        count = turns.args[0].value
        if integer(edit, origin(edit.source, count)) == made:
            set_value(edit.source, count, str(made - len(gone)), made)
            return
    raise edit.refuse(f"Let the loop make {len(gone)} layers fewer", f"layer:{gone[0]}")


def _set_units(edit: Editing, factor: float, sized: Callable[[int], int]) -> None:
    default = [*weighted(edit), *of_class(edit, *RECURRENT)]
    for layer in edit.shared_calls(edit.layers_named(default)):
        known = edit.layer(layer)
        name = "filters" if known is not None and known.class_name in CONVOLUTIONS else "units"
        found = argument(edit.layer_call(layer), name, 0)
        if found is None:
            raise edit.refuse(f"Change the number of units of {layer}", f"layer:{layer}")
        old = literal(edit.source, origin(edit.source, found.value))
        if isinstance(old, int):
            if sized(old) != old:
                set_value(edit.source, found.value, number(sized(old)), old)
        elif factor >= 1:
            edit.source.replace(found.value, f"{number(round(factor))} * {_term(edit, found.value)}")
        else:
            edit.source.replace(found.value, f"max(1, {_term(edit, found.value)} // {round(1 / factor)})")


def _term(edit: Editing, node: cst.BaseExpression) -> str:
    code = edit.source.code(node)
    return code if isinstance(node, (cst.Name, cst.Attribute, cst.Subscript, cst.Call)) else f"({code})"
