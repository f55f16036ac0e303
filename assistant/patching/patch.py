"""Several treatments as one patch of a program."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from assistant.patching.diffs import applied, unified_diff
from assistant.patching.editing import Editing
from assistant.patching.model import CannotEditError, CaseLike, Patched, Treatment
from assistant.patching.registry import registered
from assistant.patching.source import Source

_MARK = "\ufeff"


def patch(source: str, filename: str, treatments: Sequence[Treatment], case: CaseLike) -> Patched:
    """Write treatments into a program.

    What cannot be written safely becomes an instruction; the others are written all the same. The edited program
    parses, and the diff applies to ``source``.

    Args:
        source: text of the program with its own line ends.
        filename: its path relative to the program's folder, as places name it.
        treatments: what to write, in any order.
        case: where things were written, and what is known of them.
    """
    mark = _MARK if source.startswith(_MARK) else ""
    body = source.removeprefix(mark)
    try:
        text = Source(body, filename, case.places)
    except (cst.ParserSyntaxError, RecursionError):
        sentence = f"{filename} cannot be read as Python, so that it has to be changed by hand."
        return Patched(diff=None, instructions=(sentence,), edited_source=source)
    instructions: list[str] = []
    edited = [one for one in _ordered(treatments) if _write(text, one, case, instructions)]
    after = mark + text.text
    diff = unified_diff(source, after, filename)
    if diff is not None and applied(source, diff) != after:
        raise AssertionError("a diff that was just made must apply")
    return Patched(
        diff=diff,
        instructions=tuple(dict.fromkeys(instructions)),
        edited_source=after,
        edited=tuple(edited) if diff is not None else (),
    )


def _ordered(treatments: Sequence[Treatment]) -> list[Treatment]:
    orders = {name: order for name, (order, _) in registered().items()}
    return sorted(treatments, key=lambda one: orders.get(one.id, 0))


def _write(text: Source, treatment: Treatment, case: CaseLike, instructions: list[str]) -> bool:
    """Write one treatment; whether the text is another one now."""
    found = registered().get(treatment.id)
    if found is None:
        instructions.append(f"The remedy {treatment.id.replace('_', ' ')} has to be written by hand.")
        return False
    before = text.text
    editing = Editing(text, case, treatment.parameters)
    try:
        text.attempt(lambda: found[1](editing))
    except CannotEditError as refusal:
        instructions.append(str(refusal))
        return False
    except Exception as error:  # noqa: BLE001 - people write what no editor foresaw; the report stands without this edit
        name = treatment.id.replace("_", " ")
        instructions.append(f"The remedy {name} has to be written by hand ({type(error).__name__} in its editor).")
        return False
    instructions.extend(editing.notes)
    return text.text != before
