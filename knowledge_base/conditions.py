"""Conditions over a measurement: data, never code, and three-valued.

A condition is true, false, or unknown (``None``) because a field that it needs is missing or null. The connectives
follow Kleene: a false part makes a conjunction false whatever the unknown parts would be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

from knowledge_base.entry import Entry, Number

Scalar = bool | int | float | str | None
Truth = bool | None

MISSING = object()
SELF = "item"
WORDS = ("nan", "infinite", "finite")
NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
ORDERINGS = ("below", "above", "between")


class FieldOperand(Entry):
    """Another field of the same measurement, to compare with."""

    field: str
    """Its dotted path."""
    times: Number = 1.0
    """What it is multiplied by first."""
    plus: Number = 0.0
    """What is added then."""


def _operand_kind(value: object) -> str:
    return "<field>" if isinstance(value, (Mapping, FieldOperand)) else "<number>"


Operand = Annotated[
    Annotated[Number, Tag("<number>")] | Annotated[FieldOperand, Tag("<field>")], Discriminator(_operand_kind)
]


class Test(Entry):
    """What is asked of one field; several tests must all hold."""

    __test__ = False

    below: Operand | None = None
    """The number is less; false for a number that is not finite."""
    above: Operand | None = None
    """The number is greater; false for a number that is not finite."""
    between: tuple[Operand, Operand] | None = None
    """The number lies between the two, ends included; false for a number that is not finite."""
    equals: Scalar = Field(default=None, alias="is")
    """The value equals; or one of ``null``, ``nan``, ``infinite``, ``finite``."""
    one_of: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    """The value is one of these."""
    contains: Scalar = None
    """The list holds this value, or the text these letters."""
    matches: str | None = None
    """The text matches this regular expression somewhere."""

    @field_validator("matches")
    @classmethod
    def _is_an_expression(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as problem:
            raise ValueError(f"not a regular expression: {problem}") from problem
        return value

    @model_validator(mode="after")
    def _asks_something(self) -> Test:
        if not self.model_fields_set:
            raise ValueError("a test needs one of below, above, between, is, in, contains, matches")
        return self


class Items(Entry):
    """The items of a list that a condition is put to."""

    of: str
    """The dotted path of the list."""
    where: Condition
    """The condition on one item: over its fields, or over ``item`` where the items are plain values."""


class CountedItems(Entry):
    """How many items of a list fulfil a condition."""

    of: str
    """The dotted path of the list."""
    where: Condition | None = None
    """The condition on one item; all items count without it."""
    below: Number | None = None
    """Fewer than this many."""
    above: Number | None = None
    """More than this many."""
    between: tuple[Number, Number] | None = None
    """From this many to that many, ends included."""
    equals: Number | None = Field(default=None, alias="is")
    """Exactly this many."""

    @model_validator(mode="after")
    def _asks_something(self) -> CountedItems:
        if not self.model_fields_set & {"below", "above", "between", "equals"}:
            raise ValueError("count_items needs one of below, above, between, is")
        return self


class Condition(Entry):
    """Fields and what is asked of them; all parts must hold."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Test]

    every: tuple[Condition, ...] | None = Field(default=None, alias="all")
    """All of these hold."""
    some: tuple[Condition, ...] | None = Field(default=None, alias="any")
    """At least one of these holds."""
    negated: Condition | None = Field(default=None, alias="not")
    """This does not hold."""
    any_item: Items | None = None
    """At least one item of a list fulfils a condition; false of an empty list."""
    all_items: Items | None = None
    """Every item of a list fulfils a condition; true of an empty list."""
    count_items: CountedItems | None = None
    """The number of items that fulfil a condition."""

    @property
    def tests(self) -> Mapping[str, Test]:
        """The tests of fields, by dotted path."""
        return self.__pydantic_extra__ or {}

    @model_validator(mode="after")
    def _asks_something(self) -> Condition:
        if not self.model_fields_set and not self.tests:
            raise ValueError("an empty condition asks nothing; write `when: otherwise` for the rest")
        return self


class Scope:
    """The fields that a condition sees: those of the item at hand first, then those around it."""

    def __init__(self, fields: Any, outer: Scope | None = None) -> None:
        self.fields, self.outer = fields, outer

    def value(self, path: str) -> Any:
        """The value at a dotted path, or ``MISSING``."""
        if path == SELF and self.outer is not None:
            return self.fields
        found = look_up(self.fields, path)
        return self.outer.value(path) if found is MISSING and self.outer is not None else found


def look_up(fields: Any, path: str) -> Any:
    """The value at a dotted path of nested mappings and lists (``layers.0.name``), or ``MISSING``."""
    value = fields
    for part in path.split("."):
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, Sequence) and not isinstance(value, str) and _is_index(part, len(value)):
            value = value[int(part)]
        else:
            return MISSING
    return value


def _is_index(part: str, length: int) -> bool:
    return part.isdigit() and int(part) < length


def as_number(value: Any) -> float | None:
    """The number in a value, also where it travelled as a word (``"NaN"``); else ``None``."""
    if isinstance(value, str):
        return NON_FINITE.get(value)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def evaluate(condition: Condition, measurement: Mapping[str, Any]) -> Truth:
    """Whether a condition holds of a measurement: true, false, or ``None`` for unknown."""
    return holds(condition, Scope(measurement))


