"""Answers as turns of the conversation and as nodes of the path."""

from __future__ import annotations

from assistant.dialogue import Dialogue
from assistant.events import SKIPPED, UNKNOWN
from assistant.ranking import Answer
from assistant.steps import AskPerson
from assistant.terminal import texts
from assistant.terminal.presenting.figures import details
from assistant.terminal.views import Heard, Looked, Mark, OptionView, QuestionView
from assistant.walking import HEALTHY
from knowledge_base.loading import KnowledgeBase


def mark_of(dialogue: Dialogue, answer: Answer) -> Mark:
    """How an answer stands: whether it speaks for a cause, for nothing being wrong, or is unknown."""
    if answer.answer in (UNKNOWN, SKIPPED):
        return "unknown"
    chosen = dialogue.kb.questions[answer.question].answers[answer.answer]
    if answer.names_symptom is not None:
        return "good" if answer.names_symptom == HEALTHY else "notable"
    bands = chosen.evidence.values()
    if any(band in ("decides", "strong", "weak") for band in bands):
        return "notable"
    return "good"


def looked(dialogue: Dialogue, answer: Answer, key: str) -> Looked:
    """The answer of a probe."""
    question = dialogue.kb.questions[answer.question]
    info = dialogue.catalogue.get(answer.probe or "")
    measured = dialogue.facts.measured.get(answer.probe or "")
    values = measured.measurement if measured else None
    sentence = answer.text if answer.answer != UNKNOWN else (answer.reason or answer.text)
    return Looked(
        key=key,
        title=question.ask,
        sentence=as_sentence(sentence),
        mark=mark_of(dialogue, answer),
        seconds=answer.seconds or None,
        looked_at=info.title if info else "",
        details=details(values) if values else (),
        probe=answer.probe or "",
    )


def heard(dialogue: Dialogue, answer: Answer, key: str) -> Heard:
    """The answer of a person, with the question it answers."""
    question = dialogue.kb.questions[answer.question]
    return Heard(key, words_of(dialogue, answer), question.ask)


def words_of(dialogue: Dialogue, answer: Answer) -> str:
    """What a person chose, in the words of the button."""
    return option_in_words(dialogue.kb, answer.question, answer.answer, answer.text)


def option_in_words(kb: KnowledgeBase, question: str, option: str, otherwise: str = "") -> str:
    """One of the answers to a question, in the words of its button; ``otherwise`` where it has none."""
    if option == UNKNOWN:
        return texts.NOT_SURE
    if option == SKIPPED:
        return texts.SKIP
    chosen = kb.questions[question].answers.get(option)
    return (chosen.option if chosen else None) or otherwise or option


def question_view(step: AskPerson, *, can_go_back: bool) -> QuestionView:
    """A question put to the person; number keys for the first nine answers."""
    options = tuple(
        OptionView(option.id, option.label, option.means or "", str(position + 1) if position < 9 else "")
        for position, option in enumerate(step.options)
    )
    why = step.probe_said and texts.PROBE_SAID.format(reason=step.probe_said.rstrip("."))
    return QuestionView(step.question, step.ask, options, why=why or step.why, can_go_back=can_go_back)


def as_sentence(text: str) -> str:
    """A capital at the beginning and a full stop at the end, where letters allow it."""
    line = " ".join(text.split())
    if not line:
        return ""
    first = line[0].upper() if line[:2].islower() and line[:1].isalpha() else line[0]
    return first + line[1:] + ("" if line.endswith((".", "!", "?")) else ".")
