"""The path as a tree: what was asked, by whom it was answered, what stands now, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.dialogue import Dialogue
from assistant.events import SKIPPED, UNKNOWN
from assistant.ranking import Answer
from assistant.steps import RunProbe
from assistant.terminal import texts
from assistant.terminal.presenting.answers import mark_of, words_of
from assistant.terminal.views import PathNode, QuestionView

AHEAD = "phase:to_come"
"""Id of the heading over what is still to come."""

FOLDED_FROM = 3
"""A heading over more questions than this is folded where none of them stands out."""


def path_nodes(dialogue: Dialogue, asking: QuestionView | None) -> tuple[PathNode, ...]:
    """A heading for each phase, in it the trees that were entered and their questions, then what is to come."""
    phases: dict[str, _Branch] = {}
    for answer in dialogue.path():
        phases.setdefault(answer.phase, _Branch()).place(answer.trail[1:], path_node(dialogue, answer))
    if asking is not None and asking.id in dialogue.kb.questions:
        now = PathNode(asking.id, asking.ask, by="now", before=_before(dialogue, asking.id))
        phases.setdefault(list(phases)[-1] if phases else "tree", _Branch()).place((), now)
    symptom = dialogue.symptom
    named = dialogue.kb.symptoms[symptom.id].title if symptom else texts.PHASES["tree"]
    titles = {**texts.PHASES, "tree": named}
    taken = [_looks(f"phase:{phase}", titles.get(phase, phase), one.nodes()) for phase, one in phases.items()]
    ahead = tuple(_ahead(dialogue, asking))
    return (*taken, _heading(AHEAD, texts.PHASES["to_come"], ahead)) if ahead else tuple(taken)


@dataclass
class _Branch:
    """Questions in the order asked; those of one shared tree stand together under its name."""

    children: list[PathNode | str] = field(default_factory=list)
    trees: dict[str, _Branch] = field(default_factory=dict)

    def place(self, trail: tuple[str, ...], node: PathNode) -> None:
        """Add a question to the tree that asked for it."""
        if not trail:
            self.children.append(node)
            return
        if trail[0] not in self.trees:
            self.trees[trail[0]] = _Branch()
            self.children.append(trail[0])
        self.trees[trail[0]].place(trail[1:], node)

    def nodes(self) -> tuple[PathNode, ...]:
        """The questions and the trees, in the order in which they were met."""
        return tuple(
            _heading(f"tree:{one}", one.replace("_", " ").capitalize(), self.trees[one].nodes())
            if isinstance(one, str)
            else one
            for one in self.children
        )


def _heading(id: str, title: str, children: tuple[PathNode, ...]) -> PathNode:
    """A heading with the number of its questions; folded where none of them stands out."""
    dull = all(map(_is_dull, _leaves(children)))
    return PathNode(id, title, by="heading", children=children, folded=dull and len(children) > FOLDED_FROM)


def _is_dull(node: PathNode) -> bool:
    return node.by in ("probe", "unknown", "to_come") and node.mark != "notable"


def _looks(id: str, title: str, nodes: tuple[PathNode, ...]) -> PathNode:
    """Many looks: those that stand out, and the others folded under a heading of their own."""
    dull = tuple(one for one in nodes if not one.children and _is_dull(one))
    if len(dull) <= FOLDED_FROM or len(dull) == len(nodes):
        return _heading(id, title, nodes)
    rest = _heading(f"{id}:rest", texts.PATH_REST, dull)
    return PathNode(id, title, by="heading", children=(*(one for one in nodes if one not in dull), rest))


def _leaves(nodes: Iterable[PathNode]) -> Iterable[PathNode]:
    for node in nodes:
        if node.children:
            yield from _leaves(node.children)
        else:
            yield node


def _ahead(dialogue: Dialogue, asking: QuestionView | None) -> Iterable[PathNode]:
    """What the walk would ask next; of what answers will decide nothing is promised."""
    if dialogue.case is None:
        return
    for need in dialogue.to_come():
        if asking is not None and need.question == asking.id:
            continue
        by_probe = isinstance(need, RunProbe)
        ask = dialogue.kb.questions[need.question].ask
        yield PathNode(need.question, ask, texts.TO_COME_PROBE if by_probe else texts.TO_COME_PERSON, "to_come")


def path_node(dialogue: Dialogue, answer: Answer) -> PathNode:
    """One question of the path with its answer."""
    question = dialogue.kb.questions[answer.question]
    mark = mark_of(dialogue, answer)
    before = _before(dialogue, answer.question)
    if answer.answer == SKIPPED:
        return PathNode(answer.question, question.ask, "", "skipped", mark, before=before)
    if answer.by == "person":
        return PathNode(answer.question, question.ask, words_of(dialogue, answer), "person", mark, before=before)
    if answer.answer == UNKNOWN:
        return PathNode(answer.question, question.ask, answer.reason or "", "unknown", mark)
    chosen = question.answers[answer.answer]
    return PathNode(answer.question, question.ask, answer.text or chosen.option or "", "probe", mark)


def _before(dialogue: Dialogue, question: str) -> str:
    """The answer that the person took back last, in its own words; empty where there is none."""
    answers = dialogue.kb.questions[question].answers
    said = (answers[one] for one in dialogue.answers_before(question) if one in answers)
    return next((one.option or one.means or "" for one in said), "")
