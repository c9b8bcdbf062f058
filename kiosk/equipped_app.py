"""The application with what a visit needs: services, performer, reader, drawer. Loaded after the first frame.

Knows no state of the flow and draws nothing: what is read or answered is posted as an event of the flow, and whoever
extends this decides. What breaks if it is wrong: a slow first frame, or a card, a reader or a journal that is not let
go of at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from kiosk.keys_in_order import KeysInOrder
from kiosk.loading import Loaded, Loading
from kiosk.screens.messages import FlowEvent, WaitingGivenUp
from kiosk.screens.placing import Placing, placing_of
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.drawer_hands import DrawerHands
    from kiosk.flow.events import Event
    from kiosk.performer import Performer
    from kiosk.services.interfaces import Services
    from reader.monitor import SlotMonitor

RISK_SECONDS: Final = 20.0
"""So long a second Ctrl+Q counts as the answer to what the first one was told."""


class EquippedApp(KeysInOrder):
    """Loads, begins, and lets go of everything, however it ends."""

    HAS_DRAWER: ClassVar[bool] = False
    """Whether there is a drawer (F2) also where no software card lies in it."""
    CARDS_IN_DRAWER: ClassVar[bool] = True
    """Whether whoever stands here lays software cards down by F2; False where somebody does that for them."""

    def __init__(
        self,
        load: Callable[[], Services],
        data_dir: Path,
        words: Words,
        *,
        place: str | None,
        quick_load: bool,
        without_colour: bool,
    ) -> None:
        """As `kiosk.app.KioskApp` says. Raises RuntimeError: Textual's log or developer tools are on."""
        super().__init__(data_dir, words, without_colour=without_colour)
        self._loading = Loading(load, quick=quick_load)
        self._place = place
        self._services: Services | None = None
        self._performer: Performer | None = None
        self._monitor: SlotMonitor | None = None
        self._hands: DrawerHands | None = None
        self._practice_passcode = ""
        self._drawer_wanted = False
        """F2 was pressed before there was a drawer to open."""
        self._risked = 0
        """So many records would be lost by an end, and whoever pressed Ctrl+Q was told."""

    # --- for whoever extends this ---

    def equipped(self, services: Services) -> None:
        """Everything is there; nothing of it is at work yet but the performer."""
        raise NotImplementedError

    def end_visit(self, performer: Performer) -> None:
        """The application ends: perform what a visit that is under way still needs."""
        raise NotImplementedError

    def _say(self, sentence: str) -> None:
        """Tell staff something."""
        raise NotImplementedError

    def _say_in_front(self, message_id: str, **params: object) -> Callable[[], None]:
        """Tell staff something on whichever side is in front; what is returned takes it back."""
        raise NotImplementedError

    def _journal_failed(self) -> None:
        """The disk refused something."""
        raise NotImplementedError

    def _form_lost(self) -> None:
        """The disk refused a half-typed form, which does not wait for it."""
        raise NotImplementedError

    # --- beginning and end. Textual calls these beside those of the class that extends this ---

    def on_ready(self) -> None:
        """The first frame is on the screen: load after it."""
        self.call_after_refresh(self._start_loading)

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
        from kiosk.performer import Performer
        from kiosk.services.face_camera import SimulatedCamera
        from reader.monitor import SlotMonitor

        self._loading.finish()
        self._services = services = loaded.services
        self._practice_passcode = loaded.practice_passcode
        self._performer = Performer(services, self._post_answer, self._report, self._journal_failed, self._form_lost)
        self.equipped(services)
        self._monitor = SlotMonitor(services.slot, self._reader_reports)
        self._monitor.start()
        if services.shelf is not None and self.CARDS_IN_DRAWER:
            face = services.camera if isinstance(services.camera, SimulatedCamera) else None
            self._hands = DrawerHands(services.shelf, self._drawer_failed, face, self._card_made_new)
            if self._place is not None:
                self._hands.place(self._place)
        self._performer.warm_up()
        if self._drawer_wanted:
            self.action_drawer()
            if len(self.screen_stack) == 1:
                self.forget_keys()  # there is no drawer
            self.keys_go_on()

    async def on_unmount(self) -> None:
        """Let go of card, reader, service and journal, however the application ends."""
        if self._hands is not None:
            self._hands.close()
        if self._monitor is not None:
            await asyncio.to_thread(self._monitor.stop)
        if self._performer is not None:
            self.end_visit(self._performer)
            await self._performer.close()
        if self._services is not None:
            self._services.slot.close()

    @property
    def unwritten(self) -> int:
        """How many records the disk refused and only memory has; after the end: that are lost."""
        return 0 if self._services is None else self._services.unwritten()

    async def action_quit(self) -> None:
        """Ctrl+Q. What an end would lose is said first; pressed once more within a while, it ends."""
        waiting = self.unwritten
        if waiting <= self._risked:
            self.exit()
            return
        self._risked = waiting
        take_back = self._say_in_front("news.unwritten", count=waiting)

        def over() -> None:
            if self._risked == waiting:
                self._risked = 0
            take_back()

        self.set_timer(RISK_SECONDS, over)

    # --- what comes from outside ---

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

    # --- reader and drawer ---

    def _placing(self) -> Placing:
        if self._services is None:
            return Placing.LAY
        software = self._services.shelf is not None
        if software and not self.CARDS_IN_DRAWER:
            return Placing.LAY
        return placing_of(self._services.slot.name, software=software)

    @property
    def has_drawer(self) -> bool:
        """Whether F2 opens anything here, as far as that is known yet."""
        cards = self._services is None or self._services.shelf is not None
        return self.HAS_DRAWER or (self.CARDS_IN_DRAWER and cards)

    @property
    def is_opening(self) -> bool:
        """The drawer, before there is one to open."""
        return self._drawer_wanted

    def action_drawer(self) -> None:
        """F2: the cards, where they are software."""
        self._drawer_wanted = self._services is None
        if self._hands is not None and len(self.screen_stack) == 1:
            self.push_screen(self._hands.open_drawer(self._words), self._hands.do)

    def _card_made_new(self) -> None:
        """On the drawer's thread."""
        self._tell_loop(self._say, self._words.text("news.card_made_new"))

    def _drawer_failed(self, error: BaseException) -> None:
        """On the drawer's thread: another program holds the card, or it could not be made."""
        from kiosk.services.interfaces import CardHeldElsewhereError

        elsewhere = isinstance(error, CardHeldElsewhereError)
        if not elsewhere:
            self._report(error, "drawer")
        self._tell_loop(self._say, self._words.text("news.card_elsewhere" if elsewhere else "news.drawer_failed"))
