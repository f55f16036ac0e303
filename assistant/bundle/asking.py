"""What only the user can find out, since the program is theirs: the message to them, with the exact command."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.dialogue import Dialogue
from assistant.events import SKIPPED, UNKNOWN, CaseEvidence
from assistant.facts import brought
from assistant.ranking import CONFIRMED

ANSWER_FILE = "more.triage"
"""What the file that comes back is called."""

MOST_BY_NAME = 5
"""Measurements that are asked for one by one; more than these, and all is collected anew."""

WIDTH = 76
"""Characters of a line of the message; the command stays in one line, to be copied."""

_WANTED = (
    "To go on we need something that only your program can tell: {wanted}. Please run this command in the folder of "
    "{program}, and send us the file {file} that it writes:"
)
_LOST = (
    "Your program was lost before its training, so that nothing could be measured: {trouble} Please run this command "
    "in the folder of {program} once it gets there, and send us the file {file} that it writes. It gives the program "
    "{minutes} minutes to reach its training; more, if you raise the number of seconds:"
)
LONG_SETUP = 900
"""Seconds that a program which was lost before its training is given at the next try."""

_PRIVACY = (
    "It looks at your program as before. Nothing leaves your machine but what you send; with --preview the command "
    "shows all that would be in the file."
)

_TRIALS = "what short trainings with and without a remedy show"


@dataclass(frozen=True)
class AskUser:
    """A message to the user.

    Attributes:
        text: the message, the command among it.
        command: what they are asked to run.
        probes: the probes that wait for it.
        questions: the questions that wait for it.
    """

    text: str
    command: str
    probes: tuple[str, ...]
    questions: tuple[str, ...]


def ask_user(dialogue: Dialogue) -> AskUser | None:
    """What the user is to be asked for; None where nothing waits for them.

    Args:
        dialogue: of a case that came in a bundle.
    """
    if not dialogue.facts.bundles:
        return None
    first = brought(dialogue.facts.bundles)[0]
    if first.lost == "at_start":
        return _ask_again(dialogue, first)
    probes = tuple(id for id, one in dialogue.facts.measured.items() if one.absent)
    absent = {one.cause for one in dialogue.facts.trials if one.absent}
    likely = {one.cause for one in dialogue.findings() if one.status in CONFIRMED}
    # A trial of what is merely possible is not worth all the probes anew while these may still tell.
    trials = bool(absent & likely) or bool(absent and not probes)
    everything = trials or len(probes) > MOST_BY_NAME
    if not probes and not trials:
        return None
    command = shlex.join(_command(dialogue, first, () if everything else probes))
    titles = [_lower_first(dialogue.catalogue[one].title) for one in probes if one in dialogue.catalogue]
    if len(titles) > MOST_BY_NAME:
        titles = [*titles[: MOST_BY_NAME - 1], f"and {len(titles) - MOST_BY_NAME + 1} things more"]
    wanted = "; ".join([*titles, *([_TRIALS] if trials else [])])
    asking = _WANTED.format(wanted=wanted, program=first.case.source, file=ANSWER_FILE)
    text = _letter(asking, command)
    waiting = tuple(one.question for one in dialogue.path() if one.probe in probes and one.answer == UNKNOWN)
    return AskUser(text, command, probes, waiting)


def _ask_again(dialogue: Dialogue, lost: CaseEvidence) -> AskUser:
    """The same once more, of a program that did not get to its training."""
    command = shlex.join(_command(dialogue, lost, (), setup=LONG_SETUP))
    asking = _LOST.format(
        trouble=" ".join(lost.trouble), program=lost.case.source, file=ANSWER_FILE, minutes=LONG_SETUP // 60
    )
    return AskUser(_letter(asking, command), command, (), ())


def _letter(asking: str, command: str) -> str:
    return "\n\n".join((_wrapped(asking), f"    {command}", _wrapped(_PRIVACY)))


def _command(
    dialogue: Dialogue, evidence: CaseEvidence, probes: tuple[str, ...], setup: int | None = None
) -> Iterator[str]:
    """The words of the command: these probes alone, or everything anew with what was said meanwhile."""
    yield from ("keras-triage", "collect", evidence.case.source)
    for probe in probes:
        yield from ("--probe", probe)
    if not probes:
        if dialogue.facts.symptom is not None:
            yield from ("--symptom", dialogue.facts.symptom.id)
        for said in dialogue.facts.persons.values():
            if said.answer not in (UNKNOWN, SKIPPED):
                yield from ("--answer", f"{said.question}={said.answer}")
    if evidence.fit is not None:
        yield from ("--fit", str(evidence.fit))
    if setup is not None:
        yield from ("--setup-timeout", str(setup))
    yield from evidence.options
    yield from ("-o", ANSWER_FILE)
    if evidence.arguments:
        yield from ("--", *evidence.arguments)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def _lower_first(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"
