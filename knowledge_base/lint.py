"""All proofs over a knowledge base: what its authors may rely on, checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from knowledge_base.fields import FieldTree
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem
from knowledge_base.proofs import answers, fields, reach, references, texts, trees


def lint(
    kb: KnowledgeBase, catalogue: Mapping[str, FieldTree], treatments: Collection[str] | None = None
) -> list[Problem]:
    """Every problem of a knowledge base that parsed, in order of file and line.

    Args:
        kb: the knowledge base.
        catalogue: the fields of each probe's measurement, by the probe's id.
        treatments: the ids of the treatments that can be carried out; ``None`` where that is not known.
    """
    known = treatments if treatments is not None else _named_treatments(kb)
    found = {
        *references.prove(kb, known),
        *fields.prove(kb, catalogue),
        *answers.prove(kb),
        *trees.prove(kb),
        *reach.prove(kb),
        *texts.prove(kb),
    }
    return sorted(found)


def _named_treatments(kb: KnowledgeBase) -> set[str]:
    return {remedy.treatment for _, remedy in kb.remedies.values() if remedy.treatment}
