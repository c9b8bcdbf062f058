"""How the staff side is drawn: head line, 今日の受付, the place of the pages, news, keys.

What breaks if it is wrong: a part stands outside the screen, or the terminal's cursor is not where the focus is.
"""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.widgets import Static

from kiosk.screens.key_taking import KeyTaking
from kiosk.screens.messages import HintsChanged
from kiosk.screens.view import Setting, View
from kiosk.staff.desk_head import DeskHead
from kiosk.staff.interfaces import Desk
from kiosk.staff.key_line import keys_of
from kiosk.staff.news_line import NewsLine
from kiosk.staff.page_place import PagePlace
from kiosk.staff.sizes import fitting
from kiosk.staff.standing import Standing
from kiosk.staff.styles import STYLES
from kiosk.staff.today import DayLine
from kiosk.staff.today_pages import TodayList, TodayPage
from kiosk.widgets.lines import KeyHint, KeyLine
from kiosk.widgets.plain import PLAIN, CursorMoved, place_cursor
from kiosk.widgets.prose import Prose


class StaffFrame(KeyTaking):
    """The parts, complete at 80×24 up to 200×60. A sub-class says what stands in the place of the pages first."""

    CSS = STYLES

    def __init__(self, desk: Desk, setting: Setting, standing: Standing) -> None:
        super().__init__(classes=PLAIN if setting.look.plain else None)
        self._desk = desk
        self._setting = setting
        self._standing = standing
        self._drawn = False
        """The parts are there. A screen is made at once and drawn a moment later."""
        self._notice = ""
        """What is said as soon as it is drawn."""
        self._head = DeskHead(desk, setting.words, standing)
        self._news = NewsLine(setting.words.text("practice"), desk.clock)
        self._place = PagePlace(self.first_view, self._say_keys)

    def first_view(self) -> View:
        """What stands first at the present state of the flow."""
        raise NotImplementedError

    def show_entry(self, line: DayLine) -> None:
        """One visit of today was chosen in the list."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Head, both parts, news, keys."""
        words = self._setting.words
        self._fit(self.app.size)
        yield self._head
        with Horizontal(id="side-body"):
            with Vertical(id="side-left"):
                yield Static(words.text("side.today.title"), id="side-left-title", markup=False)
                yield TodayList(words, self.show_entry)
            yield self._place
        yield self._news
        yield KeyLine(self._hints())
        yield Prose(words.text("side.too_small"), id="side-cover")

    def on_mount(self) -> None:
        """What was to be said before there was a place for it."""
        self._drawn = True
        if self._notice:
            self.say(self._notice)
        self.set_focus(self.body.first_focus(), scroll_visible=False)

    @property
    def body(self) -> View:
        """The page or form that stands on the right."""
        return self._place.body

    # --- news and keys below ---

    def say(self, sentence: str) -> None:
        """Tell staff something, below."""
        if not self._drawn:
            self._notice = sentence
            return
        self._news.tell(sentence)

    def warn(self, sentence: str) -> None:
        """Say it above, in place of the head line, where it is seen."""
        self._head.warn(sentence)

    def quiet(self) -> None:
        """Take back what was said last."""
        self._news.quiet()
        self._head.warn("")

    def _hints(self) -> tuple[tuple[str, str], ...]:
        return keys_of(self.body, self._standing, self._setting.words)

    async def _say_keys(self) -> None:
        listing = isinstance(self.body, TodayPage)
        if self.has_class("-listing") is not listing:  # the same list is not shown twice
            self.set_class(listing, "-listing")
        await self.query_one(KeyLine).say(self._hints())

    @on(HintsChanged)
    async def _other_hints(self, message: HintsChanged) -> None:
        message.stop()
        await self._say_keys()

    @on(KeyHint.Pressed)
    def _key_clicked(self, message: KeyHint.Pressed) -> None:
        """A click on a key below is that key."""
        message.stop()
        if not self.body.press(message.key):
            self.app.call_later(self.app.simulate_key, message.key)

    # --- the terminal's cursor, in plain text ---

    def on_descendant_focus(self) -> None:
        """The cursor follows the focus."""
        if self.has_class(PLAIN):
            self.call_after_refresh(self._place_cursor)

    def on_screen_resume(self) -> None:
        """Whatever lay above has gone."""
        self.call_after_refresh(self._place_cursor)

    @on(CursorMoved)
    def _cursor_moved(self, message: CursorMoved) -> None:
        message.stop()
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        if not self.has_class(PLAIN):
            return
        place_cursor(self, next(iter(self.body.query(Prose)), None))

    # --- size ---

    def on_resize(self, event: events.Resize) -> None:
        """今日の受付 beside いま where there is room; too small: one sentence, and nothing beneath is lost."""
        self._fit(event.size)
        self.call_after_refresh(self._place_cursor)
        self.call_later(self._say_keys)

    def _fit(self, size: Size) -> None:
        """Only what differs is set: each class that changes has every part of the screen styled anew."""
        for name, fits in fitting(size).items():
            if self.has_class(name) is not fits:
                self.set_class(fits, name)
