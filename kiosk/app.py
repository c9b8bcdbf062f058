"""The counter as a Textual application: first frame first, then everything else.

Rule: one handler changes the flow's state, one place maps state to screen, `kiosk.performer` does the work. Modules the
first frame does not need are imported after it, on a thread; so flow, forms and services are imported inside functions.
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
from kiosk.guarded_app import GuardedApp
from kiosk.loading import Loaded, Loading
from kiosk.screens.frame import CounterScreen
from kiosk.screens.idle import IdleView
from kiosk.screens.messages import BellRung, FlowEvent, LanguageAsked, WaitingGivenUp
from kiosk.screens.view import Look, Setting, View
from kiosk.settings.model import DEFAULTS, Settings
from kiosk.settings.themes import register_themes, theme_name
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.drawer_hands import DrawerHands
    from kiosk.flow.counter import Counter
    from kiosk.flow.events import Event
    from kiosk.performer import Performer
    from kiosk.services.interfaces import Services
    from kiosk.staff_door import StaffDoor
    from reader.monitor import SlotMonitor

Observer = Callable[["Counter", "Event", "Counter"], None]
"""Told of every step of the flow: where it stood, what happened, where it stands. A rehearsal scores with it."""


WARNING_SECONDS = 20.0
"""So long before the privacy time is over the screen asks whether anybody is there (WCAG 2.2.1)."""


class KioskApp(GuardedApp):
    """The counter."""

    CSS_PATH = "kiosk.tcss"
    TITLE = "Madoguchi"
    ENABLE_COMMAND_PALETTE = False
    HAS_DRAWER: ClassVar[bool] = False
    """Whether there is a drawer (F2) also where no software card lies in it."""
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
        super().__init__(data_dir, words, without_colour=settings.plain)
        register_themes(self)
        self.theme = theme_name(settings)
        self.counter: Counter | None = None
        """What the flow remembers; None until the counter is ready."""
        self._loading = Loading(load, quick=quick_load)
        self._default_words = words
        self._staff_words = staff_words
        self._settings = settings
        bells = frozenset(settings.bell_for) if settings.bell else frozenset()
        self._look = Look(settings.big_digits, settings.plain, bells)
        self._observer = observer
        self._place = place
        self._clock = clock
        self._touched = clock()
        self._warned = False
        """Nobody has touched the counter for almost the privacy time, and the screen says so."""
        self._services: Services | None = None
        self._performer: Performer | None = None
        self._monitor: SlotMonitor | None = None
        self._hands: DrawerHands | None = None
        self._door: StaffDoor | None = None
        self._practice_passcode = ""
        self._early: list[FlowEvent] = []
        """The last key pressed before the counter was ready; it counts once it is."""
        self._drawer_wanted = False
        """F2 was pressed before there was a drawer to open."""

    # --- the first frame, and what comes after it ---

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

    def on_ready(self) -> None:
        """The first frame is on the screen: load after it."""
        self.call_after_refresh(self._start_loading)
        self.set_interval(1.0, self.end_idle_visit)

    def _start_loading(self) -> None:
        self._loading.begin(
            lambda loaded: self._tell_loop(self._loaded, loaded),
            lambda error: self._tell_loop(self._could_not_load, error),
        )

    def _tell_loop(self, call: Callable[..., None], *args: object) -> None:
        """Hand over to the event loop, unless the application has ended meanwhile."""
        if self.is_running:
            self.call_later(call, *args)

    def _could_not_load(self, error: Exception) -> None:
        self.load_error = error
        self._handle_exception(error)

    def _loaded(self, loaded: Loaded) -> None:
        """The counter can be used."""
        from kiosk.drawer_hands import DrawerHands
        from kiosk.flow.counter import Counter
        from kiosk.performer import Performer
        from kiosk.services.face_camera import SimulatedCamera
        from kiosk.staff_door import StaffDoor
        from reader.monitor import SlotMonitor

        self._loading.finish()
        self._services = services = loaded.services
        self._practice_passcode = loaded.practice_passcode
        self._performer = Performer(services, self._post_answer, self._report, self._journal_failed)
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
            self.view.now_ready()
        self._monitor = SlotMonitor(services.slot, self._reader_reports)
        self._monitor.start()
        if services.shelf is not None:
            face = services.camera if isinstance(services.camera, SimulatedCamera) else None
            self._hands = DrawerHands(services.shelf, self._drawer_failed, face)
            if self._place is not None:
                self._hands.place(self._place)
        self._performer.warm_up()
        early, self._early = self._early, []
        for message in early:
            self.post_message(message)
        if self._drawer_wanted:
            self.action_drawer()

    async def on_unmount(self) -> None:
        """Let go of card, reader, service and journal, however the application ends."""
        if self._door is not None:
            self._door.close()
        if self._hands is not None:
            self._hands.close()
        if self._monitor is not None:
            await asyncio.to_thread(self._monitor.stop)
        if self._performer is not None:
            self._end_visit(self._performer)
            await self._performer.close()
        if self._services is not None:
            self._services.slot.close()

    def _end_visit(self, performer: Performer) -> None:
        """A visit that the end of the application cuts short has its entry in the journal as any other."""
        from kiosk.flow.machine import end_visit

        if self.counter is not None:
            for effect in end_visit(self.counter).effects:
                performer.perform(effect)

    # --- the flow ---

    @on(FlowEvent)
    async def _happened(self, message: FlowEvent) -> None:
        """The only place the state changes."""
        from kiosk.flow.counter import Happened, UnexpectedEventError
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
        if transition.counter.visit != before.visit and isinstance(state, Idle | ReadingCard):
            self._words = self._default_words  # the language was the last person's choice
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
        from kiosk.screens.catalogue import view_for
        from kiosk.screens.overlays import HelpScreen

        assert self.counter is not None
        frame, counter = self.frame, self.counter
        self._say_head()
        if not anew and frame.view.setting.visit == counter.visit and frame.view.renew(counter.state):
            return
        for screen in self.screen_stack[1:]:
            if isinstance(screen, HelpScreen):  # it explains a screen that is gone
                screen.dismiss()
        view = view_for(counter.state, self._setting(counter.visit))
        await frame.show(view, self._words, self._common_keys())

    def _setting(self, visit: int) -> Setting:
        phones = self._settings.equipped_for_smartphone
        return Setting(self._words, visit, self._today, self._clock, self._look, phones, self._practice_passcode)

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

    def _post_answer(self, visit: int, event: Event) -> None:
        self.post_message(FlowEvent(visit, event))

    def _reader_reports(self, event: object) -> None:
        """On the monitor's thread: what the reader sees, in the flow's words."""
        from kiosk.reader_events import flow_event_of

        if self.is_running:
            self.post_message(FlowEvent(None, flow_event_of(event)))

    @on(WaitingGivenUp)
    def _give_up_waiting(self, message: WaitingGivenUp) -> None:
        if self._performer is not None:
            self._performer.give_up_waiting(message.visit)

    @on(BellRung)
    def _ring(self) -> None:
        """「係を呼ぶ」 while the visit goes on."""
        self._call()
        self._say(self._words.text("news.staff_called"))

    def _call(self) -> None:
        if "call" in self._look.bells:
            self.bell()

    @on(LanguageAsked)
    async def _other_language(self, message: LanguageAsked) -> None:
        if self.counter is not None and not self.is_ending:
            self._words = Words(message.lang)
            await self._show(anew=True)

    def _say(self, sentence: str) -> None:
        """A sentence for staff below the patient's screen; "" takes it back."""
        if not self.is_ending:
            self.frame.news(sentence)

    def _journal_failed(self) -> None:
        """The disk refused an entry: the counter works on and says so."""
        self._say(self._words.text("news.journal_failed"))

    # --- privacy ---

    async def on_event(self, event: events.Event) -> None:
        """Every key and every move of the mouse starts the privacy time anew."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._touch()
            if self._door is not None:
                self._door.touch()
        await super().on_event(event)

    def end_idle_visit(self) -> None:
        """Once a second: nobody has touched the counter for the privacy time?"""
        if self._door is not None:
            self._door.second()
        left = self._settings.privacy_seconds - (self._clock() - self._touched)
        if self.counter is None or left > 0:
            self._warn_when(left)
            return
        from kiosk.flow.events import Expired
        from kiosk.flow.states import DESK_STATES, Idle

        if self._door is not None and self._door.is_open and isinstance(self.counter.state, DESK_STATES):
            return  # the staff side's own time counts there, and keeps what was typed
        self._touch()
        if isinstance(self.counter.state, Idle) and self._words is not self._default_words:
            self.call_next(self._default_language)
        self.post_message(FlowEvent(self.counter.visit, Expired(), by_key=True))

    async def _default_language(self) -> None:
        """Whoever chose one has gone away without a visit: the next person's it is not."""
        self._words = self._default_words
        await self._show(anew=True)

    def _touch(self) -> None:
        """The privacy time begins anew; a question whether anybody is there is answered."""
        self._touched = self._clock()
        if self._warned:
            self._warned = False
            self._say("")

    def _warn_when(self, left: float) -> None:
        """Shortly before the time is over: ask whether to go on, where there is something to lose. Any key answers."""
        if self._warned or self.counter is None or left > min(WARNING_SECONDS, self._settings.privacy_seconds / 2):
            return
        from kiosk.flow.machine import can_expire

        if (self._door is not None and self._door.is_open) or not can_expire(self.counter):
            return
        self._warned = True
        self._say(self._words.text("news.still_there"))
        if "trouble" in self._look.bells:
            self.bell()

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

    def action_drawer(self) -> None:
        """F2: the cards, where they are software."""
        self._drawer_wanted = self._services is None
        if self._hands is not None and len(self.screen_stack) == 1:
            self.push_screen(self._hands.open_drawer(self._words), self._hands.do)

    def _drawer_failed(self, error: BaseException) -> None:
        """On the drawer's thread: another program holds the card, or it could not be made."""
        from kiosk.services.interfaces import CardHeldElsewhereError

        elsewhere = isinstance(error, CardHeldElsewhereError)
        if not elsewhere:
            self._report(error, "drawer")
        self._tell_loop(self._say, self._words.text("news.card_elsewhere" if elsewhere else "news.drawer_failed"))

    def action_how_to_quit(self) -> None:
        """Ctrl+C is pressed by habit: say how to leave."""
        self._say(self._words.text("news.how_to_quit"))
