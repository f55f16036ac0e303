"""Remarks: oddities that are no cause, and what could not be looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from assistant.dialogue import Dialogue
from assistant.events import UNKNOWN
from assistant.ranking import CONFIRMED
from assistant.report.model import ReportStatus
from assistant.walking import RECORDED_RUN
from probes.process.description import CaseDescription


def remarks(dialogue: Dialogue, status: ReportStatus) -> tuple[str, ...]:
    """What the report tells beside its causes."""
    told = [*_of_the_program(dialogue), *(_oddities(dialogue) if status == "healthy" else ())]
    conclusion = dialogue.kb.conclusions.get(dialogue.conclusion or "")
    if status == "inconclusive" and conclusion is not None:
        told.append(conclusion.text)
    return tuple(dict.fromkeys((*told, *_of_the_patched(dialogue), *_not_looked_at(dialogue))))


def _of_the_program(dialogue: Dialogue) -> Iterator[str]:
    case = dialogue.case
    if case is None:
        return
    yield from _other_trainings(case)
    settings = dialogue.facts.measured.get("optimizer_settings")
    known = (settings.measurement or {}) if settings else {}
    if known.get("highest_tried") is not None:
        yield (
            f"The program's own loop goes through learning rates from {known['lowest_tried']:.2g} to "
            f"{known['highest_tried']:.2g}; this training is the one at {known['rate']:.2g}, `--fit N` chooses another."
        )
    run = dialogue.facts.measured.get(RECORDED_RUN)
    left_out = ((run.measurement or {}) if run else {}).get("left_out") or ()
    if left_out:
        yield f"These callbacks were left out of the recorded run: {', '.join(map(str, left_out))}."


def _other_trainings(case: CaseDescription) -> Iterator[str]:
    """What the program trains beside the case."""
    examined = f"the one on line {case.fit_line}" if case.fit_line else "one"
    if case.further_fits:
        lines = ", ".join(map(str, case.further_fits))
        word = "line" if len(case.further_fits) == 1 else "lines"
        following = case.fits_seen + 1
        yield (
            f"The program also trains on {word} {lines}; {examined} was examined, "
            f"`--fit {following}` examines the training that follows it."
        )
    elif len(case.fits) > 1:
        yield f"The program trains {len(case.fits)} times; {examined} was examined, `--fit N` chooses another."


def _of_the_patched(dialogue: Dialogue) -> Iterator[str]:
    """What a patched program that was looked at still shows."""
    for beyond in dialogue.beyond:
        symptom = dialogue.kb.symptoms.get(beyond.symptom.id) if beyond.symptom else None
        if symptom is None:
            continue
        known = {one.cause for one in dialogue.own_findings() if one.status in CONFIRMED}
        new = [one for one in beyond.own_findings() if one.status in CONFIRMED and one.cause not in known]
        causes = ", ".join(dialogue.kb.causes[one.cause].title.rstrip(".") for one in new)
        told = f"what shows then is told among the causes: {causes}" if new else "no cause of that could be confirmed"
        yield f"With the patch the program still shows a symptom ({symptom.title.rstrip('.')}); {told}."


def _oddities(dialogue: Dialogue) -> Iterator[str]:
    """What would speak for a cause if there were a symptom."""
    for finding in dialogue.findings():
        for evidence in finding.speaks_for:
            if finding.status == "possible" and evidence.band in ("decides", "strong"):
                yield evidence.text


def _not_looked_at(dialogue: Dialogue) -> Iterator[str]:
    """Per reason, how many questions have no answer."""
    open_questions: dict[str, list[str]] = defaultdict(list)
    for answer in dialogue.path():
        if answer.answer == UNKNOWN and answer.reason and answer.by == "probe":
            open_questions[answer.reason].append(dialogue.kb.questions[answer.question].ask)
    for reason, asked in open_questions.items():
        yield f"Not answered ({reason.rstrip('.')}): {' '.join(asked)}"
