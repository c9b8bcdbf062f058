"""The application while nobody attends to it: a visit that was left ends by itself after the privacy time.

Counts with `kiosk.privacy_time`; the flow decides whether anything can end. What breaks if it is wrong: a stranger
reads what somebody left, or somebody who is slow loses the visit.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events

from kiosk.privacy_time import PrivacyTime
from kiosk.screens.messages import FlowEvent
from kiosk.settings.model import Settings
from kiosk.staffed_app import StaffedApp

if TYPE_CHECKING:
    from kiosk.services.interfaces import Services


class AttendedApp(StaffedApp):
    """Notices that nobody is there any more."""

    def __init__(
        self,
        load: Callable[[], Services],
        data_dir: Path,
        lang: str,
        *,
        place: str | None,
        settings: Settings,
        clock: Callable[[], float],
        quick_load: bool,
    ) -> None:
        """As `kiosk.app.KioskApp` says, which names what is raised."""
        super().__init__(load, data_dir, lang, place=place, settings=settings, clock=clock, quick_load=quick_load)
        self._privacy = PrivacyTime(clock, settings.privacy_seconds)

    def on_ready(self) -> None:
        """Beside the loading, which begins now as well."""
        self.set_interval(1.0, self.end_idle_visit)

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
        self._second_at_the_desk()
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
