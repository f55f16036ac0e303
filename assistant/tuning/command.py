"""`keras-triage tune`: opens the program, searches, gathers evidence, and prints the outcome."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from assistant.commands import print_out
from assistant.errors import ExitStatus, UsageError, tell
from assistant.opening import ProgramOpener
from assistant.session.model import OpenedWith
from assistant.tuning import evidence, outcome
from assistant.tuning.search import Best, Refused, Search, Untouched, load_optuna
from assistant.tuning.space import Method, Space, in_words
from assistant.words_of_trials import MEASURES
from assistant.worker import Worker
from probes.process.description import CaseDescription
from probes.process.events import Stage, WorkerEvent

if TYPE_CHECKING:
    from assistant.patching.handing_over import PatchWish

USUAL_COST = 0.7
"""Of what a whole training takes, one trial takes so much on average: the hopeless are dropped early."""

RESERVED = 2 * evidence.PAIRS + 2
"""Trainings for which time is kept back: the evidence and the patched program."""


@dataclass(frozen=True)
class TuneWish:
    """What the person asked for.

    Attributes:
        opened: the program and how to run it; its budget is that of the whole search, from ``fit``.
        trials: settings to be tried altogether.
        method: how they are proposed.
        storage: SQLite file that keeps the search; None for the user's data folder.
        format: ``text`` or ``json``.
    """

    opened: OpenedWith
    trials: int
    method: Method
    storage: Path | None = None
    format: str = "text"


def study_name(opened: OpenedWith) -> str:
    """The same for the same program, arguments and training call; another one once the program was edited."""
    try:
        text = Path(opened.program).read_bytes()
    except OSError as error:
        raise UsageError(f"{opened.program} cannot be read: {error.strerror}.") from error
    parts = [text, repr((opened.arguments, opened.fit or 1)).encode()]
    return f"{Path(opened.program).name}-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:16]}"


def storage_file(wish: TuneWish) -> Path:
    """Where the search is kept."""
    return wish.storage or platformdirs.user_data_path("keras-triage", appauthor=False) / "tuning.db"


async def tune(wish: TuneWish, patch: PatchWish | None = None) -> int:
    """Search, print the outcome on standard output, and hand the patch over; the exit status.

    Raises:
        TriageError: Optuna is missing, the storage cannot be used, or the case cannot be tuned.
        ProcessError: the program could not be opened or kept.
    """
    load_optuna()
    opener = ProgramOpener(wish.opened)
    try:
        found = await _searched(wish, opener)
    finally:
        await opener.close()
    if found is None:
        return ExitStatus.PROGRAM_FAILED
    print_out(outcome.to_json(found) if wish.format == "json" else outcome.to_text(found), wish.format)
    if patch is not None:
        from assistant.patching.handing_over import hand_over_patch

        hand_over_patch(found.patch, found.patch_status == "proven", Path(wish.opened.program), patch)
    return ExitStatus.INTERRUPTED if found.interrupted else ExitStatus.HEALTHY


async def _searched(wish: TuneWish, opener: ProgramOpener) -> outcome.Tuned | None:
    worker = await opener.open(_told)
    case = await worker.case()
    if case.failure is not None:
        tell(f"The program fails, so that there is nothing to tune: {case.failure.type}: {case.failure.message}")
        return None
    began = time.monotonic()
    each = wish.opened.budget / (USUAL_COST * wish.trials + RESERVED)
    search = Search(storage_file(wish), study_name(wish.opened), wish.method, wish.trials, worker, each)
    try:
        untouched = await search.begin()
        return await _carried_through(wish, opener, search, untouched, case, worker, began)
    except Refused as reason:
        raise UsageError(f"This training cannot be tuned: {reason}.") from reason


async def _carried_through(
    wish: TuneWish,
    opener: ProgramOpener,
    search: Search,
    untouched: Untouched,
    case: CaseDescription,
    worker: Worker,
    began: float,
) -> outcome.Tuned:
    end = began + wish.opened.budget
    _introduce(wish, search, untouched)
    interrupted = False
    scores = evidence.Scores((), ())
    try:
        await search.run(end - RESERVED * untouched.seconds, _Progress(wish.trials, search.space))
        best = search.best
        if best is not None:
            tell(f"Comparing with the program as it is, from {evidence.PAIRS} other starts ...")
            scores = await evidence.gather(search, best.settings, end)
    except asyncio.CancelledError:
        # Ctrl-C ends the search, not what it came to.
        interrupted, best = True, search.best
    gain = outcome.is_gain(scores.untouched, scores.tuned, evidence.PAIRS)
    found = _outcome(wish, search, untouched, best, scores, gain, interrupted)
    if best is None or not gain:
        return found
    edit = evidence.written(case, best.settings)
    status = None
    if edit.diff is not None:
        await worker.close()
        tell("Running the patched program in a scratch copy of its folder ...")
        open_copy = functools.partial(opener.open_copy, listener=_told)
        seconds = max(end - time.monotonic(), 2 * untouched.seconds)
        program = Path(case.folder) / case.source
        proven = await evidence.does_as_well(program, edit, open_copy, untouched, scores, seconds)
        status = "proven" if proven else "unverified"
    return found.model_copy(update={"patch": edit.diff, "patch_status": status, "instructions": edit.instructions})


def _outcome(
    wish: TuneWish,
    search: Search,
    untouched: Untouched,
    best: Best | None,
    scores: evidence.Scores,
    gain: bool,
    interrupted: bool,
) -> outcome.Tuned:
    return outcome.Tuned(
        program=Path(wish.opened.program).name,
        method=wish.method,
        trials=search.done,
        score=untouched.measure,
        horizon="planned_end" if untouched.planned else "budget",
        epochs=untouched.epochs,
        settings=None if best is None else dict(best.settings),
        words="" if best is None else in_words(best.settings, search.space),
        untouched=scores.untouched,
        tuned=scores.tuned,
        gain=gain,
        interrupted=interrupted,
    )


def _introduce(wish: TuneWish, search: Search, untouched: Untouched) -> None:
    measure = MEASURES.get(untouched.measure, untouched.measure)
    tell(f"As it is the program comes to a {measure} of {untouched.score:.3f} in {untouched.seconds:.1f} s.")
    if search.done:
        tell(f"{search.done} settings were tried before and are kept in {storage_file(wish)}; the search goes on.")
    else:
        tell(f"The search is kept in {storage_file(wish)}; Ctrl-C ends it and loses nothing.")


class _Progress:
    """A line for every trial."""

    def __init__(self, trials: int, space: Space) -> None:
        self._trials, self._space = trials, space

    def tried(self, number: int, settings: Mapping[str, Any], score: float | None, best: bool) -> None:
        """Tell of a trial."""
        came_to = "dropped" if score is None else f"{score:.3f}{', the best so far' if best else ''}"
        tell(f"[{number}/{self._trials}] {in_words(settings, self._space)}: {came_to}")


def _told(event: WorkerEvent) -> None:
    if isinstance(event, Stage):
        tell(f"{event.text} ...")
