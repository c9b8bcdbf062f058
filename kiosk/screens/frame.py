"""The one screen of the counter: the lines around, and the view of the present state in the middle.

Views change inside this screen rather than as screens of their own, so that the drawer or the help, lying above it,
stay where they are while the visit goes on beneath.
"""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import Screen

from kiosk.screens.first_size import dress
from kiosk.screens.messages import HintsChanged
from kiosk.screens.view import View
from kiosk.widgets.lines import HeadLine, KeyHint, KeyLine, Practice, StepLine
from kiosk.widgets.plain import PLAIN, CursorMoved, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import Words

STEPS = ("step.card", "step.identity", "step.consent", "step.done")


class CounterScreen(Screen[None]):
    """Head line, steps, view, practice line, keys."""

    VERTICAL_BREAKPOINTS = [(0, "-tight"), (24, "-short"), (30, "-tall")]  # noqa: RUF012 - Textual declares it so

    def __init__(
        self, words: Words, first: View, common_keys: tuple[tuple[str, str], ...], head: tuple[str, str]
    ) -> None:
        """`common_keys` are on every screen: (key, message id); `head` are both ends of the line above."""
        super().__init__(id="counter", classes=_look(first))
        self.words = words
        self.view = first
        self._common_keys = common_keys
        self._first_head = head

    def compose(self) -> ComposeResult:
        """Everything the first frame shows."""
        dress(self)
        yield HeadLine(*self._first_head)
        yield StepLine()
        yield Container(self.view, id="body")
        yield Practice(self.words.text("practice"))
        yield KeyLine(self._hints())

    def on_mount(self) -> None:
        """The steps and the focus of the first view."""
        self._say_step()
        self.set_focus(self.view.first_focus())
        self.call_after_refresh(self._place_cursor)

    def _hints(self) -> tuple[tuple[str, str], ...]:
        common = tuple((key, self.words.text(message_id)) for key, message_id in self._common_keys)
        return (*self.view.key_hints(), *common)

    def _say_step(self) -> None:
        names = tuple(self.words.text(step) for step in STEPS)
        now = self.view.step
        plain = self.words.text("step.plain", now=now, name=names[now - 1]) if now else ""
        self.query_one(StepLine).say(names, self.words.text("step.behind"), now, plain, self.view.steps_left_out)

    def head(self, left: str, right: str) -> None:
        """Change the line above."""
        self.query_one(HeadLine).say(left, right)

    def news(self, sentence: str) -> None:
        """Tell staff something; "" takes it back."""
        self.query_one(Practice).say(self.words.text("practice"), sentence)

    def has_news(self, sentence: str) -> bool:
        """Whether staff are told this at the moment."""
        return self.query_one(Practice).news == sentence

    async def show(self, view: View, words: Words, common_keys: tuple[tuple[str, str], ...]) -> None:
        """Put another view in place of the present one; the old one and everything in it is gone afterwards."""
        self.words = words
        self._common_keys = common_keys
        body = self.query_one("#body", Container)
        self.set_focus(None)
        practice = self.query_one(Practice)
        practice.say(words.text("practice"), practice.news)  # the language may be another one now
        async with self.batch():
            await body.remove_children()
            self.view = view
            self.set_class(view.setting.look.plain, PLAIN)
            await body.mount(view)
            await self.query_one(KeyLine).say(self._hints())
            self._say_step()
        self.set_focus(view.first_focus())
        self.call_after_refresh(self._place_cursor)

    # --- the terminal's cursor, in plain text ---

    def on_descendant_focus(self) -> None:
        """The cursor follows the focus."""
        if self.has_class(PLAIN):
            self.call_after_refresh(self._place_cursor)

    def on_resize(self) -> None:
        """What has the focus stands elsewhere now."""
        self.call_after_refresh(self._place_cursor)

    @on(CursorMoved)
    def _cursor_moved(self, message: CursorMoved) -> None:
        message.stop()
        self.call_after_refresh(self._place_cursor)

    def on_screen_resume(self) -> None:
        """Whatever lay above has gone."""
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        """At the focus; at the question where nothing can be pressed yet."""
        if not self.has_class(PLAIN):
            return
        place_cursor(self, next(iter(self.view.query(Prose)), None))

    def on_key(self, event: events.Key) -> None:
        """Keys the focused widget had no use for belong to the view."""
        if self.view.press(event.key):
            event.stop()
            event.prevent_default()

    @on(HintsChanged)
    async def _other_hints(self, message: HintsChanged) -> None:
        """The view found that another set of keys is of use now."""
        message.stop()
        await self.query_one(KeyLine).say(self._hints())

    @on(KeyHint.Pressed)
    def _key_clicked(self, message: KeyHint.Pressed) -> None:
        """A click on a key below is that key."""
        message.stop()
        if not self.view.press(message.key):
            # Called from the application's own queue: Textual stops an event at its sender, and that would be here.
            self.app.call_later(self.app.simulate_key, message.key)


def _look(view: View) -> str | None:
    return PLAIN if view.setting.look.plain else None
