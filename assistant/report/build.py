"""From a dialogue to its report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, Literal

from assistant.bundle.asking import ask_user
from assistant.dialogue import Dialogue
from assistant.events import UNKNOWN, TrialFinished
from assistant.facts import brought
from assistant.ranking import CONFIRMED, Answer, Evidence, Finding
from assistant.report.model import (
    AskUserPart,
    CasePart,
    CausePart,
    EvidencePart,
    FailurePart,
    ModelPart,
    QuestionPart,
    RemedyPart,
    Report,
    ReportStatus,
    SourcePart,
    SymptomPart,
    TrialPart,
)
from assistant.report.patches import Patches, patches_of
from assistant.report.places import locations
from assistant.report.remarks import remarks
from assistant.walking import CRASHES, HEALTHY
from knowledge_base.loading import KnowledgeBase
from knowledge_base.saying import fill
from knowledge_base.schema import Cause, Citation, Document, Reference, Remedy
from probes.process.description import Failure, ModelDescription

BY_HAND = (
    "Something private was taken out of the patch where it was collected and stands in brackets in it, so no tool "
    "applies it: make these changes by hand, and leave in your file what stands in brackets here."
)
"""What is said of a patch that redaction has changed."""


def build(dialogue: Dialogue, *, program: str, seconds: float, trouble: tuple[str, ...] = ()) -> Report:
    """The report of a dialogue as it stands.

    Args:
        dialogue: the dialogue, at its end or anywhere before.
        program: the program's file name, for a session whose program could not be opened.
        seconds: wall-clock seconds of the whole.
        trouble: what went wrong on the way, in words.
    """
    status = status_of(dialogue)
    symptom = dialogue.symptom
    patches = patches_of(dialogue)
    told = [one for one in dialogue.findings() if status != "healthy" or _is_settled(one)]
    return Report(
        status=status,
        text=_headline(dialogue, status),
        case=_case(dialogue, program),
        symptom=SymptomPart(id=symptom.id, by=symptom.by) if symptom else None,
        causes=tuple(_cause(dialogue, one, patches) for one in told),
        remarks=(*_trouble(dialogue, trouble), *patches.instructions, *remarks(dialogue, status)),
        questions=tuple(_question(one) for one in dialogue.path()),
        patch=patches.combined,
        patch_status=_patch_status(dialogue, patches),
        patch_note=None if patches.applies else BY_HAND,
        ask_user=_ask_user(dialogue),
        timings=_timings(dialogue, seconds),
    )


def _patch_status(dialogue: Dialogue, patches: Patches) -> Literal["proven", "unverified"] | None:
    if patches.combined is None:
        return None
    tried = dialogue.facts.patched.get(patches.combined)
    made = [one.evidence.patches for one in dialogue.facts.bundles if one.evidence.patches]
    elsewhere = any(one.proven and one.combined == patches.combined for one in made)
    return "proven" if elsewhere or (tried is not None and tried.proven) else "unverified"


def _ask_user(dialogue: Dialogue) -> AskUserPart | None:
    asked = ask_user(dialogue)
    if asked is None:
        return None
    return AskUserPart(text=asked.text, command=asked.command, probes=asked.probes, questions=asked.questions)


def status_of(dialogue: Dialogue) -> ReportStatus:
    """The outcome in a word."""
    if any(one.status in CONFIRMED for one in dialogue.findings()):
        return "diagnosed"
    symptom = dialogue.symptom
    if dialogue.case is not None and dialogue.case.failure is not None:
        return "program_failed"
    if symptom is not None and symptom.by == "probe" and symptom.id == CRASHES:
        return "program_failed"
    return "healthy" if symptom is not None and symptom.id == HEALTHY else "inconclusive"


def _is_settled(finding: Finding) -> bool:
    return finding.status != "possible"


def _headline(dialogue: Dialogue, status: ReportStatus) -> str:
    failure = dialogue.case.failure if dialogue.case else None
    failed = _failed(failure) if failure else ""
    if status == "diagnosed":
        first = dialogue.findings()[0]
        sure = {"proven": "Proven", "likely": "Most likely"}[first.status]
        return f"{failed} {sure}: {_sentence(dialogue.kb.causes[first.cause].title)}".strip()
    if status == "program_failed":
        return failed or "The program fails in its training."
    if status == "healthy":
        return "Nothing is wrong: the planned training ran to its end, and it learns."
    return "No cause could be confirmed."


def _failed(failure: Failure) -> str:
    """How the program failed, and where, in a sentence."""
    where = f" ({failure.place.file}, line {failure.place.line})" if failure.place else ""
    return _sentence(f"The program failed{where}: {f'{failure.type}: ' if failure.type else ''}{failure.message}")


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _trouble(dialogue: Dialogue, here: tuple[str, ...]) -> tuple[str, ...]:
    """What went wrong with the program here, and where bundles were collected of it."""
    there = (sentence for one in brought(dialogue.facts.bundles) for sentence in one.trouble)
    return tuple(dict.fromkeys((*here, *there)))


def _case(dialogue: Dialogue, program: str) -> CasePart:
    case = dialogue.case
    if case is None:
        source = next((one.evidence.case.source for one in dialogue.facts.bundles), program)
        return CasePart(source=PurePath(source).name, kind="script", fit_line=None, model=None)
    return CasePart(
        source=PurePath(case.source).name,
        kind=case.kind,
        fit_line=case.fit_line,
        model=_model(case.model) if case.model else None,
        failure=_failure(case.failure) if case.failure else None,
    )


def _model(model: ModelDescription) -> ModelPart:
    return ModelPart.model_validate(
        {"class": model.class_name, "layers": model.layers, "parameters": model.parameters or 0}
    )


def _failure(failure: Failure) -> FailurePart:
    place = failure.place
    return FailurePart(
        type=failure.type,
        message=failure.message,
        file=place.file if place else None,
        line=place.line if place else None,
    )


def _cause(dialogue: Dialogue, finding: Finding, patches: Patches) -> CausePart:
    entry = dialogue.kb.causes[finding.cause]
    values = _values(dialogue, finding)
    return CausePart(
        id=entry.id,
        title=entry.title,
        rank=finding.rank,
        status=finding.status,
        confidence=round(finding.confidence, 4),
        because=finding.because,
        patched=finding.patched,
        summary=entry.summary,
        evidence=(*_counter_trials(finding), *(_evidence(one) for one in finding.evidence)),
        locations=locations(dialogue.case, entry, finding) if dialogue.case else (),
        remedies=tuple(_remedy(one, finding, values, patches) for one in _offered(entry, finding, dialogue)),
        sources=tuple(_source(dialogue.kb, one) for one in entry.sources),
    )


def _values(dialogue: Dialogue, finding: Finding) -> Mapping[str, Any]:
    """What a remedy's places are filled from: the measurements behind the finding, and above them the case's facts."""
    dialogue = dialogue.seen_in(finding)
    values: dict[str, Any] = {}
    for evidence in reversed(finding.evidence):
        measured = dialogue.facts.measured.get(evidence.probe or "")
        values |= (measured.measurement or {}) if measured else {}
    facts = dialogue.case.facts if dialogue.case else {}
    return values | {name: value for name, value in facts.items() if value is not None}


def _evidence(one: Evidence) -> EvidencePart:
    return EvidencePart(
        question=one.question, answer=one.answer, by=one.by, probe=one.probe, band=one.band, text=one.text
    )


def _counter_trials(finding: Finding) -> tuple[EvidencePart, ...]:
    return tuple(
        EvidencePart(
            question="counter_trial",
            answer="proven",
            by="probe",
            probe=None,
            band="decides",
            text=one.text,
            counter_trial=True,
        )
        for one in finding.trials
        if one.counter and one.proven
    )


def trial_of(finding: Finding, remedy: str) -> TrialFinished | None:
    """The trial of a remedy that tells most: the last one that proves something, else the last one.

    A step of a set may follow a proof and prove nothing more.
    """
    trials = [one for one in finding.trials if one.remedy == remedy]
    return next((one for one in reversed(trials) if one.proven), trials[-1] if trials else None)


def _offered(cause: Cause, finding: Finding, dialogue: Dialogue) -> tuple[Remedy, ...]:
    """The remedies that suit the case, and what was tried in any case."""
    suit = dialogue.cause(cause.id).remedies
    return tuple(one for one in cause.remedies if one in suit or trial_of(finding, one.id))


def _remedy(remedy: Remedy, finding: Finding, values: Mapping[str, Any], patches: Patches) -> RemedyPart:
    trial = trial_of(finding, remedy.id)
    return RemedyPart(
        id=remedy.id,
        title=remedy.title,
        text=remedy.text,
        code=fill(remedy.code, values) if remedy.code else None,
        costs=remedy.costs,
        patch=(trial.patch if trial else None) or patches.by_remedy.get(remedy.id),
        trial=_trial(trial) if trial else None,
    )


def _trial(trial: TrialFinished) -> TrialPart | None:
    return TrialPart(**trial.outcome.model_dump()) if trial.outcome else None


def _source(kb: KnowledgeBase, citation: Citation) -> SourcePart:
    source = kb.sources.get(citation.document or citation.reference or "")
    match source:
        case Document():
            name = source.file.removesuffix(".txt")
            return SourcePart(document=name, title=source.title, quote=citation.quote, note=citation.note)
        case Reference():
            return SourcePart(reference=source.id, title=source.title, url=source.url, note=citation.note)
    return SourcePart(document=citation.document, reference=citation.reference, quote=citation.quote)


def _question(answer: Answer) -> QuestionPart:
    text = answer.text if answer.answer != UNKNOWN else answer.reason or answer.text
    return QuestionPart(
        id=answer.question, answer=answer.answer, by=answer.by, seconds=round(answer.seconds, 4), text=text
    )


def _timings(dialogue: Dialogue, seconds: float) -> dict[str, float]:
    started = dialogue.case.seconds if dialogue.case else {}
    trials = sum(one.outcome.seconds for one in dialogue.facts.trials if one.outcome)
    values = {
        "import": started.get("import", 0.0),
        "program": started.get("program", 0.0),
        "probes": sum(one.seconds for one in dialogue.facts.measured.values()),
        "trials": trials + sum(one.seconds for one in dialogue.facts.patched.values()),
        "total": seconds,
    }
    return {name: round(value, 3) for name, value in values.items()}
