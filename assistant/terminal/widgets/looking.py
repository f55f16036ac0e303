"""The block of something that is running."""

from __future__ import annotations

from time import monotonic

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from assistant.terminal import texts
from assistant.terminal.views import Looking, Turn
from assistant.terminal.widgets.blocks import Block
from assistant.terminal.widgets.rows import Line


class LookingBlock(Block):
    """Something that is running: what is looked at, how far it is, how long already, and how to cancel it."""

    def compose(self) -> ComposeResult:
        """Sign, title, and at the far end what the clock updates."""
        assert isinstance(self.turn, Looking)
        with Horizontal(classes="looking-line"):
            yield Line(self._sign(), classes="row-sign looking-sign")
            yield Line(self._title(), classes="row-text")
            yield Line(self._clock(), classes="row-aside looking-clock")

    def on_mount(self) -> None:
        """Let the clock run unless motion is unwanted."""
        self.set_interval(1.0 if self.app.animation_level == "none" else 0.12, self._tick)

    async def take(self, turn: Turn) -> None:
        """Show how far it has come, without another start of the clock."""
        if turn != self.turn:
            self.turn = turn
            self.query_one(".row-text", Line).put(self._title())
            self._tick()

    def _tick(self) -> None:
        for line in self.query(".looking-sign").results(Line):
            line.put(self._sign())
        for line in self.query(".looking-clock").results(Line):
            line.put(self._clock())

    @property
    def _elapsed(self) -> float:
        assert isinstance(self.turn, Looking)
        return max(0.0, monotonic() - self.turn.started)

    def _sign(self) -> Content:
        moving = self.is_attached and self.app.animation_level != "none"
        frames = self.glyphs.spinner
        sign = frames[int(self._elapsed / 0.12) % len(frames)] if moving else self.glyphs.ellipsis[:1]
        return Content.assemble((sign, "$primary"))

    def _title(self) -> Content:
        turn = self.turn
        assert isinstance(turn, Looking)
        parts: list[tuple[str, str] | str] = [turn.title]
        if turn.detail:
            parts.append((f"  {turn.detail}", "$text-soft"))
        if turn.share is not None:
            filled = round(turn.share * 10)
            parts.append((f"  {self.glyphs.bar * filled}", "$primary"))
            parts.append((self.glyphs.bar_empty * (10 - filled), "$line"))
        return Content.assemble(*parts)

    def _clock(self) -> Content:
        turn, elapsed = self.turn, self._elapsed
        assert isinstance(turn, Looking)
        parts = [texts.seconds(float(int(elapsed))) if elapsed >= 60 else f"{elapsed:.0f} s"] if elapsed >= 1.0 else []
        parts += [texts.CANCEL_HINT] if elapsed >= 2.0 else []
        return Content.assemble(("  ".join(parts), "$text-soft"))
