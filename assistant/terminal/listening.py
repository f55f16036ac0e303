"""What the person says, as it is taken: an answer, a symptom, a cause to explain, a training log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant import training_log
from assistant.events import UNKNOWN, PersonAnswered, SymptomNamed
from assistant.log_symptom import as_event
from assistant.terminal import texts
from assistant.terminal.background import in_background
from assistant.terminal.hearing import meaning_of
from assistant.terminal.presenting import answers, logs
from assistant.terminal.presenting.findings import lower_first
from assistant.terminal.presenting.symptoms import SYMPTOM_QUESTION, which_symptom
from assistant.terminal.views import Heard, QuestionView

if TYPE_CHECKING:
    from assistant.terminal.live import LiveSession

FEWEST_ENTRIES = 3
"""A sentence with so many values of a loss is a log in one line, such as ``history.history``."""

MOST_WORDS = 400
"""Characters of a paste that is no log which are taken for a sentence."""


class Listening:
    """Takes what the person says into the dialogue, and tells how it was understood."""

    def __init__(self, live: LiveSession) -> None:
        self._live = live

    async def answer(self, option: str) -> None:
        """Answer the question that stands."""
        talk, question = self._live.talk, self._live.talk.question
        if question is None:
            return
        if question.id.startswith(SYMPTOM_QUESTION):
            self._symptom_chosen(question, option)
        elif talk.consent is not None and not talk.consent.done():
            talk.consent.set_result(option)
        elif talk.reply is not None and not talk.reply.done():
            talk.question = None
            talk.reply.set_result(PersonAnswered(question=question.id, answer=option))
        talk.changed()

    def _symptom_chosen(self, question: QuestionView, option: str) -> None:
        self._live.talk.question = None
        chosen = next((one for one in question.options if one.id == option), None)
        words = chosen.text if chosen else texts.NOT_SURE if option == UNKNOWN else texts.SKIP
        self._heard(words, question.ask)
        self._live.talk.symptom_declined = chosen is None
        if option in self._live.kb.symptoms:
            self._name_symptom(option, None)
        elif option == UNKNOWN and question.id == SYMPTOM_QUESTION and self._live.session.dialogue.symptom is None:
            self._live.talk.say(texts.WATCHING)

    def _name_symptom(self, symptom: str, words: str | None) -> None:
        self._live.talk.withdraw(SYMPTOM_QUESTION)
        self._live.session.investigation.interject(SymptomNamed(symptom=symptom, by="person", text=words))
        self._live.go_on()

    async def say(self, text: str) -> None:
        """Understand a sentence: an answer to the question that stands, a symptom, or a cause to explain."""
        talk, kb = self._live.talk, self._live.kb
        log = training_log.read(text)
        if log is not None and log.length >= FEWEST_ENTRIES:
            self._take_log(log, len(text.splitlines()))
            return
        meaning = meaning_of(kb, text, talk.question)
        if meaning.kind == "answer":
            await self.answer(meaning.id)
            return
        self._heard(text)
        match meaning.kind:
            case "symptom":
                for told in meaning.told:
                    talk.say(answers.as_sentence(told))
                talk.say(texts.UNDERSTOOD.format(symptom=lower_first(kb.symptoms[meaning.id].title)))
                self._name_symptom(meaning.id, text)
            case "cause":
                self._live.explain(meaning.id)
            case "choice":
                talk.ask(which_symptom(kb, text, meaning))
            case _:
                talk.say(texts.NOT_UNDERSTOOD.format(text=text))

    async def paste(self, text: str) -> None:
        """Take a pasted training log; what is none is taken for a sentence."""
        if not await self.take_log(text):
            await self.say(" ".join(text.split())[:MOST_WORDS])

    async def take_log(self, text: str) -> bool:
        """Take a training log; False where there is none in the text. Reading never holds up the screen."""
        log = await in_background(lambda: training_log.read(text))
        if log is not None:
            self._take_log(log, len(text.strip().splitlines()))
        return log is not None

    def _take_log(self, log: training_log.TrainingLog, lines: int) -> None:
        self._heard(texts.PASTED.format(lines=texts.count(lines, "line", "lines")))
        shown = as_event(log)
        if shown.symptom is not None:
            self._live.talk.withdraw(SYMPTOM_QUESTION)
        self._live.session.investigation.interject(shown)
        for sentence in logs.said_of(shown, self._live.session.dialogue):
            self._live.talk.say(sentence)
        self._live.go_on()

    def _heard(self, words: str, question: str = "") -> None:
        talk = self._live.talk
        talk.put(Heard(talk.journal.new_key("heard"), words, question))
