"""What a session and the one that follows it come to, once the next program was examined."""

from __future__ import annotations

from pathlib import Path

from assistant.desk.following import Compared
from assistant.events import FollowedUp
from assistant.session.model import DeskStatus
from assistant.session.store import KeptSession, Store


def close_or_go_on(store: Store, parent: KeptSession, new: KeptSession, found: Compared) -> None:
    """Keep the comparison with the first of two sessions, which this process holds, and say where the desk stands.

    A remedy that worked resolves both sessions; else both are open again, whoever was waited for.

    Raises:
        SessionError: the store cannot be written.
    """
    program = Path(new.opened.program).name
    parent.append(FollowedUp(session=new.id, program=program, verdict=found.verdict, text=found.text))
    status = DeskStatus.RESOLVED if found.verdict == "worked" else DeskStatus.OPEN
    for one in (parent.id, new.id):
        store.desk.set_status(one, status)
    store.desk.hand_on(parent.id, new.id)
