"""The state of a conversation that both sides change: its turns, the question that stands, and who listens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from assistant.front_end import Reply
from assistant.terminal import texts
from assistant.terminal.journal import Journal
from assistant.terminal.partner import Attention
from assistant.terminal.presenting.live_curves import LiveCurves
from assistant.terminal.views import Chapter, Gathered, Looked, Looking, QuestionView, Said, Tone, Turn

QUICK = "gathered:looking"
"""Key of the turn that holds the quick looks."""


class Talk:
    """What is said, what is asked, and what is being done.

    Attributes:
        journal: the turns.
        curves: what is being measured at the moment, as plots.
        question: the question that stands.
        reply: where the answer to a question of the dialogue is awaited.
        consent: where leave for a trial is awaited.
        stage: what is being done, as a key of the texts or in words.
        finished: whether the walk is over.
        symptom_declined: whether the person was asked for the symptom and could not name it.
    """

    def __init__(self, stage: str) -> None:
        self.journal = Journal()
        self.curves = LiveCurves()
        self.question: QuestionView | None = None
        self.reply: asyncio.Future[Reply] | None = None
        self.consent: asyncio.Future[str] | None = None
        self.stage = stage
        self.finished = False
        self.symptom_declined = False
        self._changed: Callable[[], None] = lambda: None
        self._printed: Callable[[str], None] = lambda _: None
        self._attention: Attention = lambda _: None

    def listen(self, changed: Callable[[], None], printed: Callable[[str], None], attention: Attention) -> None:
        """Whom to tell."""
        self._changed, self._printed, self._attention = changed, printed, attention

    def changed(self) -> None:
        """Something is to be shown anew."""
        self._changed()

    def printed(self, text: str) -> None:
        """The program printed something."""
        self._printed(text)

    def attention(self, sentence: str) -> None:
        """The person, who may look elsewhere, is wanted."""
        self._attention(sentence)

    def put(self, turn: Turn) -> None:
        """Add or replace a turn and show it."""
        self.journal.put(turn)
        self.changed()

    def say(self, text: str, tone: Tone = "plain") -> None:
        """A new turn of the assistant."""
        self.put(Said(self.journal.new_key("said"), text, tone))

    def gather(self, looked: Looked, key: str) -> None:
        """Keep an answer among others in the turn of ``key``; what is running stays below a new one."""
        running = [turn for turn in self.journal.turns if isinstance(turn, Looking)]
        gathered = self.journal.turn(key)
        before = gathered.looked if isinstance(gathered, Gathered) else ()
        self._put_gathered(key, (*(one for one in before if one.key != looked.key), looked))
        for turn in running:
            self.journal.drop(turn.key)
            self.journal.put(turn)

    def begin_chapter(self, title: str) -> None:
        """What was said stays as it is, and what comes stands below the title; what is running goes on below it."""
        running = [turn for turn in self.journal.turns if isinstance(turn, Looking)]
        for turn in running:
            self.journal.drop(turn.key)
        self.journal.close_chapter()
        self.put(Chapter(self.journal.new_key("chapter"), title))
        for turn in running:
            self.journal.put(turn)

    def _put_gathered(self, key: str, looked: tuple[Looked, ...]) -> None:
        seconds = sum(one.seconds or 0.0 for one in looked)
        title = texts.quick_looks(len(looked)) if key == QUICK else texts.more_looks(len(looked))
        self.journal.put(Gathered(key, title, looked, seconds or None))

    def nothing_runs(self) -> None:
        """Take away every sign of something running."""
        self.curves.clear()
        self.journal.drop_where(lambda key: key == "stage" or key.startswith("looking:"))

    def ask(self, question: QuestionView) -> None:
        """Put a question in place of the one that stands."""
        self.question = question
        self.changed()

    def withdraw(self, start: str) -> None:
        """Take the question away if its id begins so."""
        if self.question is not None and self.question.id.startswith(start):
            self.question = None
            self.changed()

    def forget_question(self) -> None:
        """Nothing is asked any more, and no answer is awaited."""
        self.question, self.reply, self.consent = None, None, None
