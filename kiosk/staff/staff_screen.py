"""The staff side's one screen: head line, 今日の受付, いま, news, keys. Everything of the desk is drawn in here.

It is made when it opens and gone when it locks, with everything in it. It changes nothing itself: pages send the flow's
events, `kiosk.staff.side` closes it. What breaks if it is wrong: something of the desk stands under the patient's eyes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.events import Event
from kiosk.screens.messages import FlowEvent, HintsChanged
from kiosk.screens.overlays import HelpScreen
from kiosk.screens.view import Setting, View
from kiosk.services.interfaces import ServiceStopped
from kiosk.staff.actions import Action, Ask, paper_key_works
from kiosk.staff.head_line import Around, head_line
from kiosk.staff.interfaces import DayEntry, Desk, QueuedPerson
from kiosk.staff.now_page import NowPage
from kiosk.staff.numbers_page import NumbersPage
from kiosk.staff.page import Page
from kiosk.staff.page_catalogue import PAGES
from kiosk.staff.standing import Standing
from kiosk.staff.styles import STYLES
from kiosk.staff.today import DayLine, visits_of
from kiosk.staff.today_pages import CorrectionPage, EntryPage, TodayList, TodayPage
from kiosk.widgets.lines import KeyHint, KeyLine, Practice
from kiosk.widgets.plain import PLAIN, CursorMoved, place_cursor
from kiosk.widgets.prose import Prose

SMALLEST: Final = (80, 24)
"""Columns and rows the staff side is complete in."""
WITH_TODAY: Final = 100
"""Columns from which 今日の受付 stands beside いま."""
NEWS_SECONDS: Final = 20.0
"""How long a sentence for staff stands below."""
BROAD: Final = 120
"""Columns from which 今日の受付 has room for long names."""
LOOK_SECONDS: Final = 30
"""How often the service is asked whether it is there, while the staff side is open."""
TALL: Final = 36
"""Rows from which there is air between the parts."""

DESK_FORMS: Final = (st.ChoosingPaper, st.TypingPaper, st.ConfirmingPaper, st.TakingFourItems)
"""States whose view is `kiosk.forms`'."""


class Door(Protocol):
    """What the screen asks of whoever opened it."""

    def lock(self) -> None:
        """Close the staff side."""
        ...

    def copy(self, text: str) -> None:
        """Put a text into the clipboard for a while."""
        ...

    def palette(self) -> None:
        """Show the palette."""
        ...


