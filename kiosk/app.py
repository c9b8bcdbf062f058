"""The counter as a Textual application: first frame first, then everything else.

Rule: one handler changes the flow's state, one place maps state to screen, `kiosk.performer` does the work. Modules the
first frame does not need are imported after it, on a thread; so flow, forms and services are imported inside functions.
What breaks if it is wrong: a slow first frame, or a screen that belongs to another visit.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from rich.text import Text
from textual import constants, events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.scrollbar import ScrollBar

from kiosk import crash
from kiosk.screens.frame import CounterScreen
from kiosk.screens.idle import IdleView
from kiosk.screens.messages import BellRung, FlowEvent, LanguageAsked, WaitingGivenUp
from kiosk.screens.view import Setting, View
from kiosk.widgets.lines import PlainScrollBar
from kiosk.words import LANGUAGES, Words

if TYPE_CHECKING:
    from kiosk.drawer_hands import DrawerHands
    from kiosk.flow.counter import Counter
    from kiosk.flow.events import Event
    from kiosk.performer import Performer
    from kiosk.services.interfaces import Services
    from reader.monitor import SlotMonitor

SMALLEST: Final = (80, 24)
"""Columns and rows every screen is complete in."""
PRIVACY_SECONDS: Final = 120.0
"""After so long without a key or the mouse a patient's screen goes back to the beginning."""
RETURN_CODE_FAULT: Final = 2
_QUICK_SWITCHES: Final = 0.0005
"""Thread switch interval while loading, so that the screen stays alive (prototypes.md §2)."""


