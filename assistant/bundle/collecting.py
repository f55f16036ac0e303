"""Collecting the evidence of a case where its program is: the whole walk without a dialogue, then what is beside it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.dialogue import Dialogue
from assistant.events import SKIPPED, UNKNOWN, AnyEvent, CaseEvidence, PatchesMade, ProbeFinished, SymptomNamed
from assistant.front_end import FrontEnd, Stream
from assistant.headless import Headless
from assistant.investigation import Investigation
from assistant.opening import ProgramOpener
from assistant.ranking import CONFIRMED
from assistant.report.patches import patches_of
from assistant.session.model import OpenedWith
from assistant.steps import ProbeInfo, RunProbe
from knowledge_base.loading import KnowledgeBase
from probes.catalogue import catalogue
from probes.process.description import CaseDescription
from probes.process.errors import WorkerLost

LINES_OF_OUTPUT = 200
"""Of the program's output the last lines are kept."""

MOST_OF_A_LINE = 500
"""Characters of a line of output."""

SLACK = 1.0
"""Seconds below which no dear probe is begun any more."""


@dataclass(frozen=True)
class Collected:
    """What was collected, before anything is taken out.

    Attributes:
        evidence: of the case.
        output: the last lines that the program printed.
        text: the outcome in one sentence.
    """

    evidence: CaseEvidence
    output: tuple[str, ...]
    text: str


class _Memory:
    """A log that is forgotten."""

    def append(self, event: AnyEvent) -> None:
        """The dialogue holds it."""

    def settle(self, dialogue: Dialogue) -> None:
        """Nobody looks for it later."""

    def release(self) -> None:
        """Nobody else waits for it."""


class _Front(Headless):
    """Tells progress, and keeps the end of the program's output."""

    def __init__(self, tell: Callable[[str], None], answers: Mapping[str, str]) -> None:
        super().__init__(tell, answers)
        self.lines: deque[str] = deque(maxlen=LINES_OF_OUTPUT)

    async def output(self, stream: Stream, text: str) -> None:
        """Pass it on, and keep it."""
        self.lines.extend(line[:MOST_OF_A_LINE] for line in text.splitlines())
        await super().output(stream, text)


async def collect(
    opened: OpenedWith,
    kb: KnowledgeBase,
    tell: Callable[[str], None],
    named: SymptomNamed | None = None,
    answers: Mapping[str, str] | None = None,
    only: Sequence[str] = (),
) -> Collected:
    """Open a program and collect its evidence.

    Args:
        opened: the program and how to run it; its budget is for the walk, its trials and what is measured beside them.
        kb: leads the walk.
        tell: called with each line of progress.
        named: the symptom that the user names.
        answers: ids of answers by the ids of the questions that a person would be asked.
        only: measure these probes alone, without a walk and without trials.

    Raises:
        ProcessError: the program could not be opened.
    """
    dialogue = Dialogue(kb, catalogue(), (named,) if named else (), budget=opened.budget, trials=opened.trials)
    program = Path(opened.program).name
    investigation = Investigation(dialogue, _Memory(), ProgramOpener(opened), program=program)
    front = _Front(tell, answers or {})
    try:
        evidence, text = await gathered(investigation, front, opened, only)
    finally:
        await investigation.close()
    return Collected(evidence, tuple(front.lines), text)


async def gathered(
    investigation: Investigation, front: FrontEnd, opened: OpenedWith, only: Sequence[str] = ()
) -> tuple[CaseEvidence, str]:
    """The evidence of an investigation's case, and its outcome in a sentence; the walk is led to its end first.

    Of a program that was lost before it could be asked anything, the evidence says that alone.

    Args:
        investigation: of a program, at its beginning.
        front: told what happens.
        opened: how the program is run.
        only: measure these probes alone, without a walk and without trials.

    Raises:
        ProcessError: the program could not be opened.
    """
    dialogue = investigation.dialogue
    named = next((one for one in dialogue.events if isinstance(one, SymptomNamed)), None)
    asked = CaseEvidence(
        case=CaseDescription(source=Path(opened.program).name),
        budget=opened.budget,
        arguments=opened.arguments,
        fit=opened.fit,
        named=named,
        only=tuple(only),
    )
    try:
        text = "" if only else (await investigation.run(front)).text
    except WorkerLost as error:
        return asked.model_copy(update={"trouble": (str(error),), "lost": "at_start"}), str(error)
    aside, not_run = await _look_aside(investigation, front, only)
    found = _found(dialogue, aside, not_run)
    lost = "later" if investigation.worker_lost else None
    return asked.model_copy(update={**found, "trouble": tuple(investigation.trouble), "lost": lost}), text


async def _look_aside(
    investigation: Investigation, front: FrontEnd, only: Sequence[str]
) -> tuple[list[ProbeFinished], dict[str, str]]:
    """What the walk did not need, cheapest first, as far as the budget goes; and what was not run, with the reason."""
    dialogue = investigation.dialogue
    left, measured, not_run = dialogue.seconds_left, list[ProbeFinished](), dict[str, str]()
    for probe in dialogue.catalogue.values():
        if probe.id in dialogue.facts.measured or (only and probe.id not in only):
            continue
        if not only and not _fits(probe, dialogue):
            continue
        if not only and probe.cost != "instant" and left < SLACK + investigation.seconds_to_open:
            not_run[probe.id] = f"the budget of {dialogue.budget:.0f} s is spent"
            continue
        step = RunProbe(probe.id, probe.title, probe.cost, "", "rest")
        finished = await investigation.look(front, step, dialogue.budget if only else max(left, SLACK))
        if finished is not None:
            measured.append(finished)
            left -= finished.seconds
    return measured, not_run


def _fits(probe: ProbeInfo, dialogue: Dialogue) -> bool:
    failed = dialogue.case is not None and dialogue.case.failure is not None
    return ("failure" in probe.needs) == failed


def _found(dialogue: Dialogue, aside: Sequence[ProbeFinished], not_run: Mapping[str, str]) -> dict[str, Any]:
    """What the program told, as fields of the evidence."""
    persons = {one.question: one.answer for one in dialogue.facts.persons.values()}
    return {
        "case": dialogue.case,
        "measured": (*dialogue.facts.measured.values(), *aside),
        "aside": tuple(one.probe for one in aside),
        "not_run": dict(not_run),
        "symptom": dialogue.symptom.id if dialogue.symptom else None,
        "trials": tuple(dialogue.facts.trials),
        "patches": _patches(dialogue),
        "answers": {question: answer for question, answer in persons.items() if answer not in (UNKNOWN, SKIPPED)},
    }


def _patches(dialogue: Dialogue) -> PatchesMade:
    made = patches_of(dialogue)
    tried = dialogue.facts.patched.get(made.combined or "")
    return PatchesMade(
        combined=made.combined,
        by_remedy=dict(made.by_remedy),
        instructions=made.instructions,
        causes=tuple(one.cause for one in dialogue.findings() if one.status in CONFIRMED),
        proven=tried is not None and tried.proven,
    )
