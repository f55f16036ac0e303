"""The message to the user: what was found, what to do, how to check that it worked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from assistant.dialogue import Dialogue
from assistant.events import SKIPPED, UNKNOWN
from assistant.report.model import CausePart, EvidencePart, RemedyPart, Report, TrialPart
from assistant.report.places import told_apart
from assistant.report.rendering import rendered
from assistant.terminal.presenting.findings import lower_first
from assistant.words_of_trials import MEASURES

SURE = {"proven": "proven by trainings with and without the remedy", "likely": "most likely"}
MOST_EVIDENCE = 3
MOST_PLACES = 3
_SPEAKS_FOR = ("decides", "strong", "weak")


def render(report: Report, dialogue: Dialogue, templates: Path | None = None) -> str:
    """The message as plain text.

    Args:
        report: the report that it tells of.
        dialogue: the dialogue that the report was made of.
        templates: folder of a team's own ``message.txt.j2``.

    Raises:
        UsageError: the team's template cannot be filled in.
    """
    symptom = dialogue.kb.symptoms.get(report.symptom.id) if report.symptom else None
    text = rendered(
        "message.txt.j2",
        {
            "program": report.case.source,
            "report": report,
            "symptom": symptom,
            "causes": [_cause(one, dialogue) for one in report.causes if one.status in SURE],
            "patch": report.patch or "",
            "patch_proven": report.patch_status == "proven",
            "to_ask": _to_ask(report, dialogue),
        },
        templates,
    )
    return f"{text.rstrip()}\n"


def _cause(part: CausePart, dialogue: Dialogue) -> Mapping[str, Any]:
    known = dialogue.kb.causes
    best = _best(part.remedies)
    return {
        "id": part.id,
        "title": part.title,
        "sure": SURE[part.status],
        "summary": " ".join(part.summary.split()),
        "because": lower_first(known[part.because].title) if part.because and part.because in known else "",
        "patched": part.patched,
        "evidence": list(dict.fromkeys(one.text for one in part.evidence if _is_told(one)))[:MOST_EVIDENCE],
        "places": told_apart(part.locations)[:MOST_PLACES],
        "remedy": _remedy(best) if best else None,
    }


def _is_told(one: EvidencePart) -> bool:
    return bool(one.text) and one.band in _SPEAKS_FOR


def _best(remedies: tuple[RemedyPart, ...]) -> RemedyPart | None:
    """The remedy that was seen to help; else the first that was not tried in vain."""
    helped = [one for one in remedies if one.trial and one.trial.symptom_gone]
    untried = [one for one in remedies if one.trial is None]
    return next(iter((*helped, *untried, *remedies)), None)


def _remedy(part: RemedyPart) -> Mapping[str, Any]:
    return {
        "id": part.id,
        "title": part.title.rstrip("."),
        "text": " ".join(part.text.split()),
        "code": part.code,
        "costs": " ".join(part.costs.split()),
        "gain": _gain(part.trial) if part.trial and part.trial.symptom_gone else "",
    }


def _gain(trial: TrialPart) -> str:
    measure = MEASURES.get(trial.score, trial.score)
    return (
        f"In our short trainings the {measure} was {fmean(trial.control):.2f} without this change and "
        f"{fmean(trial.treated):.2f} with it; expect about as much or more."
    )


def _to_ask(report: Report, dialogue: Dialogue) -> list[str]:
    """Where no cause is confirmed: the questions that no probe could answer and a person may."""
    if report.status != "inconclusive":
        return []
    open_questions = [one for one in report.questions if one.answer in (UNKNOWN, SKIPPED)]
    entries = [dialogue.kb.questions[one.id] for one in open_questions if one.id in dialogue.kb.questions]
    return [one.ask for one in entries if one.for_person]
