"""``keras-triage follow-up``: the user's next program, compared with the last one; closes the session or goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from assistant.answers_file import read_answers
from assistant.commands import examined, print_out
from assistant.desk.closing import close_or_go_on
from assistant.desk.following import Compared, compare, standing, words
from assistant.dialogue import Dialogue
from assistant.errors import SessionError
from assistant.opening import begin, dialogue_of, knowledge_base
from assistant.report.model import Report
from assistant.session.store import KeptSession, Store
from probes.measurement import to_wire


def follow_up(
    store_url: str | None,
    id: str,
    program: Path,
    changed: Mapping[str, object],
    *,
    symptom: str | None,
    answers: Path | None,
    as_json: bool,
) -> int:
    """Examine the user's next program and compare it with that of a session; the exit status is that of its report.

    Args:
        store_url: address of the store.
        id: the session that is followed up.
        program: the new program, or a bundle of it.
        changed: what is not to be as it was in that session, as fields of ``OpenedWith``.
        symptom: what the user sees now, if they said.
        answers: a file of answers to what a person would be asked.
        as_json: whether the comparison and the new report are printed as JSON.

    Raises:
        TriageError: there is no such session, it has nothing to follow up, or the program could not be examined.
    """
    with Store(store_url) as store:
        parent = store.take_up(id)
        try:
            opened = parent.opened.model_copy(update={"program": str(program), **changed})
            given = read_answers(answers, knowledge_base(opened)) if answers is not None else {}
            before = standing(_examined_before(parent))
            session = begin(opened, store, symptom, follows=parent.id)
            report, status = examined(session, given)
            found = compare(before, standing(session.dialogue))
            close_or_go_on(store, parent, session.kept, found)
        finally:
            parent.release()
    _print(found, report, parent.id, session.kept.id, as_json=as_json)
    return status


def _examined_before(parent: KeptSession) -> Dialogue:
    """The dialogue of the session that is followed up.

    Raises:
        SessionError: it has examined nothing.
    """
    dialogue = dialogue_of(parent, knowledge_base(parent.opened))
    if dialogue.case is None:
        raise SessionError(f"Session {parent.id} has examined no program yet; there is nothing to follow up.")
    return dialogue


def _print(found: Compared, report: Report, parent: str, new: str, *, as_json: bool) -> None:
    if as_json:
        value = {"of": parent, "session": new, **asdict(found), "report": report.model_dump(by_alias=True)}
        print_out(f"{json.dumps(to_wire(value), indent=2, ensure_ascii=False, allow_nan=False)}\n", "json")
        return
    goes_on = f"It goes on in session {new}: `keras-triage resume {new}`, `keras-triage report {new}`."
    last = f"Session {parent} is resolved." if found.verdict == "worked" else goes_on
    print_out("\n".join((*words(found), "", last, "")), "text")
