from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge_base.trees import Ask, Conclude, Group, Tree, Use, nodes


def tree(root: Any) -> Tree:
    return Tree.model_validate({"id": "t", "root": root})


END = {"conclude": "none_found"}
NODES: st.SearchStrategy[Any] = st.recursive(
    st.just(END) | st.just({"use": "other"}) | st.just({"group": "data"}),
    lambda inner: st.one_of(
        st.builds(lambda then: {"use": "other", "then": then}, inner),
        st.builds(lambda a, then: {"ask": "q", "on": {"a": a, "unknown": "then"}, "then": then}, inner, inner),
        st.builds(lambda then: {"group": "data", "then": then}, inner),
    ),
    max_leaves=8,
)


def count(node: Any) -> int:
    below = [*node.get("on", {}).values(), *([node["then"]] if "then" in node else [])]
    return 1 + sum(count(one) for one in below if one != "then")


@given(NODES)
def test_every_node_is_met_once_at_its_path(root: Any) -> None:
    made = tree(root)
    found = list(nodes(made))
    assert len(found) == count(root)
    for path, node in found:
        at: Any = {"root": root}
        for key in path:
            at = at[key]
        kind = {Ask: "ask", Use: "use", Group: "group", Conclude: "conclude"}[type(node)]
        assert at[kind] == getattr(node, kind)


def test_kinds_of_nodes() -> None:
    made = tree({"group": "data", "then": {"ask": "q", "on": {"a": {"use": "x"}, "b": "then"}, "then": END}})
    assert [type(node).__name__ for _, node in nodes(made)] == ["Group", "Ask", "Use", "Conclude"]
    assert [".".join(path) for path, _ in nodes(made)] == ["root", "root.then", "root.then.on.a", "root.then.then"]


@pytest.mark.parametrize(
    "root", [{}, "then", {"ask": "q", "use": "x"}, {"conclude": "none", "then": END}, {"ask": "q", "on": {"a": "else"}}]
)
def test_refused(root: Any) -> None:
    with pytest.raises(ValidationError):
        tree(root)