class KioskApp(App[None]):
    """The counter."""

    CSS_PATH = "kiosk.tcss"
    TITLE = "Madoguchi"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012 - Textual declares it as it is
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "explain", show=False),
        Binding("f2", "drawer", show=False),
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
        privacy_seconds: float = PRIVACY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        quick_load: bool = True,
    ) -> None:
        """Nothing heavy happens here: `load` runs on a thread after the first frame.

        `data_dir` is where crash reports go; `place` the persona whose card lies on the software reader from the
        start; `clock` counts seconds for waiting and the privacy time. `quick_load` holds garbage collection back
        while loading and freezes what was loaded: right for a process that is only this counter, wrong in tests.

        Raises:
            RuntimeError: Textual's log or developer tools are on; they would write keys (design.md §2).
            ValueError: There are no words in `lang`.
        """
        super().__init__()
        ScrollBar.renderer = PlainScrollBar
        if constants.LOG_FILE is not None or self.features & {"devtools", "debug"}:
            raise RuntimeError("Textual's log and developer tools must be off: unset TEXTUAL and TEXTUAL_LOG")
        self.load_error: Exception | None = None
        """Why `load` did not work out; set when the application ends because of it."""
        self.crash_report: Path | None = None
        """The last report written."""
        self.counter: Counter | None = None
        """What the flow remembers; None until the counter is ready."""
        self._load = load
        self._data_dir = data_dir
        self._default_words = Words(lang)
        self._words = self._default_words
        self._place = place
        self._privacy_seconds = privacy_seconds
        self._clock = clock
        self._quick_load = quick_load
        self._touched = clock()
        self._services: Services | None = None
        self._performer: Performer | None = None
        self._monitor: SlotMonitor | None = None
        self._hands: DrawerHands | None = None
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
        if self._quick_load:
            gc.disable()
            sys.setswitchinterval(_QUICK_SWITCHES)
        threading.Thread(target=self._load_all, name="load", daemon=True).start()

    def _load_all(self) -> None:
        """On the loading thread: what a visit imports, then the services."""
        try:
            from kiosk.preload import import_all

            import_all()
            services = self._load()
        except Exception as error:
            self._tell_loop(self._could_not_load, error)
        else:
            self._tell_loop(self._loaded, services)

    def _tell_loop(self, call: Callable[..., None], *args: object) -> None:
        """Hand over to the event loop, unless the application has ended meanwhile."""
        if self.is_running:
            self.call_later(call, *args)

    def _could_not_load(self, error: Exception) -> None:
        self.load_error = error
        self._handle_exception(error)

    def _loaded(self, services: Services) -> None:
        """The counter can be used."""
        from kiosk.drawer_hands import DrawerHands
        from kiosk.flow.counter import Counter
        from kiosk.performer import Performer
        from reader.monitor import SlotMonitor

        if self._quick_load:
            gc.freeze()
            gc.enable()
            sys.setswitchinterval(0.005)
        self._services = services
        self._performer = Performer(services, self._post_answer, self._report, self._journal_failed)
        self.counter = Counter()
        self._say_head()
        if isinstance(self.view, IdleView):
            self.view.now_ready()
        self._monitor = SlotMonitor(services.slot, self._reader_reports)
        self._monitor.start()
        if services.shelf is not None:
            self._hands = DrawerHands(services.shelf, self._drawer_failed)
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
        from kiosk.flow.states import CALLS_STAFF, Idle, InTrouble, ReadingCard

        if self.counter is None or self._performer is None:
            self._early = [message]
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
            self.frame.news("")
        if state != before.state:
            self._touched = self._clock()
        for effect in transition.effects:
            self._performer.perform(effect)
        await self._show()
        if isinstance(state, InTrouble) and state != before.state and state.trouble in CALLS_STAFF:
            self.bell()

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
        return Setting(self._words, visit, self._today, self._clock)

    def _today(self) -> date:
        assert self._services is not None
        return self._services.now().date()

    def _common_keys(self) -> tuple[tuple[str, str], ...]:
        drawer = (("f2", "key.drawer"),) if self._services is None or self._services.shelf is not None else ()
        return (("f1", "key.help"), *drawer, ("ctrl+q", "key.quit"))

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
        self.bell()
        self.frame.news(self._words.text("news.staff_called"))

    @on(LanguageAsked)
    async def _other_language(self) -> None:
        following = LANGUAGES[(LANGUAGES.index(self._words.lang) + 1) % len(LANGUAGES)]
        if self.counter is not None:
            self._words = Words(following)
            await self._show(anew=True)

    def _journal_failed(self) -> None:
        """The disk refused an entry: the counter works on and says so."""
        self.frame.news(self._words.text("news.journal_failed"))

    # --- privacy ---

    async def on_event(self, event: events.Event) -> None:
        """Every key and every move of the mouse starts the privacy time anew."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._touched = self._clock()
        await super().on_event(event)

    def end_idle_visit(self) -> None:
        """Once a second: nobody has touched the counter for the privacy time?"""
        if self.counter is None or self._clock() - self._touched < self._privacy_seconds:
            return
        from kiosk.flow.events import Expired

        self._touched = self._clock()
        self.post_message(FlowEvent(self.counter.visit, Expired(), by_key=True))

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing leaves the counter through a clipboard."""

    # --- help, drawer, size, end ---

    def action_explain(self) -> None:
        """F1: what this screen is for."""
        from kiosk.screens.overlays import HelpScreen

        if len(self.screen_stack) == 1:
            self.push_screen(HelpScreen(self._words, self.view.NAME))

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
        self._tell_loop(self.frame.news, self._words.text("news.card_elsewhere" if elsewhere else "news.drawer_failed"))

    def on_resize(self, event: events.Resize) -> None:
        """Smaller than every screen needs: one sentence, and nothing beneath it is lost."""
        if not self.is_running or not self.screen_stack:
            return
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        from kiosk.screens.overlays import TooSmallScreen

        covered = isinstance(self.screen, TooSmallScreen)
        if small and not covered:
            self.push_screen(TooSmallScreen(self._words))
        elif covered and not small:
            self.pop_screen()

    def action_how_to_quit(self) -> None:
        """Ctrl+C is pressed by habit: say how to leave."""
        self.frame.news(self._words.text("news.how_to_quit"))

    # --- faults ---

    def _report(self, error: BaseException, where: str) -> None:
        """Note a fault that a screen survives. Called from any thread."""
        self.crash_report = crash.write_report(self._data_dir, error, where=where)

    def _handle_exception(self, error: Exception) -> None:
        """A fault of the application itself: end with one sentence and a report that holds no values.

        Replaces Textual's traceback, which shows local variables.
        """
        self.crash_report = crash.write_report(self._data_dir, error, where="screens")
        self._return_code = RETURN_CODE_FAULT
        if self._exception is None:  # the pilot of the tests asks for it
            self._exception = error
            self._exception_event.set()
        sentence = "crash.load" if self.load_error is not None else "crash.app"
        self._exit_renderables[:] = [Text(self._words.text(sentence, path=self.crash_report or "-"))]
        self._close_messages_no_wait()
