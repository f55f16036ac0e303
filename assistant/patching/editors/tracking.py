"""Weights that Keras does not know of."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import keyword, positional
from assistant.patching.editing import Editing
from assistant.patching.names import path_of, spell
from assistant.patching.registry import editor
from assistant.patching.source import Source

_BY_HAND = "Make the weights of your own layers with add_weight by hand"
_ALIKE = ("trainable", "dtype", "name", "shape", "initial_value")
"""Arguments that mean the same for both kinds of variable; the first value is called otherwise."""


@editor("track_variables", order=43)
def track_variables(edit: Editing) -> None:
    """Make what a layer keeps in a bare ``tf.Variable`` a variable of Keras."""
    if not _bare(edit.source):
        raise edit.refuse(_BY_HAND)
    name = spell(edit.source, "keras.Variable", _bare(edit.source)[0])
    edits: list[tuple[int, int, str]] = []
    for call in _bare(edit.source):
        edits.append((*edit.source.span(call.func), name))
        first = keyword(call, "initial_value")
        if first is not None and first.keyword is not None:
            edits.append((*edit.source.span(first.keyword), "initializer"))
    edit.source.splices(edits)


def _bare(source: Source) -> list[cst.Call]:
    """The calls that make a variable of TensorFlow which an object keeps as an attribute."""
    found = []
    for statement in source.all(cst.Assign):
        call, target = statement.value, statement.targets[0].target
        if not isinstance(call, cst.Call) or path_of(source, call.func) != "tensorflow.Variable":
            continue
        kept = isinstance(target, cst.Attribute) and source.around(statement, cst.ClassDef) is not None
        alike = all(one.keyword is None or one.keyword.value in _ALIKE for one in call.args)
        if kept and alike and positional(call, 1) is None:
            found.append(call)
    return found
