"""The Python interface: examine a program from a script, a test or a notebook."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from assistant.answers_file import checked_answers
from assistant.headless import Headless
from assistant.opening import begin, knowledge_base
from assistant.program_file import program_at
from assistant.report.model import Report
from assistant.session.model import OpenedWith
from assistant.session.store import Store


def check(
    program: str | PathLike[str],
    *,
    arguments: Sequence[str] = (),
    symptom: str | None = None,
    answers: Mapping[str, str] | None = None,
    budget: float = 120.0,
    setup_timeout: float = 300.0,
    python: str | PathLike[str] | None = None,
    fit: int | None = None,
    knowledge_bases: Sequence[str | PathLike[str]] = (),
    store: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Examine a training script, as ``keras-triage check`` does; works inside a running event loop as well.

    Args:
        program: path of the script.
        arguments: the script's own arguments.
        symptom: what you see: the id of a symptom, or words.
        answers: ids of answers by ids of the questions that only a person could answer.
        budget: seconds of probes and trials, counted from ``fit``.
        setup_timeout: seconds that the script may take to reach its ``fit``.
        python: the interpreter that runs the script.
        fit: which call that trains is examined, from 1.
        knowledge_bases: folders laid over the built-in knowledge base.
        store: where the session is kept: a database address or a file.
        progress: called with a line for each thing that happens.

    Raises:
        assistant.errors.TriageError: the call is wrong, or the session cannot be kept.
        probes.process.errors.ProcessError: the program could not be started or held.
    """
    opened = OpenedWith(
        program=str(program_at(Path(program))),
        arguments=tuple(arguments),
        python=str(Path(python).absolute()) if python is not None else None,
        fit=fit,
        setup_timeout=setup_timeout,
        budget=budget,
        knowledge_bases=tuple(str(Path(one).absolute()) for one in knowledge_bases),
    )
    front = Headless(progress, checked_answers(answers or {}, knowledge_base(opened)))

    async def examined() -> Report:
        with Store(store) as kept:
            investigation = begin(opened, kept, symptom).investigation
            try:
                return await investigation.run(front)
            finally:
                await investigation.close()

    return _in_a_loop_of_its_own(examined)


def _in_a_loop_of_its_own(work: Callable[[], Coroutine[Any, Any, Report]]) -> Report:
    """Run a coroutine function in a thread with its own loop, for notebooks have one running already."""
    outcome: list[Report] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(asyncio.run(work()))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            trouble.append(error)

    thread = threading.Thread(target=run, name="keras-triage")
    thread.start()
    thread.join()
    if trouble:
        raise trouble[0]
    return outcome[0]
