"""Follow-up: the user's next program beside the last one: whether the remedy worked, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assistant.dialogue import Dialogue
from assistant.ranking import CONFIRMED
from assistant.report.build import status_of
from assistant.terminal.presenting.cases import case_view
from assistant.terminal.presenting.figures import number
from assistant.walking import CRASHES, RECORDED_RUN, UNSURE
from assistant.words_of_trials import MEASURES

Verdict = Literal["worked", "partly", "not", "fails", "unclear"]

WORDS: Mapping[Verdict, str] = {
    "worked": "The remedy worked: the planned training runs to its end, and it learns.",
    "partly": "What was found is gone, but something else is wrong now.",
    "not": "The remedy did not work: what was found is still there.",
    "fails": "The program fails now.",
    "unclear": "Whether the remedy worked cannot be said yet.",
}

NOTHING_BEFORE = "Nothing was wrong the last time; there was no remedy that could have worked."

UNLIKE = frozenset({"versions"})
"""Settings whose change is none of the program's."""


@dataclass(frozen=True)
class Standing:
    """Where a program stands.

    Attributes:
        status: that of its report.
        symptom: id of the symptom; None where there is none yet.
        symptom_title: the same in words.
        confirmed: the causes that are likely or proven, by id, in words.
        figures: scores and losses of the recorded run, by name.
        settings: model, optimizer, loss, data and the like, by name.
    """

    status: str
    symptom: str | None
    symptom_title: str
    confirmed: Mapping[str, str]
    figures: Mapping[str, float]
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Compared:
    """Two programs of one user compared.

    Attributes:
        verdict: whether the remedy worked.
        text: the same in a sentence.
        before: where the earlier program stood.
        now: where the new one stands.
        gone: causes that were confirmed and are no more.
        still: causes that still are.
        new: causes that are confirmed now and were not before.
        changed: settings that differ, by name, as they were and as they are.
    """

    verdict: Verdict
    text: str
    before: Standing
    now: Standing
    gone: tuple[str, ...]
    still: tuple[str, ...]
    new: tuple[str, ...]
    changed: Mapping[str, tuple[str, str]]


def standing(dialogue: Dialogue) -> Standing:
    """Where the program of a dialogue stands."""
    symptom = dialogue.symptom
    confirmed = [one for one in dialogue.findings() if one.status in CONFIRMED]
    run = dialogue.facts.measured.get(RECORDED_RUN)
    return Standing(
        status=status_of(dialogue),
        symptom=symptom.id if symptom else None,
        symptom_title=dialogue.kb.symptoms[symptom.id].title if symptom else "not named",
        confirmed={one.cause: f"{dialogue.kb.causes[one.cause].title} ({one.status})" for one in confirmed},
        figures=dict(_figures((run.measurement or {}) if run else {})),
        settings=_settings(dialogue),
    )


def compare(before: Standing, now: Standing) -> Compared:
    """Whether the remedy worked, and what changed."""
    verdict = _verdict(before, now)
    text = NOTHING_BEFORE if before.status == "healthy" else WORDS[verdict]
    names = dict.fromkeys((*before.settings, *now.settings))
    pairs = {name: (before.settings.get(name, "none"), now.settings.get(name, "none")) for name in names}
    return Compared(
        verdict=verdict,
        text=text,
        before=before,
        now=now,
        gone=tuple(title for id, title in before.confirmed.items() if id not in now.confirmed),
        still=tuple(title for id, title in now.confirmed.items() if id in before.confirmed),
        new=tuple(title for id, title in now.confirmed.items() if id not in before.confirmed),
        changed={name: (was, now_is) for name, (was, now_is) in pairs.items() if was != now_is},
    )


def words(one: Compared) -> Iterator[str]:
    """The comparison in lines."""
    yield one.text
    yield ""
    rows = [
        ("", "before", "now"),
        ("Symptom", one.before.symptom_title, one.now.symptom_title),
        ("First cause", _first(one.before), _first(one.now)),
        *(
            (name, _number(one.before.figures.get(name)), _number(one.now.figures.get(name)))
            for name in dict.fromkeys((*one.before.figures, *one.now.figures))
        ),
    ]
    label, column = (max(len(row[place]) for row in rows) for place in (0, 1))
    for name, was, now_is in rows:
        yield f"{name:<{label}}  {was:<{column}}  {now_is}"
    for head, causes in (("Gone", one.gone), ("Still there", one.still), ("New", one.new)):
        if causes:
            yield ""
            yield f"{head}:"
            yield from (f"  {cause}" for cause in causes)
    if one.changed:
        yield ""
        yield "Changed in the program:"
        yield from (f"  {name}: {was} -> {now_is}" for name, (was, now_is) in one.changed.items())


def _verdict(before: Standing, now: Standing) -> Verdict:
    if now.status == "healthy":
        return "unclear" if before.status == "healthy" else "worked"
    if now.status == "program_failed" or (now.symptom == CRASHES and before.symptom != CRASHES):
        return "fails"
    if set(before.confirmed) & set(now.confirmed):
        return "not"
    if now.confirmed:
        return "partly"
    if now.symptom in (None, UNSURE):
        return "unclear"
    return "not" if now.symptom == before.symptom else "partly"


def _figures(run: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """What a user would compare: scores on training and validation rows, and the losses at the end."""
    score = str(run.get("score") or "")
    measure = MEASURES.get(score, score)
    measure = measure[:1].upper() + measure[1:]
    told = [
        (f"{measure}, training", run.get("score_training") if measure and score != "loss" else None),
        (
            f"{measure}, validation",
            run.get("score_validation") if measure and score != "loss" and run.get("has_validation") else None,
        ),
        ("Loss at the end", run.get("final_loss")),
        ("Validation loss at the end", run.get("validation_final_loss")),
    ]
    yield from ((name, float(value)) for name, value in told if isinstance(value, (int, float)))


def _settings(dialogue: Dialogue) -> dict[str, str]:
    case = dialogue.case
    if case is None:
        return {}
    view = case_view(case, {})
    model = case.model
    size = f"{model.class_name}, {model.layers} layers, {model.parameters or 0:,} weights" if model else ""
    layers = " > ".join(one.kind + (f" {one.activation}" if one.activation else "") for one in view.layers)
    found = {"model": size, "layers": layers, **dict(view.settings), **dict(view.data)}
    return {name: value for name, value in found.items() if value and name not in UNLIKE}


def _first(one: Standing) -> str:
    return next(iter(one.confirmed.values()), "none confirmed")


def _number(value: float | None) -> str:
    return "not measured" if value is None else number(value)
