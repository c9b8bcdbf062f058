"""The application with its door to the staff side: what the desk is told, and what it says on either side.

The door itself is `kiosk.staff_door`, loaded with the services. What breaks if it is wrong: staff are not told of what
the disk refused, or a key that was typed for the desk answers for the patient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from kiosk.patient_app import PatientApp
from kiosk.web.news import ClipboardTold

if TYPE_CHECKING:
    from kiosk.services.interfaces import Services
    from kiosk.staff_door import StaffDoor


class StaffedApp(PatientApp):
    """Has a staff side, where the services have one."""

    _door: StaffDoor | None = None

    def _hang_door(self, services: Services) -> None:
        """The services are there: so is the staff side."""
        from kiosk.staff_door import StaffDoor

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

    async def on_unmount(self) -> None:
        """Before everything else is let go of: nothing of the desk stays behind."""
        if self._door is not None:
            self._door.close()

    @property
    def is_opening(self) -> bool:
        """The drawer, or the staff side behind an open door."""
        return super().is_opening or (self._door is not None and self._door.is_opening)

    def action_staff(self, key: str) -> None:
        """F4, F6, F8: the staff side, or a place in it."""
        if self._door is not None and len(self.screen_stack) == 1:
            self._door.open_for(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Above the patient's screen the door's keys belong to what lies there; F8 also to a view that waits."""
        if action != "staff":
            return super().check_action(action, parameters)
        return self._door is not None and len(self.screen_stack) == 1

    # --- what the desk is told ---

    def _second_at_the_desk(self) -> None:
        """Once a second: its own time goes on. Whoever was called reads that as they come, and is called no longer."""
        if self._door is None:
            return
        self._door.second()
        if self._staff_called and self._door.is_open:
            if self.frame.has_news(self._staff_called):
                self._say("")
                self._door.say_in_front(self._staff_words.text("side.trouble.called_staff"))
            self._staff_called = ""

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

    @on(ClipboardTold)
    def _clipboard_told(self, message: ClipboardTold) -> None:
        if self._door is not None:
            self._door.clipboard_told(message.said)

    def _half_typed(self) -> tuple[tuple[str, str], ...]:
        """What stands in an open form; () where it is that form that failed: the flow has what it was told before."""
        try:
            return () if self._door is None else self._door.half_typed()
        except Exception as error:
            self._report(error, "form")
            return ()
