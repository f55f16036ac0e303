"""The conversation: a scroll of blocks that follows the turns it is given."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll

from assistant.terminal.glyphs import Glyphs
from assistant.terminal.views import (
    Chapter,
    Diff,
    Found,
    Gathered,
    Heard,
    Looked,
    Looking,
    Said,
    Samples,
    Trouble,
    Turn,
)
from assistant.terminal.widgets import blocks
from assistant.terminal.widgets.blocks import Block
from assistant.terminal.widgets.cards import FindingCard
from assistant.terminal.widgets.looking import LookingBlock
from assistant.terminal.widgets.samples import SamplesBlock


class Conversation(VerticalScroll):
    """Shows turns; a turn is known by its key, so that one that changed is changed in place and one that went goes."""

    can_focus = True

    def __init__(self, glyphs: Glyphs, *, id: str) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """The turns stand in a part that is never lower than the scroll: an anchored scroll needs that."""
        yield Vertical(classes="turns")

    def on_mount(self) -> None:
        """Stay at the end until the person scrolls."""
        self.anchor()

    @property
    def _place(self) -> Vertical:
        return self.query_exactly_one(".turns", Vertical)

    def block_with(self, key: str) -> Block | None:
        """The block that tells an answer, by itself or among others."""
        found = None
        for child in self._place.query(Block):
            told = (child.turn, *(child.turn.looked if isinstance(child.turn, Gathered) else ()))
            # What was said in an earlier chapter has the chapter's name before its key.
            if any(one.key.rpartition("/")[2] == key for one in told):
                found = child
        return found

    def focus_last(self) -> None:
        """Give the focus to the last block, from which the arrows lead to the others."""
        blocks = [child for child in self._place.children if isinstance(child, Block)]
        (blocks[-1] if blocks else self).focus()

    async def show(self, turns: Sequence[Turn]) -> None:
        """Make the blocks those of ``turns``, touching only what differs."""
        wanted = {turn.key: turn for turn in turns}
        standing = {child.turn.key: child for child in self._place.children if isinstance(child, Block)}
        stale = [
            child for key, child in standing.items() if key not in wanted or type(child.turn) is not type(wanted[key])
        ]
        if stale:
            await self._place.remove_children(stale)
        kept = {child.turn.key: child for child in self._place.children if isinstance(child, Block)}
        after: Block | None = None
        for turn in turns:
            block = kept.get(turn.key)
            if block is not None:
                self._keep_in_order(block, after)
                await block.take(turn)
            else:
                block = block_of(turn, self._glyphs)
                await self._insert(block, after)
            after = block

    def _keep_in_order(self, block: Block, after: Block | None) -> None:
        children = list(self._place.children)
        wanted = children.index(after) + 1 if after is not None else 0
        if children[wanted] is not block:
            self._place.move_child(block, before=children[wanted])

    async def _insert(self, block: Block, after: Block | None) -> None:
        place = self._place
        if after is None and place.children:
            await place.mount(block, before=0)
        elif after is None or after is place.children[-1]:
            await place.mount(block)
        else:
            await place.mount(block, after=after)


def block_of(turn: Turn, glyphs: Glyphs) -> Block:
    """The block that shows a turn."""
    match turn:
        case Chapter():
            return blocks.ChapterBlock(turn, glyphs)
        case Said():
            return blocks.SaidBlock(turn, glyphs)
        case Heard():
            return blocks.HeardBlock(turn, glyphs)
        case Looking():
            return LookingBlock(turn, glyphs)
        case Looked():
            return blocks.LookedBlock(turn, glyphs)
        case Gathered():
            return blocks.GatheredBlock(turn, glyphs)
        case Trouble():
            return blocks.TroubleBlock(turn, glyphs)
        case Diff():
            return blocks.DiffBlock(turn, glyphs)
        case Samples():
            return SamplesBlock(turn, glyphs)
        case Found():
            return FindingCard(turn, glyphs, unfolded=turn.key.startswith("explained"))
