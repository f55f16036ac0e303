"""The commands of bundles: their options; what they do is loaded only when one is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.options import Budget, Fit, KnowledgeBases, Python, SetupTimeout, StoreUrl, Symptom

bundle_app = typer.Typer(
    help="Look at bundles: the evidence of a case in a file, as `collect` writes it.", no_args_is_help=True
)

BundleFile = Annotated[Path, typer.Argument(metavar="BUNDLE", help="A file that `collect` wrote.", show_default=False)]


def collect(
    context: typer.Context,
    program: Annotated[Path, typer.Argument(metavar="PROGRAM", help="The training script.", show_default=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where it goes (default: PROGRAM.triage)."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Print all that would be in the bundle, and write nothing.")
    ] = False,
    with_source: Annotated[
        bool, typer.Option("--with-source", help="Add the source lines that causes point to, and patches.")
    ] = False,
    with_output: Annotated[
        bool, typer.Option("--with-output", help="Add the last lines that the program printed.")
    ] = False,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Replace the names that the program gives classes, columns and layers.")
    ] = False,
    probe: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Measure this alone, without trials, as support asked; repeatable."),
    ] = None,
    symptom: Symptom = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(metavar="QUESTION=ANSWER", help="What you answered support; repeatable."),
    ] = None,
    budget: Budget = 120.0,
    setup_timeout: SetupTimeout = 300.0,
    python: Python = None,
    fit: Fit = None,
    kb: KnowledgeBases = None,
) -> None:
    """Examine a program and write a bundle for support: measurements and settings, no weights, no data.

    Absolute paths, names of users and hosts, addresses, passwords and keys are taken out before anything is written.
    """
    from assistant.bundle import commands
    from assistant.bundle.preparing import Leave
    from assistant.program_file import interpreter_at
    from assistant.session.model import OpenedWith

    interpreter = interpreter_at(python)
    opened = OpenedWith(
        program=str(commands.program_to_collect(program)),
        arguments=tuple(context.obj or ()),
        python=str(interpreter) if interpreter else None,
        fit=fit,
        setup_timeout=setup_timeout,
        budget=budget,
        knowledge_bases=tuple(str(one.absolute()) for one in kb or ()),
    )
    wanted = commands.Wanted(
        target=output or Path(f"{program.stem}.triage"),
        preview=preview,
        leave=Leave(with_source, with_output, pseudonyms),
        symptom=symptom,
        answers=tuple(answer or ()),
        only=tuple(probe or ()),
    )
    raise typer.Exit(commands.collect(opened, wanted))


def merge(
    session: Annotated[str, typer.Argument(metavar="SESSION", help="The session, or the beginning of its id.")],
    bundle: BundleFile,
    store: StoreUrl = None,
) -> None:
    """Add a bundle that arrived later to the session that waits for it."""
    from assistant.bundle import commands

    raise typer.Exit(commands.merge(session, bundle, store))


@bundle_app.command()
def show(bundle: BundleFile) -> None:
    """Tell in words what a bundle holds."""
    from assistant.bundle import commands

    raise typer.Exit(commands.show(bundle))


@bundle_app.command()
def verify(bundle: BundleFile) -> None:
    """Check a bundle's checksums and contents."""
    from assistant.bundle import commands

    raise typer.Exit(commands.verify(bundle))


@bundle_app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A bundle.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another one.", show_default=False)],
) -> None:
    """Tell which settings and measurements differ between two bundles."""
    from assistant.bundle import commands

    raise typer.Exit(commands.diff(before, after))
