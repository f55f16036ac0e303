"""Whether what a patched program still shows is worth being looked into."""

from __future__ import annotations

from assistant.dialogue import Dialogue
from assistant.ranking import CONFIRMED, is_decided
from assistant.report.patches import treatments_in_patch
from assistant.walking import CRASHES, HEALTHY, UNSURE

TELL_NOTHING = (None, HEALTHY, CRASHES, UNSURE)
"""Symptoms of a patched program after which there is nothing to look for."""


def worth_looking(dialogue: Dialogue, shown: str | None, *, better: bool) -> bool:
    """Whether it is another fault's doing, and not the patch's or the first fault's.

    That is so where the patch mends what is surely wrong. A patch against what is merely likely may bring about by
    itself what its program shows, and one that leaves the first cause as it is shows that cause again. Where trials
    have proven the remedy and the patched program does no better, the patch is not what was tried. No program is
    looked into that is itself what a look has led to.

    Args:
        dialogue: the dialogue over the program as it stands.
        shown: the symptom of the patched program.
        better: whether the symptom of the original is gone.
    """
    if shown in TELL_NOTHING or dialogue.beyond:
        return False
    first = next(iter(dialogue.own_findings()), None)
    if first is not None and first.status == "proven" and not better:
        return False
    if dialogue.symptom is not None and dialogue.symptom.id == CRASHES:
        return True
    if first is None or first.status not in CONFIRMED:
        return False
    if first.status != "proven" and not is_decided(first):
        return False
    written = {id for id, _ in treatments_in_patch(dialogue)}
    return any(one.treatment in written for one in dialogue.cause(first.cause).remedies)


__all__ = ["worth_looking"]
