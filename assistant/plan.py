"""What a session would run, write and skip; said before anything is."""

from __future__ import annotations

import shlex
from pathlib import Path

from assistant.session.model import OpenedWith
from assistant.session.store import default_url
from probes.catalogue import catalogue
from probes.process.interpreters import choose


async def plan(opened: OpenedWith, store: str | None) -> str:
    """The plan in words.

    Raises:
        ProcessError: there is no interpreter that could run the program.
    """
    python = await choose(Path(opened.python) if opened.python else None)
    program = Path(opened.program)
    which = "the first training call" if opened.fit in (None, 1) else f"training call {opened.fit}"
    by_cost: dict[str, list[str]] = {}
    for probe in catalogue().values():
        by_cost.setdefault(probe.cost, []).append(probe.id)
    lines = [
        "Run:",
        f"  {shlex.join([str(python), program.name, *opened.arguments])}",
        f"  in {program.parent}, without standard input, up to {which}, which is held and not trained;",
        f"  training calls before it run as they are; at most {opened.setup_timeout:g} s until then.",
        f"  Then probes for at most {opened.budget:g} s, on a record of the program's own data:",
        *(f"    {cost}: {', '.join(ids)}" for cost, ids in by_cost.items()),
        "Write:",
        f"  the session, to {store or default_url()}",
        f"  nothing into {program.parent} beyond what the program itself writes before its training.",
        "Skip:",
        "  everything after the held call; callbacks that write, and callbacks that Keras does not bring.",
    ]
    return "\n".join(lines)
