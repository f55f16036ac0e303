"""The program's own loops around a training call, and how often they go round."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from probes.process.comparing import compared
from probes.process.continuing import goes_on
from probes.process.loops import rounds
from probes.process.places import Places
from probes.process.searching import tried_values


class Net:
    """Stands where a program holds a model; what is under test only asks where it was made."""


def lengths(folder: Path, source: str) -> tuple[int | None, ...]:
    """Run a program and tell the loops around its first call of ``train``."""
    found: tuple[int | None, ...] = seen_at_first_call(folder, source, rounds)
    return found


def seen_at_first_call(folder: Path, source: str, look: Callable[[Places, Any, Any], Any]) -> Any:
    """Run a program and tell what is seen at its first call of ``train``."""
    file = folder / "train.py"
    file.write_text(source)
    places = Places(str(file))
    found: list[Any] = []

    def make(*_: Any, **__: Any) -> Net:
        net = Net()
        places.remember(net, sys._getframe(1))
        return net

    def train(net: Net) -> None:
        found.append(look(places, net, sys._getframe(1)))

    names: dict[str, Any] = {"make": make, "train": train, "itertools": itertools}
    with contextlib.suppress(SystemExit):
        exec(compile(source, str(file), "exec"), names)
    return found[0]


@pytest.mark.parametrize(
    ("head", "loops", "wanted"),
    [
        ("net = make()", [], ()),
        ("net = make()", ["for _ in range(50)"], (50,)),
        ("net, n = make(), 6", ["for epoch in range(1, n + 1)", "if epoch"], (6,)),
        ("net, parts = make(), [1, 2, 3]", ["for i, part in enumerate(parts)"], (3,)),
        ("net, rows = make(), [0] * 90", ["for e in range(4)", "for i in range(0, len(rows), 32)"], (3, 4)),
        ("net = make()", ["for one, two in zip([1, 2], [3, 4, 5])"], (2,)),
        ("net = make()", ["while True"], (None,)),
        ("net = make()", ["for e in range(4)", "for one in (n for n in [1])"], (None, 4)),
        ("", ["for fold in range(5)", "net = make()"], ()),
        ("def build():\n    return make()", ["for fold in range(5)", "net = build()", "for e in range(3)"], (3,)),
        ("net = make()", ["for e in range(3): pass", "else"], ()),
    ],
)
def test_loops_around_a_call(tmp_path: Path, head: str, loops: list[str], wanted: tuple[int | None, ...]) -> None:
    lines, depth = [head], 0
    for one in [*loops, "train(net)"]:
        opens = one.split()[0] in ("for", "while", "if", "else") and not one.endswith("pass")
        lines.append(4 * depth * " " + one + (":" if opens else ""))
        depth += opens
    assert lengths(tmp_path, "\n".join([*lines, 4 * depth * " " + "raise SystemExit"])) == wanted


@pytest.mark.parametrize(
    ("loop", "inside", "wanted"),
    [
        ("for lr in (1, 2)", ["net = make(rate=lr)"], ("lr",)),
        ("for lr, units in grid", ["net = make(units)", "net.compile(Adam(lr))"], ("units", "lr")),
        ("for settings in grid", ["net = make(settings[0])"], ("settings",)),
        ("for fold, (a, b) in enumerate(grid)", ["net = make(rows[a], name=fold)"], ()),
        ("for repeat in range(3)", ["net = make(repeat)"], ()),
        ("for units in range(8, 64, 8)", ["net = make(units)"], ("units",)),
        ("for lr in (1, 2)", ["print(lr)"], ()),
    ],
)
def test_loops_that_compare_settings(tmp_path: Path, loop: str, inside: list[str], wanted: tuple[str, ...]) -> None:
    file = tmp_path / "train.py"
    body = ["net = make()", f"{loop}:", *(f"    {one}" for one in [*inside, "train(net)", "break"])]
    file.write_text("\n".join(body))
    places = Places(str(file))
    found: list[tuple[str, ...]] = []

    class Compiled(Net):
        def compile(self, _: Any) -> None: ...

    def make(*_: Any, **__: Any) -> Net:
        net = Compiled()
        places.remember(net, sys._getframe(1))
        return net

    def train(net: Net) -> None:
        found.append(compared(places, net, sys._getframe(1)))

    names = {"make": make, "train": train, "grid": [(1, (2, 3))], "rows": range(9), "Adam": float}
    exec(compile(file.read_text(), str(file), "exec"), names)
    assert found == [wanted]


def test_a_loop_around_the_function_that_trains(tmp_path: Path) -> None:
    source = """
class Trainer:
    def __init__(self):
        self.net, self.epochs = make(), 9

    def one_epoch(self):
        train(self.net)

    def run(self):
        for epoch in range(self.epochs):
            self.one_epoch()

Trainer().run()
"""
    assert lengths(tmp_path, source) == (9,)


def test_nothing_of_the_program_is_called_to_tell_a_length(tmp_path: Path) -> None:
    source = (
        "calls = []\n"
        "def count():\n    calls.append(1)\n    return 3\n"
        "net = make()\n"
        "for e in range(count()):\n    train(net)\n    assert calls == [1]\n"
    )
    assert lengths(tmp_path, source) == (None,)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("net.fit(1)\n", False),
        ("net.fit(1)\nnet.compile()\nnet.fit(2)\n", True),
        ("net.fit(1)\nother.fit(2)\n", False),
        ("net.fit(1)\nnet = other\nnet.fit(2)\n", False),
        ("net.evaluate(1)\nnet.fit(1)\nprint(net.fit(2))\n", True),
        ("def main():\n    net.fit(1)\nmain()\nnet.fit(2)\n", False),
    ],
)
def test_a_program_that_trains_on_behind_the_call(tmp_path: Path, source: str, wanted: bool) -> None:
    file = tmp_path / "train.py"
    file.write_text(source)
    places = Places(str(file))
    found: list[bool] = []

    class Fitting(Net):
        def fit(self, _: int) -> None:
            found.append(goes_on(places, places.trace(sys._getframe(1)), "fit"))

        def evaluate(self, _: int) -> None: ...

        compile = print

    exec(compile(source, str(file), "exec"), {"net": Fitting(), "other": Fitting()})
    assert found[0] == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("for rate in [1e-4, 1e-3]:\n    train(make())", ((1e-4, 1e-3),)),
        ("rates = {'low': 1e-4, 'high': 1e-3}\nfor name, rate in rates.items():\n    train(make())", ((1e-4, 1e-3),)),
        ("pairs = [(8, 0.1), (16, 0.2)]\nfor units, rate in pairs:\n    train(make())", ((8.0, 16.0), (0.1, 0.2))),
        (
            "from itertools import product\nfor u, r in product([8, 16], (0.1, 0.2)):\n    train(make())",
            ((8.0, 16.0), (0.1, 0.2)),
        ),
        ("for trial in [{'rate': 0.1}, {'rate': 0.2}]:\n    train(make())", ((0.1, 0.2),)),
        ("def run(rate):\n    return train(make())\nfound = [run(rate) for rate in (0.1, 0.2)]", ((0.1, 0.2),)),
        ("for epoch in range(3):\n    train(make())", ()),
        ("train(make())\nfor rate in [0.1, 0.2]:\n    pass", ()),
    ],
)
def test_values_that_the_program_tries(tmp_path: Path, source: str, wanted: tuple[tuple[float, ...], ...]) -> None:
    assert seen_at_first_call(tmp_path, source, lambda places, _, frame: tried_values(places, frame)) == wanted
