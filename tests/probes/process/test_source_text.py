"""Source text: positions, calls, assignments."""

from __future__ import annotations

import ast

import pytest

from probes.process.source_text import MAX_CODE, SourceText, Span, decoded, names_read


def call(source: SourceText, name: str) -> ast.Call:
    """The first call of a name."""
    return next(
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    )


def test_columns_are_counted_in_characters() -> None:
    source = SourceText("é = f(1)\n")
    assert source.characters(1, 5) == 4
    assert source.code(Span(1, 1, 5, 9)) == "f(1)"


def test_long_code_is_cut() -> None:
    source = SourceText("x = [" + "1, " * 500 + "]\n")
    assert len(source.code(Span(1, 1, 0, 1500))) <= MAX_CODE + 4


def test_text_that_does_not_parse_still_has_lines() -> None:
    source = SourceText("def f(:\n  pass\n")
    assert source.line(1) == "def f(:"
    assert source.line(9) == ""
    assert source.call_at(Span(1, 1, 0, 3), "f") is None


def test_without_columns_the_name_decides_among_the_calls_of_a_line() -> None:
    source = SourceText("f(g(1))\n")
    found = source.call_at(Span(1, 1, None, None), "g")
    assert found is not None
    assert ast.unparse(found) == "g(1)"


def test_source_is_decoded_as_python_does() -> None:
    assert decoded(b"# -*- coding: latin-1 -*-\nx = '\xe9'\r\n").endswith("x = 'é'\n")
    assert decoded(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1\nx = 2\nuse(x)\nx = 3", ["x = 2"]),
        ("x, y = 1, 2\nuse(x)", ["x, y = (1, 2)"]),
        ("x = 1\nif a:\n    x = 2\nuse(x)", ["x = 2"]),
        ("x = 1\ndef f():\n    x = 9\nuse(x)", ["x = 1"]),
        ("def f():\n    use(x)\nx = 5", ["x = 5"]),
        ("x = 1\ndef f():\n    x = 2\n    use(x)", ["x = 2"]),
        ("x = 1\nx += 2\nuse(x)", ["x += 2"]),
        ("x = 1\nx[0] = 2\nuse(x)", ["x[0] = 2"]),
        ("x = 1\nx.sort()\nuse(x)", ["x.sort()"]),
        ("x = 1\nrandom.shuffle(x)\nuse(x)", ["random.shuffle(x)"]),
        ("with f() as x:\n    use(x)", []),
        ("with f() as x:\n    pass\nuse(x)", ["with f() as x:\n    pass"]),
        ("x: int = 4\nuse(x)", ["x: int = 4"]),
        ("x: int\nuse(x)", []),
        ("a.x = 4\nuse(a.x)", ["a.x = 4"]),
    ],
)
def test_the_last_assignment(text: str, found: list[str]) -> None:
    source = SourceText(text)
    use = call(source, "use")
    [name] = names_read(use.args[0])
    assert [ast.unparse(node) for node in source.last_assignments(name, use)] == found


def test_names_that_an_expression_reads() -> None:
    expression = ast.parse("np.stack([a.b, f(c, key=d)])[e:].astype(g.h) + a.b", mode="eval").body
    assert names_read(expression) == ["np", "a.b", "c", "d", "e", "g.h"]
