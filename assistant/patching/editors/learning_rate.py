"""The learning rate and its schedule."""

from __future__ import annotations

import libcst as cst

from assistant.patching.calls import (
    argument,
    insert_argument,
    keyword,
    positional,
    remove_argument,
    remove_element,
)
from assistant.patching.compiled import followed, optimizer_call, replace_and_tidy, tidy, written_optimizer
from assistant.patching.editing import Editing
from assistant.patching.names import dotted, last_name, path_of, spell
from assistant.patching.registry import editor
from assistant.patching.values import assigned_value, literal, number, origin, set_value

_RATES = ("learning_rate", "lr")
_CALLBACKS = ("LearningRateScheduler", "ReduceLROnPlateau")


@editor("set_learning_rate", order=34)
def set_learning_rate(edit: Editing) -> None:
    """Write a learning rate: ``learning_rate``; with ``keep_schedule`` as the first rate of a schedule."""
    rate = number(float(edit.number("learning_rate")))
    arg = rate_argument(optimizer_call(edit))
    if arg is None:
        call = optimizer_call(edit)
        insert_argument(edit.source, call, 0, f"learning_rate={rate}")
    elif is_schedule(edit, arg.value):
        if edit.given("keep_schedule", False):
            _set_first_rate(edit, followed(edit, arg.value), rate)
        else:
            _replace(edit, arg, rate)
    else:
        if arg.keyword is not None and arg.keyword.value == "lr":
            edit.source.replace(arg.keyword, "learning_rate")
            arg = rate_argument(optimizer_call(edit))
            assert arg is not None
        set_value(edit.source, arg.value, rate, edit.case.facts.get("learning_rate"))
    _set_later(edit, rate)
    _drop_callbacks(edit, ("LearningRateScheduler",))


@editor("drop_schedule", order=32)
def drop_schedule(edit: Editing) -> None:
    """Put a constant rate in place of a schedule, and take callbacks that change it out: ``learning_rate``."""
    before = edit.source.text
    call = written_optimizer(edit)
    arg = rate_argument(call) if call is not None else None
    if arg is not None and is_schedule(edit, arg.value):
        rate = edit.parameters.get("learning_rate")
        if rate is None:
            rate = _first_rate(edit, followed(edit, arg.value))
        if rate is None:
            raise edit.refuse("Give the optimizer a constant learning rate", "optimizer")
        _replace(edit, arg, number(float(rate)))
    _drop_callbacks(edit, _CALLBACKS)
    if edit.source.text == before:
        raise edit.refuse("Take out by hand what changes the learning rate; it is not seen in the program", "optimizer")


@editor("warm_up", order=33)
def warm_up(edit: Editing) -> None:
    """Let the rate rise over the first steps, then hold it: ``learning_rate``, ``warmup_steps``, ``decay_steps``."""
    rate = number(float(edit.number("learning_rate")))
    warm, steps = number(int(edit.given("warmup_steps", 100))), number(int(edit.given("decay_steps", 1000)))
    spelled = spell(edit.source, "keras.optimizers.schedules.CosineDecay", optimizer_call(edit))
    schedule = f"{spelled}(0.0, {steps}, alpha=1.0, warmup_target={rate}, warmup_steps={warm})"
    _set_schedule(edit, schedule)


@editor("warm_restart", order=33)
def warm_restart(edit: Editing) -> None:
    """Let the rate fall and rise again: ``learning_rate``, ``first_decay_steps``."""
    rate = number(float(edit.number("learning_rate")))
    steps = number(int(edit.given("first_decay_steps", 100)))
    spelled = spell(edit.source, "keras.optimizers.schedules.CosineDecayRestarts", optimizer_call(edit))
    _set_schedule(edit, f"{spelled}({rate}, {steps}, t_mul=1.0)")


def _set_schedule(edit: Editing, schedule: str) -> None:
    arg = rate_argument(optimizer_call(edit))
    if arg is None:
        insert_argument(edit.source, optimizer_call(edit), 0, f"learning_rate={schedule}")
    else:
        _replace(edit, arg, schedule)
    _drop_callbacks(edit, _CALLBACKS)


