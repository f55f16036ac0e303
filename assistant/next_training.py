"""The training that follows the one that was examined, in the same program."""

from __future__ import annotations

from dataclasses import dataclass

from assistant import opening
from assistant.opening import Session
from assistant.session.store import Store


@dataclass(frozen=True)
class NextTraining:
    """A training that was not reached.

    Attributes:
        line: the line on which it begins.
        fit: its number, counted over the training calls of a run, as `--fit` takes it. The trainings between are
            counted by their lines; a loop, or functions that are called in another order, end at another one.
        of_another_model: whether it trains another model than the one examined, so that a sound one says nothing of it.
    """

    line: int
    fit: int
    of_another_model: bool


def begin_next(session: Session, coming: NextTraining, store: Store) -> Session:
    """A session of its own on that training; the one before must be closed.

    Raises:
        SessionError: the session cannot be kept.
    """
    return opening.begin(session.kept.opened.model_copy(update={"fit": coming.fit}), store)


def next_training(session: Session) -> NextTraining | None:
    """The next training of another model, else the next of any; None where the program shows no further one."""
    case = session.dialogue.case
    if case is None or session.dialogue.facts.bundles:
        return None
    for lines, another in ((case.fits_of_other_models, True), (case.further_fits, False)):
        here = case.fit_line or 0
        # Lines above belong to functions that are called later.
        for line in sorted(lines, key=lambda one: (one < here, one)):
            between = sum(here < one <= line for one in case.further_fits)
            return NextTraining(line, case.fits_seen + max(1, between), another)
    return None
