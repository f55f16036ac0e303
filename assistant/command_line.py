"""The command line: its commands and options; what they do is loaded only when one is called."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.bundle_commands import bundle_app, collect, merge
from assistant.full_screen import full_screen, on_a_terminal
from assistant.kb_commands import kb_app
from assistant.options import A_WEEK, Budget, Fit, KnowledgeBases, Python, SessionId, SetupTimeout, StoreUrl, Symptom
from assistant.session_commands import sessions_app
from assistant.tuning.options import Method, TuneFormat

if TYPE_CHECKING:
    from assistant.commands import Wish
    from assistant.patching.handing_over import PatchWish

EPILOG = (
    "Exit status of check: 0 healthy, 1 causes confirmed, 2 usage, 3 the program failed and no cause is confirmed, "
    "4 the worker could not be kept alive, 5 inconclusive."
)

app = typer.Typer(
    name="keras-triage",
    help=(
        "The assistant to open when a Keras model does not converge. `keras-triage train.py` opens a program in the "
        "terminal; what follows ` -- ` are the program's own arguments."
    ),
    epilog=EPILOG,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


app.add_typer(kb_app, name="kb")
app.add_typer(bundle_app, name="bundle")
app.command()(collect)
app.command()(merge)
app.add_typer(sessions_app, name="sessions")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"keras-triage {version('keras-triage')}")
        raise typer.Exit(0)


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options that stand before any command."""


class Format(StrEnum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    MESSAGE = "message"


class FollowUpFormat(StrEnum):
    """How a follow-up is printed."""

    TEXT = "text"
    JSON = "json"


Program = Annotated[
    Path,
    typer.Argument(metavar="PROGRAM", help="The training script, or a bundle collected of one.", show_default=False),
]
Answers = Annotated[
    Path | None, typer.Option(metavar="FILE", help="YAML or JSON: answers to what a person would be asked.")
]
ListFits = Annotated[bool, typer.Option("--list-fits", help="List the training calls, running each for one step.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be run, written and skipped, and end.")]
Plain = Annotated[bool, typer.Option("--plain", help="Talk line by line, without a full screen.")]
Inline = Annotated[bool, typer.Option("--inline", help="Use a few lines below the prompt, not the full screen.")]


@app.command("open")
def open_program(
    context: typer.Context,
    program: Program,
    symptom: Symptom = None,
    budget: Budget = 120.0,
    setup_timeout: SetupTimeout = 300.0,
    python: Python = None,
    fit: Fit = None,
    list_fits: ListFits = False,
    dry_run: DryRun = False,
    kb: KnowledgeBases = None,
    store: StoreUrl = None,
    plain: Plain = False,
    inline: Inline = False,
) -> None:
    """Open a program and talk about it; `keras-triage PROGRAM` does the same."""
    if on_a_terminal() and not (plain or list_fits or dry_run):
        from assistant.program_file import interpreter_at, program_at
        from assistant.terminal.settings import TerminalSettings

        settings = TerminalSettings(
            program=program_at(program),
            arguments=tuple(context.obj or ()),
            python=interpreter_at(python),
            fit=fit,
            setup_timeout=setup_timeout,
            budget=budget,
            knowledge_bases=tuple(one.absolute() for one in kb or ()),
            symptom=symptom,
            store=store,
            inline=inline,
        )
        raise typer.Exit(full_screen(settings))
    wish = _wish(context, program, symptom, budget, setup_timeout, python, fit, kb, store)
    _look_only(wish, list_fits, dry_run)
    from assistant import commands

    raise typer.Exit(commands.converse_plainly(wish))


@app.command()
def check(
    context: typer.Context,
    program: Program,
    format: Annotated[Format, typer.Option("--format", help="How the report is printed.")] = Format.TEXT,
    symptom: Symptom = None,
    answers: Answers = None,
    budget: Budget = 120.0,
    setup_timeout: SetupTimeout = 300.0,
    python: Python = None,
    fit: Fit = None,
    list_fits: ListFits = False,
    dry_run: DryRun = False,
    kb: KnowledgeBases = None,
    store: StoreUrl = None,
    patch: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the patch to this file.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the patch into the program, after a question; a copy is kept.")
    ] = False,
) -> None:
    """Examine a program without asking anybody, and print a report."""
    wish = _wish(context, program, symptom, budget, setup_timeout, python, fit, kb, store)
    _look_only(wish, list_fits, dry_run)
    from assistant import commands

    if apply:
        from assistant.bundle.reading import refuse_bundle

        refuse_bundle(program, "nothing can be written into it")
    raise typer.Exit(commands.check(wish, format.value, answers, _patch_wish(patch, apply)))


