"""A program that was started again beside what it was before."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.desk.following import Compared, Verdict
from assistant.terminal import texts
from assistant.terminal.presenting.figures import number
from assistant.terminal.views import Looked, Mark

MARKS: dict[Verdict, Mark] = {"worked": "good", "partly": "notable", "not": "notable", "fails": "bad"}


def compared_turn(found: Compared, key: str) -> Looked:
    """Whether what was done helped; unfolded, what has changed."""
    return Looked(key, texts.COMPARED, found.text, MARKS.get(found.verdict, "unknown"), details=tuple(_details(found)))


def _details(found: Compared) -> Iterator[tuple[str, str]]:
    for label, causes in zip(texts.COMPARED_CAUSES, (found.gone, found.still, found.new), strict=True):
        yield from ((label, cause) for cause in causes)
    for name, was in found.before.figures.items():
        if name in found.now.figures:
            yield name, texts.WAS_AND_IS.format(was=number(was), now=number(found.now.figures[name]))
    for name, (old, new) in found.changed.items():
        yield name, texts.WAS_AND_IS.format(was=old, now=new)
