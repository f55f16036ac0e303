"""The dialogue over a patched program that still shows a symptom: as over any other, but nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.dialogue import Dialogue
from assistant.events import (
    SKIPPED,
    AnyEvent,
    CaseOpened,
    CauseConcluded,
    EventBeyond,
    PersonAnswered,
    ProbeFinished,
    TrialFinished,
)
from assistant.steps import AskPerson, Conclude, Finished, OfferTrial, ProbeInfo, RunProbe
from assistant.trying import finished as trial_finished
from assistant.trying import not_run
from assistant.walking import UNSURE
from assistant.worker import HANGING, MOST_SECONDS, Worker, probe_finished
from knowledge_base.loading import KnowledgeBase
from probes.measurement import from_wire
from probes.process.errors import ProcessError, RequestFailed


async def look(
    worker: Worker,
    kb: KnowledgeBase,
    catalogue: Mapping[str, ProbeInfo],
    begun: tuple[EventBeyond, ...],
    seconds: float,
) -> tuple[EventBeyond, ...]:
    """Walk a dialogue over a held program to its end; a worker that is lost ends it early.

    Args:
        worker: holds the patched program.
        kb: the knowledge base.
        catalogue: the probes.
        begun: the case as it was opened, and the recorded run.
        seconds: what probes and trials may take, those of the recorded run not counted.
    """
    spent = sum(one.seconds for one in begun if isinstance(one, ProbeFinished))
    dialogue = Dialogue(kb, catalogue, begun, budget=spent + seconds, trials=True)
    while not isinstance(step := dialogue.next_step(), Finished):
        try:
            dialogue.record(await _happened(step, worker, dialogue))
        except ProcessError:
            break
    kept = CaseOpened | ProbeFinished | PersonAnswered | TrialFinished
    return tuple(one for one in dialogue.events if isinstance(one, kept))


async def _happened(step: RunProbe | AskPerson | Conclude | OfferTrial, worker: Worker, dialogue: Dialogue) -> AnyEvent:
    match step:
        case RunProbe():
            return await _measured(step, worker, dialogue)
        case AskPerson():
            return PersonAnswered(question=step.question, answer=SKIPPED)
        case Conclude():
            return CauseConcluded(cause=step.finding.cause, status=step.finding.status)
        case OfferTrial():
            return await _tried(step, worker, dialogue)


async def _measured(step: RunProbe, worker: Worker, dialogue: Dialogue) -> ProbeFinished:
    left = max(1.0, dialogue.seconds_left)
    return probe_finished(step.probe, await worker.probe(step.probe, min(left, MOST_SECONDS.get(step.cost, left))))


async def _tried(step: OfferTrial, worker: Worker, dialogue: Dialogue) -> TrialFinished:
    """A trial on the live case; what could only be written into the source is not tried a second time."""
    seconds = dialogue.seconds_for_trials
    name, arguments = step.attempt.request(dialogue.symptom.id if dialogue.symptom else UNSURE, seconds)
    try:
        answer = await worker.request(name, arguments, 4 * seconds + HANGING)
    except RequestFailed as error:
        return not_run(step.attempt, str(error))
    return trial_finished(step.attempt, from_wire(answer))


__all__ = ["look"]
