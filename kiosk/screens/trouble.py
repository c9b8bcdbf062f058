"""Something stopped the card path: what happened, what to do next, and four doors."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Abandoned, ManualRequested, RetryRequested
from kiosk.flow.states import InTrouble, Trouble
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

_SAME_CARD_FAILS_AGAIN = frozenset({Trouble.PIN_LOCKED, Trouble.REAL_CARD, Trouble.NOT_MYNA_CARD})
"""Reading the same card again changes nothing: another card, or none, has to lie there first."""


class TroubleView(View):
    """The words are `trouble.<trouble>.what` and `.next`."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "trouble"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("f8", "key.manual"),)

    def __init__(self, setting: Setting, state: InTrouble) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """What happened, what to do, a code for staff; then the doors, always in the same place."""
        stem = f"trouble.{self._state.trouble.value}"
        with Vertical(classes="middle"):
            yield self.say(f"{stem}.what", classes="title warning")
            yield self.say(f"{stem}.next", classes="lead")
            yield Prose(self._detail(), id="detail", classes="lead quiet")
        with Vertical(classes="answers"):
            yield Choice("1", self.t(self._retry_words()), lambda: self.send(RetryRequested()), id="choice-1")
            yield self.choice("2", "trouble.manual", ManualRequested())
            yield self.choice("9", "choice.end", Abandoned())
            yield self.ring_for_staff()

    def _detail(self) -> str:
        return self.t("trouble.code", code=self._state.detail) if self._state.detail else ""

    def _retry_words(self) -> str:
        if not self._state.card_on_reader:
            return "trouble.retry_place"
        return "trouble.retry_other" if self._state.trouble in _SAME_CARD_FAILS_AGAIN else "trouble.retry_read"

    def press(self, key: str) -> bool:
        """F8 is the second door."""
        return super().press("2" if key == "f8" else key)

    def renew(self, state: Any) -> bool:
        """A card taken or put back changes one word only."""
        if not isinstance(state, InTrouble) or (state.trouble, state.detail) != (
            self._state.trouble,
            self._state.detail,
        ):
            return False
        self._state = state
        self.query_one("#choice-1", Choice).relabel(self.t(self._retry_words()))
        return True
