"""Redaction: what must not leave a machine is taken out of every text, and counted."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import Any

from assistant.bundle.known import Known
from assistant.bundle.patterns import ABOVE, BELOW, LATER, NAMED, RULES, SECRET_NAME, UNPRINTABLE, Rule, installed

PLACEHOLDER = re.compile(r"\[[a-z ]+ \d+\]")
"""What stands in place of what was taken out; as a name it names no secret."""


class Redactor:
    """Takes out, and remembers: the same thing always gets the same placeholder, such as ``[email 1]``.

    Attributes:
        counts: how many places were taken out, by kind.
    """

    def __init__(self, known: Known) -> None:
        """A redactor.

        Args:
            known: what is known of this machine, its user and this program.
        """
        self.counts: Counter[str] = Counter()
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)
        self._first = [
            *_words("token", known.secrets, bounded=False),
            *_folders(known.folders),
            *_places(known.places),
        ]
        self._last = [*_words("host", known.hosts), *_words("user", known.users)]
        self._names = known.pseudonyms
        self._finds_names = _alternatives(known.pseudonyms) if known.pseudonyms else None

    def value(self, value: Any) -> Any:
        """A JSON value with every text in it redacted, the keys of its objects among them."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(key): self._of_key(key, one) for key, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(one) for one in value]
        return value

    def text(self, text: str) -> str:
        """A text without what must not leave, and without commands to a terminal."""
        text = UNPRINTABLE.sub("", text)
        for rule in self._first:
            text = self._without(rule, text)
        # Before all that may take out a part of a name, and leave its rest.
        if self._finds_names is not None:
            text = self._finds_names.sub(self._pseudonym, text)
        for rule in RULES:
            text = self._without(rule, text)
        text = self._without_named(text)
        for rule in (*LATER, *self._last):
            text = self._without(rule, text)
        return text

    def _without_named(self, text: str) -> str:
        """Without what stands behind the name of a secret, values that are such names themselves included."""
        done, out = 0, []
        for start, end in _joined(span for rule in NAMED for span in _spans(rule, text)):
            out += [text[done:start], self._placeholder("token", text[start:end])]
            done = end
        return "".join([*out, text[done:]])

    def _of_key(self, key: str, value: Any) -> Any:
        if isinstance(value, str) and value and SECRET_NAME.search(key) and not PLACEHOLDER.fullmatch(key):
            return self._placeholder("token", value)
        return self.value(value)

    def _without(self, rule: Rule, text: str) -> str:
        def replaced(found: re.Match[str]) -> str:
            name = "it" if "it" in found.re.groupindex else 0
            it = found.group(name)
            if not rule.is_one(it):
                return found.group()
            start, end = found.start(name) - found.start(), found.end(name) - found.start()
            whole = found.group()
            return f"{whole[:start]}{self._instead(rule, it)}{whole[end:]}"

        return rule.pattern.sub(replaced, text)

    def _instead(self, rule: Rule, it: str) -> str:
        kept = rule.kept(it)
        if kept is None:
            return self._placeholder(rule.kind, it)
        self.counts[rule.kind] += 1
        return kept

    def _placeholder(self, kind: str, it: str) -> str:
        self.counts[kind] += 1
        known = self._numbers[kind]
        return f"[{kind} {known.setdefault(it.strip(chr(34) + chr(39)).lower(), len(known) + 1)}]"

    def _pseudonym(self, found: re.Match[str]) -> str:
        kind, name = self._names[found.group()]
        self.counts[kind] += 1
        return name


def _spans(rule: Rule, text: str) -> Iterator[tuple[int, int]]:
    """Where a rule finds something, also within what it has found already."""
    found = rule.pattern.search(text)
    while found is not None:
        if rule.is_one(found.group("it")):
            yield found.span("it")
        found = rule.pattern.search(text, found.start() + 1)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that overlap as one, in the order of the text."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _words(kind: str, words: Iterable[str], *, bounded: bool = True) -> list[Rule]:
    """One rule for all these words, the longest first."""
    chosen = sorted(set(words), key=lambda one: (-len(one), one))
    if not chosen:
        return []
    any_of = "|".join(map(re.escape, chosen))
    pattern = rf"(?<![A-Za-z0-9])(?:{any_of})(?![A-Za-z0-9])" if bounded else f"(?:{any_of})"
    return [Rule(kind, re.compile(pattern, re.IGNORECASE))]


def _folders(folders: Iterable[str]) -> list[Rule]:
    """What lies in the program's folder stays, relative to it."""
    return [
        Rule("path", re.compile(rf"(?<![\w/.-]){re.escape(one)}[/\\]"), kept=lambda _: "")
        for one in sorted(set(folders), key=len, reverse=True)
    ]


def _places(places: Iterable[str]) -> list[Rule]:
    """A folder that is known by its words, with all that follows below it.

    One whose name holds a blank is looked for wherever it lies: edited programs run in a copy of their folder.
    """
    chosen = sorted(set(places), key=len, reverse=True)
    spaced = sorted({name for one in chosen if " " in (name := PurePath(one).name)}, key=len, reverse=True)
    known = [*map(re.escape, chosen), *(f"{ABOVE}{re.escape(name)}" for name in spaced)]
    return [Rule("path", re.compile(rf"(?<![\w/.-]){one}(?![\w.-]){BELOW}"), kept=installed) for one in known]


def _alternatives(names: Mapping[str, tuple[str, str]]) -> re.Pattern[str]:
    any_of = "|".join(re.escape(one) for one in sorted(names, key=lambda one: (-len(one), one)))
    return re.compile(rf"(?<![A-Za-z0-9_])(?:{any_of})(?![A-Za-z0-9_])")
