"""What the commands do; the command line calls these, so that its help loads nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from assistant import interrupts
from assistant.answers_file import read_answers
from assistant.errors import (
    EXIT_OF_STATUS,
    ExitStatus,
    InterruptedSessionError,
    TriageError,
    UsageError,
    WorkerLostError,
    leave_output,
    tell,
)
from assistant.facts import brought
from assistant.front_end import FrontEnd
from assistant.headless import Headless
from assistant.investigation import Investigation
from assistant.next_training import begin_next, next_training
from assistant.opening import ProgramOpener, Session, begin, knowledge_base, resume
from assistant.report.formats import formatted
from assistant.report.model import Report
from assistant.session.model import OpenedWith
from assistant.session.store import Store
from assistant.terminal.views import Said
from probes.process.errors import NotPython, ProcessError, WorkerLost, WrongBackend
from probes.process.events import Stage, WorkerEvent

if TYPE_CHECKING:
    from assistant.patching.handing_over import PatchWish
    from assistant.tuning.command import TuneWish

T = TypeVar("T")

LEAST_BUDGET = 20.0
"""Seconds that a second training of a program is examined for, however much of the budget the first has taken."""


@dataclass(frozen=True)
class Wish:
    """What the person asked of a session on the command line.

    Attributes:
        opened: the program and how to run it.
        symptom: the symptom, as an id or in words, if they named one.
        store: address of the store; None for the user's data folder.
    """

    opened: OpenedWith
    symptom: str | None = None
    store: str | None = None


def check(wish: Wish, format: str, answers: Path | None, patch: PatchWish | None = None) -> int:
    """Examine a program without a person and print the report; the exit status is that of the report.

    Args:
        wish: the program and the session.
        format: how the report is printed.
        answers: a file of answers to what a person would be asked.
        patch: what to do with the patch.

    Raises:
        TriageError: the program could not be examined.
    """
    given = read_answers(answers, knowledge_base(wish.opened)) if answers is not None else {}
    with Store(wish.store) as store:
        session = begin(wish.opened, store, wish.symptom)
        report, status = examined(session, given)
        if status == ExitStatus.HEALTHY:
            session, report, status = _with_the_next(wish, session, report, given, store)
    print_out(formatted(format, report, session.dialogue), format)
    if patch is not None:
        from assistant.patching.handing_over import hand_over

        hand_over(report, Path(wish.opened.program), patch)
    return status


def _with_the_next(
    wish: Wish, session: Session, report: Report, given: Mapping[str, str], store: Store
) -> tuple[Session, Report, ExitStatus]:
    """Where the training is sound and the program trains another model behind it, what becomes of that one.

    A program whose second part is no less sound keeps the report of its first, with a remark. What the first has left
    of the budget is the second's.
    """
    case, first = session.dialogue.case, (session, report, ExitStatus.HEALTHY)
    coming = next_training(session)
    if case is None or coming is None or not coming.of_another_model or wish.opened.fit is not None:
        return first
    line = coming.line
    tell(f"The training on line {case.fit_line} is sound; on line {line} another model is trained.")
    left = {"fit": coming.fit, "budget": max(LEAST_BUDGET, session.dialogue.seconds_left)}
    following = begin(wish.opened.model_copy(update=left), store, wish.symptom)
    try:
        other, status = examined(following, given)
    except InterruptedSessionError:
        raise
    except TriageError as error:
        said = f"The training that follows, on line {line}, could not be examined: {error}"
        return session, _remarked(report, said), ExitStatus.HEALTHY
    held = following.dialogue.case
    if held is None or (held.failure is None and held.fit_line != line):
        # A loop, or functions that are called in another order than they are written in.
        return first
    if status == ExitStatus.HEALTHY:
        return session, _remarked(report, f"The training on line {line}, of another model, is sound too."), status
    said = f"The program's first training, on line {case.fit_line}, is sound; this is another model's, behind it."
    return following, _remarked(other, said), status


def _remarked(report: Report, remark: str) -> Report:
    return report.model_copy(update={"remarks": (remark, *report.remarks)})


def examined(session: Session, answers: Mapping[str, str]) -> tuple[Report, ExitStatus]:
    """Lead a session to its end without a person, telling of it on standard error.

    Args:
        session: the session.
        answers: ids of answers by ids of the questions that a person would be asked.

    Raises:
        TriageError: the program could not be examined, or somebody pressed Ctrl-C.
    """
    return run(_examine(session.investigation, Headless(tell, answers)))


def print_out(result: str, format: str) -> None:
    """Write a result to standard output; what programs read is UTF-8 whatever the terminal's encoding."""
    if format in ("json", "html") and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        sys.stdout.write(result)
        sys.stdout.flush()
    except BrokenPipeError:
        leave_output()


def tune(wish: TuneWish, patch: PatchWish | None = None) -> int:
    """Search for better settings and print what came of it.

    Raises:
        TriageError: the program cannot be tuned.
    """
    from assistant.tuning.command import tune as search

    return run(search(wish, patch), "Interrupted; what was tried is kept.")


