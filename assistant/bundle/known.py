"""What is known of this machine, its user and the program, so that it can be taken out by its very words."""

from __future__ import annotations

import contextlib
import getpass
import os
import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.bundle.patterns import SECRET_NAME
from assistant.bundle.program_text import ProgramText
from assistant.bundle.vocabulary import is_common, vocabulary

SHORTEST_SECRET = 6
"""Characters below which the value of a setting with a secret's name is taken out only where it is given to that."""

SHORTEST_NAME = 3
"""The same for names of users and hosts."""

SHORTEST_PART = 4
"""The same for the parts of a user's name, such as first name and last name."""

_USER_VARIABLES = ("USER", "LOGNAME", "USERNAME", "SUDO_USER", "GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME")
_HOST_VARIABLES = ("HOSTNAME", "HOST", "COMPUTERNAME", "SLURMD_NODENAME")
_NO_SECRETS = re.compile(r"^(?:OLD)?PWD$|_(?:FILE|PATH|DIR|SOCK|SOCKET)$", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """Words to be taken out.

    Attributes:
        secrets: values of settings whose names are those of secrets, wherever they turn up again.
        users, hosts: names of people and machines.
        folders: absolute folders of the program; what lies in them stays, relative to them.
        places: folders on the way to the program and to the user's home, by their words, for they may hold blanks.
        pseudonyms: by name, its kind and what stands for it.
    """

    secrets: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    pseudonyms: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def known_here(
    program: Path,
    text: ProgramText,
    arguments: Sequence[str],
    environment: Mapping[str, str] = os.environ,
    pseudonyms: Mapping[str, tuple[str, str]] | None = None,
) -> Known:
    """What is known here.

    Args:
        program: path of the program.
        text: its source and that of its neighbours.
        arguments: its own arguments.
        environment: variables that it ran with.
        pseudonyms: by name, its kind and what stands for it.
    """
    secrets = {*_of_environment(environment), *text.secrets, *_of_arguments(arguments)}
    folders = {program.absolute().parent, program.resolve().parent}
    home = Path(environment.get("HOME") or Path("~").expanduser())
    places = {place for folder in (*folders, home) for place in (folder, *folder.parents)}
    return Known(
        secrets=frozenset(one for one in secrets if len(one) >= SHORTEST_SECRET and _tells(one)),
        users=frozenset(_names(_users(environment))),
        hosts=frozenset(_names(_hosts(environment))),
        folders=frozenset(str(one) for one in folders if len(one.parts) > 1),
        places=frozenset(str(one) for one in places if len(one.parts) > 2),
        pseudonyms=pseudonyms or {},
    )


def _of_environment(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        if SECRET_NAME.search(name) and not _NO_SECRETS.search(name):
            yield value.strip()


def _of_arguments(arguments: Sequence[str]) -> Iterator[str]:
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if not SECRET_NAME.search(name) or not name.startswith("-"):
            continue
        following = arguments[place + 1] if place + 1 < len(arguments) else ""
        chosen = value if equals else following
        if not chosen.startswith("-"):
            yield chosen


def _users(environment: Mapping[str, str]) -> Iterator[str]:
    for name in _accounts(environment):
        yield name
        yield from (part for part in re.split(r"[._ -]", name) if len(part) >= SHORTEST_PART)
    yield from _full_name()


def _accounts(environment: Mapping[str, str]) -> Iterator[str]:
    yield from (environment.get(name, "") for name in _USER_VARIABLES)
    yield Path(environment.get("HOME") or Path("~").expanduser()).name
    # Nobody may be known by that number here.
    with contextlib.suppress(OSError, KeyError, ImportError):
        yield getpass.getuser()


def _full_name() -> Iterator[str]:
    """The name in the list of users, whole and in parts."""
    try:
        import pwd
    except ImportError:
        return
    try:
        name = pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
    except KeyError:
        return
    yield name
    yield from name.split()


def _hosts(environment: Mapping[str, str]) -> Iterator[str]:
    for name in (*(environment.get(one, "") for one in _HOST_VARIABLES), socket.gethostname(), os.uname().nodename):
        yield name
        yield name.partition(".")[0]


def _names(candidates: Iterable[str]) -> Iterator[str]:
    """Those that tell one person or machine from another."""
    for one in candidates:
        if len(one) >= SHORTEST_NAME and not one.isdigit() and _tells(one):
            yield one


def _tells(word: str) -> bool:
    """Whether a word is neither common nor one that a measurement needs."""
    return not is_common(word) and word.lower() not in vocabulary()
