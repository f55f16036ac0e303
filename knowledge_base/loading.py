"""The knowledge base in memory: the built-in content, with folders of the user's own laid over it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from knowledge_base.problems import LoadError, Place, Problem
from knowledge_base.questions import Question
from knowledge_base.reading import Written, read
from knowledge_base.schema import (
    Advice,
    Cause,
    Citation,
    Conclusion,
    Document,
    Phrasing,
    Reference,
    Remedy,
    Sources,
    Symptom,
    Weights,
)
from knowledge_base.trees import Tree
from knowledge_base.validating import or_nearest, validated

HERE = Path(__file__).parent
CONTENT = HERE / "content"
DOCUMENTS = HERE / "documents"

LISTS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "symptoms": Symptom,
        "conclusions": Conclusion,
        "phrasings": Phrasing,
        "advice": Advice,
        "causes": Cause,
        "questions": Question,
        "trees": Tree,
    }
)
SINGLES: Mapping[str, type[BaseModel]] = MappingProxyType({"sources": Sources, "weights": Weights})
KEYS = {"phrasings": "text", "advice": "document"}


@dataclass(frozen=True, eq=False)
class KnowledgeBase:
    """All entries by id, and where each was written.

    Attributes:
        symptoms: what users see.
        causes: what may be wrong.
        questions: what is asked.
        trees: in what order.
        conclusions: leaves that name no cause.
        sources: documents and references.
        phrasings: symptoms in users' own words.
        advice: per document, its sentences parted into advice and other.
        weights: what ranks causes.
        version: a hash of everything that was read.
        layers: the folders that were read, the built-in one first.
        written: each entry as it was written, by kind and id.
    """

    symptoms: Mapping[str, Symptom]
    causes: Mapping[str, Cause]
    questions: Mapping[str, Question]
    trees: Mapping[str, Tree]
    conclusions: Mapping[str, Conclusion]
    sources: Mapping[str, Document | Reference]
    phrasings: tuple[Phrasing, ...]
    advice: Mapping[str, Advice]
    weights: Weights
    version: str
    layers: tuple[Path, ...]
    written: Mapping[tuple[str, str], Written] = field(repr=False)

    def place(self, kind: str, id: str, *keys: object) -> Place:
        """Where an entry, or a key within it, stands: ``place("causes", "lr_too_high", "sources", 0, "quote")``."""
        entry = self.written.get((kind, id))
        return entry.place(*keys) if entry else Place(self.layers[0])

    @cached_property
    def groups(self) -> Mapping[str, tuple[Question, ...]]:
        """The questions of each group, in the order written."""
        groups: dict[str, tuple[Question, ...]] = {}
        for question in self.questions.values():
            if question.group:
                groups[question.group] = (*groups.get(question.group, ()), question)
        return groups

    @cached_property
    def remedies(self) -> Mapping[str, tuple[Cause, Remedy]]:
        """Every remedy by its id, with its cause."""
        return {remedy.id: (cause, remedy) for cause in self.causes.values() for remedy in cause.remedies}

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The text of every document that is found, by id."""
        found = {id: self.document_file(id) for id, source in self.sources.items() if isinstance(source, Document)}
        return {id: file.read_text(encoding="utf-8") for id, file in found.items() if file is not None}

    def document_file(self, id: str) -> Path | None:
        """The file of a document: the last layer's that has it."""
        source = self.sources.get(id)
        folders = [DOCUMENTS if layer == CONTENT else layer / "documents" for layer in reversed(self.layers)]
        candidates = [folder / source.file for folder in folders] if isinstance(source, Document) else []
        return next((file for file in candidates if file.is_file()), None)

    def citations(self) -> Iterator[tuple[str, str, int, Citation]]:
        """Every citation with the kind and id of its entry and its position there."""
        cited: list[tuple[str, Mapping[str, Any]]] = [
            ("causes", self.causes),
            ("questions", self.questions),
            ("symptoms", self.symptoms),
            ("conclusions", self.conclusions),
        ]
        for kind, entries in cited:
            for id, entry in entries.items():
                for position, citation in enumerate(entry.sources):
                    yield kind, id, position, citation


