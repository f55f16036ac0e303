"""The path taken, as a tree of questions."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
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
        """Tell which question was chosen."""
        event.stop()
        node = event.node.data
        if node is not None and node.by not in ("heading", "to_come", "now"):
            self.post_message(QuestionChosen(node.id, node.by in ("person", "skipped")))
