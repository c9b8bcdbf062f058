"""同意: may this clinic see what other clinics know (reception.md §4 step 6)? All at once (包括同意), or one by one.

Refusing never keeps anybody from being received: the screen says so before it asks. 限度額 is not asked.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import Back, ConsentAnswered, ConsentForAll, OneByOneChosen
from kiosk.flow.states import AskingConsent
from kiosk.screens.view import Setting, View
from kiosk.screens.waiting import WaitingView


class ConsentView(View):
    """One question: all of it, or the item that is asked now."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "consent"

    def __init__(self, setting: Setting, state: AskingConsent) -> None:
        super().__init__(setting)
        self._state = state
        self._item = state.asked if state.one_by_one else None

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        state, item = self._state, self._item
        with Vertical(classes="middle"):
            if item is None:
                yield self.say("consent.title", classes="title")
                yield self.say("consent.what", classes="lead")
                yield self.say("consent.free", classes="lead")
            else:
                yield self.say(f"consent.item.{item}", classes="title")
                place = state.items.index(item) + 1
                yield self.say("consent.place", classes="lead quiet", now=place, all=len(state.items))
                yield self.say("consent.free", classes="lead")
        with Vertical(classes="answers"):
            if item is None:
                yield self.choice("1", "consent.all", ConsentForAll(given=True))
                yield self.choice("2", "consent.one_by_one", OneByOneChosen())
                yield self.choice("3", "consent.none", ConsentForAll(given=False))
            else:
                yield self.choice("1", "consent.yes", ConsentAnswered(item, given=True))
                yield self.choice("2", "consent.no", ConsentAnswered(item, given=False))
                yield self.choice("9", "consent.back", Back())
            yield self.ring_for_staff()

    def first_focus(self) -> Widget | None:
        """Enter alone must not agree to anything."""
        return self.query_one("#choice-2")

    def press(self, key: str) -> bool:
        """Esc: the question before, where there is one."""
        return super().press("9" if key == "escape" else key)


class SendingConsentView(WaitingView):
    """What was agreed to is told to the service."""

    STEP: ClassVar[int] = 3
    NAME: ClassVar[str] = "sending"
