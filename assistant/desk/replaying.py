"""A kept session on today's knowledge base: what would now differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.dialogue import Dialogue
from assistant.events import UNKNOWN, AnyEvent, CauseConcluded, PersonAnswered, ProbeFinished, Stopped
from assistant.session.model import FoundCause, Outcome
from assistant.session.outcomes import outcome_of
from assistant.steps import AskPerson, Conclude, ProbeInfo, RunProbe
from knowledge_base.loading import KnowledgeBase

LITTLE = 0.05
"""A change of confidence below this is not worth telling."""

NOT_MEASURED = "it was not measured when the session was led"


@dataclass(frozen=True)
class Change:
    """One thing that would differ.

    Attributes:
        kind: ``symptom``, ``outcome``, ``answer`` or ``finding``.
        id: of the question or cause; empty for the symptom and the outcome.
        title: the question or cause in words.
        before: what it was; None where it was not there.
        now: what it would be; None where it would not be there.
    """

    kind: str
    id: str
    title: str
    before: str | None
    now: str | None

    @property
    def words(self) -> str:
        """The change in one line."""
        was, will = self.before or "nothing", self.now or "nothing"
        if self.kind in ("symptom", "outcome"):
            return f"The {self.kind} was {was}; it would be {will}."
        return f"{self.title} ({self.id}): {was} -> {will}"


@dataclass(frozen=True)
class Replay:
    """A session replayed.

    Attributes:
        led_with: version of the knowledge base it was led with.
        today: today's version.
        changes: what would differ: symptom, outcome, answers, findings.
        would_also_ask: probes that would now be run as well, by title, and questions to the person.
        now: what it would come to.
    """

    led_with: str
    today: str
    changes: tuple[Change, ...]
    would_also_ask: tuple[str, ...]
    now: Outcome


def replay(
    kb: KnowledgeBase, catalogue: Mapping[str, ProbeInfo], events: tuple[AnyEvent, ...], before: Outcome, budget: float
) -> Replay:
    """Lead a kept session again on a knowledge base, from what was measured and answered then.

    What was not measured then stays unknown.

    Args:
        kb: today's knowledge base.
        catalogue: the probes that can be run.
        events: the log up to where it had come to ``before``.
        before: what it had come to with the knowledge base it was led with.
        budget: seconds of probes that the session had.
    """
    ended = bool(events) and isinstance(events[-1], Stopped)
    dialogue = Dialogue(kb, catalogue, events[:-1] if ended else events, budget=budget)
    asked = _led_to_its_end(dialogue)
    now = outcome_of(dialogue)
    met = {id: answer for id, answer in now.answers.items() if id in before.answers or answer != UNKNOWN}
    now = now.model_copy(update={"answers": met})
    changes = tuple(_changes(kb, before, now))
    return Replay(before.knowledge_base, kb.version, changes, () if ended else asked, now)


def _led_to_its_end(dialogue: Dialogue) -> tuple[str, ...]:
    """Answer everything that is open with *unknown*; what that was, in words."""
    asked: list[str] = []
    while True:
        match step := dialogue.next_step():
            case RunProbe():
                known = dialogue.measured_before(step.probe)
                dialogue.record(known or ProbeFinished(probe=step.probe, unknown=NOT_MEASURED))
                asked += [] if known else [step.title]
            case AskPerson():
                dialogue.record(PersonAnswered(question=step.question, answer=UNKNOWN))
                asked.append(step.ask)
            case Conclude():
                dialogue.record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
            case _:
                return tuple(dict.fromkeys(asked))


def _changes(kb: KnowledgeBase, before: Outcome, now: Outcome) -> Iterator[Change]:
    if before.symptom != now.symptom:
        yield Change("symptom", "", "", before.symptom, now.symptom)
    if before.status != now.status:
        yield Change("outcome", "", "", before.status.replace("_", " "), now.status.replace("_", " "))
    for id in dict.fromkeys((*before.answers, *now.answers)):
        was, will = before.answers.get(id), now.answers.get(id)
        if was != will:
            question = kb.questions.get(id)
            yield Change("answer", id, question.ask if question else "A question that is no more", was, will)
    was_found, is_found = _by_cause(before), _by_cause(now)
    for id in dict.fromkeys((*was_found, *is_found)):
        earlier, later = was_found.get(id), is_found.get(id)
        if _differs(earlier, later):
            title = kb.causes[id].title if id in kb.causes else was_found[id].title
            yield Change("finding", id, title, _standing(earlier), _standing(later))


def _by_cause(outcome: Outcome) -> dict[str, FoundCause]:
    return {one.cause: one for one in outcome.findings}


def _differs(earlier: FoundCause | None, later: FoundCause | None) -> bool:
    if earlier is None or later is None:
        return earlier is not later
    return earlier.status != later.status or abs(earlier.confidence - later.confidence) >= LITTLE


def _standing(one: FoundCause | None) -> str | None:
    return f"{one.status.replace('_', ' ')}, confidence {one.confidence:.2f}" if one else None


def words(one: Replay) -> str:
    """What would differ, in lines."""
    on = "the same one" if one.led_with == one.today else f"today's, {one.today}"
    lines = [f"Led with knowledge base {one.led_with}, replayed on {on}."]
    if not one.changes:
        lines.append("Nothing would differ.")
    for kind, head in (("answer", "Answers"), ("finding", "Findings")):
        told = [change.words for change in one.changes if change.kind == kind]
        lines += ["", f"{head} that would differ:", *(f"  {line}" for line in told)] if told else []
    lines[1:1] = [change.words for change in one.changes if change.kind in ("symptom", "outcome")]
    if one.would_also_ask:
        lines += ["", "It would now also look at or ask:", *(f"  {line}" for line in one.would_also_ask)]
    return "\n".join(lines)
