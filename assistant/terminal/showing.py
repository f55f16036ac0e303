"""The view of a session screen, made of the dialogue and of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.dialogue import Dialogue
from assistant.opening import Session
from assistant.terminal.presenting import cases, logs, paths, trials
from assistant.terminal.presenting.findings import lower_first
from assistant.terminal.talk import Talk
from assistant.terminal.views import CurveView, FindingView, RuledOut, SessionView
from assistant.walking import UNSURE


def session_view(session: Session, talk: Talk, told: Sequence[FindingView]) -> SessionView:
    """Everything to be shown now; ``told`` are all causes with any evidence, as cards."""
    dialogue = session.dialogue
    out = (one for one in told if one.status == "ruled_out")
    return SessionView(
        program=Path(session.kept.opened.program).name,
        stage=talk.stage,
        symptom=_symptom_in_words(dialogue),
        turns=talk.journal.turns,
        question=talk.question,
        findings=tuple(one for one in told if one.status != "ruled_out"),
        ruled_out=tuple(RuledOut(one.cause, one.title, one.reason_against) for one in out),
        path=paths.path_nodes(dialogue, talk.question),
        case=cases.case_view(dialogue.case, dialogue.facts.measured) if dialogue.case else None,
        curves=_curves(dialogue, talk),
        finished=talk.finished,
        can_go_back=dialogue.last_said() is not None,
        session=session.kept.id,
        causes=_causes(dialogue, told),
    )


def _curves(dialogue: Dialogue, talk: Talk) -> tuple[CurveView, ...]:
    return (
        *talk.curves.views(),
        *logs.curves(dialogue.facts.logs),
        *trials.curves(dialogue.kb, dialogue.facts.trials),
        *cases.curves(dialogue.facts.measured),
    )


def _causes(dialogue: Dialogue, told: Sequence[FindingView]) -> tuple[tuple[str, str], ...]:
    """Ids and titles of all causes, those that stand first."""
    standing = {one.cause: one.title for one in told if one.status != "ruled_out"}
    return tuple({**standing, **{id: one.title for id, one in dialogue.kb.causes.items()}}.items())


def _symptom_in_words(dialogue: Dialogue) -> str:
    symptom = dialogue.symptom
    if symptom is None or symptom.id == UNSURE:
        return ""
    return lower_first(dialogue.kb.symptoms[symptom.id].title)
