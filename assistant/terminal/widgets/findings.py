"""The causes that stand, ranked live as evidence arrives."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import FindingView, RuledOut
from assistant.terminal.widgets.cards import STATUS_STYLE
from assistant.terminal.widgets.messages import CauseChosen
from assistant.terminal.widgets.rows import Heading, Line, Row

BAR_CELLS = 12

RULED_OUT_SHOWN = 5
"""Causes ruled out that the pane names; the others are counted."""


class FindingLine(Vertical, can_focus=True):
    """A finding in two lines: what it is, and how sure that is or what brings it about."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open", show=False, id="finding.open")]

    def __init__(self, finding: FindingView, glyphs: Glyphs) -> None:
        super().__init__(classes="finding-line")
        self.cause = finding.cause
        self._finding = finding
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Title, then status, bar and percentage; of what another cause brings about, that cause."""
        finding, glyphs = self._finding, self._glyphs
        style = STATUS_STYLE[finding.status]
        filled = max(0, min(BAR_CELLS, round(finding.confidence * BAR_CELLS)))
        sign = Content.assemble((glyphs.of(finding.status), style))
        yield Row(sign, Content.assemble((finding.title, "bold")), classes="finding-title")
        if finding.because:
            because = f"  {texts.CARD_BECAUSE.format(cause=finding.because)}"
            said = Content.assemble((texts.STATUS[finding.status], style), (because, "$text-soft"))
            yield Line(said, classes="indented")
            return
        patched = f"  {texts.LINE_PATCHED}" if finding.patched else ""
        yield Line(
            Content.assemble(
                (f"  {texts.STATUS[finding.status]:<9} ", style),
                (glyphs.bar * filled, style),
                (glyphs.bar_empty * (BAR_CELLS - filled), "$line"),
                (f" {texts.percent(finding.confidence)}{patched}", "$text-soft"),
            )
        )

    def action_open(self) -> None:
        """Show it in full."""
        self.post_message(CauseChosen(self._finding.cause))

    def on_click(self, event: Click) -> None:
        """Show it in full."""
        event.stop()
        self.action_open()


class RuledOutLine(Line, can_focus=True):
    """A cause that was ruled out; what ruled it out stands in its tooltip and in the cause in full."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open", show=False, id="ruled_out.open")]

    def __init__(self, one: RuledOut, glyphs: Glyphs) -> None:
        super().__init__(Content.assemble((f"{glyphs.ruled_out} {one.title}", "$text-soft")), classes="ruled-out")
        self.cause = one.cause
        self.tooltip = Content(one.reason) if one.reason else None

    def action_open(self) -> None:
        """Show it in full."""
        self.post_message(CauseChosen(self.cause))

    def on_click(self, event: Click) -> None:
        """Show it in full."""
        event.stop()
        self.action_open()


class FindingsPane(VerticalScroll):
    """Causes that stand, the likeliest first, and those ruled out."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, can_focus=False, classes="pane")
        self._glyphs = glyphs
        self._shown: tuple[tuple[FindingView, ...], tuple[RuledOut, ...]] = ((), ())

    def compose(self) -> ComposeResult:
        """The findings, or that there are none."""
        findings, ruled_out = self._shown
        if not findings:
            yield Line(texts.EMPTY["findings"], classes="empty")
        for finding in findings:
            yield FindingLine(finding, self._glyphs)
        if ruled_out:
            yield Heading(f"{texts.FINDINGS_RULED_OUT} ({len(ruled_out)})", classes="heading")
            for one in ruled_out[:RULED_OUT_SHOWN]:
                yield RuledOutLine(one, self._glyphs)
            if len(ruled_out) > RULED_OUT_SHOWN:
                more = texts.AND_MORE_RULED_OUT.format(count=len(ruled_out) - RULED_OUT_SHOWN)
                yield Line(f"  {more}", classes="tone-quiet")

    async def show(self, findings: tuple[FindingView, ...], ruled_out: tuple[RuledOut, ...]) -> None:
        """Show these findings; the cause that has the focus keeps it."""
        if (findings, ruled_out) == self._shown:
            return
        self._shown = (findings, ruled_out)
        held = next((one.cause for one in self._lines() if one.has_focus), None)
        await self.recompose()
        again = next((one for one in self._lines() if one.cause == held), None)
        if held is not None and again is not None:
            again.focus(scroll_visible=False)

    def _lines(self) -> list[FindingLine | RuledOutLine]:
        return [*self.query(FindingLine), *self.query(RuledOutLine)]
