"""A decision tree as text, as a Mermaid flowchart, or as a Graphviz digraph."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge_base.evidence import speaks_for
from knowledge_base.loading import KnowledgeBase
from knowledge_base.questions import UNKNOWN, Question
from knowledge_base.trees import THEN, AnyNode, Ask, Conclude, Group, Use

FORMATS = ("text", "mermaid", "dot")
_LABEL = 38


def tree(kb: KnowledgeBase, name: str, format: str = "text") -> str:
    """The tree of a symptom, or the tree of this name.

    Raises:
        KeyError: there is no such symptom or tree, or the symptom has no tree.
        ValueError: the format is not known.
    """
    id = kb.symptoms[name].tree if name in kb.symptoms else name
    if id is None or id not in kb.trees:
        raise KeyError(name)
    if format == "text":
        return "\n".join(_text(kb, id)) + "\n"
    if format not in FORMATS:
        raise ValueError(f"no format is called {format!r}: use one of {', '.join(FORMATS)}")
    drawn = _Drawing(kb)
    drawn.tree(id)
    return (_mermaid if format == "mermaid" else _dot)(drawn)


def _text(kb: KnowledgeBase, id: str) -> Iterator[str]:
    found = kb.trees[id]
    yield f"{id}: {_title(kb, found.symptom, 'shared tree')}"
    yield from _lines(kb, found.root, "", {id})


def _title(kb: KnowledgeBase, symptom: str | None, without: str) -> str:
    return kb.symptoms[symptom].title if symptom and symptom in kb.symptoms else without


def _lines(kb: KnowledgeBase, node: AnyNode, indent: str, drawn: set[str]) -> Iterator[str]:
    """The lines of a node and what follows it; a shared tree is written out where it is first used."""
    if isinstance(node, Conclude):
        conclusion = kb.conclusions.get(node.conclude)
        yield f"{indent}= {conclusion.title if conclusion else node.conclude}"
        return
    if isinstance(node, Group):
        yield f"{indent}* all questions of the group {node.group}"
        for question in kb.groups.get(node.group, ()):
            yield f"{indent}    ? {question.ask} [{question.id}]"
    elif isinstance(node, Use):
        yield f"{indent}> the tree {node.use}{', as above' if node.use in drawn else ':'}"
        if node.use not in drawn and node.use in kb.trees:
            drawn.add(node.use)
            yield from _lines(kb, kb.trees[node.use].root, f"{indent}    ", drawn)
    else:
        yield from _asked(kb, node, indent, drawn)
    if node.then is not None:
        yield from _lines(kb, node.then, indent, drawn)


def _asked(kb: KnowledgeBase, node: Ask, indent: str, drawn: set[str]) -> Iterator[str]:
    question = kb.questions.get(node.ask)
    yield f"{indent}? {question.ask if question else node.ask} [{node.ask}]"
    for answer in [*(question.answers if question else ()), UNKNOWN]:
        edge = (node.on or {}).get(answer, THEN)
        for_causes = _speaks(question, answer)
        yield f"{indent}  {answer}{f': speaks for {for_causes}' if for_causes else ''}"
        if not isinstance(edge, str):
            yield from _lines(kb, edge, f"{indent}    ", drawn)


def _speaks(question: Question | None, answer: str) -> str:
    found = question.answers.get(answer) if question else None
    return ", ".join(cause for cause, band in found.evidence.items() if speaks_for(band)) if found else ""


@dataclass(frozen=True)
class _Box:
    shape: str
    label: str


@dataclass
class _Drawing:
    """Boxes and arrows of a tree; open ends wait for what follows them."""

    kb: KnowledgeBase
    boxes: list[_Box] = field(default_factory=list)
    arrows: list[tuple[int, int, str]] = field(default_factory=list)

    def tree(self, id: str) -> None:
        """Draw a tree from its symptom on."""
        found = self.kb.trees[id]
        self.node(found.root, [(self.box("start", _title(self.kb, found.symptom, id)), "")])

    def box(self, shape: str, label: str) -> int:
        """A new box; its number."""
        self.boxes.append(_Box(shape, label))
        return len(self.boxes) - 1

    def node(self, node: AnyNode, before: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Draw a node behind open ends; the ends that are open after it."""
        here = self.box(*_face(self.kb, node))
        self.arrows += [(end, here, label) for end, label in before]
        if isinstance(node, Conclude):
            return []
        ends = self.branches(node, here) if isinstance(node, Ask) and node.on else [(here, "")]
        return self.node(node.then, ends) if node.then is not None and ends else ends

    def branches(self, node: Ask, here: int) -> list[tuple[int, str]]:
        """Draw what follows each answer; the ends that are open after it."""
        ends: list[tuple[int, str]] = []
        for answer, edge in (node.on or {}).items():
            ends += [(here, answer)] if isinstance(edge, str) else self.node(edge, [(here, answer)])
        return ends


def _face(kb: KnowledgeBase, node: AnyNode) -> tuple[str, str]:
    if isinstance(node, Ask):
        return "ask", kb.questions[node.ask].ask if node.ask in kb.questions else node.ask
    if isinstance(node, Use):
        return "use", f"tree {node.use}"
    if isinstance(node, Group):
        return "group", f"group {node.group}"
    return "conclude", kb.conclusions[node.conclude].title if node.conclude in kb.conclusions else node.conclude


_MERMAID = {
    "start": ("([", "])"),
    "ask": ("{", "}"),
    "use": ("[[", "]]"),
    "group": ("[/", "/]"),
    "conclude": ("([", "])"),
}
_DOT = {"start": "oval", "ask": "diamond", "use": "component", "group": "parallelogram", "conclude": "oval"}


def _mermaid(drawn: _Drawing) -> str:
    lines = ["flowchart TD"]
    for number, box in enumerate(drawn.boxes):
        label = "<br>".join(textwrap.wrap(box.label.replace('"', "#quot;"), _LABEL))
        opened, closed = _MERMAID[box.shape]
        lines.append(f'  n{number}{opened}"{label}"{closed}')
    for start, end, label in drawn.arrows:
        lines.append(f"  n{start} -->{f'|{label}|' if label else ''} n{end}")
    return "\n".join(lines) + "\n"


def _dot(drawn: _Drawing) -> str:
    lines = ["digraph {", "  rankdir=TB;"]
    for number, box in enumerate(drawn.boxes):
        label = json.dumps("\n".join(textwrap.wrap(box.label, _LABEL)), ensure_ascii=False)
        lines.append(f"  n{number} [shape={_DOT[box.shape]}, label={label}];")
    for start, end, label in drawn.arrows:
        lines.append(f"  n{start} -> n{end}{f' [label={json.dumps(label)}]' if label else ''};")
    return "\n".join([*lines, "}"]) + "\n"
