"""The session screen: the conversation, the question, the line to type in, and the panes beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Key, Paste, Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from assistant.terminal import actions, texts
from assistant.terminal.glyphs import Glyphs
from assistant.terminal.partner import Partner
from assistant.terminal.views import Heard, Looking, SessionView, Trouble
from assistant.terminal.widgets.blocks import Block
from assistant.terminal.widgets.composer import Composer, Sentence
from assistant.terminal.widgets.conversation import Conversation
from assistant.terminal.widgets.findings import FindingsPane
from assistant.terminal.widgets.messages import CauseChosen, PaneChosen, QuestionChosen, TrialWanted
from assistant.terminal.widgets.question import QuestionBlock
from assistant.terminal.widgets.rows import Line
from assistant.terminal.widgets.tabs import PaneTabs

if TYPE_CHECKING:
    from assistant.terminal.app import TriageApp
    from assistant.terminal.widgets.beside import Beside

BESIDE = ("path", "case", "curves", "output")
PANES = ("findings", *BESIDE)
NARROW = 90
"""Below so many columns there is one column with tabs."""

VERY_WIDE = 150
"""From so many columns on the findings stay in sight beside another pane."""


class SessionScreen(Screen[None]):
    """Shows the view of its partner and hands on what the person does."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared so by Textual
        (0, "-tiny"),
        (60, "-narrow"),
        (NARROW, "-wide"),
        (VERY_WIDE, "-very-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-low"), (30, "-middle"), (42, "-high")]  # noqa: RUF012
    BINDINGS = actions.session_bindings()
    app: TriageApp

    def __init__(self, partner: Callable[[], Awaitable[Partner]], first: SessionView, glyphs: Glyphs) -> None:
        super().__init__()
        self._make_partner = partner
        self._partner: Partner | None = None
        self._glyphs = glyphs
        self._view = first
        self._pane = "findings"
        self._second = "case"
        self._pane_chosen_by_person = False
        self._beside: Beside | None = None
        self._pending = False
        self._waiting: list[Callable[[Partner], Awaitable[None]]] = []
        self._width = 0

    @property
    def view(self) -> SessionView:
        """What is shown."""
        return self._view

    def compose(self) -> ComposeResult:
        """Top line, panes, conversation, question and line."""
        with Horizontal(id="top"):
            yield Line(id="top-left")
            yield Line(id="top-right")
        yield PaneTabs(("chat", *PANES), id="tabs-narrow")
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Conversation(self._glyphs, id="conversation")
                yield QuestionBlock(self._glyphs, id="question")
                yield Composer(self._glyphs, id="composer")
            with Vertical(id="right"):
                yield Line(texts.PANES["findings"], id="findings-title")
                yield FindingsPane(self._glyphs, id="pane-findings")
                yield PaneTabs(PANES, id="tabs-wide")
        yield Footer(show_command_palette=False, compact=True)

    async def on_mount(self) -> None:
        """Show the greeting; everything that takes time comes after the first paint."""
        self._choose_pane("chat" if self.app.size.width < NARROW else "findings")
        await self._show()
        self.query_one(Sentence).focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.run_worker(self._converse(), name="session", exclusive=True, exit_on_error=False)

    async def _converse(self) -> None:
        try:
            from assistant.terminal.widgets.beside import Beside

            self._beside = Beside(self._glyphs, self._second)
            await self.query_one("#right").mount(self._beside)
            self._choose_pane(self._pane)
            self._partner = await self._make_partner()
        except Exception as error:  # noqa: BLE001 - whatever cannot be opened is told in the conversation
            self._cannot_open(error)
            return
        self._partner.listen(self._changed, self._printed, self._attention)
        self._changed()
        self.run_worker(self._say_what_waited(), exit_on_error=False)
        await self._partner.start()

    async def _say_what_waited(self) -> None:
        for hand_on in self._waiting:
            if self._partner is not None:
                await hand_on(self._partner)
        self._waiting.clear()

    def _cannot_open(self, error: Exception) -> None:
        reason = str(error) or type(error).__name__
        turns = (*self._view.turns, Trouble("trouble", reason, advice=texts.CANNOT_OPEN))
        self._view = replace(self._view, turns=turns, stage="failed", finished=True)
        self.call_later(self._show)

    def _changed(self) -> None:
        if not self._pending:
            self._pending = True
            self.call_later(self._refresh_view)

    async def _refresh_view(self) -> None:
        self._pending = False
        if self._partner is not None:
            self._view = self._partner.view
            await self._show()

    def _printed(self, text: str) -> None:
        if self._beside is not None:
            self._beside.write(text)

    def _attention(self, sentence: str) -> None:
        self.app.call(sentence)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action can be done now; the footer shows no other."""
        about = parameters[0] if action == "tell" else None
        if about == "back":
            question = self._view.question
            return self._view.can_go_back or (question is not None and question.can_go_back)
        if about == "why":
            return self._view.question is not None
        return True

    async def _show(self) -> None:
        view = self._view
        self.refresh_bindings()
        self._show_top()
        await self.query_one(Conversation).show(view.turns)
        await self._show_question()
        await self.query_one(FindingsPane).show(view.findings, view.ruled_out)
        if self._beside is not None:
            self._bring_curves_to_sight(view)
            await self._beside.show(view)
        for tabs in self.query(PaneTabs):
            tabs.count("findings", sum(one.status in ("proven", "likely") for one in view.findings))
        self.query_one(Composer).causes = view.causes
        narrow = self.has_class("-tiny")
        finished = texts.PLACEHOLDER_FINISHED if view.finished else texts.PLACEHOLDER
        self.query_one(Sentence).placeholder = texts.PLACEHOLDER_NARROW if narrow else finished

    def _bring_curves_to_sight(self, view: SessionView) -> None:
        """Where the findings stay in sight anyway, the first curve that grows takes the place beside them."""
        grows = any(curve.growing for curve in view.curves)
        if grows and not self._pane_chosen_by_person and self.app.size.width >= VERY_WIDE and self._second != "curves":
            self._second = "curves"
            self._choose_pane(self._pane)

    async def _show_question(self) -> None:
        block, composer = self.query_one(QuestionBlock), self.query_one(Composer)
        stood = block.question
        await block.show(self._view.question)
        if self._view.question is None and stood is not None:
            composer.sentence.focus()
        elif self._view.question is not None and self._view.question != stood and not composer.is_typing:
            block.focus()

    def _show_top(self) -> None:
        view = self._view
        dot = self._glyphs.middot
        name = [("keras-triage ", "$primary bold")] if not self.has_class("-tiny") else []
        symptom = [(f" {dot} ", "$text-soft"), (view.symptom, "$warning")] if view.symptom else []
        self.query_one("#top-left", Line).put(Content.assemble(*name, (view.program, "bold"), *symptom))
        stage = texts.STAGE.get(view.stage, view.stage)
        style = {"finished": "$success", "failed": "$error", "question": "$primary bold"}.get(view.stage, "$text-soft")
        self.query_one("#top-right", Line).put(Content.assemble((stage, style)))
        self.app.title = f"{texts.TITLE} {dot} {view.program}"
        self.app.sub_title = stage

    def on_resize(self, event: Resize) -> None:
        """Entering the wide layout or the narrow one, the conversation is in sight."""
        if event.size.width >= NARROW and self._pane == "chat":
            self._choose_pane("findings")
        elif event.size.width < NARROW <= self._width:
            self._choose_pane("chat")
        else:
            self._choose_pane(self._pane)
        self._width = event.size.width
        self.call_later(self._show)

    def _choose_pane(self, pane: str) -> None:
        self._pane = pane
        width = self.app.size.width
        narrow, very_wide = width < NARROW, width >= VERY_WIDE
        if pane in BESIDE:
            self._second = pane
        self.query_one(FindingsPane).display = very_wide or pane == "findings"
        if self._beside is not None:
            self._beside.display = very_wide or pane in BESIDE
            self._beside.choose(self._second)
        self.set_class(pane != "chat", "-pane")
        for tabs in self.query(PaneTabs):
            tabs.choose(self._second if very_wide else pane)
        if narrow and pane == "chat":
            self._focus_conversation()

    def _focus_conversation(self) -> None:
        block = self.query_one(QuestionBlock)
        (block if block.display else self.query_one(Sentence)).focus()

    @on(PaneChosen)
    def _pane_chosen(self, event: PaneChosen) -> None:
        event.stop()
        self.action_pane(event.pane)

    def action_pane(self, pane: str) -> None:
        """Show a pane; in the wide layout *chat* gives the conversation the focus."""
        if pane == "chat" and self.size.width >= NARROW:
            self.query_one(Conversation).focus_last()
            return
        self._pane_chosen_by_person = True
        self._choose_pane(pane)

    # What the person does

    def make_way_for(self, event: Key | Paste) -> None:
        """Where a key or a paste begins a sentence, give the focus to the line that it belongs into."""
        if isinstance(self.focused, Sentence) or not self.query(Sentence):
            return
        if isinstance(event, Paste) or self._begins_sentence(event):
            if self.size.width < NARROW and self._pane != "chat":
                self._choose_pane("chat")
                # The line is in sight, and can have the focus, once the styles are those of the conversation.
                self.app.stylesheet.update(self)
            self.set_focus(self.query_one(Sentence))

    def _begins_sentence(self, event: Key) -> bool:
        if not event.is_printable or event.character is None or self._option_of(event) is not None:
            return False
        bound = self.active_bindings.get(event.key)
        return bound is None or bound.binding.id == "write"

    def _option_of(self, event: Key) -> str | None:
        block = self.query_one(QuestionBlock)
        return block.option_of_key(event.character or "") if block.display else None

    async def on_key(self, event: Key) -> None:
        """Number keys answer."""
        option = None if isinstance(self.focused, Sentence) else self._option_of(event)
        if option is not None:
            event.stop()
            await self._answer(option)

    @on(QuestionBlock.Chosen)
    async def _option_chosen(self, event: QuestionBlock.Chosen) -> None:
        event.stop()
        await self._answer(event.option)

    async def _answer(self, option: str) -> None:
        if self._partner is not None and self._view.question is not None:
            await self._partner.answer(option)

    @on(Composer.Submitted)
    async def _submitted(self, event: Composer.Submitted) -> None:
        event.stop()
        if self._partner is None and not event.text.startswith("/"):
            self._waiting.append(lambda partner: partner.say(event.text))
            turns = (*self._view.turns, Heard(f"waiting:{len(self._waiting)}", event.text))
            self._view = replace(self._view, turns=turns)
            await self._show()
        elif event.text.startswith("/"):
            await self._command(event.text)
        elif self._partner is not None and not await self._requested(event.text):
            await self._partner.say(event.text)
        self._focus_conversation()

    async def _requested(self, text: str) -> bool:
        """Do what a sentence asks of the assistant itself, such as to go back; False where it asks for nothing."""
        from assistant.requests import requested

        action = actions.BY_ID.get(requested(text) or "")
        if action is None or (action.id in ("skip", "not_sure") and self._view.question is None):
            return False
        await self.run_action(action.method)
        return True

    @on(Sentence.Pasted)
    async def _pasted(self, event: Sentence.Pasted) -> None:
        event.stop()
        if self._partner is None:
            self._waiting.append(lambda partner: partner.paste(event.text))
        else:
            await self._partner.paste(event.text)

    async def _command(self, text: str) -> None:
        name, _, argument = text.removeprefix("/").partition(" ")
        action = actions.SLASH.get(name.lower())
        if action is None:
            near = ", ".join(f"/{one.slash}" for one in actions.matching(name)[:2]) or "/help"
            self.notify(texts.UNKNOWN_COMMAND.format(text=name, near=near), severity="warning", markup=False)
        elif action.id == "report" and argument.strip() in ("", *texts.REPORT_FORMATS):
            self._preview(argument.strip())
        elif action.takes and self._partner is not None:
            await self._partner.command(action.id, argument.strip())
        else:
            await self.run_action(action.method)

    async def action_tell(self, action: str, argument: str = "") -> None:
        """Leave an action of the table to the partner."""
        if self._partner is not None:
            await self._partner.command(action, argument)

    async def action_not_sure(self) -> None:
        """Answer that one is not sure."""
        if self._view.question is not None and self._view.question.not_sure:
            await self._answer("unknown")

    async def action_skip(self) -> None:
        """Leave the question unanswered."""
        if self._view.question is not None and self._view.question.optional:
            await self._answer("skipped")

    async def action_cancel(self) -> None:
        """Leave the line, come back to the conversation, or cancel what is running."""
        composer = self.query_one(Composer)
        if composer.is_typing:
            composer.clear()
            self._focus_conversation()
        elif self.size.width < NARROW and self._pane != "chat":
            self._choose_pane("chat")
        elif self._partner is not None and any(isinstance(turn, Looking) for turn in self._view.turns):
            self._partner.cancel()
        else:
            self._focus_conversation()

    async def action_look(self) -> None:
        """Draw some samples in the conversation."""
        await self.action_tell("look")
        self._bring_chat_to_sight()

    def action_report(self) -> None:
        """Show the report, to be written or copied."""
        self._preview()

    def _preview(self, format: str = "") -> None:
        if self._partner is not None:
            from assistant.terminal.screens.report import ReportScreen

            self.app.push_screen(ReportScreen(self._partner.reports(), self._view.program, self._glyphs, format))

    def action_write(self) -> None:
        """Begin a command."""
        self.query_one(Composer).begin("/")

    def action_fold_all(self) -> None:
        """Unfold everything, or fold it when anything is unfolded."""
        blocks = [one for one in self.query(Block) if one.can_fold]
        unfold = not any(one.unfolded for one in blocks)
        for one in blocks:
            one.unfolded = unfold

    def action_copy_block(self) -> None:
        """Copy the text that was selected with the mouse, or else the block that has the focus."""
        widget: Widget | None = self.focused
        text = self.get_selected_text() or (widget.as_text() if isinstance(widget, Block) else "")
        if text:
            self.app.copy_to_clipboard(text)
            self.clear_selection()
            self.notify(texts.COPIED, timeout=2)

    @on(CauseChosen)
    def _cause_chosen(self, event: CauseChosen) -> None:
        finding = self._partner.finding(event.cause) if self._partner else None
        if finding is not None:
            from assistant.terminal.screens.explain import ExplainScreen

            self.app.push_screen(ExplainScreen(finding, self._glyphs))

    @on(TrialWanted)
    async def _trial_wanted(self, event: TrialWanted) -> None:
        event.stop()
        await self.action_tell("trial", event.cause)
        self._bring_chat_to_sight()

    def _bring_chat_to_sight(self) -> None:
        """In the narrow layout, show the conversation, where the answer will stand."""
        if self.size.width < NARROW:
            self._choose_pane("chat")

    @on(QuestionChosen)
    async def _question_chosen(self, event: QuestionChosen) -> None:
        if event.by_person and self._partner is not None:
            await self._partner.go_back_to(event.question)
            return
        conversation = self.query_one(Conversation)
        block = conversation.block_with(f"answer:{event.question}")
        if block is not None:
            block.unfolded = True
            block.focus()
            if self.size.width < NARROW:
                self._choose_pane("chat")

    async def leave(self) -> tuple[str, ...]:
        """End the worker; what to print afterwards."""
        if self._partner is None:
            return ()
        await self._partner.close()
        return self._partner.farewell()
