"""The report as one HTML file: opens offline, prints, needs no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.dialogue import Dialogue
from assistant.ranking import Answer, Finding
from assistant.report.build import trial_of
from assistant.report.model import CausePart, LocationPart, RemedyPart, Report, SourcePart
from assistant.report.places import told_apart
from assistant.report.plotting import Pairs, Plot, pairs, plot
from assistant.report.rendering import rendered
from assistant.terminal import texts
from assistant.terminal.presenting import answers, cases
from assistant.terminal.presenting.figures import figure
from assistant.words_of_trials import MEASURES
from knowledge_base.schema import Cause

FOR = ("decides", "strong", "weak")
STATUS = {
    "diagnosed": "Cause found",
    "healthy": "Healthy",
    "inconclusive": "Inconclusive",
    "program_failed": "The program failed",
}
BANDS = {
    "decides": "decides for it",
    "strong": "strong evidence for it",
    "weak": "weak evidence for it",
    "against": "speaks against it",
    "rules_out": "rules it out",
}
DiffKind = Literal["file", "place", "added", "removed", "same"]


@dataclass(frozen=True)
class ShownRemedy:
    """A remedy with what its trial showed, drawn.

    Attributes:
        part: the remedy.
        measure: what was scored, in words.
        scores: both arms of each pair.
        curves: the loss over the first pair of trainings.
        diff: its patch, where the report's combined one does not say it.
    """

    part: RemedyPart
    measure: str
    scores: Pairs | None
    curves: Plot | None
    diff: tuple[tuple[DiffKind, str], ...]

    @property
    def in_vain(self) -> bool:
        """Whether it was tried and the symptom stayed."""
        return self.part.trial is not None and not self.part.trial.symptom_gone


@dataclass(frozen=True)
class ShownSource:
    """A document or reference with all that is quoted of it.

    Attributes:
        title: its title.
        url: its address; empty for a document.
        quotes: words that stand in it.
        notes: what is to be said about them.
    """

    title: str
    url: str
    quotes: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ShownCause:
    """A cause of the report beside its page in the knowledge base.

    Attributes:
        part: the cause in this session.
        page: what is known about it.
        because: the title of the cause that explains it.
        places: where it may have been written.
        remedies: what to do; what was seen to help first, what was tried in vain last.
        sources: where to read more, each document once.
    """

    part: CausePart
    page: Cause
    because: str
    places: tuple[LocationPart, ...]
    remedies: tuple[ShownRemedy, ...]
    sources: tuple[ShownSource, ...]


@dataclass(frozen=True)
class Asked:
    """A question of the path.

    Attributes:
        question: in words.
        answer: in words, or why there is none.
        by: who answered.
        mark: whether it stands out.
        seconds: what it took.
    """

    question: str
    answer: str
    by: str
    mark: str
    seconds: str


def render(report: Report, dialogue: Dialogue, templates: Path | None = None) -> str:
    """The whole report as one HTML file.

    Args:
        report: the report.
        dialogue: the dialogue it was made of.
        templates: folder of a team's own ``report.html.j2`` or ``report.css.j2``.

    Raises:
        UsageError: a template of the team's own cannot be filled in.
    """
    case, measured = dialogue.case, dialogue.facts.measured
    shown = [_cause(one, report, dialogue) for one in report.causes if one.status != "ruled_out"]
    curves = [plot(one) for one in cases.curves(measured)]
    symptom = dialogue.kb.symptoms.get(report.symptom.id) if report.symptom else None
    return rendered(
        "report.html.j2",
        {
            "report": report,
            "status": STATUS[report.status],
            "symptom": symptom,
            "confirmed": [one for one in shown if one.part.status != "possible"],
            "possible": [one for one in shown if one.part.status == "possible"],
            "ruled_out": list(_ruled_out(report)),
            "curves": [one for one in curves if one is not None],
            "case": cases.case_view(case, measured) if case else None,
            "phases": _phases(dialogue),
            "patch": _diff(report.patch or ""),
            "taken": figure(round(report.timings.get("total", 0.0), 1)),
            "knowledge_base": dialogue.kb.version,
            "for_bands": FOR,
            "bands": BANDS,
        },
        templates,
    )


def _cause(part: CausePart, report: Report, dialogue: Dialogue) -> ShownCause:
    finding = dialogue.how_known(part.id)
    causes = dialogue.kb.causes
    because = causes[part.because].title if part.because and part.because in causes else ""
    remedies = tuple(_remedy(one, finding, report) for one in by_success(part.remedies))
    return ShownCause(part, causes[part.id], because, told_apart(part.locations), remedies, _sources(part.sources))


def by_success(remedies: Sequence[RemedyPart]) -> list[RemedyPart]:
    """What was seen to help first, what was tried in vain last; else in order of cost."""
    return sorted(remedies, key=lambda one: 1 if one.trial is None else 0 if one.trial.symptom_gone else 2)


def _sources(parts: Sequence[SourcePart]) -> tuple[ShownSource, ...]:
    grouped: dict[tuple[str, str], list[SourcePart]] = {}
    for one in parts:
        grouped.setdefault((one.title or one.document or one.reference or "", one.url or ""), []).append(one)
    return tuple(
        ShownSource(
            title,
            url,
            tuple(" ".join(one.quote.split()) for one in found if one.quote),
            tuple(one.note for one in found if one.note),
        )
        for (title, url), found in grouped.items()
    )


def _remedy(part: RemedyPart, finding: Finding, report: Report) -> ShownRemedy:
    trial = trial_of(finding, part.id)
    arms = (("with", trial.treated_curve), ("without", trial.control_curve)) if trial else ()
    series = [cases.series_of(texts.CURVES[name], values) for name, values in arms if len(values) > 1]
    view = cases.plot(f"trial.{finding.cause}.{part.id}", "Loss of the first pair", "part", "loss", series)
    patch = part.patch if part.patch and part.patch != report.patch else ""
    return ShownRemedy(
        part=part,
        measure=MEASURES.get(part.trial.score, part.trial.score) if part.trial else "",
        scores=pairs(part.trial.control, part.trial.treated) if part.trial else None,
        curves=plot(view) if series else None,
        diff=_diff(patch),
    )


def _ruled_out(report: Report) -> Iterator[tuple[str, str]]:
    """Each cause that was ruled out, and what ruled it out."""
    for one in report.causes:
        if one.status == "ruled_out":
            against = [evidence.text for evidence in one.evidence if evidence.band == "rules_out"]
            yield one.title, " ".join(against or [evidence.text for evidence in one.evidence])


def _phases(dialogue: Dialogue) -> Mapping[str, list[Asked]]:
    """The path taken: what was asked in each phase, by its title."""
    symptom = dialogue.symptom
    named = dialogue.kb.symptoms[symptom.id].title if symptom else texts.PHASES["tree"]
    titles = {**texts.PHASES, "tree": f"{texts.PHASES['tree']}: {named}"}
    phases: dict[str, list[Asked]] = {}
    for answer in dialogue.path():
        phases.setdefault(titles.get(answer.phase, answer.phase), []).append(_asked(dialogue, answer))
    return phases


def _asked(dialogue: Dialogue, answer: Answer) -> Asked:
    by = "the person" if answer.by == "person" else answer.probe.replace("_", " ") if answer.probe else "nobody"
    mark = answers.mark_of(dialogue, answer)
    said = answer.text or answer.reason or ""
    return Asked(
        dialogue.kb.questions[answer.question].ask,
        answers.as_sentence(said),
        by,
        texts.MARK[mark],
        f"{answer.seconds:.2f} s" if answer.seconds else "",
    )


def _diff(patch: str) -> tuple[tuple[DiffKind, str], ...]:
    """The lines of a unified diff with what each is."""
    return tuple((_kind(line), line) for line in patch.splitlines())


def _kind(line: str) -> DiffKind:
    if line.startswith(("---", "+++")):
        return "file"
    kinds: Mapping[str, DiffKind] = {"@": "place", "+": "added", "-": "removed"}
    return kinds.get(line[:1], "same")
