"""Training logs that the person showed: what is said about them, and their curves."""

from __future__ import annotations

from assistant.dialogue import Dialogue
from assistant.events import LogShown
from assistant.terminal import texts
from assistant.terminal.presenting.cases import plot
from assistant.terminal.presenting.figures import number
from assistant.terminal.presenting.findings import lower_first
from assistant.terminal.views import CurveView, SeriesView
from assistant.walking import HEALTHY, UNSURE

MOST_LINES = 4
"""Lines of one plot."""


def said_of(log: LogShown, dialogue: Dialogue) -> tuple[str, ...]:
    """What is said about a log once it is recorded: what was read, what it shows, and what counts."""
    losses = log.series["loss"].y
    read = texts.LOG_SEEN.format(
        entries=texts.count(len(losses), log.unit, f"{log.unit}s"), first=number(losses[0]), last=number(losses[-1])
    )
    if log.symptom is None:
        return read, texts.LOG_SHOWS_NOTHING
    return read, f"{texts.LOG_SHOWS.format(text=log.text)} {_what_counts(log, dialogue)}".strip()


def _what_counts(log: LogShown, dialogue: Dialogue) -> str:
    watched = next((one.names_symptom for one in dialogue.answers.values() if one.names_symptom), None)
    symptom = dialogue.symptom
    if watched == HEALTHY:
        return texts.LOG_AGAINST_HEALTHY
    if watched in (None, UNSURE):
        return texts.LOG_COUNTS
    if symptom is None or symptom.id == log.symptom:
        return texts.LOG_AGREES
    return texts.LOG_DIFFERS.format(symptom=lower_first(dialogue.kb.symptoms[symptom.id].title))


def curves(logs: list[LogShown]) -> tuple[CurveView, ...]:
    """The losses of every log, and under them its other quantities; the latest log first."""
    return tuple(view for place, log in reversed(list(enumerate(logs))) for view in _curves(log, place))


def _curves(log: LogShown, place: int) -> list[CurveView]:
    lines = {name: SeriesView(name, one.x, one.y) for name, one in log.series.items() if len(one.y) > 1}
    losses = [line for name, line in lines.items() if name in ("loss", "val_loss")]
    others = [line for name, line in lines.items() if "loss" not in name and name != "learning_rate"]
    found = []
    if losses:
        found.append(plot(f"log.{place}", texts.CURVES["pasted"], log.unit, "loss", losses))
    if others:
        found.append(plot(f"log.{place}.others", texts.CURVES["pasted_others"], log.unit, "", others[:MOST_LINES]))
    return found
