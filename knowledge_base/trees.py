"""Decision trees over questions: the nodes that an author writes, and walks over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from knowledge_base.entry import Entry, Id

THEN = "then"


def _node_kind(value: object) -> str | None:
    if isinstance(value, str):
        return "<then>"
    for key in ("ask", "use", "group", "conclude"):
        if (isinstance(value, Mapping) and key in value) or hasattr(value, key):
            return f"<{key}>"
    return None


class Ask(Entry):
    """Put one question; the answer picks the edge."""

    ask: Id
    """The question."""
    on: dict[str, Edge] | None = None
    """Where each answer and ``unknown`` leads: a node, or the word ``then``. Names all of them or is absent."""
    then: Node | None = None
    """What follows, after every branch that comes to its end; absent at the end of a tree that others use."""


class Use(Entry):
    """Walk another tree here."""

    use: Id
    """The tree."""
    then: Node | None = None
    """What follows."""


class Group(Entry):
    """Ask every question of a group, in order of cost."""

    group: Id
    """The group."""
    then: Node | None = None
    """What follows."""


class Conclude(Entry):
    """The end of the walk."""

    conclude: Id
    """The conclusion."""


Node = Annotated[
    Annotated[Ask, Tag("<ask>")]
    | Annotated[Use, Tag("<use>")]
    | Annotated[Group, Tag("<group>")]
    | Annotated[Conclude, Tag("<conclude>")],
    Discriminator(
        _node_kind,
        custom_error_type="no_node",
        custom_error_message="a node needs one of ask, use, group, conclude",
    ),
]
Edge = Annotated[
    Annotated[Ask, Tag("<ask>")]
    | Annotated[Use, Tag("<use>")]
    | Annotated[Group, Tag("<group>")]
    | Annotated[Conclude, Tag("<conclude>")]
    | Annotated[Literal["then"], Tag("<then>")],
    Discriminator(
        _node_kind,
        custom_error_type="no_node",
        custom_error_message="an edge needs one of ask, use, group, conclude, or the word then",
    ),
]
AnyNode = Ask | Use | Group | Conclude


class Tree(Entry):
    """A decision tree: that of a symptom, or one that others use."""

    id: Id
    """Stable and unique."""
    symptom: Id | None = None
    """The symptom whose tree it is; null for a shared tree."""
    root: Node
    """Where the walk begins."""


def nodes(tree: Tree) -> Iterator[tuple[tuple[str, ...], AnyNode]]:
    """Every node of a tree with the keys that lead to it, in the order written."""
    yield from _below(tree.root, ("root",))


def _below(node: AnyNode, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], AnyNode]]:
    yield path, node
    if isinstance(node, Ask):
        for answer, edge in (node.on or {}).items():
            if not isinstance(edge, str):
                yield from _below(edge, (*path, "on", answer))
    if not isinstance(node, Conclude) and node.then is not None:
        yield from _below(node.then, (*path, THEN))


Ask.model_rebuild()
Use.model_rebuild()
Group.model_rebuild()
