"""``keras-triage sessions``: the kept sessions at a desk. What the commands do is loaded when one is called."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.options import KnowledgeBases, SessionId, StoreUrl

if TYPE_CHECKING:
    from assistant.session.model import DeskStatus

sessions_app = typer.Typer(
    name="sessions",
    help="List, search and keep in order the kept sessions; without a command it lists them.",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_STORE = "keras_triage.store"


class Status(StrEnum):
    """Where a desk stands with a session."""

    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    GAVE_UP = "gave-up"


class ListFormat(StrEnum):
    """How sessions are printed."""

    TEXT = "text"
    JSON = "json"


AsFormat = Annotated[ListFormat, typer.Option("--format", help="How it is printed.")]


@sessions_app.callback()
def sessions(
    context: typer.Context,
    search: Annotated[
        str,
        typer.Option(metavar="WORDS", help="Each word must occur in program, name, findings, notes, tags or assignee."),
    ] = "",
    status: Annotated[Status | None, typer.Option(help="Only sessions of this status.")] = None,
    tag: Annotated[str | None, typer.Option(metavar="TAG", help="Only sessions with this tag.")] = None,
    assignee: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only sessions of this person; '' for nobody's.")
    ] = None,
    symptom: Annotated[str | None, typer.Option(metavar="SYMPTOM", help="Only sessions with this symptom.")] = None,
    format: AsFormat = ListFormat.TEXT,
    store: StoreUrl = None,
) -> None:
    """List, search and keep in order the kept sessions; without a command it lists them."""
    context.meta[_STORE] = store
    if context.invoked_subcommand is not None:
        return
    from assistant.desk import commands
    from assistant.session.searching import Wanted

    wanted = Wanted(search, _status(status) if status else None, tag, assignee, symptom)
    raise typer.Exit(commands.list_sessions(store, wanted, as_json=format is ListFormat.JSON))


@sessions_app.command()
def show(context: typer.Context, id: SessionId, store: StoreUrl = None) -> None:
    """Show a session, its notes, and its report as it stands; nothing is run."""
    from assistant.desk import commands

    raise typer.Exit(commands.show(_store(context, store), id))


@sessions_app.command()
def rename(
    context: typer.Context,
    id: SessionId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name; '' takes it away.")],
    store: StoreUrl = None,
) -> None:
    """Give a session a name."""
    from assistant.desk import commands

    raise typer.Exit(commands.rename(_store(context, store), id, name))


@sessions_app.command()
def tag(
    context: typer.Context,
    id: SessionId,
    tags: Annotated[list[str], typer.Argument(metavar="TAG...")],
    store: StoreUrl = None,
) -> None:
    """Put tags on a session."""
    from assistant.desk import commands

    raise typer.Exit(commands.tag(_store(context, store), id, tuple(tags), off=False))


@sessions_app.command()
def untag(
    context: typer.Context,
    id: SessionId,
    tags: Annotated[list[str], typer.Argument(metavar="TAG...")],
    store: StoreUrl = None,
) -> None:
    """Take tags off a session."""
    from assistant.desk import commands

    raise typer.Exit(commands.tag(_store(context, store), id, tuple(tags), off=True))


@sessions_app.command()
def assign(
    context: typer.Context,
    id: SessionId,
    who: Annotated[str, typer.Argument(metavar="NAME", help="Who takes care of it; '' for nobody.")],
    store: StoreUrl = None,
) -> None:
    """Say who takes care of a session."""
    from assistant.desk import commands

    raise typer.Exit(commands.assign(_store(context, store), id, who))


@sessions_app.command("status")
def set_status(
    context: typer.Context, id: SessionId, status: Annotated[Status, typer.Argument()], store: StoreUrl = None
) -> None:
    """Say where the desk stands: open, waiting for the user, resolved, gave up."""
    from assistant.desk import commands

    raise typer.Exit(commands.set_status(_store(context, store), id, _status(status)))


@sessions_app.command()
def note(
    context: typer.Context,
    id: SessionId,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="What to write; without it the notes are shown.")
    ] = None,
    store: StoreUrl = None,
) -> None:
    """Write an internal note, or show them; a user never sees them."""
    from assistant.desk import commands

    raise typer.Exit(commands.note(_store(context, store), id, text))


@sessions_app.command()
def branch(
    context: typer.Context,
    id: SessionId,
    at: Annotated[
        str | None, typer.Option(metavar="QUESTION", help="Go another way after this question's answer.")
    ] = None,
    before: Annotated[
        str | None,
        typer.Option(metavar="QUESTION", help="Go another way with this question put again, or 'symptom'."),
    ] = None,
    store: StoreUrl = None,
) -> None:
    """Begin a new session from an earlier answer of a session; prints its id."""
    from assistant.desk import commands

    raise typer.Exit(commands.branch(_store(context, store), id, at, before))


@sessions_app.command()
def delete(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    store: StoreUrl = None,
) -> None:
    """Delete sessions for good, with notes and all; branches of them stay."""
    from assistant.desk import commands

    raise typer.Exit(commands.delete(_store(context, store), tuple(ids), sure=yes))


@sessions_app.command()
def release(context: typer.Context, id: SessionId, store: StoreUrl = None) -> None:
    """Free a session whose holder, on another machine, is gone."""
    from assistant.desk import commands

    raise typer.Exit(commands.release(_store(context, store), id))


@sessions_app.command()
def replay(
    context: typer.Context,
    id: SessionId,
    kb: KnowledgeBases = None,
    format: AsFormat = ListFormat.TEXT,
    store: StoreUrl = None,
) -> None:
    """Say what would differ with today's knowledge base."""
    from assistant.desk import commands

    as_json = format is ListFormat.JSON
    raise typer.Exit(commands.replay(_store(context, store), id, tuple(kb or ()), as_json=as_json))


def _store(context: typer.Context, own: str | None) -> str | None:
    """The store named behind the command, else the one named before it."""
    before: str | None = context.meta.get(_STORE)
    return own or before


def _status(status: Status) -> DeskStatus:
    from assistant.session.model import DeskStatus

    return DeskStatus[status.name] if status is not Status.WAITING else DeskStatus.WAITING_FOR_USER
