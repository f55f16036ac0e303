"""Layers that prepare what goes through a model, and the precision that it computes in."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import argument, keyword, remove_argument, set_argument
from assistant.patching.compiled import tidy
from assistant.patching.editing import Editing
from assistant.patching.front import put_first
from assistant.patching.layers import own_layers
from assistant.patching.model import CannotEditError
from assistant.patching.names import last_name, spell
from assistant.patching.precision import HALF, is_half_policy
from assistant.patching.registry import editor
from assistant.patching.statements import delete, statement_of
from assistant.patching.structure import insert_layer_before
from assistant.patching.values import literal, number


@editor("flatten_features", order=51)
def flatten_features(edit: Editing) -> None:
    """Put ``Flatten`` before a dense layer that gets more than one axis: ``before``."""
    layer = edit.parameters.get("before") or _first_dense_on_axes(edit)
    code = spell(edit.source, "keras.layers.Flatten", edit.layer_call(str(layer)))
    insert_layer_before(edit, str(layer), f"{code}()")


def _first_dense_on_axes(edit: Editing) -> str:
    layers = own_layers(edit)
    for before, layer in zip([None, *layers], layers, strict=False):
        if layer.class_name != "Dense":
            continue
        shape = before.output_shape if before is not None else None
        data = edit.case.data.get("x")
        rank = len(shape) if isinstance(shape, list) else len(data.shapes[0]) if data and data.shapes else 0
        if rank > 2:
            return layer.name
    raise CannotEditError("Flatten the features by hand before the first dense layer.")


@editor("mask_padding", order=67)
def mask_padding(edit: Editing) -> None:
    """Let layers skip padding: by the embedding where there is one, else by a masking layer at the front."""
    embeddings = [one for one in edit.case.layers if one.class_name == "Embedding"]
    if not embeddings:
        put_first(edit, [f"{spell(edit.source, 'keras.layers.Masking')}(0.0)"])
        return
    for layer in edit.shared_calls(embeddings):
        set_argument(edit.source, edit.layer_call(layer), "mask_zero", "True")


@editor("widen_embedding", order=46)
def widen_embedding(edit: Editing) -> None:
    """Give the embedding a row for every id: ``input_dim``."""
    embeddings = [one for one in edit.case.layers if one.class_name == "Embedding"]
    if len(embeddings) != 1:
        raise edit.refuse("Give the embedding as many rows as the largest id plus one", "fit.x")
    call = edit.layer_call(embeddings[0].name)
    set_argument(edit.source, call, "input_dim", number(int(edit.number("input_dim"))), 0)


@editor("augment", order=68)
def augment(edit: Editing) -> None:
    """Shift pictures in training: ``shift``, and if given ``flip``, ``rotation``, ``zoom``."""
    data = edit.case.data.get("x")
    rank = len(data.shapes[0]) if data is not None and data.shapes else 4
    if rank != 4:
        raise edit.refuse("Vary the training inputs by hand in a way that keeps their targets", "fit.x")
    shift = number(float(edit.given("shift", 0.1)))
    wanted = [
        ("RandomFlip", '"horizontal"', bool(edit.given("flip", False))),
        ("RandomTranslation", f'{shift}, {shift}, fill_mode="nearest"', True),
        ("RandomRotation", number(float(edit.given("rotation", 0))), bool(edit.given("rotation"))),
        ("RandomZoom", number(float(edit.given("zoom", 0))), bool(edit.given("zoom"))),
    ]
    put_first(edit, [f"{spell(edit.source, f'keras.layers.{name}')}({given})" for name, given, use in wanted if use])


_FACTORS = {
    "RandomRotation": (("factor",), 0.03),
    "RandomTranslation": (("height_factor", "width_factor"), 0.05),
    "RandomZoom": (("height_factor", "width_factor"), 0.05),
    "RandomShear": (("x_factor", "y_factor"), 0.05),
    "RandomContrast": (("factor",), 0.1),
    "RandomBrightness": (("factor",), 0.1),
}
"""Arguments that say how far a random layer goes, and what keeps a picture recognisable."""


@editor("less_augmentation", order=54)
def less_augmentation(edit: Editing) -> None:
    """Write smaller factors for random layers, and let those that have none pass pictures on: ``layers``."""
    named = edit.names("layers")
    found = [one.name for one in edit.case.layers if one.class_name.startswith("Random")]
    chosen = [one for one in found if not named or one in named]
    if not chosen:
        raise edit.refuse("Vary the training pictures less by hand; no random layer is seen in the program", "fit.x")
    for name in edit.shared_calls([one for one in edit.case.layers if one.name in chosen]):
        layer = edit.layer(name)
        factors, mild = _FACTORS.get(layer.class_name if layer is not None else "", ((), 0.0))
        if not factors:
            edit.source.replace(edit.layer_call(name), f"{spell(edit.source, 'keras.layers.Identity')}()")
        for place, factor in enumerate(factors):
            if place == 0 or argument(edit.layer_call(name), factor, place) is not None:
                set_argument(edit.source, edit.layer_call(name), factor, number(mild), place)
    edit.note("Raise the factors again step by step, as long as a person still tells the class of every picture.")


@editor("use_float32", order=5)
def use_float32(edit: Editing) -> None:
    """Take out what makes the model compute with half the bits."""
    before = edit.source.text
    while True:
        found = next((one for one in edit.source.all(cst.Call) if is_half_policy(edit, one)), None)
        if found is None:
            break
        name = found.args[0].value.value if isinstance(found.args[0].value, cst.Name) else None
        delete(edit.source, statement_of(edit.source, found))
        if name is not None:
            tidy(edit, name)
    while True:
        given = next((one for one in edit.source.all(cst.Call) if _half_dtype(edit, one) is not None), None)
        if given is None:
            break
        arg = _half_dtype(edit, given)
        assert arg is not None
        remove_argument(edit.source, given, arg)
    if edit.source.text == before:
        raise CannotEditError(
            "Let the model compute in float32; what sets another precision is not seen in the program."
        )


def _half_dtype(edit: Editing, call: cst.Call) -> cst.Arg | None:
    """The ``dtype`` of a layer that is half as wide."""
    if not last_name(call.func)[:1].isupper():
        return None
    arg = keyword(call, "dtype")
    return arg if arg is not None and literal(edit.source, arg.value) in HALF else None
