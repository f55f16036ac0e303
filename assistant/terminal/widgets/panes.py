"""The panes beside the conversation: findings, path, case, and the program's output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import DataTable, Log, Tree
from textual.widgets.tree import TreeNode

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import CaseView, FindingView, PathNode
from assistant.terminal.widgets.blocks import MARK_STYLE
from assistant.terminal.widgets.cards import STATUS_STYLE
from assistant.terminal.widgets.plain import readable
from assistant.terminal.widgets.rows import Heading, Line

BAR_CELLS = 12
OUTPUT_LINES = 5000


@dataclass
class CauseChosen(Message):
    """The person wants to see a cause in full."""

    cause: str


@dataclass
class PathChosen(Message):
    """The person wants to go back to a question."""

    question: str


class FindingLine(Vertical, can_focus=True):
    """A finding in two lines: how sure as a bar and in words, and what it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "open", show=False, id="finding.open")]

    def __init__(self, finding: FindingView, glyphs: Glyphs) -> None:
        super().__init__(classes="finding-line")
        self._finding = finding
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Title, then status, bar and percentage."""
        finding, glyphs = self._finding, self._glyphs
        style = STATUS_STYLE[finding.status]
        filled = max(0, min(BAR_CELLS, round(finding.confidence * BAR_CELLS)))
        yield Line(
            Content.assemble((f"{glyphs.of(finding.status)} ", style), (finding.title, "bold")), classes="finding-title"
        )
        yield Line(
            Content.assemble(
                (f"  {texts.STATUS[finding.status]:<9} ", style),
                (glyphs.bar * filled, style),
                (glyphs.bar_empty * (BAR_CELLS - filled), "$line"),
                (f" {texts.percent(finding.confidence)}", "$text-soft"),
            )
        )
        if finding.because:
            yield Line(f"  {texts.CARD_BECAUSE.format(cause=finding.because)}", classes="tone-quiet")

    def action_open(self) -> None:
        """Show it in full."""
        self.post_message(CauseChosen(self._finding.cause))

    def on_click(self, event: Click) -> None:
        """Show it in full."""
        event.stop()
        self.action_open()


class FindingsPane(VerticalScroll):
    """Causes that stand, the likeliest first, and those ruled out."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, can_focus=False, classes="pane")
        self._glyphs = glyphs
        self._shown: tuple[tuple[FindingView, ...], tuple[tuple[str, str], ...]] = ((), ())

    def compose(self) -> ComposeResult:
        """The findings, or that there are none."""
        findings, ruled_out = self._shown
        if not findings:
            yield Line(texts.EMPTY["findings"], classes="empty")
        for finding in findings:
            yield FindingLine(finding, self._glyphs)
        if ruled_out:
            yield Heading(f"{texts.FINDINGS_RULED_OUT} ({len(ruled_out)})", classes="heading")
            for title, reason in ruled_out:
                yield Line(
                    Content.assemble(
                        (f"{self._glyphs.ruled_out} {title}", "$text-soft"), (f"  {reason}", "$text-soft")
                    ),
                    classes="ruled-out",
                )

    async def show(self, findings: tuple[FindingView, ...], ruled_out: tuple[tuple[str, str], ...]) -> None:
        """Show these findings."""
        if (findings, ruled_out) != self._shown:
            self._shown = (findings, ruled_out)
            await self.recompose()


class PathTree(Tree[PathNode]):
    """The questions put so far; choosing one goes back to it."""

    def on_mount(self) -> None:
        """The headings alone carry meaning, not the root."""
        self.show_root = False
        self.guide_depth = 2


