"""The counter as a Textual application: the flow's steps, each from what happened to what is done and shown.

Rule: one handler changes the flow's state, one place maps state to screen (`kiosk.patient_app`), `kiosk.performer` does
the work, and `kiosk.equipped_app` has what that needs loaded and let go of. Modules the first frame does not need are
imported after it, on a thread; so flow and services are imported inside functions.
What breaks if it is wrong: a slow first frame, or a step that is half done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from kiosk import crash
from kiosk.attended_app import AttendedApp
from kiosk.screens.idle import IdleView
from kiosk.screens.messages import FlowEvent
from kiosk.settings.model import DEFAULTS, Settings

if TYPE_CHECKING:
    from kiosk.flow.counter import Counter
    from kiosk.flow.events import Event
    from kiosk.performer import Performer
    from kiosk.services.interfaces import Services

Observer = Callable[["Counter", "Event", "Counter"], None]
"""Told of every step of the flow: where it stood, what happened, where it stands. A rehearsal scores with it."""


class KioskApp(AttendedApp):
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
        super().__init__(load, data_dir, lang, place=place, settings=settings, clock=clock, quick_load=quick_load)
        self._observer = observer
        self._early: list[FlowEvent] = []
        """The last key pressed before the counter was ready; it counts once it is."""

    def equipped(self, services: Services) -> None:
        """The counter can be used."""
        from kiosk.flow.counter import Counter

        self.counter = Counter(services.first_visit, equipped=self._settings.equipped_for_smartphone)
        self._hang_door(services)
        self._say_head()
        if isinstance(self.view, IdleView):
            self.view.now_ready(self._placing(), self.counter.visit)
        early, self._early = self._early, []
        for message in early:
            message.visit = self.counter.visit  # which number it has was not known yet
            self.post_message(message)

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

    def end_visit(self, performer: Performer) -> None:
        """A visit that the end of the application cuts short has its entry in the journal as any other.

        What stands half-typed is kept as it is when the staff side locks itself.
        """
        from kiosk.flow.half_typed import end_counter

        if self.counter is not None:
            for effect in end_counter(self.counter, self._half_typed()):
                performer.perform(effect)

    @property
    def has_kept_form(self) -> bool:
        """Whether a form of the visit that was under way at the end is on the disk, half-typed."""
        if self._performer is None or self.counter is None:
            return False
        return self._performer.form_kept_of == self.counter.visit

    def action_how_to_quit(self) -> None:
        """Ctrl+C is pressed by habit: say how to leave."""
        self._say(self._words.text("news.how_to_quit"))
