"""Every field that a ``when``, a ``say`` or a ``locate`` names stands in the measurement, with a fitting type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knowledge_base.conditions import (
    ORDERINGS,
    SELF,
    WORDS,
    Condition,
    CountedItems,
    FieldOperand,
    Items,
    Scalar,
    Test,
    first_items,
)
from knowledge_base.fields import FieldTree
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Place, Problem
from knowledge_base.questions import Answer, Question
from knowledge_base.saying import MATCHING, TemplateError, fields, formatted
from knowledge_base.schema import Suits
from knowledge_base.validating import or_nearest

_SAMPLES = {"number": 1.5, "integer": 2, "text": "a", "flag": True}
_KEYS = {"equals": "is", "one_of": "in"}


def prove(kb: KnowledgeBase, catalogue: Mapping[str, FieldTree]) -> Iterator[Problem]:
    """Probes that nobody has, fields that a measurement lacks, and tests that do not fit the type of their field."""
    for question in kb.questions.values():
        if question.probe is None:
            yield from _without_probe(kb, question)
        elif question.probe not in catalogue:
            place = kb.place("questions", question.id, "probe")
            hint = or_nearest(question.probe, catalogue)
            yield Problem.at(place, f"no probe is called {question.probe!r}{hint}")
        else:
            yield from _answers(kb, question, catalogue[question.probe])
    for cause in kb.causes.values():
        for position, remedy in enumerate(cause.remedies):
            if remedy.suits is not None:
                yield from _suits(kb, cause.id, position, remedy.suits, catalogue)


def _suits(
    kb: KnowledgeBase, cause: str, position: int, suits: Suits, catalogue: Mapping[str, FieldTree]
) -> Iterator[Problem]:
    here = ("remedies", position, "suits")
    if suits.probe in catalogue:
        entry = ("causes", cause)
        yield from _Checked(kb, entry, (catalogue[suits.probe],)).condition(suits.when, (*here, "when"))
    else:
        hint = or_nearest(suits.probe, catalogue)
        yield Problem.at(kb.place("causes", cause, *here, "probe"), f"no probe is called {suits.probe!r}{hint}")


def _without_probe(kb: KnowledgeBase, question: Question) -> Iterator[Problem]:
    for name, answer in question.answers.items():
        for key in ("when", "say", "locate"):
            if getattr(answer, key):
                place = kb.place("questions", question.id, "answers", name, key)
                yield Problem.at(place, f"a question without a probe has no measurement for `{key}` to look at")


def _answers(kb: KnowledgeBase, question: Question, measurement: FieldTree) -> Iterator[Problem]:
    for name, answer in question.answers.items():
        keys = ("answers", name, "when")
        if isinstance(answer.when, Condition):
            yield from _Checked(kb, ("questions", question.id), (measurement,)).condition(answer.when, keys)
        yield from _texts(kb, question, name, answer, measurement)


@dataclass(frozen=True)
class _Checked:
    """The types in sight while a condition is checked, the innermost last."""

    kb: KnowledgeBase
    entry: tuple[str, str]
    scopes: tuple[FieldTree, ...]

    def place(self, keys: tuple[object, ...]) -> Place:
        return self.kb.place(*self.entry, *keys)

    def find(self, path: str) -> FieldTree | None:
        if path == SELF and len(self.scopes) > 1:
            return self.scopes[-1]
        return next((found for scope in reversed(self.scopes) if (found := scope.at(path))), None)

    def missing(self, path: str, keys: tuple[object, ...]) -> Problem:
        known = [one for scope in self.scopes for one in scope.paths()]
        return Problem.at(self.place(keys), f"the measurement has no field {path!r}{or_nearest(path, known)}")

    def condition(self, condition: Condition, keys: tuple[object, ...]) -> Iterator[Problem]:
        for path, test in condition.tests.items():
            tree = self.find(path)
            if tree is None:
                yield self.missing(path, (*keys, path))
            else:
                yield from self.test(test, path, tree, (*keys, path))
        for key, parts in (("all", condition.every), ("any", condition.some)):
            for position, part in enumerate(parts or ()):
                yield from self.condition(part, (*keys, key, position))
        if condition.negated is not None:
            yield from self.condition(condition.negated, (*keys, "not"))
        for key in ("any_item", "all_items", "count_items"):
            items = getattr(condition, key)
            if items is not None:
                yield from self.items(items, (*keys, key))

    def items(self, items: Items | CountedItems, keys: tuple[object, ...]) -> Iterator[Problem]:
        tree = self.find(items.of)
        if tree is None:
            yield self.missing(items.of, (*keys, "of"))
        elif tree.kind != "list" or tree.item is None:
            yield Problem.at(self.place((*keys, "of")), f"{items.of!r} is a {tree.kind}, not a list")
        elif items.where is not None:
            inner = _Checked(self.kb, self.entry, (*self.scopes, tree.item))
            yield from inner.condition(items.where, (*keys, "where"))

    def test(self, test: Test, path: str, tree: FieldTree, keys: tuple[object, ...]) -> Iterator[Problem]:
        for name in sorted(test.model_fields_set):
            key = _KEYS.get(name, name)
            reason = _misfit(test, name, tree)
            if reason:
                yield Problem.at(self.place((*keys, key)), f"`{key}` does not fit {path!r}: {reason}")
            if name in ORDERINGS:
                yield from self.operands(test, name, (*keys, key))

    def operands(self, test: Test, name: str, keys: tuple[object, ...]) -> Iterator[Problem]:
        bounds = test.between if name == "between" else (getattr(test, name),)
        for position, bound in enumerate(bounds or ()):
            if not isinstance(bound, FieldOperand):
                continue
            at = (*keys, position, "field") if name == "between" else (*keys, "field")
            tree = self.find(bound.field)
            if tree is None:
                yield self.missing(bound.field, at)
            elif not tree.numeric:
                yield Problem.at(self.place(at), f"{bound.field!r} is a {tree.kind}, not a number")


def _misfit(test: Test, name: str, tree: FieldTree) -> str | None:
    if name in ORDERINGS:
        return None if tree.numeric else f"it is a {tree.kind}, not a number"
    if name == "matches":
        return None if tree.kind == "text" else f"it is a {tree.kind}, not a text"
    if name == "contains":
        if tree.kind == "list" and tree.item is not None:
            return _value_misfit(test.contains, tree.item)
        return None if tree.kind == "text" else f"it is a {tree.kind}, neither a list nor a text"
    values = (test.equals,) if name == "equals" else test.one_of or ()
    return next((reason for value in values if (reason := _value_misfit(value, tree))), None)


def _value_misfit(value: Scalar, tree: FieldTree) -> str | None:
    if value is None:
        return None if tree.optional else "it is never null"
    if value in WORDS and tree.kind == "number":
        return None
    if isinstance(value, bool):
        fits = tree.kind == "flag"
    elif isinstance(value, str):
        fits = tree.kind == "text"
    else:
        fits = tree.numeric
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    return None if fits else f"it is a {tree.kind}, never {shown}"


def _texts(
    kb: KnowledgeBase, question: Question, name: str, answer: Answer, measurement: FieldTree
) -> Iterator[Problem]:
    templates: list[tuple[tuple[object, ...], str]] = [(("say",), answer.say or "")]
    templates += [(("locate", position), template) for position, template in enumerate(answer.locate)]
    for keys, template in templates:
        place = kb.place("questions", question.id, "answers", name, *keys)
        try:
            named = fields(template)
        except TemplateError as error:
            yield Problem.at(place, str(error))
            continue
        for field in named:
            reason = _filling_misfit(field.path, field.spec, answer, measurement)
            if reason:
                yield Problem.at(place, reason)


def _filling_misfit(path: str, spec: str, answer: Answer, measurement: FieldTree) -> str | None:
    tree = _filled_from(path, answer, measurement)
    if tree is None:
        return f"the measurement has no field {path!r}{or_nearest(path, measurement.paths())}"
    while tree.kind == "list" and tree.item is not None:
        tree = tree.item
    if tree.kind in ("record", "mapping", "list"):
        return f"{path!r} is a {tree.kind}: name a field in it"
    sample = _SAMPLES[tree.kind]
    try:
        format(sample, spec)
    except ValueError:
        return f"the format {spec!r} does not fit {path!r}, which is a {tree.kind}"
    assert formatted(sample, spec)
    return None


def _filled_from(path: str, answer: Answer, measurement: FieldTree) -> FieldTree | None:
    head, _, tail = path.partition(".")
    if head == MATCHING:
        items = first_items(answer.when) if isinstance(answer.when, Condition) else None
        tree = measurement.at(items.of) if items else None
        item = tree.item if tree else None
        return item.at(tail) if item and tail else item
    found = measurement.at(path)
    if found is None and tail:
        inside = measurement.at(head)
        if inside is not None and inside.kind == "list" and inside.item is not None:
            return inside.item.at(tail)
    return found