class StaffScreen(Screen[None]):
    """Complete at 80×24 up to 200×60. Is the `Hands` of its pages."""

    CSS = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", show=False),
        Binding("f2", "nothing", show=False),
        Binding("f4", "lock", show=False),
        Binding("f6", "outage", show=False),
        Binding("f7", "today", show=False),
        Binding("f8", "paper", show=False),
        Binding("ctrl+p", "palette", show=False),
    ]

    def __init__(
        self,
        desk: Desk,
        setting: Setting,
        standing: Standing,
        door: Door,
        desk_view: Callable[[st.State, Setting], View],
        *,
        notice: str = "",
    ) -> None:
        """`desk_view` makes the view of a form of papers; `notice` is said below when it opens."""
        super().__init__(classes=PLAIN if setting.look.plain else None)
        self._desk = desk
        self._setting = setting
        self._standing = standing
        self._door = door
        self._desk_view = desk_view
        self._notice = notice
        self._entries: Sequence[DayEntry] = ()
        self._one_at_a_time = asyncio.Lock()
        self._first = standing
        self._drawn = False
        """The parts are there. A screen is made at once and drawn a moment later."""
        self._news_until: float | None = None
        self._seconds = 0
        self._later_read: tuple[int, tuple[int, int] | None] | None = None
        """The outage queue as it stood when 今日の受付 was read."""
        self._looked = False
        """The service was asked whether it is there, since the screen opened."""
        self.body: View = self._first_view()

    # --- what is drawn ---

    def compose(self) -> ComposeResult:
        """Head, both parts, news, keys."""
        words = self._setting.words
        self._fit(self.app.size)
        yield Static(self._head(), id="side-head", markup=False)
        with Horizontal(id="side-body"):
            with Vertical(id="side-left"):
                yield Static(words.text("side.today.title"), id="side-left-title", markup=False)
                yield TodayList(words, self.show_entry)
            with Vertical(id="side-right"):
                yield Static(self._title(), id="side-title", classes="" if self._title() else "-none", markup=False)
                yield Container(self.body, id="side-page")
        yield Practice(words.text("practice"))
        yield KeyLine(self._hints())
        yield Prose(words.text("side.too_small"), id="side-cover")

    def on_mount(self) -> None:
        """The list is on the disk; the head line has a clock in it."""
        self._drawn = True
        if self._notice:
            self.say(self._notice)
        if self._standing is not self._first:  # the flow went on before there was anything to show it in
            self.call_later(self._show_anew)
        self.set_focus(self.body.first_focus(), scroll_visible=False)
        self.set_interval(1.0, self._second)
        self.read_today()
        self._look_for_server()

    def _first_view(self) -> View:
        """What stands first at the present state of the flow."""
        self._setting = replace(self._setting, visit=self._standing.visit)
        if isinstance(self._standing.state, DESK_FORMS):
            return self._desk_view(self._standing.state, self._setting)
        return NowPage(self._setting, self, self._standing)

    async def _show_anew(self) -> None:
        await self._put(self._first_view)

    def _title(self) -> str:
        return self.body.title if isinstance(self.body, Page) else ""

    def _head(self) -> str:
        now, desk = self._standing, self._desk
        records, queue = desk.records, desk.queue
        around = Around(
            at=desk.now(),
            rules=desk.rules,
            reader=desk.reader_name,
            reader_trouble=now.reader_trouble,
            asked=self._looked,
            server_seconds=None if records is None else records.last_answer_seconds,
            out_of_service=records is not None and records.out_of_service,
            waiting=0 if queue is None else queue.waiting,
            progress=None if queue is None else queue.progress,
            outage=now.outage,
            disaster=now.disaster,
        )
        return head_line(around, self._setting.words, self.size.width or self.app.size.width)

    def _hints(self) -> tuple[tuple[str, str], ...]:
        words = self._setting.words
        paper = (("f8", "key.manual"),) if paper_key_works(self._standing.state) else ()
        common: tuple[tuple[str, str], ...] = (
            ("f1", "key.help"),
            ("f4", "side.key.lock"),
            *paper,
            ("f6", "side.key.outage"),
        )
        here = self.body.key_hints()
        if not isinstance(self.body, Page):  # a form has keys enough of its own
            common = (("f1", "key.help"), ("f4", "side.key.lock"))
        elif (self.size.width or self.app.size.width) < WITH_TODAY:
            common = (*common, ("f7", "side.key.today"))
        why = (("question_mark", "side.key.why"),) if isinstance(self.body, NowPage) else ()
        palette = (("ctrl+p", "side.key.palette"),) if isinstance(self.body, Page) else ()
        return (*here, *((key, words.text(word)) for key, word in (*why, *common, *palette)))

    # --- news from outside ---

    @property
    def entries(self) -> Sequence[DayEntry]:
        """今日の受付 as the journal said last."""
        return self._entries

    async def show(self, standing: Standing) -> None:
        """The counter moved on: show where it stands now."""
        if not self._drawn:
            self._standing = standing
            return
        before = self._standing
        standing = self._standing = replace(standing, drafts=before.drafts)
        self._say_head()
        if standing.visit != before.visit or type(standing.state) is not type(before.state):
            self.read_today()
        if isinstance(standing.state, DESK_FORMS):
            same_visit = self.body.setting.visit == standing.visit
            if same_visit and not isinstance(self.body, Page) and self.body.renew(standing.state):
                return
            await self._put(self._first_view)
        elif standing.visit == before.visit and self._stays(before, standing):
            return
        else:
            await self._put(self._first_view)

    def _stays(self, before: Standing, now: Standing) -> bool:
        """A page stands while what it is about does."""
        if isinstance(self.body, NowPage):
            return self.body.unchanged(now)
        return isinstance(self.body, Page) and now.state == before.state

    async def _put(self, make: Callable[[], View], *, over: type[View] = View) -> None:
        """Another page in place of the present one; that one and everything in it is gone afterwards.

        One at a time, and made when it is its turn: by then the flow may have gone on. `over` is what may be replaced.
        """
        async with self._one_at_a_time:
            if not isinstance(self.body, over) or not self.is_attached:
                return
            holder = self.query_one("#side-page", Container)
            self.set_focus(None)
            view = make()
            async with self.batch():
                await holder.remove_children()
                self.body = view
                await holder.mount(view)
                title = self.query_one("#side-title", Static)
                title.update(self._title())
                title.set_class(not self._title(), "-none")
                await self.query_one(KeyLine).say(self._hints())
            self.set_focus(view.first_focus(), scroll_visible=False)

    def _put_page(self, make: Callable[[], Page]) -> None:
        """A page over a page: never over a form that came up meanwhile."""
        self.call_later(self._put, make, over=Page)

    def _second(self) -> None:
        """The only timer, and a short one: a timer that was stopped holds the screen until its time."""
        self._say_head()
        if self._later() != self._later_read:  # an answer came to the queue, or somebody was noted
            self.read_today()
        self._seconds += 1
        if self._seconds % LOOK_SECONDS == 0:
            self._look_for_server()
        if self._news_until is not None and self._desk.clock() >= self._news_until:
            self._news_until = None
            self.query_one(Practice).say(self._setting.words.text("practice"))

    def _look_for_server(self) -> None:
        """How quick the service is, asked while staff look: on a thread, one question at a time."""
        if self._desk.records is not None:
            self._begin(self._ask_server, "server")

    async def _ask_server(self) -> None:
        assert self._desk.records is not None
        with suppress(ServiceStopped):  # then there is no last answer, and the head line says so
            await asyncio.to_thread(self._desk.records.health)
        self._looked = True
        self._say_head()

    def _say_head(self) -> None:
        self.query_one("#side-head", Static).update(self._head())

    # --- the terminal's cursor, in plain text ---

    def on_descendant_focus(self) -> None:
        """The cursor follows the focus."""
        self.call_after_refresh(self._place_cursor)

    def on_screen_resume(self) -> None:
        """Whatever lay above has gone."""
        self.call_after_refresh(self._place_cursor)

    @on(CursorMoved)
    def _cursor_moved(self, message: CursorMoved) -> None:
        message.stop()
        self.call_after_refresh(self._place_cursor)

    def _place_cursor(self) -> None:
        place_cursor(self, next(iter(self.body.query(Prose)), None))

    # --- hands of the pages ---

    @property
    def desk(self) -> Desk:
        """What is outside."""
        return self._desk

    @property
    def standing(self) -> Standing:
        """Where the counter stands now."""
        return self._standing

    def do(self, action: Action) -> None:
        """Send the events of an action, or open its page."""
        if isinstance(action.does, Ask):
            self.open(action.does)
        else:
            self.send(*action.does, to_patient=action.on_patient_side)

    def open(self, ask: Ask) -> None:
        """Show a page, or go back to the patient. Nothing takes the place of a form that is being typed."""
        if ask is Ask.PATIENT:
            self._door.lock()
        elif not isinstance(self.body, Page):
            self.say(self._setting.words.text("side.form_first"))
        elif ask is Ask.TODAY:
            self._put_page(lambda: TodayPage(self._setting, self, self._entries))
        else:
            self._put_page(lambda: PAGES[ask](self._setting, self))

    def back(self) -> None:
        """いま again."""
        self.show_actions_from(0)

    def show_actions_from(self, first: int) -> None:
        """いま, with the numbers beginning at another action."""
        self._put_page(lambda: NowPage(self._setting, self, self._standing, first))

    def show_entry(self, line: DayLine) -> None:
        """One visit of today in full; a half-typed form stays where it is."""
        if isinstance(self.body, Page):
            self._put_page(lambda: EntryPage(self._setting, self, line))

    def show_numbers(self, person: QueuedPerson, who: str) -> None:
        """The numbers of somebody in 保留."""
        self._put_page(lambda: NumbersPage(self._setting, self, person, who))

    def show_correction(self, entry: DayEntry) -> None:
        """Take a visit back that is over."""
        self._put_page(lambda: CorrectionPage(self._setting, self, entry))

    @property
    def real_name(self) -> str:
        """How the person of this visit is really written, where staff noted it."""
        mine = [visit for visit in visits_of(self._entries) if visit[0].visit == self._standing.visit]
        names = [entry.real_name for entry in mine[-1] if entry.real_name] if mine else []
        return names[-1] if names else ""

    def send(self, *events: Event, to_patient: bool = False) -> None:
        """Tell the flow. What follows comes back with `show`; a page that nothing follows on is closed."""
        for event in events:
            self.app.post_message(FlowEvent(self._standing.visit, event, by_key=True))
        if to_patient:
            self._door.lock()
        elif not isinstance(self.body, NowPage) and isinstance(self.body, Page):
            self.back()

    def say(self, sentence: str) -> None:
        """Tell staff something, below."""
        if not self._drawn:
            self._notice = sentence
            return
        self.query_one(Practice).say(self._setting.words.text("practice"), sentence)
        self._news_until = self._desk.clock() + NEWS_SECONDS

    def quiet(self) -> None:
        """Take back what was said last."""
        if self._drawn:
            self._news_until = None
            self.query_one(Practice).say(self._setting.words.text("practice"))

    def warn_by_bell(self) -> None:
        """The bell, where the clinic wants it for what needs care."""
        if "trouble" in self._setting.look.bells:
            self.app.bell()

    def work(self, slow: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do something slow while the screen stands."""
        self._begin(slow)

    def _begin(self, slow: Callable[[], Coroutine[None, None, None]], alone_in: str = "") -> Worker[None]:
        """`alone_in`: what began before in this group is called off."""
        return self.run_worker(slow, group=alone_in or "default", exclusive=bool(alone_in))

    def copy(self, text: str) -> None:
        """Into the clipboard for a while."""
        self._door.copy(text)
        self.say(self._setting.words.text("side.copied", seconds=round(self._desk.clipboard_seconds)))

    def name_as(self, name: str) -> None:
        """The real name of this visit's person: written down at once."""
        self.work(partial(self._write_name, self._standing.visit, name))

    async def _write_name(self, visit: int, name: str) -> None:
        try:
            await asyncio.to_thread(self._desk.journal.note_real_name, visit, name)
        except OSError:
            self.say(self._setting.words.text("side.disk"))
            return
        except ValueError:  # the journal looks at every text itself, whoever checked it before
            self.say(self._setting.words.text("side.not_written"))
            return
        self.say(self._setting.words.text("side.named", name=name))
        self.read_today()

    def read_today(self) -> None:
        """Read 今日の受付 again; on a thread, the newest reading wins."""
        self._later_read = self._later()
        self._begin(self._read_today, "today")

    def _later(self) -> tuple[int, tuple[int, int] | None] | None:
        """How the outage queue stands: when that changes, so does what 今日の受付 says of those who wait."""
        queue = self._desk.queue
        return None if queue is None else (queue.waiting, queue.progress)

    async def _read_today(self) -> None:
        try:
            entries = await asyncio.to_thread(self._desk.journal.today, self._desk.now().date())
            drafts = 0 if self._desk.drafts is None else len(await asyncio.to_thread(self._desk.drafts.kept))
        except OSError:
            self.say(self._setting.words.text("side.disk"))
            return
        self._entries = entries
        await self.query_one(TodayList).show(entries)
        if isinstance(self.body, TodayPage):
            await self._put(lambda: TodayPage(self._setting, self, self._entries), over=TodayPage)
        stale = drafts != self._standing.drafts
        self._standing = replace(self._standing, drafts=drafts)
        if isinstance(self.body, NowPage) and (stale or self.body.real_name != self.real_name):
            await self._put(lambda: NowPage(self._setting, self, self._standing), over=NowPage)

    # --- keys ---

    def half_typed(self) -> tuple[tuple[str, str], ...]:
        """What stands in a form that is not finished: kept when the side locks."""
        draft = getattr(self.body, "draft", None)
        return tuple(draft()) if callable(draft) else ()

    def on_key(self, event: events.Key) -> None:
        """Keys the focused widget had no use for belong to the page; Esc on いま leads to the patient's side."""
        if self.body.press(event.key):
            pass
        elif event.key == "question_mark" and isinstance(self.body, Page):
            self.open(Ask.WHY)
        elif event.key == "escape" and isinstance(self.body, NowPage):
            self._door.lock()
        else:
            return
        event.stop()
        event.prevent_default()

    @on(HintsChanged)
    async def _other_hints(self, message: HintsChanged) -> None:
        message.stop()
        await self.query_one(KeyLine).say(self._hints())

    @on(KeyHint.Pressed)
    def _key_clicked(self, message: KeyHint.Pressed) -> None:
        """A click on a key below is that key."""
        message.stop()
        if not self.body.press(message.key):
            self.app.call_later(self.app.simulate_key, message.key)

    def action_explain(self) -> None:
        """F1: what this page is for."""
        if not self.is_current:  # pressed twice, faster than the sheet was drawn
            return
        self.app.push_screen(HelpScreen(self._setting.words, self.body.NAME))

    def action_nothing(self) -> None:
        """The drawer belongs to whoever plays the patient."""

    def action_lock(self) -> None:
        """F4: lock."""
        self._door.lock()

    def action_outage(self) -> None:
        """F6: システム障害時モード, with its confirming line."""
        self.open(Ask.OUTAGE)

    def action_today(self) -> None:
        """F7: 今日の受付."""
        self.open(Ask.TODAY)

    def action_paper(self) -> None:
        """F8: a paper, where the state has a door to it; elsewhere what has to come first is said."""
        if paper_key_works(self._standing.state):
            self.send(ev.ManualRequested())
            return
        first = "side.wait_first"
        if isinstance(self._standing.state, DESK_FORMS):
            first = "side.form_first"
        elif isinstance(self._standing.state, st.TakingCard):
            first = "side.card_first"
        self.say(self._setting.words.text(first))

    def action_palette(self) -> None:
        """Ctrl+P."""
        self._door.palette()

    def on_resize(self, event: events.Resize) -> None:
        """今日の受付 beside いま where there is room; too small: one sentence, and nothing beneath is lost."""
        self._fit(event.size)
        self._say_head()
        self.call_after_refresh(self._place_cursor)
        self.call_later(self._hints_again)

    def _fit(self, size: Size) -> None:
        """Only what differs is set: each class that changes has every part of the screen styled anew."""
        fitting = {
            "-wide": size.width >= WITH_TODAY,
            "-broad": size.width >= BROAD,
            "-tall": size.height >= TALL,
            "-small": size.width < SMALLEST[0] or size.height < SMALLEST[1],
        }
        for name, fits in fitting.items():
            if self.has_class(name) is not fits:
                self.set_class(fits, name)

    async def _hints_again(self) -> None:
        await self.query_one(KeyLine).say(self._hints())
