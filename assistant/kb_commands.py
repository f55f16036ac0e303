"""``keras-triage kb``: tools for those who read and write the knowledge base. What they do is loaded when called."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from knowledge_base.loading import KnowledgeBase
    from knowledge_base.problems import Problem

kb_app = typer.Typer(
    name="kb",
    help="Read, search and check the knowledge base.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_OVERLAYS = "keras_triage.overlays"
_PROBLEMS_FOUND = 1


class TreeFormat(StrEnum):
    """How a tree is printed."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"


class Scaffold(StrEnum):
    """What can be begun."""

    CAUSE = "cause"
    QUESTION = "question"


@kb_app.callback()
def overlays(
    context: typer.Context,
    kb: Annotated[
        list[Path] | None, typer.Option("--kb", metavar="DIR", help="Folder laid over the knowledge base; repeatable.")
    ] = None,
) -> None:
    """Read, search and check the knowledge base."""
    context.meta[_OVERLAYS] = tuple(kb or ())


@kb_app.command()
def check(context: typer.Context) -> None:
    """Prove all that can be proven; list problems.

    Every problem is printed with its file, line and column.
    """
    from assistant.catalogue_fields import catalogue_fields, known_treatments
    from knowledge_base.lint import lint
    from knowledge_base.loading import load
    from knowledge_base.problems import LoadError

    try:
        kb = load(context.meta[_OVERLAYS])
    except LoadError as error:
        _end_with(error.problems)
    _end_with(lint(kb, catalogue_fields(), known_treatments()))
    counts = [(kb.symptoms, "symptoms"), (kb.causes, "causes"), (kb.questions, "questions"), (kb.trees, "trees")]
    _print(f"{', '.join(f'{len(entries)} {name}' for entries, name in counts)}: no problem found.\n")


