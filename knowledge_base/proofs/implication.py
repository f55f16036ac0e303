"""Whether one condition implies another, or can never hold: only what is certain is said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from knowledge_base.conditions import WORDS, Condition, Items, Scalar, Test

ON_ITEMS = ("any_item", "all_items", "count_items")

Value = tuple[str, Scalar]


@dataclass(frozen=True)
class Interval:
    """Finite numbers between two bounds; an open end excludes its bound."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = True
    high_open: bool = True

    def within(self, other: Interval) -> bool:
        """Whether every number of this interval lies in the other."""
        above = self.low > other.low or (self.low == other.low and (self.low_open or not other.low_open))
        below = self.high < other.high or (self.high == other.high and (self.high_open or not other.high_open))
        return above and below

    def met(self, other: Interval) -> Interval:
        """The numbers in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(
            low,
            high,
            any(one.low_open for one in (self, other) if one.low == low),
            any(one.high_open for one in (self, other) if one.high == high),
        )

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


def implies(this: Condition, other: Condition) -> bool:
    """Whether the other condition certainly holds whenever this one does."""
    parts = list(_conjuncts(this))
    if len(parts) == 1 and this.some:
        return all(implies(one, other) for one in this.some)
    return all(_follows(this, parts, wanted) for wanted in _conjuncts(other))


def never_holds(condition: Condition) -> bool:
    """Whether a condition certainly contradicts itself."""
    tests: dict[str, list[Test]] = {}
    for part in _conjuncts(condition):
        for path, test in part.tests.items():
            tests.setdefault(path, []).append(test)
    return any(_contradict(alike) for alike in tests.values())


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    """The parts of a condition, each a condition with one part only."""
    for path, test in condition.tests.items():
        yield Condition.model_validate({path: test})
    for part in condition.every or ():
        yield from _conjuncts(part)
    for name, key in (("some", "any"), ("negated", "not"), *((one, one) for one in ON_ITEMS)):
        if getattr(condition, name) is not None:
            yield Condition.model_validate({key: getattr(condition, name)})


def _follows(this: Condition, parts: list[Condition], wanted: Condition) -> bool:
    if any(_one_follows(part, wanted) for part in parts):
        return True
    return any(implies(this, one) for one in wanted.some or ())


def _one_follows(part: Condition, wanted: Condition) -> bool:
    if _same(part, wanted):
        return True
    if wanted.tests:
        return all(path in part.tests and _test_implies(part.tests[path], test) for path, test in wanted.tests.items())
    return any(_items_follow(getattr(part, name), getattr(wanted, name)) for name in ("any_item", "all_items"))


def _same(one: Condition | Test, other: Condition | Test) -> bool:
    """Whether two are written alike; Python takes true for 1."""
    return one == other and repr(one) == repr(other)


def _items_follow(part: Items | None, wanted: Items | None) -> bool:
    return part is not None and wanted is not None and part.of == wanted.of and implies(part.where, wanted.where)


def _test_implies(this: Test, other: Test) -> bool:
    if _same(this, other):
        return True
    mine, theirs = _values(this), _values(other)
    if mine is not None and theirs is not None:
        return mine <= theirs
    wanted = _interval(other)
    if wanted is None or other.model_fields_set & {"contains", "matches"}:
        return False
    if mine is not None:
        return all(_inside(value, wanted) for value in mine)
    known = _interval(this)
    return known is not None and known.within(wanted)


def _contradict(tests: list[Test]) -> bool:
    ranges = [found for test in tests if (found := _interval(test)) is not None]
    both = reduce(Interval.met, ranges, Interval())
    listed = [values for test in tests if (values := _values(test)) is not None]
    if not listed:
        return both.empty
    shared = frozenset.intersection(*listed)
    if any(value in WORDS for one in listed for _, value in one):
        return False
    return not any(not ranges or _inside(value, both) for value in shared)


def _values(test: Test) -> frozenset[Value] | None:
    """The values that a test allows, if it lists them; each with its type, as true is not one."""
    if "equals" in test.model_fields_set:
        return frozenset({(_type(test.equals), test.equals)})
    if test.one_of is not None:
        return frozenset((_type(value), value) for value in test.one_of)
    return None


def _type(value: Scalar) -> str:
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def _inside(value: Value, interval: Interval) -> bool:
    kind, number = value
    return kind == "number" and Interval(float(number or 0), float(number or 0), False, False).within(interval)


def _interval(test: Test) -> Interval | None:
    """The finite numbers that a test allows, if all its bounds are numbers."""
    bounds: list[tuple[object, object, bool]] = []
    if test.below is not None:
        bounds.append((-math.inf, test.below, True))
    if test.above is not None:
        bounds.append((test.above, math.inf, True))
    if test.between is not None:
        bounds.append((*test.between, False))
    known = [
        Interval(low, high, opened, opened)
        for low, high, opened in bounds
        if isinstance(low, (int, float)) and isinstance(high, (int, float))
    ]
    return reduce(Interval.met, known) if known and len(known) == len(bounds) else None