@app.command()
def tune(
    context: typer.Context,
    program: Program,
    budget: Annotated[
        float, typer.Option(metavar="SECONDS", min=1.0, max=A_WEEK, help="Time for the whole search, from `fit`.")
    ] = 300.0,
    trials: Annotated[int, typer.Option(metavar="N", min=1, help="Settings to try, earlier calls included.")] = 40,
    method: Annotated[Method, typer.Option("--method", help="How settings are proposed.")] = Method.BAYES,
    storage: Annotated[
        Path | None, typer.Option(metavar="FILE", help="SQLite file that keeps the search, to go on later.")
    ] = None,
    format: Annotated[TuneFormat, typer.Option("--format", help="How the outcome is printed.")] = TuneFormat.TEXT,
    setup_timeout: SetupTimeout = 300.0,
    python: Python = None,
    fit: Fit = None,
    patch: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the patch to this file.")] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the patch into the program, after a question; a copy is kept.")
    ] = False,
) -> None:
    """Search for a better learning rate, batch size and optimizer, and test whether they are a gain."""
    from assistant import commands
    from assistant.bundle.reading import refuse_bundle
    from assistant.tuning.command import TuneWish

    refuse_bundle(program, "no settings can be tried on it")
    opened = _wish(context, program, None, budget, setup_timeout, python, fit, None, None).opened
    wish = TuneWish(opened, trials, method.value, storage, format.value)
    raise typer.Exit(commands.tune(wish, _patch_wish(patch, apply)))


@app.command()
def demo(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which broken script.", show_default=False)
    ] = None,
    list_demos: Annotated[bool, typer.Option("--list", help="List the bundled scripts.")] = False,
    store: StoreUrl = None,
    plain: Plain = False,
    inline: Inline = False,
) -> None:
    """Open one of the bundled broken scripts."""
    from assistant import bundled

    if list_demos:
        for one in bundled.demos():
            print(f"{one.name:<18} {one.symptom:<14} {one.title}")
        raise typer.Exit(0)
    program = bundled.copied(name)
    if on_a_terminal() and not plain:
        from assistant.terminal.settings import TerminalSettings

        raise typer.Exit(full_screen(TerminalSettings(program=program, store=store, inline=inline)))
    from assistant import commands
    from assistant.session.model import OpenedWith

    raise typer.Exit(commands.converse_plainly(commands.Wish(OpenedWith(program=str(program)), store=store)))


