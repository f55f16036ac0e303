"""A finding as a card: how sure, why, where, what to do; unfolded, everything that is known about the cause."""

from __future__ import annotations

import math
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.presenting.figures import WIDE_RANGE, number
from assistant.terminal.views import EvidenceView, FindingView, Found, RemedyView, Status, TrialView
from assistant.terminal.widgets.blocks import Block, coloured_diff, source_line
from assistant.terminal.widgets.code import Code
from assistant.terminal.widgets.messages import TrialWanted
from assistant.terminal.widgets.rows import Heading, Line, Row

STATUS_STYLE: dict[Status, str] = {
    "proven": "$error",
    "likely": "$warning",
    "possible": "$text-soft",
    "ruled_out": "$text-soft",
}
SPARK_CELLS = 24

EVIDENCE_SHOWN = 3
"""Answers shown on a card that is not unfolded."""


class TrialOffered(Line, can_focus=True):
    """Offers to try the remedy of a finding now."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "try_it", show=False, id="card.try")]

    def __init__(self, finding: FindingView, glyphs: Glyphs) -> None:
        words = texts.CARD_TRY.format(cost=finding.to_try)
        super().__init__(Content.assemble((f"{glyphs.arrow} ", "$primary"), (words, "$primary")), classes="try-it")
        self._cause = finding.cause

    def action_try_it(self) -> None:
        """Try it."""
        self.post_message(TrialWanted(self._cause))

    def on_click(self, event: Click) -> None:
        """Try it."""
        event.stop()
        self.action_try_it()


class FindingCard(Block):
    """A finding in the conversation."""

    def __init__(self, turn: Found, glyphs: Glyphs, *, unfolded: bool = False) -> None:
        super().__init__(turn, glyphs, unfolded=unfolded)
        self.add_class(f"-{turn.finding.status.replace('_', '-')}")

    @property
    def can_fold(self) -> bool:
        """A card always has more to tell."""
        return True

    async def take(self, turn: object) -> None:
        """Show another state of the finding, and the colour of its status."""
        assert isinstance(turn, Found)
        for status in STATUS_STYLE:
            self.set_class(turn.finding.status == status, f"-{status.replace('_', '-')}")
        await super().take(turn)

    def compose(self) -> ComposeResult:
        """Head, summary, places, evidence, remedy; the rest when unfolded."""
        assert isinstance(self.turn, Found)
        finding, glyphs = self.turn.finding, self.glyphs
        yield Line(head(finding, glyphs), classes="card-head")
        if finding.summary:
            patched = f" {texts.CARD_PATCHED}" if finding.patched else ""
            yield Line(Content.assemble(finding.summary, (patched, "$text-soft")), classes="card-summary")
        for place in finding.places[: None if self.unfolded else 1]:
            yield Line(source_line(place, glyphs), classes="source")
        if len(finding.places) > 1 and not self.unfolded:
            yield Line(texts.more_places(len(finding.places) - 1), classes="tone-quiet indented")
        if self.unfolded or finding.rank <= 1:
            yield from self._reasons(finding)
        if finding.to_try:
            yield TrialOffered(finding, glyphs)
        if self.unfolded:
            yield from explanation(finding, glyphs)
        more = texts.CARD_MORE if finding.rank <= 1 else texts.CARD_MORE_REASONS
        fold = (glyphs.unfolded, texts.CARD_FOLD) if self.unfolded else (glyphs.folded, more)
        yield Line(Content.assemble((f"{fold[0]} {fold[1]}", "$text-soft")), classes="card-fold")

    def _reasons(self, finding: FindingView) -> ComposeResult:
        """Why, and what to do; a finding that is not the first shows them when it is unfolded."""
        if finding.evidence:
            yield Heading(texts.CARD_WHY, classes="heading")
            shown = [one for one in finding.evidence if one.speaks_for][:EVIDENCE_SHOWN]
            for one in finding.evidence if self.unfolded else shown or finding.evidence[:1]:
                yield evidence_row(one, self.glyphs)
        yield from remedies(finding.remedies, self.glyphs, everything=self.unfolded)


def head(finding: FindingView, glyphs: Glyphs, *, with_bar: bool = False) -> Content:
    """Sign, status word, confidence and title of a finding on one line."""
    if not finding.rank:
        return Content.assemble((finding.title, "bold"))
    style = STATUS_STYLE[finding.status]
    parts: list[tuple[str, str] | str] = [
        (f"{glyphs.of(finding.status)} {texts.STATUS[finding.status]}", f"{style} bold"),
        (f"  {texts.percent(finding.confidence)}  ", style),
        (finding.title, "bold"),
    ]
    if finding.because:
        parts.append((f"  {texts.CARD_BECAUSE.format(cause=finding.because)}", "$text-soft"))
    return Content.assemble(*parts)


def evidence_row(one: EvidenceView, glyphs: Glyphs) -> Row:
    """One answer; that a person gave it, or that it speaks against, is said."""
    sign = (glyphs.bullet, "$warning") if one.speaks_for else (glyphs.ruled_out, "$text-soft")
    said = [texts.BY[one.by]] if one.by == "person" else []
    said += [] if one.speaks_for else [texts.CARD_AGAINST]
    aside = f"  {', '.join(said)}" if said else ""
    text = Content.assemble((one.text, "" if one.speaks_for else "$text-soft"), (aside, "$text-soft"))
    return Row(Content.assemble(sign), text, classes="evidence")


def remedies(given: tuple[RemedyView, ...], glyphs: Glyphs, *, everything: bool) -> ComposeResult:
    """The first remedy, or all of them, with code, cost, trial and patch."""
    for position, remedy in enumerate(given if everything else given[:1]):
        yield Heading(texts.CARD_REMEDY if position == 0 else texts.CARD_OTHER_REMEDIES, classes="heading")
        yield Line(remedy.title, classes="remedy-title indented")
        if everything or not remedy.code:
            yield Line(remedy.text, classes="indented")
        if remedy.code:
            yield Code(remedy.code)
        if remedy.costs and everything:
            yield Line(texts.CARD_COSTS.format(costs=remedy.costs), classes="tone-quiet indented")
        if remedy.trial:
            yield Line(trial_lines(remedy.trial, glyphs), classes="indented trial")
        if remedy.patch and everything:
            yield Line(coloured_diff(remedy.patch), classes="diff-text")


def trial_lines(trial: TrialView, glyphs: Glyphs) -> Content:
    """Scores of both arms, pair by pair, with a bar for the mean of each."""
    score = trial.score[:1].upper() + trial.score[1:]
    title = texts.CARD_TRIAL.format(score=score, pairs=texts.count(len(trial.treated), "pair", "pairs"))
    parts: list[tuple[str, str]] = [(f"{title}\n", "$text-soft")]
    arms = ((texts.CARD_WITHOUT, trial.control, "$text-soft"), (texts.CARD_WITH, trial.treated, "$success"))
    for name, scores, style in arms:
        mean = sum(scores) / len(scores) if scores else 0.0
        filled = max(0, min(16, round(mean * 16)))
        numbers = "  ".join(f"{score:.2f}" for score in scores)
        parts += [
            (f"{name:<8}", ""),
            (glyphs.bar * filled, style),
            (glyphs.bar_empty * (16 - filled), "$line"),
            (f"  {numbers}\n", ""),
        ]
    parts += curves_in_small(trial, glyphs)
    return Content.assemble(*parts, (trial.verdict, "$text-soft")).rstrip()


def curves_in_small(trial: TrialView, glyphs: Glyphs) -> list[tuple[str, str]]:
    """The loss of the first pair with and without, one row each, on one scale."""
    both = [*trial.control_curve, *trial.treated_curve]
    values = sorted(value for value in both if math.isfinite(value))
    if not trial.control_curve or not trial.treated_curve or not values:
        return []
    low, high = values[0], values[-1]
    in_powers = low > 0 and high > WIDE_RANGE * values[len(values) // 2]
    rows: list[tuple[str, str]] = [(f"{texts.CARD_CURVES}\n", "$text-soft")]
    arms = (
        (texts.CARD_WITHOUT, trial.control_curve, "$text-soft"),
        (texts.CARD_WITH, trial.treated_curve, "$success"),
    )
    for name, curve, style in arms:
        ends = f"  {number(curve[0])} {glyphs.arrow} {number(curve[-1])}\n"
        drawn = tuple(map(_power, curve)) if in_powers else curve
        scale = (_power(low), _power(high)) if in_powers else (low, high)
        rows += [(f"{name:<8}", ""), (sparkline(drawn, *scale, glyphs), style), (ends, "")]
    return rows


def _power(value: float) -> float:
    """The power of ten that gives the value; not a number where there is none."""
    return math.log10(value) if value > 0 and math.isfinite(value) else math.nan


def sparkline(curve: tuple[float, ...], low: float, high: float, glyphs: Glyphs, cells: int = SPARK_CELLS) -> str:
    """A curve in one row of characters; a value that is not finite is a cross."""
    picked = [curve[round(cell * (len(curve) - 1) / (cells - 1))] for cell in range(cells)]
    steps, span = len(glyphs.levels) - 1, (high - low) or 1.0
    return "".join(
        glyphs.levels[round((value - low) / span * steps)] if math.isfinite(value) else glyphs.times for value in picked
    )


def explanation(finding: FindingView, glyphs: Glyphs) -> ComposeResult:
    """What the knowledge base says of the cause, in fixed sections."""
    sections = (
        (texts.CARD_WHAT, finding.what),
        (texts.CARD_STOPS, finding.why),
        (texts.CARD_RECOGNISE, finding.recognise),
    )
    for title, text in sections:
        if text:
            yield Heading(title, classes="heading")
            yield Line(text.strip(), classes="indented")
    if finding.lookalikes:
        yield Heading(texts.CARD_LOOKALIKES, classes="heading")
        for name, tell in finding.lookalikes:
            yield Row(
                Content.assemble((glyphs.bullet, "$text-soft")),
                Content.assemble((f"{name}: ", "bold"), tell.strip()),
                classes="evidence",
            )
    if finding.example:
        yield Heading(texts.CARD_EXAMPLE, classes="heading")
        yield Code(finding.example)
    if finding.quotes or finding.correction:
        yield Heading(texts.CARD_SOURCES, classes="heading")
    for quote in finding.quotes:
        said = [(f"“{quote.text.strip()}”\n", "italic")] if quote.text else []
        yield Line(
            Content.assemble(*said, (quote.origin, "$text-soft"), (f"\n{quote.note}" if quote.note else "", "")),
            classes="quote",
        )
    if finding.correction:
        yield Line(
            Content.assemble((f"{texts.CARD_CORRECTION}: ", "bold"), finding.correction.strip()), classes="indented"
        )


class Explained(Vertical):
    """The whole of a cause, for a screen of its own."""

    def __init__(self, finding: FindingView, glyphs: Glyphs) -> None:
        super().__init__(classes="explained")
        self._finding = finding
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Summary, explanation and remedies."""
        yield Line(self._finding.summary, classes="card-summary")
        yield from explanation(self._finding, self._glyphs)
        yield from remedies(self._finding.remedies, self._glyphs, everything=True)
