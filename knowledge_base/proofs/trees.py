"""Trees are acyclic, every answer leads on, and a symptom's tree ends in a conclusion on every path."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge_base.graph import use_cycles
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem
from knowledge_base.questions import UNKNOWN
from knowledge_base.trees import THEN, AnyNode, Ask, Conclude, Group, Tree, Use, nodes
from knowledge_base.validating import or_nearest


def prove(kb: KnowledgeBase) -> Iterator[Problem]:
    """Names that trees use and nobody has, edges that are missing, walks that stop, and trees that nobody walks."""
    circles = use_cycles(kb)
    for circle in circles:
        yield Problem.at(kb.place("trees", circle[0]), f"trees use one another in a circle: {' -> '.join(circle)}")
    for tree in kb.trees.values():
        for path, node in nodes(tree):
            yield from _names(kb, tree, path, node)
            if isinstance(node, Ask):
                yield from _edges(kb, tree, path, node)
    yield from _walked(kb)
    yield from _asked(kb)
    if not circles:
        yield from _Ends(kb).problems()


def _names(kb: KnowledgeBase, tree: Tree, path: tuple[str, ...], node: AnyNode) -> Iterator[Problem]:
    if isinstance(node, Ask):
        key, name, known = "ask", node.ask, list(kb.questions)
    elif isinstance(node, Use):
        key, name, known = "use", node.use, list(kb.trees)
    elif isinstance(node, Group):
        key, name, known = "group", node.group, list(kb.groups)
    else:
        key, name, known = "conclude", node.conclude, list(kb.conclusions)
    what = {"ask": "question", "use": "tree", "conclude": "conclusion"}.get(key, key)
    if name not in known:
        place = kb.place("trees", tree.id, *path, key)
        yield Problem.at(place, f"no {what} is called {name!r}{or_nearest(name, known)}")


def _edges(kb: KnowledgeBase, tree: Tree, path: tuple[str, ...], node: Ask) -> Iterator[Problem]:
    question = kb.questions.get(node.ask)
    if question is None or node.on is None:
        return
    known = [*question.answers, UNKNOWN]
    for answer in node.on:
        if answer not in known:
            place = kb.place("trees", tree.id, *path, "on", answer)
            hint = or_nearest(answer, known)
            yield Problem.at(place, f"the question {node.ask!r} has no answer {answer!r}{hint}")
    for answer in known:
        if answer not in node.on:
            place = kb.place("trees", tree.id, *path, "on")
            message = f"the answer {answer!r} of {node.ask!r} leads nowhere: `on` names no edge for it"
            yield Problem.at(place, message)


def _walked(kb: KnowledgeBase) -> Iterator[Problem]:
    used = {node.use for tree in kb.trees.values() for _, node in nodes(tree) if isinstance(node, Use)}
    begun = {symptom.tree for symptom in kb.symptoms.values()}
    for tree in kb.trees.values():
        if tree.symptom is not None and tree.symptom not in kb.symptoms:
            place = kb.place("trees", tree.id, "symptom")
            yield Problem.at(place, f"no symptom is called {tree.symptom!r}{or_nearest(tree.symptom, kb.symptoms)}")
        elif tree.symptom is not None and kb.symptoms[tree.symptom].tree != tree.id:
            place = kb.place("trees", tree.id, "symptom")
            yield Problem.at(place, f"the symptom {tree.symptom!r} does not name this tree as its own")
        if tree.id not in used | begun:
            place = kb.place("trees", tree.id)
            yield Problem.at(place, f"nobody walks the tree {tree.id!r}: no symptom names it and no tree uses it")


def _asked(kb: KnowledgeBase) -> Iterator[Problem]:
    asked = {node.ask for tree in kb.trees.values() for _, node in nodes(tree) if isinstance(node, Ask)}
    for question in kb.questions.values():
        if question.group is None and question.id not in asked:
            place = kb.place("questions", question.id)
            yield Problem.at(place, f"nobody asks {question.id!r}: no tree asks it and it joins no group")
    named = {node.group for tree in kb.trees.values() for _, node in nodes(tree) if isinstance(node, Group)}
    for group, questions in kb.groups.items():
        if group not in named:
            place = kb.place("questions", questions[0].id, "group")
            yield Problem.at(place, f"nobody asks the group {group!r}: no tree names it{or_nearest(group, named)}")


class _Ends:
    """Where walks end: in a conclusion, or by coming out at the end of a tree."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb
        self.known: dict[str, bool] = {}

    def problems(self) -> Iterator[Problem]:
        for tree in self.kb.trees.values():
            own = tree.symptom is not None or tree.id in {one.tree for one in self.kb.symptoms.values()}
            for path, node in nodes(tree):
                yield from self._after_the_end(tree, path, node)
            if own:
                for path in self._open_ends(tree.root, ("root",)):
                    place = self.kb.place("trees", tree.id, *path)
                    yield Problem.at(place, "the walk stops here without a conclusion: add `then`")

    def _after_the_end(self, tree: Tree, path: tuple[str, ...], node: AnyNode) -> Iterator[Problem]:
        if not isinstance(node, Conclude) and node.then is not None and not any(self._open_branches(node, path)):
            place = self.kb.place("trees", tree.id, *path, THEN)
            yield Problem.at(place, "nothing gets here: every path before it ends in a conclusion")

    def _comes_out_of(self, tree: str) -> bool:
        if tree not in self.known:
            root = self.kb.trees[tree].root if tree in self.kb.trees else None
            self.known[tree] = root is None or any(True for _ in self._open_ends(root, ()))
        return self.known[tree]

    def _open_ends(self, node: AnyNode, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The paths from a node at which the walk comes to an end without a conclusion."""
        if isinstance(node, Conclude):
            return
        came_out = [*self._open_branches(node, path)]
        if node.then is None:
            yield from came_out
        elif came_out:
            yield from self._open_ends(node.then, (*path, THEN))

    def _open_branches(self, node: Ask | Use | Group, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if isinstance(node, Use) and not self._comes_out_of(node.use):
            return
        if not isinstance(node, Ask) or node.on is None:
            yield path
            return
        for answer, edge in node.on.items():
            if isinstance(edge, str):
                yield (*path, "on", answer)
            else:
                yield from self._open_ends(edge, (*path, "on", answer))
