"""顔認証, simulated: the camera looks; and what is done where it saw another face. Both say that it is practice."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Back, StaffCalled, WayChosen
from kiosk.flow.facts import Way
from kiosk.flow.states import FaceFailed
from kiosk.screens.view import Setting, View
from kiosk.screens.waiting import WaitingView
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose


class FaceView(WaitingView):
    """The face is compared with the card's photo."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "face"

    def notes(self) -> tuple[Prose, ...]:
        """No camera looks at anybody here."""
        return (self.say("face.simulated", classes="lead"),)

    def ways_on(self) -> tuple[Choice, ...]:
        """Another way of showing whose card it is."""
        return (self.choice("1", "face.other_way", Back()),)

    def staff(self) -> Choice:
        """Staff can do the same by eye."""
        return self.call_staff()


class FaceFailedView(View):
    """Try once more, or show it another way: nothing is lost."""

    STEP: ClassVar[int] = 2
    NAME: ClassVar[str] = "face_failed"

    def __init__(self, setting: Setting, state: FaceFailed) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """What helps the camera, how often it may be tried, the answers."""
        with Vertical(classes="middle"):
            yield self.warn("face_failed.title")
            yield self.say("face_failed.how", classes="lead")
            yield self.say("face_failed.tries", classes="lead", left=self._state.tries_left)
        with Vertical(classes="answers"):
            yield self.choice("1", "face_failed.again", WayChosen(Way.FACE))
            if Way.PIN in self._state.card.ways:
                yield self.choice("2", "method.pin", WayChosen(Way.PIN))
            yield self.choice("9", "choice.back", Back())
            yield self.choice("0", "face_failed.staff", StaffCalled())

    def press(self, key: str) -> bool:
        """Esc is the question before, too."""
        if key == "escape":
            self.send(Back())
            return True
        return super().press(key)