@kb_app.command()
def show(context: typer.Context, id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show an entry.

    A cause, question, symptom, remedy, conclusion or source.
    """
    from knowledge_base.rendering import show as shown

    kb = _loaded(context)
    known = [*kb.causes, *kb.questions, *kb.symptoms, *kb.remedies, *kb.conclusions, *kb.sources]
    _known(id, known, "entry")
    _print(shown(kb, id))


@kb_app.command()
def explain(context: typer.Context, cause: Annotated[str, typer.Argument(metavar="CAUSE")]) -> None:
    """Print the page of a cause that a user reads."""
    from knowledge_base.rendering import explain as page

    kb = _loaded(context)
    _known(cause, kb.causes, "cause")
    _print(page(kb, cause))


@kb_app.command()
def tree(
    context: typer.Context,
    symptom: Annotated[str, typer.Argument(metavar="SYMPTOM", help="A symptom, or the name of a tree.")],
    format: Annotated[TreeFormat, typer.Option("--format", help="How it is printed.")] = TreeFormat.TEXT,
) -> None:
    """Print the decision tree of a symptom."""
    from knowledge_base.drawing import tree as drawn

    kb = _loaded(context)
    _known(symptom, [*(one.id for one in kb.symptoms.values() if one.tree), *kb.trees], "symptom with a tree")
    _print(drawn(kb, symptom, format.value))


@kb_app.command()
def coverage(context: typer.Context) -> None:
    """Show which advice of the documents is quoted.

    Each advising sentence is printed with the entries that quote it; what nobody quotes is an error.
    """
    from knowledge_base.coverage import coverage as covered

    kb = _loaded(context)
    sentences = covered(kb)
    for document in kb.texts:
        advising = [one for one in sentences if one.document == document and one.advice]
        quoted = sum(bool(one.entries) for one in advising)
        _print(f"{document}: {kb.sources[document].title} ({quoted} of {len(advising)} advising sentences quoted)\n")
        for one in advising:
            _print(f"  {'+' if one.entries else '-'} {one.sentence}\n")
            _print(f"      {', '.join(one.entries) or 'quoted nowhere'}\n")
    unread = [one for one in sentences if one.advice is None]
    for one in unread:
        _print(f"{one.document}: not judged in advice.yaml: {one.sentence}\n")
    if unread or any(one.advice and not one.entries for one in sentences):
        raise typer.Exit(_PROBLEMS_FOUND)


@kb_app.command()
def search(context: typer.Context, words: Annotated[list[str], typer.Argument(metavar="WORDS")]) -> None:
    """List the entries that hold all the words."""
    from knowledge_base.searching import search as searched

    hits = searched(_loaded(context), " ".join(words))
    for hit in hits:
        _print(f"{hit.kind.removesuffix('s'):<11} {hit.id:<32} {hit.title}\n")
    if not hits:
        _print("Nothing holds these words.\n")


@kb_app.command()
def paths(context: typer.Context, cause: Annotated[str, typer.Argument(metavar="CAUSE")]) -> None:
    """List all ways to reach a cause.

    By symptom, the answers that speak for it and can be met there.
    """
    from knowledge_base.graph import ways_to

    kb = _loaded(context)
    _known(cause, kb.causes, "cause")
    for symptom, answers in ways_to(kb, cause).items():
        _print(f"{symptom} ({kb.causes[cause].symptoms[symptom]})\n")
        for question, answer in answers:
            band = kb.questions[question].answers[answer].evidence[cause]
            asked_in = kb.questions[question].group or "the tree"
            _print(f"  {band:<8} {question} = {answer}  [{asked_in}] {kb.questions[question].ask}\n")
        if not answers:
            _print("  nothing that is asked here speaks for it\n")


@kb_app.command()
def new(
    context: typer.Context,
    kind: Annotated[Scaffold, typer.Argument(metavar="cause|question")],
    id: Annotated[str, typer.Argument(metavar="ID")],
    folder: Annotated[
        Path | None, typer.Option("--in", metavar="DIR", help="Where to write; default: the last --kb, else built in.")
    ] = None,
    cause: Annotated[str | None, typer.Option(metavar="CAUSE", help="The cause a new question speaks for.")] = None,
) -> None:
    """Begin a new cause or question.

    What is written passes the check but for its TODO texts; a cause comes with a question that speaks for it.
    """
    from assistant.errors import UsageError
    from knowledge_base.loading import CONTENT
    from knowledge_base.scaffolds import scaffold

    kb = _loaded(context)
    layers: tuple[Path, ...] = context.meta[_OVERLAYS]
    try:
        files = scaffold(kb, kind.value, id, folder or (layers[-1] if layers else CONTENT), cause=cause)
    except ValueError as error:
        raise UsageError(str(error)) from error
    taken = [file for file in files if file.exists()]
    if taken:
        raise UsageError(f"{taken[0]} is there already")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        _print(f"{file}\n")


@kb_app.command()
def schemas(
    folder: Annotated[
        Path | None, typer.Option("--in", metavar="DIR", help="Where to write; default: built in.")
    ] = None,
) -> None:
    """Write the JSON schemas of the YAML files.

    An editor completes and checks the files with them.
    """
    from knowledge_base.json_schemas import FOLDER, write

    for file in write(folder or FOLDER):
        _print(f"{file}\n")


def _loaded(context: typer.Context) -> KnowledgeBase:
    from assistant.errors import UsageError
    from knowledge_base.loading import load
    from knowledge_base.problems import LoadError

    try:
        return load(context.meta[_OVERLAYS])
    except LoadError as error:
        raise UsageError(f"the knowledge base does not load.\n{error}") from error


def _known(id: str, known: Iterable[str], what: str) -> None:
    from assistant.errors import UsageError
    from knowledge_base.validating import or_nearest

    names = list(known)
    if id not in names:
        raise UsageError(f"no {what} is called {id!r}{or_nearest(id, names)}")


def _end_with(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Print problems, and end if there are any."""
    for problem in problems:
        _print(f"{problem}\n")
    if problems:
        _print(f"{len(problems)} problem{'s' if len(problems) > 1 else ''} found.\n")
        raise typer.Exit(_PROBLEMS_FOUND)


def _print(text: str) -> None:
    sys.stdout.write(text)