@app.command()
def serve(
    context: typer.Context,
    program: Annotated[
        Path | None, typer.Argument(metavar="[PROGRAM]", help="The training script.", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes any free port.")] = 0,
    host: Annotated[str, typer.Option(help="Where to listen: a loopback address.")] = "127.0.0.1",
    symptom: Symptom = None,
    budget: Budget = 120.0,
    setup_timeout: SetupTimeout = 300.0,
    python: Python = None,
    fit: Fit = None,
    kb: KnowledgeBases = None,
    store: StoreUrl = None,
) -> None:
    """Show the full screen in a browser on this machine, at an address that cannot be guessed."""
    from assistant.browser.serving import serve as serve_it

    arguments: list[str] = []
    if program is not None:
        wish = _wish(context, program, symptom, budget, setup_timeout, python, fit, kb, store)
        opened = wish.opened
        arguments = ["open", opened.program, f"--budget={budget}", f"--setup-timeout={setup_timeout}"]
        arguments += [f"--python={opened.python}"] if opened.python else []
        arguments += [f"--fit={fit}"] if fit else []
        arguments += [f"--kb={one}" for one in opened.knowledge_bases]
        arguments += [f"--symptom={symptom}"] if symptom else []
        arguments += [f"--store={store}"] if store else []
        arguments += ["--", *opened.arguments] if opened.arguments else []
    raise typer.Exit(serve_it(arguments, host, port))


@app.command()
def report(
    id: SessionId,
    format: Annotated[
        Format | None, typer.Option("--format", help="How the report is printed; by default as the file's name tells.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to this file.")
    ] = None,
    templates: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of your own templates, such as message.txt.j2.")
    ] = None,
    store: StoreUrl = None,
) -> None:
    """Make the report of a kept session, or the message to its user; nothing is run."""
    from assistant.desk import commands

    raise typer.Exit(commands.make_report(store, id, format.value if format else None, output, templates))


@app.command("follow-up")
def follow_up(
    context: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The session that is followed up.")],
    program: Program,
    format: Annotated[
        FollowUpFormat, typer.Option("--format", help="How the comparison is printed.")
    ] = FollowUpFormat.TEXT,
    symptom: Symptom = None,
    answers: Answers = None,
    budget: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=1.0, max=A_WEEK, help="Time for probes and trials; as before."),
    ] = None,
    python: Python = None,
    fit: Fit = None,
    store: StoreUrl = None,
) -> None:
    """Examine the user's next program: whether the remedy worked, and what changed; closes the session or goes on.

    What is not given is as it was in that session.
    """
    from assistant.desk.follow_up import follow_up as followed_up
    from assistant.program_file import interpreter_at, program_at

    asked = interpreter_at(python)
    given = {
        "arguments": tuple(context.obj) if context.obj else None,
        "python": str(asked) if asked else None,
        "fit": fit,
        "budget": budget,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    as_json = format is FollowUpFormat.JSON
    raise typer.Exit(
        followed_up(store, id, program_at(program), changed, symptom=symptom, answers=answers, as_json=as_json)
    )


@app.command()
def resume(
    id: SessionId,
    store: StoreUrl = None,
    plain: Plain = False,
    inline: Inline = False,
) -> None:
    """Take up a kept session where it was."""
    if plain or not on_a_terminal():
        from assistant import commands

        raise typer.Exit(commands.resume_plainly(id, store))
    from assistant.terminal.settings import TerminalSettings

    raise typer.Exit(full_screen(TerminalSettings(session=id, store=store, inline=inline)))


def _wish(
    context: typer.Context,
    program: Path,
    symptom: str | None,
    budget: float,
    setup_timeout: float,
    python: Path | None,
    fit: int | None,
    knowledge_bases: list[Path] | None,
    store: str | None,
) -> Wish:
    from assistant.commands import Wish
    from assistant.program_file import interpreter_at, program_at
    from assistant.session.model import OpenedWith

    interpreter = interpreter_at(python)
    opened = OpenedWith(
        program=str(program_at(program)),
        arguments=tuple(context.obj or ()),
        python=str(interpreter) if interpreter else None,
        fit=fit,
        setup_timeout=setup_timeout,
        budget=budget,
        knowledge_bases=tuple(str(one.absolute()) for one in knowledge_bases or ()),
    )
    return Wish(opened, symptom, store)


def _patch_wish(file: Path | None, apply: bool) -> PatchWish | None:
    if file is None and not apply:
        return None
    from assistant.patching.handing_over import PatchWish

    return PatchWish(file, apply)


def _look_only(wish: Wish, list_fits: bool, dry_run: bool) -> None:
    """Do what was asked instead of a session, and end."""
    if not (list_fits or dry_run):
        return
    from assistant import commands
    from assistant.bundle.reading import refuse_bundle

    refuse_bundle(Path(wish.opened.program), "nothing can be run")

    raise typer.Exit(commands.dry_run(wish) if dry_run else commands.list_fits(wish))
