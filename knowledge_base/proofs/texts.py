"""Quotes stand in their documents, code has its places to fill in order, and nothing is left to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge_base.coverage import normalised, quotable, stands_in
from knowledge_base.loading import KnowledgeBase
from knowledge_base.problems import Problem
from knowledge_base.saying import TemplateError, facts
from knowledge_base.schema import Citation, Document, Reference
from knowledge_base.validating import or_nearest

TODO = "TODO"


def prove(kb: KnowledgeBase) -> Iterator[Problem]:
    """Sources that nobody has, words that no document holds, code that does not fill, and texts still to be written."""
    for kind, id, position, citation in kb.citations():
        yield from _citation(kb, citation, kind, id, position)
    yield from _documents(kb)
    yield from _code(kb)
    for (kind, id), entry in kb.written.items():
        for keys in _unwritten(entry.value):
            yield Problem.at(kb.place(kind, id, *keys), f"still {TODO}")


def _citation(kb: KnowledgeBase, citation: Citation, kind: str, id: str, position: int) -> Iterator[Problem]:
    here = (kind, id, "sources", position)
    name = citation.document or citation.reference or ""
    wanted = Document if citation.document else Reference
    known = [one for one, source in kb.sources.items() if isinstance(source, wanted)]
    if name not in known:
        key = wanted.__name__.lower()
        yield Problem.at(kb.place(*here, key), f"no {key} is called {name!r}{or_nearest(name, known)}")
    elif citation.quote is not None and name in kb.texts:
        text = kb.texts[name]
        if not stands_in(citation.quote, text):
            yield Problem.at(kb.place(*here, "quote"), f"these words do not stand in document {name}")
        elif not quotable(citation.quote, text):
            message = "a quote is at least three words, or a whole line of the document"
            yield Problem.at(kb.place(*here, "quote"), message)


def _documents(kb: KnowledgeBase) -> Iterator[Problem]:
    for id, source in kb.sources.items():
        if isinstance(source, Document) and id not in kb.texts:
            yield Problem.at(kb.place("documents", id, "file"), f"the document's file {source.file!r} is not found")
    for document, advice in kb.advice.items():
        if document not in kb.texts:
            yield Problem.at(kb.place("advice", document, "document"), f"no document is called {document!r}")
            continue
        for key in ("advice", "other"):
            for position, sentence in enumerate(getattr(advice, key)):
                if normalised(sentence) not in normalised(kb.texts[document]):
                    place = kb.place("advice", document, key, position)
                    yield Problem.at(place, f"these words do not stand in document {document}")


def _code(kb: KnowledgeBase) -> Iterator[Problem]:
    for cause in kb.causes.values():
        for position, remedy in enumerate(cause.remedies):
            try:
                facts(remedy.code or "")
            except TemplateError as error:
                yield Problem.at(kb.place("causes", cause.id, "remedies", position, "code"), str(error))


def _unwritten(value: Any) -> Iterator[tuple[object, ...]]:
    if isinstance(value, str) and TODO in value:
        yield ()
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from ((key, *keys) for keys in _unwritten(inner))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from ((position, *keys) for keys in _unwritten(inner))
