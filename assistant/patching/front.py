"""The front of a model: where its first layer stands, and putting layers before it."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import insert_element, keyword, remove_argument
from assistant.patching.editing import Editing
from assistant.patching.layers import own_layers
from assistant.patching.model import CannotEditError, LayerLike
from assistant.patching.names import dotted, fresh, last_name, parameters_of, path_of, reads, spell
from assistant.patching.source import Source
from assistant.patching.statements import insert_after, insert_before, statement_of
from assistant.patching.structure import Site, site_of

_INPUTS = ("Input", "InputLayer")
_MODELS = ("Model", "Functional", "Sequential")


def inputs_of(edit: Editing) -> list[LayerLike]:
    """The layers that bring the inputs of a functional model."""
    return [one for one in edit.case.layers if one.class_name == "InputLayer" and one.inside is None]


def own_class(edit: Editing) -> cst.ClassDef | None:
    """The class of a model that the program writes itself, with a ``call`` of its own."""
    name = getattr(edit.case.model, "class_name", None)
    found = [one for one in edit.source.all(cst.ClassDef) if one.name.value == name]
    return found[0] if len(found) == 1 and method(found[0], "call") is not None else None


def method(owner: cst.ClassDef, name: str) -> cst.FunctionDef | None:
    """A method of a class."""
    body = owner.body.body
    return next((one for one in body if isinstance(one, cst.FunctionDef) and one.name.value == name), None)


def construction(edit: Editing) -> cst.CSTNode:
    """The statement where the building of the model begins, as far up as the front layer is placed by it.

    Raises:
        CannotEditError: it is not in this source.
    """
    inputs = inputs_of(edit)
    if inputs:
        return statement_of(edit.source, edit.layer_call(inputs[0].name))
    site = front_site(edit)
    if site.form == "added":
        assert isinstance(site.node, cst.Call)
        made = _model_assignment(edit.source, site)
        return statement_of(edit.source, made if made is not None else site.node)
    node = site.holder if site.form == "element" and site.holder is not None else site.node
    return statement_of(edit.source, node)


def front_site(edit: Editing) -> Site:
    """Where the first layer of a sequential model stands.

    Raises:
        CannotEditError: the model has no layer in this source.
    """
    layers = [one for one in own_layers(edit) if one.inside is None]
    if not layers:
        raise CannotEditError("Change the front of the model by hand; its first layer could not be found.")
    return site_of(edit, layers[0].name)


def put_first(edit: Editing, codes: list[str]) -> None:
    """Put layers before all others of a model with one input, in the order given.

    Raises:
        CannotEditError: the model has several inputs or is written in a way in which this cannot be done.
    """
    inputs = inputs_of(edit)
    if len(inputs) > 1:
        raise edit.refuse("Put the layer behind the input concerned by hand; the model has several", "fit.x")
    if inputs:
        for code in reversed(codes):
            behind_input(edit, inputs[0].name, code)
        return
    if own_class(edit) is not None:
        for code in reversed(codes):
            in_own_class(edit, code)
        return
    _take_input_shape(edit)
    for code in reversed(codes):
        _before_first(edit, code)


def _before_first(edit: Editing, code: str) -> None:
    source, site = edit.source, front_site(edit)
    if site.form == "element":
        assert isinstance(site.holder, (cst.List, cst.Tuple))
        index = 0
        for element in site.holder.elements:
            if element is site.node or not _is_input(element.value):
                break
            index += 1
        insert_element(source, site.holder, index, code)
        return
    if site.form == "named":
        holder = site.holder
        assert holder is not None
        if isinstance(holder, cst.Element):
            outer = source.parent(holder)
            assert isinstance(outer, (cst.List, cst.Tuple))
            insert_element(source, outer, [*outer.elements].index(holder), code)
            return
        site = Site("added", holder, None, _base_of(source, holder))
    if site.form == "added" and isinstance(site.node, cst.Call):
        statement = _outside_loops(source, site)
        insert_before(source, statement, [f"{site.name}.add({code})"])
        return
    raise CannotEditError(f"Put {code} before the first layer by hand ({source.file}, line {source.line(site.node)}).")


def _base_of(source: Source, call: cst.CSTNode) -> str:
    if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and call.func.attr.value == "add":
        return source.code(call.func.value)
    raise CannotEditError(f"Change the front of the model by hand ({source.file}, line {source.line(call)}).")


def _model_assignment(source: Source, site: Site) -> cst.CSTNode | None:
    """The ``model = Sequential()`` before an ``add``."""
    found = [
        one
        for one in source.all(cst.Assign)
        if dotted(one.targets[0].target) == site.name
        and isinstance(one.value, cst.Call)
        and last_name(one.value.func) in _MODELS
        and source.end(one) <= source.start(site.node)
    ]
    return found[-1] if found else None


def _outside_loops(source: Source, site: Site) -> cst.CSTNode:
    """The ``add`` of the first layer, or the loop that makes it among others."""
    made = _model_assignment(source, site)
    chosen = site.node
    for outer in source.ancestors(site.node):
        if isinstance(outer, cst.FunctionDef) or (made is not None and source.inside(made, outer)):
            break
        if isinstance(outer, (cst.For, cst.While)):
            chosen = outer
    return chosen


def _is_input(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and last_name(node.func) in _INPUTS


def _take_input_shape(edit: Editing) -> None:
    """Turn the ``input_shape`` of a first layer into an ``Input``, since another layer is going to be the first."""
    layers = [one for one in own_layers(edit) if one.inside is None]
    call = edit.find_layer_call(layers[0].name) if layers else None
    arg = keyword(call, "input_shape", "input_dim", "batch_input_shape") if call is not None else None
    if call is None or arg is None or arg.keyword is None:
        return
    shape = edit.source.code(arg.value)
    kind = arg.keyword.value
    given = {"input_shape": f"shape={shape}", "input_dim": f"shape=({shape},)"}.get(kind, f"batch_shape={shape}")
    remove_argument(edit.source, call, arg)
    spelled = spell(edit.source, "keras.Input", edit.layer_call(layers[0].name))
    _before_first(edit, f"{spelled}({given})")


def behind_input(edit: Editing, name: str, code: str) -> None:
    """Put a layer between an input of a functional model and all that reads it."""
    source = edit.source
    call = edit.layer_call(name)
    statement = source.parent(call)
    variable = None
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        variable = dotted(statement.targets[0].target)
    if variable is None or "." in variable:
        raise edit.refuse(f"Put {code} behind the input {name} by hand", f"layer:{name}")
    scope = source.function(call)
    uses = [
        one
        for one in reads(source, variable)
        if source.start(one) > source.end(call) and source.function(one) is scope and not _is_model_input(source, one)
    ]
    if not uses:
        raise edit.refuse(f"Put {code} behind the input {name} by hand", f"layer:{name}")
    new = fresh(source, "scaled" if "ormaliz" in code or "scal" in code else "prepared")
    source.splices([(*source.span(one), new) for one in uses])
    insert_after(source, edit.layer_call(name), [f"{new} = {code}({variable})"])


def _is_model_input(source: Source, node: cst.CSTNode) -> bool:
    """Whether a tensor is told to ``Model(...)`` as its input."""
    for outer in source.ancestors(node):
        if isinstance(outer, cst.Call):
            name = last_name(outer.func)
            if name in _MODELS or path_of(source, outer.func).startswith("keras.layers."):
                return name in _MODELS or _is_subclass(source, name)
            return _is_subclass(source, name)
        if isinstance(outer, cst.SimpleStatementLine):
            break
    return False


def _is_subclass(source: Source, name: str) -> bool:
    """Whether a class of the program is a model."""
    classes = [one for one in source.all(cst.ClassDef) if one.name.value == name]
    return any(last_name(base.value) in _MODELS for one in classes for base in one.bases)


def in_own_class(edit: Editing, code: str, name: str | None = None) -> str:
    """Put a layer at the head of the ``call`` of a model class; the name that the layer has there.

    Raises:
        CannotEditError: ``call`` takes several inputs, or there is no ``__init__``.
    """
    owner = own_class(edit)
    made = method(owner, "__init__") if owner is not None else None
    called = method(owner, "call") if owner is not None else None
    parameters = parameters_of(called) if called is not None else []
    if owner is None or made is None or called is None or len(parameters) < 2:
        raise edit.refuse(f"Put {code} before the first layer by hand", "model")
    tensor = parameters[1]
    source = edit.source
    uses = reads(source, tensor, called)
    if any(isinstance(source.parent(one), (cst.Subscript, cst.AssignTarget)) for one in uses) or not uses:
        raise edit.refuse(f"Put {code} before the first layer by hand; the model takes several inputs", "model")
    if isinstance(source.parent(uses[0]), cst.Assign):
        raise edit.refuse(f"Put {code} before the first layer by hand; the model takes several inputs", "model")
    attribute = fresh(source, name or "prepare")
    insert_before(source, _first_statement(called), [f"{tensor} = self.{attribute}({tensor})"])
    owner = own_class(edit)
    made = method(owner, "__init__") if owner is not None else None
    assert made is not None
    start = [one for one in source.all(cst.Call, made) if last_name(one.func) == "__init__"]
    if start:
        insert_after(source, start[0], [f"self.{attribute} = {code}"])
    else:
        raise edit.refuse(f"Put {code} before the first layer by hand", "model")
    return attribute


def _first_statement(function: cst.FunctionDef) -> cst.CSTNode:
    body = function.body.body
    first = body[0]
    if len(body) > 1 and isinstance(first, cst.SimpleStatementLine):
        inner = first.body[0]
        if isinstance(inner, cst.Expr) and isinstance(inner.value, (cst.SimpleString, cst.ConcatenatedString)):
            return body[1]
    return first
