"""Our own questions about the symptom, which the person may name while everything else goes on."""

from __future__ import annotations

from assistant.events import UNKNOWN
from assistant.terminal import texts
from assistant.terminal.hearing import Meaning
from assistant.terminal.views import OptionView, QuestionView
from assistant.walking import CRASHES, HEALTHY, UNSURE
from knowledge_base.loading import KnowledgeBase

SYMPTOM_QUESTION = "symptom"
"""How the ids of these questions begin; no question of the knowledge base is one of them."""

WHICH = f"{SYMPTOM_QUESTION}:which"
"""Id of the choice between symptoms that the person's words may mean."""

NOT_ASKED = (HEALTHY, UNSURE, CRASHES)
"""Symptoms that a person is not asked about: the assistant finds them by itself."""


def symptom_question(kb: KnowledgeBase, why: str = texts.ASK_SYMPTOM_WHY) -> QuestionView:
    """What the person sees; number keys for the first nine symptoms."""
    asked = (one for id, one in kb.symptoms.items() if id not in NOT_ASKED)
    options = tuple(
        OptionView(one.id, one.title, one.sees, str(place) if place <= 9 else "") for place, one in enumerate(asked, 1)
    )
    return QuestionView(SYMPTOM_QUESTION, texts.ASK_SYMPTOM, options, why=why)


def which_symptom(kb: KnowledgeBase, text: str, meaning: Meaning) -> QuestionView:
    """Which of the nearest symptoms the person's words mean."""
    near = [kb.symptoms[id] for id in meaning.near]
    options = [OptionView(one.id, one.title, one.sees, str(place)) for place, one in enumerate(near, 1)]
    neither = OptionView(UNKNOWN, texts.NEITHER, "", str(len(near) + 1))
    why = texts.ASK_WHICH_WHY.format(text=text)
    return QuestionView(WHICH, texts.ASK_WHICH, (*options, neither), why=why, not_sure=False)
