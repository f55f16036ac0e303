"""Where a layer sits in the source of its model, and putting layers beside it or taking it out.

Layers are written as elements of a list (``Sequential([...])``), by ``model.add(...)``, applied to a tensor
(``h = Dense(8)(h)``), or kept under a name and used elsewhere (``self.hidden = Dense(8)``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import libcst as cst

from assistant.patching.calls import insert_element, remove_element
from assistant.patching.editing import Editing
from assistant.patching.model import CannotEditError
from assistant.patching.names import dotted, fresh, last_name, path_of, reads
from assistant.patching.source import Source
from assistant.patching.statements import delete, insert_after, insert_before

Form = Literal["element", "added", "applied", "named"]


@dataclass(frozen=True)
class Site:
    """Where a layer stands; nodes are of the tree as it is now.

    Attributes:
        form: how it was put into the model.
        node: the element, the ``add`` call, the call on the tensor, or the assignment.
        holder: for an element its list; for a named layer the one place that uses it.
        name: for a named layer its name; for an added one what ``add`` is called on.
    """

    form: Form
    node: cst.CSTNode
    holder: cst.CSTNode | None = None
    name: str = ""


def site_of(edit: Editing, layer: str) -> Site:
    """Where a layer stands.

    Raises:
        CannotEditError: it is written in a way in which nothing can be put beside it.
    """
    return site_of_call(edit, edit.layer_call(layer))


def site_of_call(edit: Editing, call: cst.Call) -> Site:
    """Where the layer stands that a call makes."""
    source = edit.source
    node: cst.BaseExpression = call
    parent = source.parent(node)
    while isinstance(parent, cst.Arg):
        outer = source.parent(parent)
        if isinstance(outer, cst.Call) and path_of(source, outer.func).startswith("keras.layers."):
            node, parent = outer, source.parent(outer)
            continue
        break
    found = _direct(source, node, parent)
    if found is not None:
        return found
    if isinstance(parent, cst.Assign) and len(parent.targets) == 1:
        name = dotted(parent.targets[0].target)
        uses = reads(source, name) if name is not None else []
        if name is not None and len(uses) == 1:
            used = _direct(source, uses[0], source.parent(uses[0]))
            if used is not None:
                return Site("named", parent, used.node, name)
    raise CannotEditError(
        f"Change the model by hand around {last_name(call.func)} ({source.file}, line {source.line(call)})."
    )


def _direct(source: Source, node: cst.BaseExpression, parent: cst.CSTNode | None) -> Site | None:
    if isinstance(parent, cst.Element):
        holder = source.parent(parent)
        if isinstance(holder, (cst.List, cst.Tuple)):
            return Site("element", parent, holder)
    if isinstance(parent, cst.Arg):
        outer = source.parent(parent)
        if isinstance(outer, cst.Call) and isinstance(outer.func, cst.Attribute) and outer.func.attr.value == "add":
            return Site("added", outer, None, source.code(outer.func.value))
    if isinstance(parent, cst.Call) and parent.func is node and parent.args:
        return Site("applied", parent)
    return None


def insert_layer_after(edit: Editing, layer: str, code: str) -> None:
    """Put a layer right behind another one."""
    source, site = edit.source, site_of(edit, layer)
    if site.form == "element":
        assert isinstance(site.holder, (cst.List, cst.Tuple))
        insert_element(source, site.holder, _index(site.holder, site.node) + 1, code)
    elif site.form == "added":
        insert_after(source, site.node, [f"{site.name}.add({code})"])
    elif site.form == "applied":
        assert isinstance(site.node, cst.Call)
        _after_call(edit, site.node, code)
    else:
        _beside_named(edit, site, code, after=True)


def insert_layer_before(edit: Editing, layer: str, code: str) -> None:
    """Put a layer right before another one."""
    source, site = edit.source, site_of(edit, layer)
    if site.form == "element":
        assert isinstance(site.holder, (cst.List, cst.Tuple))
        insert_element(source, site.holder, _index(site.holder, site.node), code)
    elif site.form == "added":
        insert_before(source, site.node, [f"{site.name}.add({code})"])
    elif site.form == "applied":
        assert isinstance(site.node, cst.Call)
        _before_call(edit, site.node, code)
    else:
        _beside_named(edit, site, code, after=False)


def remove_layer(edit: Editing, layer: str) -> None:
    """Take a layer out of the model."""
    source, site = edit.source, site_of(edit, layer)
    if site.form == "element":
        assert isinstance(site.holder, (cst.List, cst.Tuple))
        assert isinstance(site.node, cst.BaseElement)
        remove_element(source, site.holder, site.node)
    elif site.form == "added":
        delete(source, site.node)
    elif site.form == "applied":
        assert isinstance(site.node, cst.Call)
        _drop_call(edit, site.node)
    else:
        _drop_named(edit, site)


def _index(holder: cst.List | cst.Tuple, node: cst.CSTNode) -> int:
    return [*holder.elements].index(node)  # type: ignore[arg-type]


def _after_call(edit: Editing, call: cst.Call, code: str) -> None:
    """``h = Dense(8)(h)`` gets a line of its own below; anything else is wrapped where it stands."""
    source = edit.source
    target = _target(source, call)
    if target is not None:
        insert_after(source, call, [f"{target} = {code}({target})"])
    else:
        start, end = source.span(call)
        source.splices([(start, start, f"{code}("), (end, end, ")")])


def _before_call(edit: Editing, call: cst.Call, code: str) -> None:
    source = edit.source
    given = call.args[0].value
    if (isinstance(given, cst.Name) and _target(source, call) == given.value) or (
        isinstance(given, cst.Name) and _is_last_use(source, given, call)
    ):
        insert_before(source, call, [f"{given.value} = {code}({given.value})"])
    else:
        start, end = source.span(given)
        source.splices([(start, start, f"{code}("), (end, end, ")")])


def _is_last_use(source: Source, name: cst.Name, call: cst.Call) -> bool:
    """Whether nothing reads a name once a call has read it, so that it may be given another value before."""
    if source.around(call, cst.For) is not None or source.around(call, cst.While) is not None:
        return False
    parent = source.parent(call)
    alone = isinstance(parent, (cst.Assign, cst.Return))
    return alone and not any(source.start(one) > source.start(name) for one in reads(source, name.value))


def _target(source: Source, call: cst.Call) -> str | None:
    """The name that a statement gives the call's tensor, where it does nothing else."""
    parent = source.parent(call)
    if not isinstance(parent, cst.Assign) or len(parent.targets) != 1:
        return None
    target = parent.targets[0].target
    return target.value if isinstance(target, cst.Name) else None


