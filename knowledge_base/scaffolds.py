"""A new entry to begin from: it passes the lint but for the texts that are still to be written."""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import Path

from knowledge_base.loading import KnowledgeBase

CAUSE = """\
# yaml-language-server: $schema={schema}

- id: {id}
  title: TODO a short sentence that names the fault
  family: optimisation  # data | wiring | architecture | optimisation
  prior: uncommon  # common | uncommon | rare
  symptoms: {{loss_flat: possible}}  # typical | possible; all others are foreign
  explained_by: []
  locate: [fit]
  summary: TODO one sentence for the head of a finding.
  what: TODO what it is.
  why: TODO why it stops learning.
  recognise: TODO how to recognise it.
  lookalikes: []
  example: |
    # TODO code that has the fault
  remedies:
    - id: {id}_remedy
      title: TODO what to do
      text: TODO what to do, and why it helps.
      code: |
        # TODO code; places such as {{learning_rate|1e-3}} are filled from the case, literal braces are doubled
      costs: TODO what it costs or risks.
      treatment: null
  sources:
    - {{reference: {reference}, note: TODO what to read there}}
"""

QUESTION = """\
# yaml-language-server: $schema={schema}

- id: {id}
  ask: TODO the question, as it is put to a person?
  why: TODO why it is asked.
  group: {group}
  person: true
  answers:
    present:
      option: TODO yes
      evidence: {{{cause}: weak}}
    absent:
      option: TODO no
      evidence: {{{cause}: against}}
"""


def scaffold(kb: KnowledgeBase, kind: str, id: str, folder: Path, *, cause: str | None = None) -> dict[Path, str]:
    """The files of a new entry and their texts; nothing is written.

    A new cause comes with a question that speaks for it, as no cause may stand unreached.

    Raises:
        ValueError: the kind is not known, the id is taken or is no id.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", id):
        raise ValueError(f"{id!r} is no id: small letters, digits and underscores, begun by a letter")
    if kind == "cause":
        _free(id, kb.causes)
        question = f"is_it_{id}"
        files = {folder / "causes" / f"{id}.yaml": _cause(kb, id, folder)}
        return files | {folder / "questions" / f"{question}.yaml": _question(kb, question, id, folder)}
    if kind == "question":
        _free(id, kb.questions)
        about = cause or next(iter(kb.causes), "some_cause")
        return {folder / "questions" / f"{id}.yaml": _question(kb, id, about, folder)}
    raise ValueError(f"nothing to begin from for {kind!r}: use cause or question")


def _free(id: str, taken: Container[str]) -> None:
    if id in taken:
        raise ValueError(f"the id {id!r} is taken")


def _cause(kb: KnowledgeBase, id: str, folder: Path) -> str:
    reference = next((name for name in kb.sources if name[0].islower()), "some_reference")
    return CAUSE.format(id=id, schema=_schema("causes", folder), reference=reference)


def _question(kb: KnowledgeBase, id: str, cause: str, folder: Path) -> str:
    group = next((name for name in kb.groups), "some_group")
    return QUESTION.format(id=id, cause=cause, group=group, schema=_schema("questions", folder))


def _schema(kind: str, folder: Path) -> str:
    own = folder.resolve() == Path(__file__).parent / "content"
    return f"../../schemas/{kind}.json" if own else str(Path(__file__).parent / "schemas" / f"{kind}.json")
