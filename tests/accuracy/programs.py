"""The healthy base programs, and edits of their source that leave the rest of the text alone.

Beside each `bases/NAME.py` stands `NAME.yaml`, which names the places an edit may touch. A place is a piece of the
source in which `<<...>>` marks the part to replace: `optimizer=<<"adam">>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

BASES = Path(__file__).parent / "bases"
SEED_CALLS = r"(set_random_seed\(|seed=|SEED = |RANDOM_STATE = |default=|endless\(BATCH, )"


class NotApplicable(Exception):
    """This program has no place for this fault."""


@dataclass(frozen=True)
class Base:
    """A program that trains well, with what its sidecar says of it."""

    name: str
    source: str
    facts: dict[str, Any]

    @property
    def keras(self) -> str:
        """How the program reaches the package: `keras` or `tf.keras`."""
        return str(self.facts["keras"])

    @property
    def task(self) -> str:
        """binary, multiclass, regression, reconstruction or mixed."""
        return str(self.facts["task"])

    @property
    def half(self) -> str:
        """train or check; of a script that belongs to neither, what its facts say."""
        return str(self.facts.get("half") or halves()[self.name])


@cache
def halves() -> dict[str, str]:
    """Base name to half. Evidence weights and thresholds are set on `train` alone."""
    written: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "halves.yaml").read_text())
    return {name: half for half, names in written.items() for name in names}


@cache
def bases() -> tuple[Base, ...]:
    """All base programs, by name."""
    return tuple(
        Base(path.stem, path.read_text(), yaml.safe_load(path.with_suffix(".yaml").read_text()))
        for path in sorted(BASES.glob("*.py"))
    )


def with_seed(base: Base, source: str, seed: int) -> str:
    """The program with its own seed number replaced."""
    return re.sub(rf"{SEED_CALLS}{base.facts['seed']}\b", rf"\g<1>{seed}", source)


@dataclass(frozen=True)
class Draft:
    """A base program under change. Every method returns a new draft or raises `NotApplicable`."""

    base: Base
    text: str

    def fact(self, name: str) -> Any:
        """A fact of the sidecar that this fault cannot do without."""
        value = self.base.facts.get(name)
        if value is None:
            raise NotApplicable(name)
        return value

    def swap(self, old: str, new: str, every: bool = False) -> Draft:
        """Replace a piece of the source: its first place, or every one."""
        if old not in self.text:
            raise NotApplicable(old)
        return replace(self, text=self.text.replace(old, new, -1 if every else 1))

    def fill(self, place: str, value: str) -> Draft:
        """Replace the marked part of a place."""
        before, marked, after = re.split("<<|>>", place)
        return self.swap(before + marked + after, before + value + after)

    def slot(self, name: str, value: str) -> Draft:
        """Replace the marked part of the place of that name."""
        return self.fill(self.fact(name), value)

    def value(self, name: str) -> str:
        """What stands in a place now."""
        return re.split("<<|>>", self.fact(name))[1]

    def before(self, anchor: str, code: str) -> Draft:
        """Insert lines before the first line that holds the anchor, at its indentation."""
        lines = self.text.split("\n")
        for number, line in enumerate(lines):
            if anchor in line:
                indent = line[: len(line) - len(line.lstrip())]
                added = [indent + one if one else one for one in code.split("\n")]
                return replace(self, text="\n".join([*lines[:number], *added, *lines[number:]]))
        raise NotApplicable(anchor)

    def behind(self, statement: str, code: str) -> Draft:
        """Insert a line behind a statement, at its indentation."""
        found = re.search(rf"^( *){re.escape(statement)}", self.text, re.MULTILINE)
        if found is None:
            raise NotApplicable(statement)
        return self.swap(found[0], f"{found[0]}\n{found[1]}{code}")

    def importing(self, line: str) -> Draft:
        """Make sure the program has this import."""
        if re.search(rf"^{re.escape(line)}$", self.text, re.MULTILINE):
            return self
        start = re.search(r"^(import|from) ", self.text, re.MULTILINE)
        if start is None:
            raise NotApplicable("imports")
        return replace(self, text=f"{self.text[: start.start()]}{line}\n{self.text[start.start() :]}")

    def with_numpy(self) -> Draft:
        """The program with `np` at hand."""
        return self.importing("import numpy as np")

    def with_keras(self) -> Draft:
        """The program with the package at hand under the name its sidecar gives."""
        missing = self.base.facts.get("import")
        return self.importing(str(missing)) if missing else self

    def add_layer(self, layer: str, times: int = 1) -> Draft:
        """Put layers before the output layer, in the program's own style of building."""
        place = self.fact("add_layer")
        code = "\n".join([place["as"].format(layer=layer)] * times)
        return self.with_keras().before(place["before"], code)

    def after_output(self, layer: str) -> Draft:
        """Put a layer behind the output layer."""
        place, output = self.fact("add_layer"), self.value("output_layer")
        draft = self.with_keras()
        if place["as"] == "{layer},":
            return draft.slot("output_layer", f"{output}, {layer}")
        if place["as"] == "model.add({layer})":
            return draft.behind(f"model.add({output})", f"model.add({layer})")
        statement = re.search(r"(\w+) = " + re.escape(output) + r"\(\w+\)", draft.text)
        if statement is None:
            raise NotApplicable("output_layer")
        return draft.behind(statement[0], f"{statement[1]} = {layer}({statement[1]})")

    def output_activation(self, name: str | None) -> Draft:
        """Give the output layer another activation."""
        value = "None" if name is None else f'"{name}"'
        return self.slot("output_activation", value if self.value("output_activation") else f", activation={value}")

    def hidden(self, activation: str | None = None, more: str = "") -> Draft:
        """Give every hidden layer another activation, further arguments, or both."""
        text: str = self.fact("hidden")
        found = re.search(r'"(\w+)"', text)
        if found is None:
            raise NotApplicable("hidden")
        changed = text if activation is None else text.replace(f'"{found[1]}"', activation, 1)
        return self.with_keras().swap(text, changed + more, every=True)

    def fit_with(self, argument: str) -> Draft:
        """Add an argument to `fit`."""
        comma = " " if self.fact("fit").endswith(",<<>>") else ", "
        return self.slot("fit", comma + argument + ("," if comma == " " else ""))

    def train(self, code: str) -> Draft:
        """Insert statements about the training arrays ({x}, {y}) alone."""
        ready = self.base.facts.get("ready")
        whole = self.base.facts.get("whole")
        if ready:
            return self._insert(ready["before"], code.format(x=ready["x"], y=ready["y"]), code, ready)
        if whole and whole.get("split"):
            return self._insert(whole["before"], code.format(x=whole["x"], y=whole["y"]), code, whole)
        raise NotApplicable("training arrays")

    def both(self, code: str) -> Draft:
        """Insert statements about all rows: before the split where the program has such a line, else for each part."""
        ready, whole = self.base.facts.get("ready"), self.base.facts.get("whole")
        if whole:
            return self._insert(whole["before"], code.format(x=whole["x"], y=whole["y"]), code, whole)
        return self.each(code) if ready else self.train(code)

    def each(self, code: str) -> Draft:
        """Insert statements for the training arrays, then the same for the validation arrays."""
        ready = self.fact("ready")
        lines = code.format(x=ready["x"], y=ready["y"]) + "\n" + code.format(x=ready["x_val"], y=ready["y_val"])
        return self._insert(ready["before"], lines, code, ready)

    def _insert(self, anchor: str, lines: str, code: str, arrays: dict[str, Any]) -> Draft:
        if "{y}" in code and (arrays["y"] is None or "y2" in arrays):
            raise NotApplicable("one target")
        return (self.with_numpy() if "np." in code else self).before(anchor, lines)

    @property
    def arrays(self) -> dict[str, Any]:
        """What the sidecar says of the arrays."""
        found: dict[str, Any] | None = self.base.facts.get("ready") or self.base.facts.get("whole")
        if found is None:
            raise NotApplicable("arrays")
        return found

    def floats(self) -> Draft:
        """This draft, if its inputs are NumPy arrays of floats."""
        if self.arrays.get("integer") or self.arrays.get("frame"):
            raise NotApplicable("float arrays")
        return self

    def only(self, **facts: Any) -> Draft:
        """This draft, if its base has these facts (a tuple: any of the values)."""
        for name, wanted in facts.items():
            allowed = wanted if isinstance(wanted, tuple) else (wanted,)
            if self.base.facts.get(name, False) not in allowed:
                raise NotApplicable(name)
        return self

    def task_is(self, name: str) -> bool:
        """Whether the base has this task."""
        return self.base.task == name

    def both_inputs(self, code: str) -> Draft:
        """Insert statements about the inputs of all rows; of the training rows where the split comes first."""
        return self.both(code) if self.base.facts.get("whole") else self.train(code)

    def edit(self, name: str) -> Draft:
        """The edit that the base's own sidecar describes under this name."""
        edits = self.base.facts.get("edits", {})
        if name not in edits:
            raise NotApplicable(name)
        old, new = edits[name]
        return self.swap(old, new, every=True)