def holds(condition: Condition, scope: Scope) -> Truth:
    """Whether a condition holds within a scope."""
    return all_of(_parts(condition, scope))


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's conjunction."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's disjunction."""
    return opposite(all_of(opposite(truth) for truth in truths))


def opposite(truth: Truth) -> Truth:
    """Kleene's negation."""
    return None if truth is None else not truth


def _parts(condition: Condition, scope: Scope) -> Iterable[Truth]:
    for path, test in condition.tests.items():
        yield _passes(test, scope.value(path), scope)
    if condition.every is not None:
        yield all_of(holds(part, scope) for part in condition.every)
    if condition.some is not None:
        yield any_of(holds(part, scope) for part in condition.some)
    if condition.negated is not None:
        yield opposite(holds(condition.negated, scope))
    if condition.any_item is not None:
        yield _over_items(condition.any_item, scope, any_of)
    if condition.all_items is not None:
        yield _over_items(condition.all_items, scope, all_of)
    if condition.count_items is not None:
        yield _counts(condition.count_items, scope)


def _items(path: str, scope: Scope) -> Sequence[Any] | None:
    value = scope.value(path)
    return value if isinstance(value, Sequence) and not isinstance(value, str) else None


def _over_items(items: Items, scope: Scope, joined: Any) -> Truth:
    values = _items(items.of, scope)
    if values is None:
        return None
    truth: Truth = joined(holds(items.where, Scope(value, scope)) for value in values)
    return truth


def matching_items(condition: Condition | None, measurement: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """The list that the first condition on items looks at, and the items that fulfil it; ``None`` without one."""
    items = condition and first_items(condition)
    if not items:
        return None
    scope = Scope(measurement)
    values = _items(items.of, scope) or ()
    return items.of, [one for one in values if items.where is None or holds(items.where, Scope(one, scope)) is True]


def first_items(condition: Condition) -> Items | CountedItems | None:
    """The first condition on items of a list within a condition."""
    own = condition.any_item or condition.count_items or condition.all_items
    if own:
        return own
    for part in (*(condition.every or ()), *(condition.some or ())):
        found = first_items(part)
        if found:
            return found
    return None


def _counts(counted: CountedItems, scope: Scope) -> Truth:
    values = _items(counted.of, scope)
    if values is None:
        return None
    truths = [True if counted.where is None else holds(counted.where, Scope(value, scope)) for value in values]
    fewest, unknown = truths.count(True), truths.count(None)
    outcomes = {_count_fits(counted, count) for count in range(fewest, fewest + unknown + 1)}
    return outcomes.pop() if len(outcomes) == 1 else None


def _count_fits(counted: CountedItems, count: int) -> bool:
    return (
        (counted.below is None or count < counted.below)
        and (counted.above is None or count > counted.above)
        and (counted.between is None or counted.between[0] <= count <= counted.between[1])
        and (counted.equals is None or count == counted.equals)
    )


def _passes(test: Test, value: Any, scope: Scope) -> Truth:
    if value is MISSING:
        return None
    return all_of(_one_test(test, name, value, scope) for name in sorted(test.model_fields_set))


def _one_test(test: Test, name: str, value: Any, scope: Scope) -> Truth:
    if name == "equals":
        return _equals(value, test.equals)
    if value is None:
        return None
    if name == "one_of":
        return any_of(_equals(value, one) for one in test.one_of or ())
    if name == "contains":
        return _contains(value, test.contains)
    if name == "matches":
        return bool(re.search(test.matches or "", value)) if isinstance(value, str) else None
    return _ordered(test, name, value, scope)


def _equals(value: Any, wanted: Scalar) -> Truth:
    if wanted is None:
        return value is None
    if value is None:
        return None
    number = as_number(value)
    if number is not None and wanted in WORDS:
        return {"nan": math.isnan, "infinite": math.isinf, "finite": math.isfinite}[str(wanted)](number)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return bool(value == wanted)


def _contains(value: Any, wanted: Scalar) -> Truth:
    if isinstance(value, str):
        return str(wanted) in value
    if isinstance(value, Sequence):
        return any_of(_equals(one, wanted) for one in value)
    return None


def _ordered(test: Test, name: str, value: Any, scope: Scope) -> Truth:
    number = as_number(value)
    if number is None:
        return None
    if not math.isfinite(number):
        return False
    bounds = test.between if name == "between" else (getattr(test, name),)
    limits = [_limit(bound, scope) for bound in bounds or ()]
    if any(limit is None for limit in limits):
        return None
    known = [limit for limit in limits if limit is not None]
    if not all(math.isfinite(limit) for limit in known):
        return False
    if name == "between":
        return known[0] <= number <= known[1]
    return number < known[0] if name == "below" else number > known[0]


def _limit(operand: float | FieldOperand, scope: Scope) -> float | None:
    if not isinstance(operand, FieldOperand):
        return operand
    number = as_number(scope.value(operand.field))
    return None if number is None else number * operand.times + operand.plus


Items.model_rebuild()
CountedItems.model_rebuild()
