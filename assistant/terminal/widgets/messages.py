"""What the panes tell the screen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class CauseChosen(Message):
    """The person wants to see a cause in full."""

    cause: str


@dataclass
class TrialWanted(Message):
    """The person wants the remedy of a cause to be tried."""

    cause: str


@dataclass
class QuestionChosen(Message):
    """The person chose a question of the path; ``by_person`` tells whether it was they who answered it."""

    question: str
    by_person: bool


@dataclass
class PaneChosen(Message):
    """A pane was chosen by its name."""

    pane: str
