"""The counter as a Textual application: first frame first, then everything else.

Rule: one handler changes the flow's state, one place maps state to screen, `kiosk.performer` does the work, and
`kiosk.equipped_app` has what that needs loaded and let go of. Modules the first frame does not need are imported after
it, on a thread; so flow, forms and services are imported inside functions.
What breaks if it is wrong: a slow first frame, or a screen that belongs to another visit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from kiosk import crash
from kiosk.equipped_app import EquippedApp
from kiosk.loading import practice_passcode
from kiosk.painting import paint_sparingly
from kiosk.privacy_time import PrivacyTime
from kiosk.screens.frame import CounterScreen
from kiosk.screens.idle import IdleView
from kiosk.screens.messages import BellRung, FlowEvent, LanguageAsked, LookAsked
from kiosk.screens.view import Look, Setting, View
from kiosk.settings.model import DEFAULTS, Settings
from kiosk.settings.themes import register_themes, theme_name
from kiosk.visit_look import VisitLook
from kiosk.web.news import ClipboardTold
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.flow.counter import Counter
    from kiosk.flow.events import Event
    from kiosk.performer import Performer
    from kiosk.services.interfaces import Services
    from kiosk.staff_door import StaffDoor

Observer = Callable[["Counter", "Event", "Counter"], None]
"""Told of every step of the flow: where it stood, what happened, where it stands. A rehearsal scores with it."""


class KioskApp(EquippedApp):
    """The counter."""

    CSS_PATH = "kiosk.tcss"
    TITLE = "Madoguchi"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012 - Textual declares it as it is
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", show=False),
        Binding("f2", "drawer", show=False),
        # First of all, from the application's own queue: keys typed right behind are the door's, not the patient's.
        Binding("f4", "staff('f4')", show=False, priority=True),
        Binding("f6", "staff('f6')", show=False, priority=True),
        Binding("f8", "staff('f8')", show=False, priority=True),
        Binding("ctrl+q", "quit", show=False, priority=True),
        Binding("ctrl+c", "how_to_quit", show=False, priority=True),
    ]

    def __init__(
        self,
        load: Callable[[], Services],
        *,
        data_dir: Path,
        lang: str = "ja",
        place: str | None = None,
        settings: Settings = DEFAULTS,
        observer: Observer | None = None,
        clock: Callable[[], float] = time.monotonic,
        quick_load: bool = True,
    ) -> None:
        """Nothing heavy happens here: `load` runs on a thread after the first frame.

        `data_dir` is where crash reports go; `place` the persona whose card lies on the software reader from the
        start; `settings` are the clinic's; `observer` is told of every step; `clock` counts seconds for waiting and the
        privacy time. `quick_load` holds garbage collection back while loading and freezes what was loaded: right for a
        process that is only this counter, wrong in tests.

        Raises:
            RuntimeError: Textual's log or developer tools are on; they would write keys (design.md §2).
            ValueError: There are no words in `lang`.
        """
        staff_words = Words(lang)
        words = Words("ja_easy") if settings.easy_japanese and lang == "ja" else staff_words
        super().__init__(load, data_dir, words, place=place, quick_load=quick_load, without_colour=settings.plain)
        paint_sparingly()
        register_themes(self)
        self.theme = theme_name(settings)
        self.counter: Counter | None = None
        """What the flow remembers; None until the counter is ready."""
        self._default_words = words
        self._staff_words = staff_words
        self._settings = settings
        bells = frozenset(settings.bell_for) if settings.bell else frozenset()
        self._look = VisitLook(self, Look(settings.big_digits, settings.plain, bells))
        self._observer = observer
        self._clock = clock
        self._privacy = PrivacyTime(clock, settings.privacy_seconds)
        self._door: StaffDoor | None = None
        self._staff_called = ""
        """What the person was told last when they called staff, in their language."""
        self._early: list[FlowEvent] = []
        """The last key pressed before the counter was ready; it counts once it is."""

    # --- the first frame, and what comes after it ---

    def on_ready(self) -> None:
        """Beside the loading, which begins now as well."""
        self.set_interval(1.0, self.end_idle_visit)

    def equipped(self, services: Services) -> None:
        """The counter can be used."""
        from kiosk.flow.counter import Counter
        from kiosk.staff_door import StaffDoor

        self.counter = Counter(services.first_visit, equipped=self._settings.equipped_for_smartphone)
        if services.staff is not None:
            self._door = StaffDoor(
                self,
                replace(services.staff, clock=self._clock),
                self._staff_words,
                counter=lambda: self.counter,
                setting=self._setting,
                news=self._say,
                to_clipboard=self.copy_for_staff,
            )
        self._say_head()
        if isinstance(self.view, IdleView):
            self.view.now_ready(self._placing(), self.counter.visit)
        early, self._early = self._early, []
        for message in early:
            message.visit = self.counter.visit  # which number it has was not known yet
            self.post_message(message)

    async def on_unmount(self) -> None:
        """Before everything else is let go of: nothing of the desk stays behind."""
        if self._door is not None:
            self._door.close()

    def end_visit(self, performer: Performer) -> None:
        """A visit that the end of the application cuts short has its entry in the journal as any other.

        What stands half-typed is kept as it is when the staff side locks itself.
        """
        from kiosk.flow.half_typed import end_counter

        if self.counter is not None:
            for effect in end_counter(self.counter, self._half_typed()):
                performer.perform(effect)

    def _half_typed(self) -> tuple[tuple[str, str], ...]:
        """What stands in an open form; () where it is that form that failed: the flow has what it was told before."""
        try:
            return () if self._door is None else self._door.half_typed()
        except Exception as error:
            self._report(error, "form")
            return ()

    @property
    def has_kept_form(self) -> bool:
        """Whether a form of the visit that was under way at the end is on the disk, half-typed."""
        if self._performer is None or self.counter is None:
            return False
        return self._performer.form_kept_of == self.counter.visit

    def get_default_screen(self) -> Screen[None]:
        """The frame with the idle screen in it."""
        head = (self._words.text("head.title"), self._words.text("head.preparing"))
        return CounterScreen(self._words, IdleView(self._setting(1), ready=False), self._common_keys(), head)

    @property
    def frame(self) -> CounterScreen:
        """The counter's screen, whatever lies above it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, CounterScreen)
        return screen

    @property
    def view(self) -> View:
        """The view of the present state."""
        return self.frame.view

    # --- the flow ---

    @on(FlowEvent)
    async def _happened(self, message: FlowEvent) -> None:
        """The only place the state changes."""
        from kiosk.flow.counter import Happened, UnexpectedEventError
        from kiosk.flow.events import Back, RetryRequested
        from kiosk.flow.machine import advance
        from kiosk.flow.states import Idle, ReadingCard
        from kiosk.forgetting import forget_texts

        if self.is_ending:
            message.discard()  # the visit is closed with the counter; there is no screen to show anything on
            return
        if self.counter is None or self._performer is None:
            self._early = [message]
            return
        if self._door is not None and self._door.keeps_back(message):
            return
        before = self.counter
        try:
            transition = advance(before, Happened(message.event, message.visit))
        except UnexpectedEventError as unexpected:
            if not message.by_key:
                raise
            # A key that was pressed while the screen changed: it meant the old screen.
            crash.note(self._data_dir, f"late key: {unexpected.event_name} in {unexpected.state_name}")
            return
        self.counter = transition.counter
        state = transition.counter.state
        again = isinstance(message.event, Back | RetryRequested) and not before.next_card  # the same person goes on
        if transition.counter.visit != before.visit and isinstance(state, Idle | ReadingCard):
            if isinstance(state, Idle) or not again:
                self._forget_choices()
                self.close_patient_sheets()
            self._say("")
        if state != before.state:
            self._touch()
        for effect in transition.effects:
            self._performer.perform(effect)
        await self._show()
        self._ring_for(message.event, before)
        if self._door is not None:
            await self._door.stepped(before, self.counter)
        if self._observer is not None:
            self._observer(before, message.event, self.counter)
        if self.counter.visit != before.visit:
            forget_texts()

    def _ring_for(self, event: Event, before: Counter) -> None:
        """The person asked for staff, or cannot go on without them."""
        from kiosk.flow.events import StaffCalled
        from kiosk.flow.states import CALLS_STAFF, InTrouble

        assert self.counter is not None
        state = self.counter.state
        if isinstance(state, InTrouble) and state.trouble in CALLS_STAFF and not isinstance(before.state, InTrouble):
            self._call()
        elif isinstance(event, StaffCalled) and state == before.state:
            self._ring()

    async def _show(self, *, anew: bool = False) -> None:
        """The view of the present state, the old one renewed where that is enough."""
        from kiosk.flow.states import VouchingByEye
        from kiosk.screens.catalogue import view_for
        from kiosk.screens.overlays import HelpScreen

        assert self.counter is not None
        assert self._services is not None
        frame, counter = self.frame, self.counter
        self._say_head()
        if not anew and frame.view.setting.visit == counter.visit and frame.view.renew(counter.state):
            return
        for screen in self.screen_stack[1:]:
            if isinstance(screen, HelpScreen):  # it explains a screen that is gone
                screen.take_away()
        if isinstance(counter.state, VouchingByEye):  # a passcode may have been set in another terminal meanwhile
            self._practice_passcode = await asyncio.to_thread(practice_passcode, self._services)
        view = view_for(counter.state, self._setting(counter.visit))
        await frame.show(view, self._words, self._common_keys())

    def _setting(self, visit: int) -> Setting:
        phones = self._settings.equipped_for_smartphone
        look, passcode = self._look.now, self._practice_passcode
        outage = self.counter is not None and self.counter.outage
        return Setting(self._words, visit, self._today, self._clock, look, phones, passcode, self._placing(), outage)

    def _today(self) -> date:
        assert self._services is not None
        return self._services.now().date()

    def _common_keys(self) -> tuple[tuple[str, str], ...]:
        has_drawer = self.HAS_DRAWER or self._services is None or self._services.shelf is not None
        drawer = (("f2", "key.drawer"),) if has_drawer else ()
        return (("f1", "key.help"), ("f4", "key.staff"), *drawer, ("ctrl+q", "key.quit"))

    def _say_head(self) -> None:
        if self._services is None or self.counter is None:
            return
        trouble = self.counter.reader_trouble
        state = "head.reader_ok" if trouble is None else "head.reader_bad"
        title = f"{self._words.text('head.title')}  {self._today().isoformat()}"
        self.frame.head(title, self._words.text(state, reader=self._services.slot.name))

    @on(BellRung)
    def _ring(self) -> None:
        """「係を呼ぶ」 while the visit goes on."""
        self._call()
        self._staff_called = self._words.text("news.staff_called")
        self._say(self._staff_called)

    def _call(self) -> None:
        if "call" in self._look.now.bells:
            self.bell()

    @on(ClipboardTold)
    def _clipboard_told(self, message: ClipboardTold) -> None:
        if self._door is not None:
            self._door.clipboard_told(message.said)

    @on(LanguageAsked)
    @on(LookAsked)
    async def _chosen(self, message: LanguageAsked | LookAsked) -> None:
        """Only while its person is here: the next one chose nothing."""
        if self.counter is None or self.counter.visit != message.visit or self.is_ending:
            return
        if isinstance(message, LanguageAsked):
            self._words = Words(message.lang)
        else:
            self._look.turn(message.look)
        await self._show(anew=True)

    def _forget_choices(self) -> bool:
        """Language and look as the clinic has them: they were one person's choice. Whether anything was otherwise."""
        changed = self._look.back() or self._words is not self._default_words
        self._words = self._default_words
        return changed

    def _say(self, sentence: str) -> None:
        """A sentence for staff below the patient's screen; "" takes it back."""
        if not self.is_ending:
            self.frame.news(sentence)

    def _say_in_front(self, message_id: str, **params: object) -> Callable[[], None]:
        sentence = self._staff_words.text(message_id, **params)
        if self._door is None:
            self._say(sentence)
        else:
            self._door.say_in_front(sentence)

        def take_back() -> None:
            if not self.is_ending and self.frame.has_news(sentence):
                self._say("")

        return take_back

    def _journal_failed(self) -> None:
        if self._door is not None:
            self._door.disk_refused()

    def _form_lost(self) -> None:
        if self._door is not None:
            self._door.form_lost()

    # --- privacy ---

    async def on_event(self, event: events.Event) -> None:
        """Every key and every move of the mouse starts the privacy time anew."""
        if isinstance(event, events.InputEvent | events.Paste):
            if self._door is not None and self._door.drops(event):
                return  # typed for the desk, which closed by itself the moment before
            self._touch()
            if self._door is not None:
                self._door.touch()
        await super().on_event(event)

    def end_idle_visit(self) -> None:
        """Once a second: nobody has touched the counter for the privacy time?"""
        if self._door is not None:
            self._door.second()
            if self._staff_called and self._door.is_open:  # they have come
                if self.frame.has_news(self._staff_called):
                    self._say("")
                self._staff_called = ""
        if self.counter is None or not self._privacy.is_over(self._ask_whether_anybody_is_there):
            return
        from kiosk.flow.events import Expired
        from kiosk.flow.states import DESK_STATES, Idle

        if self._door is not None and self._door.is_open and isinstance(self.counter.state, DESK_STATES):
            return  # the staff side's own time counts there, and keeps what was typed
        self._touch()
        self.close_patient_sheets()
        if isinstance(self.counter.state, Idle):
            self.call_next(self._nobody_chose)
        self.post_message(FlowEvent(self.counter.visit, Expired(), by_key=True))

    async def _nobody_chose(self) -> None:
        """Whoever chose a language or a look has gone away without a visit: the next person's it is not."""
        if self._forget_choices():
            await self._show(anew=True)

    def _touch(self) -> None:
        """The privacy time begins anew; a question whether anybody is there is answered."""
        if self._privacy.touch():
            self._say("")

    def _ask_whether_anybody_is_there(self) -> bool:
        """Where there is something to lose; any key answers. On the staff side its own time counts."""
        from kiosk.flow.machine import can_expire

        assert self.counter is not None
        if (self._door is not None and self._door.is_open) or not can_expire(self.counter):
            return False
        self._say(self._words.text("news.still_there"))
        if "trouble" in self._look.now.bells:
            self.bell()
        return True

    # --- help, drawer, size, end ---

    def action_explain(self) -> None:
        """F1: what this screen is for."""
        from kiosk.screens.overlays import HelpScreen

        if len(self.screen_stack) == 1:
            self.push_screen(HelpScreen(self._words, self.view.NAME))

    def action_staff(self, key: str) -> None:
        """F4, F6, F8: the staff side, or a place in it."""
        if self._door is not None and len(self.screen_stack) == 1:
            self._door.open_for(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Above the patient's screen the door's keys belong to what lies there; F8 also to a view that waits."""
        if action != "staff":
            return super().check_action(action, parameters)
        return self._door is not None and len(self.screen_stack) == 1

    def action_how_to_quit(self) -> None:
        """Ctrl+C is pressed by habit: say how to leave."""
        self._say(self._words.text("news.how_to_quit"))
