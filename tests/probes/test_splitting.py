"""Which splits of a program draw the rows of one `fit` apart."""

from __future__ import annotations

import ast

import pytest

from probes.splitting import lines_of_splits

FIT = "model.fit(a, b, validation_data=(c, d))\n"


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("a, c = train_test_split(x)\nb, d = train_test_split(y)\n", (1, 2)),
        ("a, c = train_test_split(x, random_state=1)\nb, d = train_test_split(y, random_state=2)\n", (1, 2)),
        ("a, c = train_test_split(x, random_state=1)\nb, d = train_test_split(y, random_state=1)\n", ()),
        ("a, c = train_test_split(x, shuffle=False)\nb, d = train_test_split(y, shuffle=False)\n", ()),
        ("a, c, b, d = model_selection.train_test_split(x, y)\n", ()),
        ("a, e, b, f = train_test_split(x, y)\na, c, b, d = train_test_split(a, b)\n", ()),
        ("a, c = train_test_split(x)\nu, v = train_test_split(y)\n", ()),
        ("a, b = x[:8], y[:8]\n", ()),
    ],
)
def test_separate_draws(program: str, lines: tuple[int, ...]) -> None:
    tree = ast.parse(program + FIT)
    assert lines_of_splits(tree, program.count("\n") + 1) == lines


def test_one_of_several_inputs() -> None:
    program = "a, c, b, d = train_test_split(x, y)\ne, f = train_test_split(z)\nmodel.fit([a, e], b)\n"
    assert lines_of_splits(ast.parse(program), 3) == (1, 2)
    assert lines_of_splits(ast.parse(program), 2) == ()