def exit_status(report: Report, investigation: Investigation) -> ExitStatus:
    """What the command ends with; a session without a verdict because its worker was lost says so."""
    lost = investigation.worker_lost or any(one.lost for one in brought(investigation.dialogue.facts.bundles))
    if report.status == "inconclusive" and lost:
        return ExitStatus.WORKER_LOST
    return EXIT_OF_STATUS[report.status]


def converse_plainly(wish: Wish) -> int:
    """The dialogue line by line."""
    with Store(wish.store) as store:
        return _converse(begin(wish.opened, store, wish.symptom), store)


def resume_plainly(id: str, store_url: str | None) -> int:
    """Take up a session line by line."""
    with Store(store_url) as store:
        return _converse(resume(id, store), store)


def list_fits(wish: Wish) -> int:
    """Run every training call of a program for one step and list them."""
    tell("Each training call of the program is run for one step, to list them.")
    opener = ProgramOpener(wish.opened)

    async def listed() -> int:
        try:
            fits = await opener.list_fits(_tell_stage)
        finally:
            await opener.close()
        for one in fits:
            where = f"{one.place.file}:{one.place.line}" if one.place else "unknown place"
            epochs = f", {one.epochs} epochs" if one.epochs else ""
            times = f", {one.times} times" if one.times > 1 else ""
            print(f"{one.number}  {where}  {one.method} of {one.model}{epochs}{times}")
        if not fits:
            tell("The program trains nothing.")
        return ExitStatus.HEALTHY if fits else ExitStatus.PROGRAM_FAILED

    return run(listed())


def dry_run(wish: Wish) -> int:
    """Say what would be run, written and skipped; nothing is."""
    from assistant.plan import plan

    print(run(plan(wish.opened, wish.store)))
    return ExitStatus.HEALTHY


async def _examine(investigation: Investigation, front: FrontEnd) -> tuple[Report, ExitStatus]:
    """The report and the exit status; of a program that was lost before it trained the report says that alone."""
    try:
        report = await investigation.run(front)
    except WorkerLost as error:
        investigation.trouble.append(str(error))
        investigation.stop(str(error))
        tell(f"keras-triage: {error}")
        return investigation.report(), ExitStatus.WORKER_LOST
    except ProcessError as error:
        investigation.stop(str(error))
        raise
    finally:
        await investigation.close()
    return report, exit_status(report, investigation)


def _converse(session: Session, store: Store) -> int:
    from assistant.plain import Following, Plain, standard_input
    from assistant.terminal import texts
    from assistant.terminal.greeting import greeting

    current = session

    async def following() -> Investigation | None:
        nonlocal current
        coming = next_training(current)
        if coming is None:
            return None
        await current.investigation.close()
        current = begin_next(current, coming, store)
        print(texts.NEXT_BEGINS, flush=True)
        return current.investigation

    def suggested() -> str | None:
        coming = next_training(current)
        if coming is None or not coming.of_another_model:
            return None
        return texts.NEXT_TRAINING.format(line=coming.line, command="`next`")

    async def again() -> Investigation:
        nonlocal current
        # What compares programs is of no use before.
        from assistant.desk.rerunning import rerun

        await current.investigation.close()
        current = rerun(current, store).session
        return current.investigation

    def note(words: str) -> str:
        if words:
            store.desk.note(current.kept.id, words)
            return texts.NOTE_KEPT
        kept = [f"  {one.at:%Y-%m-%d %H:%M}  {one.text}" for one in store.desk.notes(current.kept.id)]
        return "\n".join([texts.NOTES_HEAD, *kept]) if kept else texts.NOTES_NONE

    async def conversed() -> Report:
        try:
            plain = Plain(standard_input(), again=again, following=Following(following, suggested), note=note)
            return await plain.converse(current.investigation)
        finally:
            await current.investigation.close()

    if not session.kept.events:
        for turn in greeting(Path(session.kept.opened.program)).turns:
            if isinstance(turn, Said):
                print(turn.text)
    print(f"Session {session.kept.id}; `keras-triage resume {session.kept.id}` takes it up again.", flush=True)
    run(conversed())
    return ExitStatus.WORKER_LOST if current.investigation.worker_lost else ExitStatus.HEALTHY


def run(work: Awaitable[T], interrupted: str = "Interrupted; the session is kept.") -> T:
    """Run to the end; what went wrong with the worker becomes one sentence with its exit status.

    Raises:
        TriageError: the worker could not be started or kept, or the person pressed Ctrl-C.
    """

    async def awaited() -> T:
        return await work

    interrupts.raise_in_turn()
    try:
        return asyncio.run(awaited())
    except KeyboardInterrupt:
        raise InterruptedSessionError(interrupted) from None
    except (NotPython, WrongBackend) as error:
        raise UsageError(str(error)) from error
    except ProcessError as error:
        raise WorkerLostError(str(error)) from error


def _tell_stage(event: WorkerEvent) -> None:
    with contextlib.suppress(ValueError):
        if isinstance(event, Stage):
            tell(f"{event.text} ...")