def load(overlays: Sequence[Path] = (), *, content: Path = CONTENT) -> KnowledgeBase:
    """Read the knowledge base and lay folders of the user's own over it.

    New entries are added, entries with the same id replace, ``weights.yaml`` replaces as a whole. What was read once is
    kept in memory as long as the files do not change.

    Raises:
        LoadError: files do not parse; every problem is listed with its place.
    """
    layers = tuple(path.resolve() for path in (content, *overlays))
    missing = [Problem.at(Place(layer), "no such folder") for layer in layers if not layer.is_dir()]
    if missing:
        raise LoadError(missing)
    files = tuple(_stamped(file) for layer in layers for file in _files(layer))
    return _load(layers, files)


Stamp = tuple[Path, int, int]


def _files(layer: Path) -> list[Path]:
    return sorted((*layer.glob("*.yaml"), *layer.glob("*/*.yaml")))


def _kind(layer: Path, file: Path) -> str:
    kind = file.stem if file.parent == layer else file.parent.name
    known = {*LISTS, *SINGLES}
    if kind not in known:
        message = f"no kind of entry is called {kind!r}{or_nearest(kind, known)}"
        raise LoadError([Problem.at(Place(file), message)])
    return kind


def _stamped(file: Path) -> Stamp:
    status = file.stat()
    return file, status.st_mtime_ns, status.st_size


@lru_cache(maxsize=8)
def _load(layers: tuple[Path, ...], files: tuple[Stamp, ...]) -> KnowledgeBase:
    problems: list[Problem] = []
    gathered: dict[str, dict[str, Any]] = {kind: {} for kind in (*LISTS, "documents", "references", "weights")}
    written: dict[tuple[str, str], Written] = {}
    for layer in layers:
        seen: dict[tuple[str, str], Place] = {}
        for stamp in files:
            if layer not in stamp[0].parents:
                continue
            try:
                entries = _entries(layer, stamp)
            except LoadError as error:
                problems += error.problems
                continue
            for kind, id, entry, source, place in entries:
                if (kind, id) in seen:
                    problems.append(Problem.at(place, f"the id {id!r} is already taken at {seen[kind, id]}"))
                    continue
                seen[kind, id] = place
                gathered[kind][id] = entry
                written[kind, id] = source
    if not problems and not gathered["weights"]:
        problems.append(Problem.at(Place(layers[0] / "weights.yaml"), "no weights.yaml in any layer"))
    if problems:
        raise LoadError(sorted(problems))
    return KnowledgeBase(
        symptoms=MappingProxyType(gathered["symptoms"]),
        causes=MappingProxyType(gathered["causes"]),
        questions=MappingProxyType(gathered["questions"]),
        trees=MappingProxyType(gathered["trees"]),
        conclusions=MappingProxyType(gathered["conclusions"]),
        sources=MappingProxyType({**gathered["documents"], **gathered["references"]}),
        phrasings=tuple(gathered["phrasings"].values()),
        advice=MappingProxyType(gathered["advice"]),
        weights=gathered["weights"][""],
        version=_version(layers, files),
        layers=layers,
        written=MappingProxyType(written),
    )


_Item = tuple[str, str, Any, Written, Place]


@lru_cache(maxsize=1024)
def _entries(layer: Path, stamp: Stamp) -> tuple[_Item, ...]:
    file = stamp[0]
    kind = _kind(layer, file)
    whole = read(file)
    if whole is None:
        return ()
    return tuple(_single(kind, whole) if kind in SINGLES else _list(kind, whole))


def _single(kind: str, whole: Written) -> Iterator[_Item]:
    entry = validated(SINGLES[kind], whole)
    if not isinstance(entry, Sources):
        yield kind, "", entry, whole, whole.place()
        return
    for part in ("documents", "references"):
        for position, source in enumerate(getattr(entry, part)):
            yield part, source.id, source, whole, whole.place(part, position)


def _list(kind: str, whole: Written) -> list[_Item]:
    if not isinstance(whole.value, list):
        raise LoadError([Problem.at(whole.place(), f"a file of {kind} is a list of entries, each begun by `- `")])
    found: list[_Item] = []
    problems: list[Problem] = []
    for item in whole.items():
        try:
            entry = validated(LISTS[kind], item)
        except LoadError as error:
            problems += error.problems
            continue
        found.append((kind, str(getattr(entry, KEYS.get(kind, "id"))), entry, item, item.place()))
    if problems:
        raise LoadError(problems)
    return found


def _version(layers: tuple[Path, ...], files: tuple[Stamp, ...]) -> str:
    digest = hashlib.sha256()
    for file, _, _ in files:
        layer = next(number for number, layer in enumerate(layers) if layer in file.parents)
        digest.update(f"{layer}/{file.relative_to(layers[layer])}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
