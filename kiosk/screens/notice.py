"""The certificate of the card ends soon, or has ended and is in grace: said once, then on (reception.md §4 step 5)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import NoticeRead
from kiosk.flow.states import NoticingCertificate
from kiosk.screens.view import Setting, View

_GRACE = "grace"
"""電子証明書 over, the card still good for the eligibility alone."""


class NoticeView(View):
    """Until when, and where it is renewed. Today's visit goes on either way."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "notice"

    def __init__(self, setting: Setting, state: NoticingCertificate) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """The day, what follows from it, one way on."""
        reception = self._state.reception
        kind = "over" if reception.certificate == _GRACE else "ends"
        day = reception.certificate_until
        with Vertical(classes="middle"):
            if day is None:
                yield self.warn(f"notice.{kind}")
            else:
                yield self.warn(f"notice.{kind}.day", day=self.day(day))
            yield self.say(f"notice.{kind}.what", classes="lead")
            yield self.say("notice.where", classes="lead")
        with Vertical(classes="answers"):
            yield self.choice("1", "choice.understood", NoticeRead())
            yield self.ring_for_staff()