def _drop_call(edit: Editing, call: cst.Call) -> None:
    source = edit.source
    given = call.args[0].value
    if isinstance(given, cst.Name) and _target(source, call) == given.value:
        delete(source, call)
    else:
        source.replace(call, source.code(given))


def _drop_named(edit: Editing, site: Site) -> None:
    source, holder = edit.source, site.holder
    if isinstance(holder, cst.Element):
        outer = source.parent(holder)
        assert isinstance(outer, (cst.List, cst.Tuple))
        remove_element(source, outer, holder)
    elif isinstance(holder, cst.Call) and isinstance(holder.func, cst.Attribute) and holder.func.attr.value == "add":
        delete(source, holder)
    elif isinstance(holder, cst.Call):
        _drop_call(edit, holder)
    made = [one for one in source.all(cst.Assign) if dotted(one.targets[0].target) == site.name]
    if len(made) == 1:
        delete(source, made[0])


def _beside_named(edit: Editing, site: Site, code: str, *, after: bool) -> None:
    """A neighbour of a layer that is kept under a name gets a name of its own, beside it."""
    source, holder = edit.source, site.holder
    assert holder is not None
    last = site.name.rpartition(".")[2]
    own = fresh(source, f"{last}_{_purpose(code)}")
    name = f"{site.name.removesuffix(last)}{own}"
    if isinstance(holder, cst.Element):
        outer = source.parent(holder)
        assert isinstance(outer, (cst.List, cst.Tuple))
        insert_element(source, outer, _index(outer, holder) + after, name)
    elif isinstance(holder, cst.Call) and isinstance(holder.func, cst.Attribute) and holder.func.attr.value == "add":
        line = [f"{source.code(holder.func.value)}.add({name})"]
        (insert_after if after else insert_before)(source, holder, line)
    elif isinstance(holder, cst.Call):
        inner = holder if after else holder.args[0].value
        start, end = source.span(inner)
        source.splices([(start, start, f"{name}("), (end, end, ")")])
    made = [one for one in source.all(cst.Assign) if dotted(one.targets[0].target) == site.name]
    insert_after(source, made[0], [f"{name} = {code}"])


def _purpose(code: str) -> str:
    """A short word for a layer's code: ``normalization`` of ``layers.BatchNormalization()``."""
    name = code.partition("(")[0].rpartition(".")[2]
    words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).split("_")
    return words[-1] or "layer"