def rate_argument(call: cst.Call) -> cst.Arg | None:
    """The learning rate among an optimizer's arguments."""
    return keyword(call, *_RATES) or positional(call, 0)


def is_schedule(edit: Editing, node: cst.BaseExpression) -> bool:
    """Whether an expression is a schedule rather than a number."""
    value = followed(edit, node)
    if not isinstance(value, cst.Call):
        return False
    name = last_name(value.func)
    if "optimizers.schedules." in path_of(edit.source, value.func) or name.endswith(("Decay", "Restarts", "Schedule")):
        return True
    classes = [one for one in edit.source.all(cst.ClassDef) if one.name.value == name]
    return any("Schedule" in last_name(base.value) for one in classes for base in one.bases)


def _replace(edit: Editing, arg: cst.Arg, rate: str) -> None:
    inner = followed(edit, arg.value)
    names = [node.value for node in edit.source.all(cst.Name, inner)] if inner is not arg.value else []
    replace_and_tidy(edit, arg.value, rate)
    for name in names:
        tidy(edit, name)


def _first_rate(edit: Editing, schedule: cst.BaseExpression) -> float | None:
    if not isinstance(schedule, cst.Call):
        return None
    arg = argument(schedule, "initial_learning_rate", 0)
    value = origin(edit.source, arg.value) if arg is not None else None
    plain = literal(edit.source, value)
    if isinstance(plain, (int, float)) and plain > 0:
        return float(plain)
    current = edit.case.facts.get("learning_rate")
    return float(current) if isinstance(current, (int, float)) and current > 0 else None


def _set_first_rate(edit: Editing, schedule: cst.BaseExpression, rate: str) -> None:
    arg = argument(schedule, "initial_learning_rate", 0) if isinstance(schedule, cst.Call) else None
    if arg is None or "Piecewise" in last_name(schedule.func if isinstance(schedule, cst.Call) else schedule):
        raise edit.refuse(f"Let the schedule begin at {rate}", "optimizer")
    set_value(edit.source, arg.value, rate)


def _set_later(edit: Editing, rate: str) -> None:
    """Statements that give the made optimizer another rate: ``optimizer.learning_rate = 0.5``, ``.assign(0.5)``."""
    source = edit.source
    edits = []
    for statement in source.all(cst.Assign):
        target = statement.targets[0].target
        if isinstance(target, cst.Attribute) and target.attr.value in _RATES and _is_optimizer(edit, target.value):
            edits.append((*source.span(statement.value), rate))
    for call in source.all(cst.Call):
        if not isinstance(call.func, cst.Attribute) or call.func.attr.value != "assign" or not call.args:
            continue
        base = call.func.value
        if isinstance(base, cst.Attribute) and base.attr.value in _RATES and _is_optimizer(edit, base.value):
            edits.append((*source.span(call.args[0].value), rate))
    source.splices(edits)


def _is_optimizer(edit: Editing, node: cst.BaseExpression) -> bool:
    call = optimizer_call(edit)
    if last_name(node) == "optimizer":
        return True
    spelled = dotted(node)
    return spelled is not None and any(assigned_value(one, spelled) is call for one in edit.source.all(cst.Assign))


def _drop_callbacks(edit: Editing, classes: tuple[str, ...]) -> None:
    for _ in range(8):
        fit = edit.find_call("fit")
        arg = keyword(fit, "callbacks") if fit is not None else None
        holder = followed(edit, arg.value) if arg is not None else None
        if fit is None or arg is None or not isinstance(holder, cst.List):
            return
        gone = next((one for one in holder.elements if _is_of(edit, one.value, classes)), None)
        if gone is None:
            return
        name = gone.value.value if isinstance(gone.value, cst.Name) else None
        if len(holder.elements) == 1 and holder is arg.value:
            remove_argument(edit.source, fit, arg)
        else:
            remove_element(edit.source, holder, gone)
        if name is not None:
            tidy(edit, name)


def _is_of(edit: Editing, node: cst.BaseExpression, classes: tuple[str, ...]) -> bool:
    value = followed(edit, node)
    return isinstance(value, cst.Call) and last_name(value.func) in classes