class PathPane(Vertical):
    """The path as a tree, with who answered what."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._glyphs = glyphs
        self._shown: tuple[PathNode, ...] = ()

    def compose(self) -> ComposeResult:
        """The tree and what choosing does."""
        yield Line(texts.EMPTY["path"], classes="empty")
        tree = PathTree("")
        tree.display = False
        yield tree
        hint = Line(texts.PATH_HINT, classes="hint")
        hint.display = False
        yield hint

    def show(self, path: tuple[PathNode, ...]) -> None:
        """Show this path; the last question stays in sight."""
        if path == self._shown:
            return
        self._shown = path
        tree = self.query_one(PathTree)
        tree.display = bool(path)
        self.query_one(".empty").display = not path
        self.query_one(".hint").display = bool(path)
        tree.clear()
        for node in path:
            self._add(tree.root, node)
        tree.root.expand()
        if tree.last_line >= 0:
            tree.scroll_to_line(tree.last_line, animate=False)

    def _add(self, parent: TreeNode[PathNode], node: PathNode) -> None:
        from rich.text import Text

        label = Text(no_wrap=True, overflow="ellipsis")
        if node.by == "heading":
            label.append(node.ask, "bold")
        else:
            sign = {"now": self._glyphs.here, "to_come": self._glyphs.to_come}.get(node.by)
            styles = self.app.theme_variables
            colour = styles.get(MARK_STYLE[node.mark].removeprefix("$"), "")
            label.append(f"{sign or self._glyphs.of(node.mark)} ", colour)
            label.append(node.ask)
            if node.answer:
                label.append(f"  {node.answer}", styles.get("text-soft", ""))
            if node.by in ("person", "skipped", "unknown", "now"):
                label.append(f" ({texts.BY[node.by]})", styles.get("text-soft", ""))
        if node.children:
            branch = parent.add(label, node, expand=True)
            for child in node.children:
                self._add(branch, child)
        else:
            parent.add_leaf(label, node)

    def on_tree_node_selected(self, event: Tree.NodeSelected[PathNode]) -> None:
        """Go back to a question that was answered."""
        event.stop()
        node = event.node.data
        if node is not None and node.by not in ("heading", "to_come", "now"):
            self.post_message(PathChosen(node.id))


class CasePane(VerticalScroll):
    """The model and its layers, the settings, and the data in numbers."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, can_focus=True, classes="pane")
        self._glyphs = glyphs
        self._shown: CaseView | None = None

    def compose(self) -> ComposeResult:
        """Headline, layers, settings, data and classes."""
        case = self._shown
        if case is None:
            yield Line(texts.EMPTY["case"], classes="empty")
            return
        yield Line(case.headline, classes="card-summary")
        if case.layers:
            yield Heading(texts.CASE_MODEL, classes="heading")
            yield self._layer_table(case)
        for title, rows in ((texts.CASE_SETTINGS, case.settings), (texts.CASE_DATA, case.data)):
            if rows:
                yield Heading(title, classes="heading")
                yield Line(labelled(rows))
        if case.classes:
            yield Heading(texts.CASE_CLASSES, classes="heading")
            yield Line(self._balance(case.classes))

    def _layer_table(self, case: CaseView) -> DataTable[Content]:
        table: DataTable[Content] = DataTable(cursor_type="row", zebra_stripes=False, cell_padding=1)
        health = any(layer.health for layer in case.layers)
        for title in texts.LAYER_COLUMNS if health else texts.LAYER_COLUMNS[:-1]:
            table.add_column(title)
        for layer in case.layers:
            name = Content.assemble(layer.name, ("" if layer.trainable else f" ({texts.FROZEN})", "$text-soft"))
            cells = [
                name,
                Content(layer.kind),
                Content(layer.shape),
                Content(layer.parameters),
                Content(layer.activation),
            ]
            if health:
                sign = f"{self._glyphs.of(layer.mark)} " if layer.health else ""
                cells.append(Content.assemble((f"{sign}{layer.health}", MARK_STYLE[layer.mark])))
            table.add_row(*cells)
        return table

    def _balance(self, classes: tuple[tuple[str, float], ...]) -> Content:
        most = max(share for _, share in classes) or 1.0
        width = max(len(name) for name, _ in classes)
        parts: list[tuple[str, str]] = []
        for name, share in classes:
            filled = max(1 if share else 0, round(share / most * 24))
            parts += [
                (f"{name:>{width}}  ", "$text-soft"),
                (self._glyphs.bar * filled, "$primary"),
                (f" {texts.percent(share)}\n", "$text-soft"),
            ]
        return Content.assemble(*parts).rstrip()

    async def show(self, case: CaseView | None) -> None:
        """Show this case."""
        if case != self._shown:
            self._shown = case
            await self.recompose()


class OutputPane(Vertical):
    """What the program printed, without its control codes."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._written = 0

    def compose(self) -> ComposeResult:
        """The text, or that there is none yet."""
        yield Line(texts.EMPTY["output"], classes="empty")
        log = Log(max_lines=OUTPUT_LINES, auto_scroll=True)
        log.display = False
        yield log

    def write(self, text: str) -> None:
        """Add what was printed."""
        log = self.query_one(Log)
        if not log.display:
            log.display = True
            self.query_one(".empty").display = False
        log.write(readable(text))


def labelled(rows: tuple[tuple[str, str], ...]) -> Content:
    """Labels and values in two columns."""
    width = max(len(label) for label, _ in rows)
    parts: list[tuple[str, str]] = []
    for label, value in rows:
        parts += [(f"{label:<{width}}  ", "$text-soft"), (f"{value}\n", "")]
    return Content.assemble(*parts).rstrip()
