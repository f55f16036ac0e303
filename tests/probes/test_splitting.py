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
        ("a, c = train_test_split(x)\na, c = scale(a), scale(c)\nb, d = train_test_split(y)\n", (1, 3)),
        ("a, c = train_test_split(x)\nb, d = train_test_split(y)\na, b = load()\n", ()),
        ("a, c = train_test_split(x, **how)\nb, d = train_test_split(y, **how)\n", ()),
        ("seed(1)\na, c = train_test_split(x)\nseed(1)\nb, d = train_test_split(y)\n", ()),
        (
            "a, c = train_test_split(x, random_state=0)\nb, d = train_test_split(y, random_state=0, test_size=0.25)\n",
            (),
        ),
        ("def other():\n    a, c = train_test_split(u)\na, c, b, d = train_test_split(x, y)\n", ()),
    ],
)
def test_separate_draws(program: str, lines: tuple[int, ...]) -> None:
    tree = ast.parse(program + FIT)
    assert lines_of_splits(tree, program.count("\n") + 1) == lines


@pytest.mark.parametrize(
    ("program", "fit"),
    [
        ("a, c, b, d = train_test_split(x, y)\ni, j = train_test_split(range(len(a)))\n", "model.fit(a[i], b[i])\n"),
        (
            "a, c, p, q = train_test_split(x, y)\nb, d, r, s = train_test_split(u, v)\n",
            "model.fit(join([a, b]), join([p, r]))\n",
        ),
    ],
    ids=["split twice", "of two kinds"],
)
def test_rows_that_went_through_the_same_draws_belong_together(program: str, fit: str) -> None:
    assert lines_of_splits(ast.parse(program + fit), 3) == ()


def test_one_of_several_inputs() -> None:
    program = "a, c, b, d = train_test_split(x, y)\ne, f = train_test_split(z)\nmodel.fit([a, e], b)\n"
    assert lines_of_splits(ast.parse(program), 3) == (1, 2)
    assert lines_of_splits(ast.parse(program), 2) == ()
