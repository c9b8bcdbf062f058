"""The staff side's one screen: follows the flow, opens its pages, says what its keys do. Drawn by `staff_frame`.

It is made when it opens and gone when it locks, with everything in it. It changes nothing itself: pages send the flow's
events, `kiosk.staff.side` closes it. What breaks if it is wrong: something of the desk stands under the patient's eyes.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final, Protocol

from textual.binding import Binding, BindingType
from textual.worker import Worker

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.answer import Qualification
from kiosk.flow.events import Event
from kiosk.screens.messages import FlowEvent
from kiosk.screens.overlays import HelpScreen
from kiosk.screens.view import Setting, View
from kiosk.screens.while_shown import while_shown
from kiosk.staff.actions import Action, Ask, paper_key_works
from kiosk.staff.day_book import DayBook
from kiosk.staff.interfaces import DayEntry, Desk, QueuedPerson
from kiosk.staff.now_page import NowPage
from kiosk.staff.numbers_page import NumbersPage
from kiosk.staff.page import Page
from kiosk.staff.page_catalogue import PAGES
from kiosk.staff.record_pages import CopyPage, ReferencePage
from kiosk.staff.staff_frame import StaffFrame
from kiosk.staff.standing import Standing
from kiosk.staff.today import DayLine, came_back
from kiosk.staff.today_pages import CorrectionPage, EntryPage, TodayList, TodayPage

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


class StaffScreen(StaffFrame):
    """Follows the flow, and is the `Hands` of its pages."""

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
        first: Ask | None = None,
    ) -> None:
        """`desk_view` makes the view of a form of papers; `notice` is said below when it opens; `first` is the page
        that stands at once, いま where it is None. A form that the flow stands at is not put aside for it.
        """
        super().__init__(desk, setting, standing)
        self._first_page = first
        self._door = door
        self._desk_view = desk_view
        self._notice = notice
        self._book = DayBook(desk)
        self._first = standing

    def on_mount(self) -> None:
        """The list is on the disk; the head line has a clock in it."""
        if self._first_page is not None and not isinstance(self.body, Page):
            self.call_later(self.open, self._first_page)  # it says that the form comes first
        if self._standing is not self._first:  # the flow went on before there was anything to show it in
            self.call_later(self._show_anew)
        else:
            self._first_page = None
        self.set_interval(1.0, self._second)
        self.read_today()

    def first_view(self) -> View:
        """いま, or the form of papers that the flow stands at."""
        self._setting = replace(self._setting, visit=self._standing.visit)
        if isinstance(self._standing.state, DESK_FORMS):
            return self._desk_view(self._standing.state, self._setting)
        if self._first_page is not None:
            return PAGES[self._first_page](self._setting, self)
        return NowPage(self._setting, self, self._standing)

    async def _show_anew(self) -> None:
        await self._place.put(self.first_view)
        self._first_page = None

    # --- news from outside ---

    @property
    def entries(self) -> Sequence[DayEntry]:
        """今日の受付 as the journal said last."""
        return self._book.entries

    async def show(self, standing: Standing) -> None:
        """The counter moved on: show where it stands now."""
        if not self._drawn:
            self._standing = standing
            return
        before = self._standing
        standing = self._standing = replace(standing, drafts=before.drafts)
        self._head.show(standing)
        if standing.visit != before.visit or type(standing.state) is not type(before.state):
            self.read_today()
        if isinstance(standing.state, DESK_FORMS):
            same_visit = self.body.setting.visit == standing.visit
            if same_visit and not isinstance(self.body, Page) and self.body.renew(standing.state):
                return
            await self._place.put(self.first_view)
        elif standing.visit == before.visit and self._stays(before, standing):
            return
        else:
            await self._place.put(self.first_view)

    def _stays(self, before: Standing, now: Standing) -> bool:
        """A page stands while what it is about does: while nobody is here, that is not whether the reader works."""
        if isinstance(self.body, NowPage):
            return self.body.unchanged(now)
        nobody = isinstance(before.state, st.Idle) and isinstance(now.state, st.Idle)
        return isinstance(self.body, Page) and (nobody or now.state == before.state)

    def _put_page(self, make: Callable[[], Page]) -> None:
        """A page over a page: never over a form that came up meanwhile."""
        self.call_later(self._place.put, make, over=Page)

    def _second(self) -> None:
        """The only timer, and a short one: a timer that was stopped holds the screen until its time."""
        self._head.second()
        self._news.second()
        if self._book.is_stale:
            self.read_today()

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
            self._put_page(lambda: TodayPage(self._setting, self, self._book.entries))
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

    def show_copy(self, recorded: str) -> None:
        """A visit that is over as text, before it is copied."""
        self._put_page(lambda: CopyPage(self._setting, self, recorded))

    def show_reference(self, answer: Qualification) -> None:
        """照会番号 for the person of a visit that is over."""
        self._put_page(lambda: ReferencePage(self._setting, self, answer))

    @property
    def real_name(self) -> str:
        """How the person of this visit is really written, where staff noted it."""
        return self._book.real_name(self._standing.visit)

    def send(self, *events: Event, to_patient: bool = False) -> None:
        """Tell the flow, in the visit whose page stands. What follows comes back with `show`; a page that nothing
        follows on is closed.
        """
        visit = self.body.setting.visit  # the next visit's page may still wait for its turn
        for event in events:
            self.app.post_message(FlowEvent(visit, event, by_key=True))
        if to_patient:
            self._door.lock()
        elif not isinstance(self.body, NowPage) and isinstance(self.body, Page):
            self.back()

    def warn_by_bell(self) -> None:
        """The bell, where the clinic wants it for what needs care."""
        if "trouble" in self._setting.look.bells:
            self.app.bell()

    def work(self, slow: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do something slow for the page that stands."""
        self._begin(partial(while_shown, self.body, slow))

    def _begin(self, slow: Callable[[], Coroutine[None, None, None]], alone_in: str = "") -> Worker[None]:
        """`alone_in`: what began before in this group is called off."""
        return self.run_worker(partial(while_shown, self, slow), group=alone_in or "default", exclusive=bool(alone_in))

    def copy(self, text: str) -> None:
        """Into the clipboard for a while."""
        self._door.copy(text)
        self.say(self._setting.words.text("side.copied", seconds=round(self._desk.clipboard_seconds)))

    def name_as(self, name: str) -> None:
        """The real name of this visit's person: written down at once."""
        self.work(partial(self._write_name, self._standing.visit, name))

    async def _write_name(self, visit: int, name: str) -> None:
        try:
            await self._book.note_real_name(visit, name)
        except OSError:
            self.say(self._setting.words.text("side.disk"))
            return
        except ValueError:
            self.say(self._setting.words.text("side.not_written"))
            return
        self.say(self._setting.words.text("side.named", name=name))
        self.read_today()

    def read_today(self) -> None:
        """Read 今日の受付 again; on a thread, the newest reading wins."""
        self._book.begin_to_read()
        self._begin(self._read_today, "today")

    async def _read_today(self) -> None:
        told = len(self._book.came_back)
        try:
            await self._book.read()
        except OSError:
            self.say(self._setting.words.text("side.disk"))
            return
        if len(came := self._book.came_back) > told:
            fine = sum(came_back(later).in_order for later in came)
            self.say(self._setting.words.text("side.later.news", count=len(came), fine=fine, care=len(came) - fine))
        # Not by the worker: called off while a page goes, it would end the page's tasks and whoever waits for them.
        self.call_later(while_shown, self, self._show_today)

    async def _show_today(self) -> None:
        await self.query_one(TodayList).show(self._book.entries)
        if isinstance(self.body, TodayPage):
            here = self.body.here
            await self._place.put(lambda: TodayPage(self._setting, self, self._book.entries, here), over=TodayPage)
        elif isinstance(self.body, EntryPage) and (line := self.body.written_since(self._book.entries)) is not None:
            await self._place.put(partial(EntryPage, self._setting, self, line), over=EntryPage)
        stale = self._book.drafts != self._standing.drafts
        self._standing = replace(self._standing, drafts=self._book.drafts)
        if isinstance(self.body, NowPage) and (stale or self.body.real_name != self.real_name):
            await self._place.put(lambda: NowPage(self._setting, self, self._standing), over=NowPage)

    # --- keys ---

    def half_typed(self) -> tuple[tuple[str, str], ...]:
        """What stands in a form that is not finished: kept when the side locks."""
        draft = getattr(self.body, "draft", None)
        return tuple(draft()) if callable(draft) else ()

    def take_key(self, key: str) -> bool:
        """Keys belong to the page; Esc or `*` on いま leads to the patient's side."""
        if self.body.press(key):
            return True
        if key == "question_mark" and isinstance(self.body, Page):
            self.open(Ask.WHY)
            return True
        if key in ("escape", "asterisk") and isinstance(self.body, NowPage):
            self._door.lock()
            return True
        return False

    def action_explain(self) -> None:
        """F1: what this page is for."""
        if not self.is_active:  # pressed twice, faster than the sheet was drawn
            return
        self.app.push_screen(HelpScreen(self._setting.words, self.body.NAME, "side.help.everywhere"))

    def action_nothing(self) -> None:
        """The drawer belongs to whoever plays the patient: say where."""
        self.say(self._setting.words.text("side.no_drawer"))

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
