"""The report before it is sent: choose a format, read it, then write or copy it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Input, Markdown

from assistant.errors import TriageError
from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.partner import Reports
from assistant.terminal.widgets.choices import Choices
from assistant.terminal.widgets.rows import Line

FORMATS = tuple(texts.REPORT_FORMATS)


class ReportScreen(Screen[None]):
    """One format at a time; what is read here is what is written and copied, whatever happens meanwhile."""

    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (90, "-wide")]  # noqa: RUF012 - declared so by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", texts.REPORT_KEYS["write"], id="report.write"),
        Binding("y", "copy", texts.REPORT_KEYS["copy"], id="report.copy"),
        Binding("f", "file", texts.REPORT_KEYS["file"], id="report.file"),
        Binding("escape,q", "close", texts.REPORT_KEYS["close"], key_display="esc", id="report.close"),
        Binding("up", "scroll(-1)", show=False, id="report.up"),
        Binding("down", "scroll(1)", show=False, id="report.down"),
        Binding("pageup", "page(-1)", show=False, id="report.page_up"),
        Binding("pagedown,space", "page(1)", show=False, id="report.page_down"),
        *(
            Binding(str(at), f"format('{format}')", show=False, id=f"report.{format}")
            for at, format in enumerate(FORMATS, start=1)
        ),
    ]

    def __init__(self, reports: Reports, program: str, glyphs: Glyphs, format: str = "") -> None:
        """A preview.

        Args:
            reports: makes and writes them.
            program: the program's file name.
            glyphs: the signs to draw with.
            format: the format to begin with; by default the one that suits the session.
        """
        super().__init__()
        self._reports = reports
        self._program = program
        self._glyphs = glyphs
        self._format = format or reports.first
        self._made: dict[str, str] = {}
        self._replaces = ""
        self._offered = reports.file(self._format)

    def compose(self) -> ComposeResult:
        """The formats, the report, the file that it would go to."""
        dot = self._glyphs.middot
        names = tuple(
            (format, Content.assemble((f"{at} ", "$primary not underline"), texts.REPORT_FORMATS[format][0]))
            for at, format in enumerate(FORMATS, start=1)
        )
        with Vertical(id="report"):
            yield Line(texts.REPORT_TITLE.format(program=self._program, dot=dot), classes="report-title")
            yield Choices(names, id="report-formats")
            yield Line("", id="report-about", classes="tone-quiet")
            yield VerticalScroll(id="report-body", can_focus=False)
            with Horizontal(id="report-to"):
                yield Line(texts.REPORT_TO, id="report-to-label", classes="tone-quiet")
                yield Input(self._offered, id="report-file", classes="start-line", compact=True, select_on_focus=False)
            yield Line("", id="report-told")
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Show the first format, once something stands on the screen."""
        choices = self.query_one(Choices)
        choices.choose(self._format)
        choices.focus()
        self.call_after_refresh(self._show)

    async def _show(self) -> None:
        """Show the chosen format; what is wrong with a template of the team's own stands in its place."""
        body = self.query_one("#report-body", VerticalScroll)
        self._tell("")
        self.query_one("#report-about", Line).put(texts.REPORT_FORMATS[self._format][1])
        self._offer_file()
        try:
            shown = self._shown()
        except TriageError as error:
            shown = Line(str(error), classes="tone-error")
        async with body.batch():
            await body.remove_children()
            await body.mount(shown)
        body.scroll_home(animate=False)

    def _offer_file(self) -> None:
        """Name the file that suits the format, unless the person has named another one."""
        line, file = self.query_one(Input), self._reports.file(self._format)
        if line.value == self._offered:
            line.value = file
        self._offered = file

    def _shown(self) -> Widget:
        if self._format in ("markdown", "html"):
            # A terminal shows no page; the words of both are the same.
            self._text()
            return Markdown(self._made_in("markdown"), open_links=False)
        return Line(self._text(), classes="report-plain")

    def _text(self) -> str:
        return self._made_in(self._format)

    def _made_in(self, format: str) -> str:
        if format not in self._made:
            self._made[format] = self._reports.made(format)
        return self._made[format]

    def _tell(self, words: str, tone: str = "tone-quiet") -> None:
        line = self.query_one("#report-told", Line)
        line.set_classes(tone)
        line.put(words)
        line.display = bool(words)

    @on(Choices.Chosen)
    async def _chosen(self, event: Choices.Chosen) -> None:
        event.stop()
        self._format = event.value
        await self._show()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._replaces = ""

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_write()

    async def action_format(self, format: str) -> None:
        """Show another format."""
        self.query_one(Choices).take(format)

    def action_scroll(self, by: int) -> None:
        """Read on, or back."""
        self.query_one("#report-body", VerticalScroll).scroll_relative(y=2 * by, animate=False)

    def action_page(self, by: int) -> None:
        """Read on, or back, by what fits on the screen."""
        body = self.query_one("#report-body", VerticalScroll)
        body.scroll_relative(y=by * max(1, body.size.height - 2), animate=False)

    def action_file(self) -> None:
        """Say where it is to go."""
        self.query_one(Input).focus()

    def action_copy(self) -> None:
        """Copy the whole of it."""
        try:
            self.app.copy_to_clipboard(self._text())
        except TriageError as error:
            self._tell(str(error), "tone-error")
        else:
            self._tell(texts.REPORT_COPIED.format(format=texts.REPORT_FORMATS[self._format][0]), "tone-good")

    def action_write(self) -> None:
        """Write it; a file that stands there already is replaced at the second time of asking."""
        file = self.query_one(Input).value.strip() or self._reports.file(self._format)
        if Path(file).expanduser().is_file() and self._replaces != file:
            self._replaces = file
            self._tell(texts.REPORT_REPLACES.format(file=Path(file).name), "tone-warning")
            return
        try:
            told = self._reports.write(file, self._text())
        except TriageError as error:
            self._tell(str(error), "tone-error")
        else:
            self._replaces = ""
            self._tell(told, "tone-good")

    def action_close(self) -> None:
        """Leave the line, else go back to the session."""
        if self.query_one(Input).has_focus:
            self.query_one(Choices).focus()
        else:
            self.dismiss(None)
