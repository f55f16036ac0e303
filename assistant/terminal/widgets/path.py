"""The path taken, as a tree of questions."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from assistant.terminal import texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import PathNode
from assistant.terminal.widgets.blocks import MARK_STYLE
from assistant.terminal.widgets.messages import QuestionChosen
from assistant.terminal.widgets.rows import Line


class PathTree(Tree[PathNode]):
    """The questions put so far; choosing one goes back to it."""

    def on_mount(self) -> None:
        """The headings alone carry meaning, not the root."""
        self.show_root = False
        self.guide_depth = 2

    def render_label(self, node: TreeNode[PathNode], base_style: Style, style: Style) -> Text:
        """The label, cut with an ellipsis where the pane is too narrow for it."""
        label = super().render_label(node, base_style, style)
        label.truncate(max(8, self.size.width - self.guide_depth * _depth(node) - 1), overflow="ellipsis")
        return label


def _depth(node: TreeNode[PathNode]) -> int:
    """How many guides stand before a label."""
    return 0 if node.parent is None else 1 + _depth(node.parent)


def _below(node: TreeNode[PathNode]) -> Iterator[TreeNode[PathNode]]:
    for child in node.children:
        yield child
        yield from _below(child)


def _questions(node: PathNode) -> Iterator[PathNode]:
    for child in node.children:
        yield from _questions(child) if child.children else (child,)


class PathPane(Vertical):
    """The path as a tree, with who answered what; below it the whole of what is under the cursor."""

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id, classes="pane")
        self._glyphs = glyphs
        self._shown: tuple[PathNode, ...] = ()
        self._folded: dict[str, bool] = {}

    def compose(self) -> ComposeResult:
        """The tree, the question under the cursor, and what choosing does."""
        yield Line(texts.EMPTY["path"], classes="empty")
        with Vertical(id="path-shown"):
            yield PathTree("")
            yield Line(classes="path-detail")
            yield Line(texts.PATH_HINT, classes="hint")

    def on_mount(self) -> None:
        """Nothing was asked yet."""
        self.query_one("#path-shown").display = False

    def show(self, path: tuple[PathNode, ...]) -> None:
        """Show this path; what was folded by hand stays so, and what is asked now is in sight."""
        if path == self._shown:
            return
        self._shown = path
        tree = self.query_one(PathTree)
        self.query_one("#path-shown").display = bool(path)
        self.query_one(".empty").display = not path
        at = tree.cursor_node.data.id if tree.cursor_node is not None and tree.cursor_node.data else None
        tree.clear()
        for node in path:
            self._add(tree.root, node)
        tree.root.expand()
        self._look_at(at if tree.has_focus else None)

    def _look_at(self, id: str | None) -> None:
        """Bring a question into sight; without one, what is asked now, or else the last that was answered."""
        tree = self.query_one(PathTree)
        nodes = list(_below(tree.root))
        answered = [node for node in nodes if node.data and node.data.by not in ("heading", "to_come")]
        wanted = next((node for node in nodes if node.data and node.data.id == id), None)
        wanted = wanted or next((node for node in answered if node.data and node.data.by == "now"), None)
        wanted = wanted or (answered[-1] if answered else None)
        # Lines have no places before they are counted.
        if wanted is not None and tree.last_line >= 0:
            tree.move_cursor(wanted)
            self._tell(wanted.data)
            self.call_after_refresh(tree.scroll_to_node, wanted, animate=False)

    def _add(self, parent: TreeNode[PathNode], node: PathNode) -> None:
        if node.children:
            expand = not self._folded.get(node.id, node.folded)
            branch = parent.add(self._label(node), node, expand=expand)
            for child in node.children:
                self._add(branch, child)
        else:
            parent.add_leaf(self._label(node), node)

    def _label(self, node: PathNode) -> Text:
        styles = self.app.theme_variables
        soft = styles.get("text-soft", "")
        label = Text(no_wrap=True, overflow="ellipsis")
        if node.by == "heading":
            label.append(node.ask, "bold")
            label.append(f"  {len(list(_questions(node)))}", soft)
            return label
        sign = {"now": self._glyphs.here, "to_come": self._glyphs.to_come}.get(node.by)
        colour = styles.get(MARK_STYLE[node.mark].removeprefix("$"), "")
        label.append(f"{sign or self._glyphs.of(node.mark)} ", colour)
        label.append(node.ask, soft if node.by == "to_come" else "")
        if node.by != "probe":
            label.append(f"  {texts.BY[node.by]}", soft)
        if node.answer and node.by not in ("unknown", "to_come"):
            label.append(f"  {node.answer}", soft)
        return label

    def _tell(self, node: PathNode | None) -> None:
        """The whole question and its answer, which a narrow tree has no room for."""
        detail = self.query_one(".path-detail", Line)
        detail.display = node is not None and node.by != "heading"
        if node is None or node.by == "heading":
            detail.put("")
            return
        said = node.answer or texts.BY[node.by]
        before = f"  {texts.PATH_BEFORE.format(answer=node.before)}" if node.before else ""
        detail.put(Content.assemble((node.ask, "bold"), f"\n{said}", (before, "$text-soft")))

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[PathNode]) -> None:
        """Tell what is under the cursor."""
        event.stop()
        self._tell(event.node.data)

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[PathNode]) -> None:
        """Remember that it was folded."""
        event.stop()
        if event.node.data is not None:
            self._folded[event.node.data.id] = True

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[PathNode]) -> None:
        """Remember that it was unfolded."""
        event.stop()
        if event.node.data is not None:
            self._folded[event.node.data.id] = False

    def on_tree_node_selected(self, event: Tree.NodeSelected[PathNode]) -> None:
        """Tell which question was chosen."""
        event.stop()
        node = event.node.data
        if node is not None and node.by not in ("heading", "to_come", "now"):
            self.post_message(QuestionChosen(node.id, node.by in ("person", "skipped")))
