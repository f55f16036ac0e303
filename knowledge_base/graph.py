"""The knowledge base as a graph: symptoms, trees, questions, answers, causes, and how one reaches the other.

Nodes are pairs ``(kind, name)`` with kind one of ``symptom``, ``tree``, ``group``, ``question``, ``answer`` (named
``question.answer``) and ``cause``. An edge from an answer to a cause carries the ``band`` of its evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from knowledge_base.evidence import speaks_for
from knowledge_base.loading import KnowledgeBase
from knowledge_base.trees import Ask, Group, Use, nodes

if TYPE_CHECKING:
    import networkx

GraphNode = tuple[str, str]


@lru_cache(maxsize=4)
def graph(kb: KnowledgeBase) -> networkx.DiGraph[GraphNode]:
    """Symptoms lead to trees, trees to questions, groups and trees, questions to answers, answers to causes."""
    import networkx

    built: networkx.DiGraph[GraphNode] = networkx.DiGraph()
    for kind, entries in (("symptom", kb.symptoms), ("tree", kb.trees), ("cause", kb.causes), ("group", kb.groups)):
        built.add_nodes_from((kind, id) for id in entries)
    for symptom in kb.symptoms.values():
        if symptom.tree and symptom.tree in kb.trees:
            built.add_edges_from((("symptom", symptom.id), ("group", group)) for group in kb.groups)
            built.add_edge(("symptom", symptom.id), ("tree", symptom.tree))
    for tree in kb.trees.values():
        built.add_edges_from((("tree", tree.id), target) for target in _named_by(kb, tree.id))
    for question in kb.questions.values():
        here = ("question", question.id)
        built.add_node(here)
        if question.group:
            built.add_edge(("group", question.group), here)
        for name, answer in question.answers.items():
            there = ("answer", f"{question.id}.{name}")
            built.add_edge(here, there)
            for cause, band in answer.evidence.items():
                built.add_edge(there, ("cause", cause), band=band)
    return built


def _named_by(kb: KnowledgeBase, tree: str) -> Iterator[GraphNode]:
    for _, node in nodes(kb.trees[tree]):
        if isinstance(node, Ask) and node.ask in kb.questions:
            yield "question", node.ask
        elif isinstance(node, Use) and node.use in kb.trees:
            yield "tree", node.use
        elif isinstance(node, Group) and node.group in kb.groups:
            yield "group", node.group


def use_cycles(kb: KnowledgeBase) -> list[list[str]]:
    """Trees that use one another in a circle."""
    import networkx

    uses = networkx.DiGraph((tree, name) for tree in kb.trees for kind, name in _named_by(kb, tree) if kind == "tree")
    return sorted(networkx.simple_cycles(uses))


@lru_cache(maxsize=128)
def reachable_questions(kb: KnowledgeBase, symptom: str) -> frozenset[str]:
    """The questions that may be asked when a symptom is named: those of its tree, and those of every group.

    The groups of instant questions are asked of every case, before any symptom is named.
    """
    import networkx

    reached = networkx.descendants(graph(kb), ("symptom", symptom))
    return frozenset(name for kind, name in reached if kind == "question")


def evidence_for(kb: KnowledgeBase, cause: str) -> list[tuple[str, str]]:
    """The answers that speak for a cause, as pairs of question and answer."""
    return [
        (question.id, name)
        for question in kb.questions.values()
        for name, answer in question.answers.items()
        if cause in answer.evidence and speaks_for(answer.evidence[cause])
    ]


def ways_to(kb: KnowledgeBase, cause: str) -> dict[str, list[tuple[str, str]]]:
    """All ways to reach a cause: per symptom that names it, the answers that speak for it and can be met there."""
    fits = kb.causes[cause].symptoms
    return {
        symptom: [pair for pair in evidence_for(kb, cause) if pair[0] in reachable]
        for symptom in fits
        if symptom in kb.symptoms
        for reachable in [reachable_questions(kb, symptom)]
    }
