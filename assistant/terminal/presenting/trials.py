"""Trials: the question whether one may be run, what came of it, and both arms as a curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.events import TrialFinished
from assistant.terminal import texts
from assistant.terminal.presenting.answers import as_sentence
from assistant.terminal.presenting.cases import plot
from assistant.terminal.presenting.figures import figure
from assistant.terminal.presenting.findings import lower_first
from assistant.terminal.views import CurveView, Looked, Mark, OptionView, QuestionView, SeriesView
from knowledge_base.loading import KnowledgeBase

OFFER = "offer"
"""Id of the question whether a trial may be run."""

AGREED = ("yes", "all")
FOR_ALL: Mapping[str, bool] = {"all": True, "none": False}
"""Answers that settle it for every trial to come."""


def offer_view(remedy: str, cause: str, cost: str) -> QuestionView:
    """The question whether a trial may be run.

    Args:
        remedy: in words.
        cause: its title.
        cost: how long the trial may take.
    """
    why = texts.OFFER_WHY.format(cause=lower_first(cause).rstrip("."))
    options = (
        OptionView("yes", texts.OFFER_YES, texts.OFFER_YES_MEANS.format(cost=cost), "1"),
        OptionView("all", texts.OFFER_ALL, texts.OFFER_ALL_MEANS, "2"),
        OptionView("no", texts.OFFER_NO, texts.OFFER_NO_MEANS, "3"),
        OptionView("none", texts.OFFER_NONE, texts.OFFER_NONE_MEANS, "4"),
    )
    ask = texts.OFFER.format(remedy=as_sentence(remedy))
    return QuestionView(OFFER, ask, options, why=why, not_sure=False, optional=False)


def expected_cost(trials: Sequence[TrialFinished], seconds_left: float) -> str:
    """How long the next trial may take, in words: as long as the last one, never longer than what is left."""
    took = next((one.outcome.seconds for one in reversed(trials) if one.outcome and len(one.outcome.treated) > 1), None)
    if took is not None and took < seconds_left:
        return texts.OFFER_COST_LIKE.format(seconds=texts.seconds(took))
    return texts.OFFER_COST_MOST.format(seconds=texts.seconds(seconds_left))


def tried(kb: KnowledgeBase, trial: TrialFinished, key: str) -> Looked:
    """What came of a trial, in one sentence; unfolded, the scores of both arms."""
    outcome = trial.outcome
    title = texts.CURVES["trial"].format(remedy=remedy_title(kb, trial))
    if outcome is None:
        mark: Mark = "notable" if trial.proven else "quiet" if trial.text else "unknown"
        return Looked(key, title, as_sentence(trial.text or trial.unknown or ""), mark, trial.seconds or None)
    details = (
        ("score", outcome.score.replace("_", " ")),
        ("without", "  ".join(f"{one:.3f}" for one in outcome.control)),
        ("with", "  ".join(f"{one:.3f}" for one in outcome.treated)),
        ("symptom gone", figure(outcome.symptom_gone)),
        ("trained to", outcome.horizon.replace("_", " ")),
        ("steps", figure(outcome.steps)),
        *((name.replace("_", " "), figure(value)) for name, value in trial.parameters.items()),
    )
    shown: Mark = "notable" if trial.proven else "quiet"
    return Looked(key, title, as_sentence(trial.text), shown, outcome.seconds, details=details)


def remedy_title(kb: KnowledgeBase, trial: TrialFinished) -> str:
    """The remedy in words; the id of the treatment where the knowledge base has none of that id."""
    cause = kb.causes.get(trial.cause)
    remedies = cause.remedies if cause else ()
    return next((one.title for one in remedies if one.id == trial.remedy), trial.treatment.replace("_", " "))


def curves(kb: KnowledgeBase, trials: Iterable[TrialFinished]) -> tuple[CurveView, ...]:
    """Both arms of every trial that trained, the latest first."""
    views = []
    for number, trial in enumerate(trials):
        arms = (("without", trial.control_curve), ("with", trial.treated_curve))
        series = [_in_percent(texts.CURVES[name], values) for name, values in arms if len(values) > 1]
        if series:
            title = texts.CURVES["trial"].format(remedy=remedy_title(kb, trial))
            views.append(plot(f"trial.{number}", title, "part", "loss", series))
    return tuple(reversed(views))


def _in_percent(name: str, values: tuple[float, ...]) -> SeriesView:
    """Values of an arm, of which as many are kept as are worth drawing, over the share of its training."""
    places = tuple(100 * place / (len(values) - 1) for place in range(len(values)))
    return SeriesView(name, places, tuple(map(float, values)))
