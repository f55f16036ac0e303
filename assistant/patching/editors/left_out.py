"""Rows that a program holds and trains on nowhere."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from assistant.patching.arrays import fit_data
from assistant.patching.editing import Editing
from assistant.patching.lineage import fit_pair, lineage, made_from
from assistant.patching.names import assignment_of, reads
from assistant.patching.registry import editor
from assistant.patching.source import Source
from assistant.patching.values import literal, origin

_BY_HAND = "Train on more samples: gather them, or look for rows that the program leaves out"


@dataclass(frozen=True)
class _Part:
    """Rows from a place, or up to it, of a whole array."""

    whole: cst.CSTNode
    """The statement that made the array."""
    node: cst.Subscript
    bound: cst.BaseExpression
    written: tuple[int, int]
    """Where the bound is written, as a number."""
    value: int


@editor("use_left_out_rows", order=47)
def use_left_out_rows(edit: Editing) -> None:
    """Where rows lie between those of training and those of validation, train on them too."""
    pair, held = fit_pair(edit.source, edit.call("fit")), fit_data(edit).validation_x
    if pair is None or held is None:
        raise edit.refuse(_BY_HAND, "fit.x")
    x, y = (_parts(edit.source, one, upper=True) for one in pair)
    later = _parts(edit.source, held.node, upper=False)
    ends = {part.value: one.value for part in x for one in later if one.whole is part.whole and one.value > part.value}
    if len(ends) != 1:
        raise edit.refuse(_BY_HAND, "fit.x")
    (present, wanted), *_ = ends.items()
    ours = [one for one in (*x, *y) if one.value == present]
    if not any(one.value == present for one in y) or _used_elsewhere(edit.source, ours, wanted):
        raise edit.refuse(_BY_HAND, "fit.x")
    # A number that several slices read is written once.
    edit.source.splices((*span, str(wanted)) for span in {one.written for one in ours})


def _used_elsewhere(source: Source, parts: list[_Part], wanted: int) -> bool:
    """Whether the rows between have another use, or the number that ends the training rows has."""
    ours = {one.node for one in parts}
    wholes = {one.whole for one in parts}
    for node in source.all(cst.Subscript):
        if node in ours or not isinstance(node.value, cst.Name):
            continue
        rows = node.slice[0].slice
        if assignment_of(source, node.value.value, node) not in wholes or not isinstance(rows, cst.Slice):
            continue
        begin = literal(source, origin(source, rows.lower)) if rows.lower is not None else 0
        if not isinstance(begin, int) or begin < wanted:
            return True
    names = {one.bound.value for one in parts if isinstance(one.bound, cst.Name)}
    bounds = {id(one.bound) for one in parts}
    return any(id(one) not in bounds for name in names for one in reads(source, name))


def _parts(source: Source, node: cst.BaseExpression, *, upper: bool) -> list[_Part]:
    """The slices that an expression's rows went through: those with an end alone, or with a beginning alone."""
    made = [node]
    for read in lineage(source, node).reads:
        made += made_from(source, read.statement, read.name.value)
    slices = [one for whole in made for one in (whole, *source.all(cst.Subscript, whole))]
    found = [_part(source, one, upper=upper) for one in slices if isinstance(one, cst.Subscript)]
    return list(dict.fromkeys(one for one in found if one is not None))


def _part(source: Source, node: cst.Subscript, *, upper: bool) -> _Part | None:
    if len(node.slice) != 1 or not isinstance(node.value, cst.Name):
        return None
    rows = node.slice[0].slice
    if not isinstance(rows, cst.Slice) or rows.step is not None:
        return None
    bound, other = (rows.upper, rows.lower) if upper else (rows.lower, rows.upper)
    whole = assignment_of(source, node.value.value, node)
    if bound is None or (upper and other is not None) or whole is None:
        return None
    written = origin(source, bound)
    value = literal(source, written)
    if written is None or not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        return None
    return _Part(whole, node, bound, source.span(written), value)
