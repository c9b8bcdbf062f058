"""Nobody is here: how to begin, and where the reader cannot be used, what to do about that.

The first frame is this screen; what it imports at module level is paid for before anything is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.screens.messages import LanguageAsked
from kiosk.screens.view import Setting, View
from kiosk.widgets.prose import Prose

if TYPE_CHECKING:
    from kiosk.flow.states import Idle, Trouble


class IdleView(View):
    """Waiting for a card."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "idle"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("f8", "key.manual"),)

    def __init__(self, setting: Setting, state: Idle | None = None, *, ready: bool = True) -> None:
        """`state` is None before the counter is ready; `ready` False says that it is still being set up."""
        super().__init__(setting)
        self._state = state
        self._ready = ready

    def compose(self) -> ComposeResult:
        """The invitation, or what is wrong with the reader; then the two answers."""
        trouble = self._state.trouble if self._state is not None else None
        with Vertical(classes="middle"):
            if trouble is not None:
                yield self.warn(f"trouble.{trouble.value}.what")
                yield self.say(f"trouble.{trouble.value}.next", classes="lead")
                yield from self._for_the_desk(trouble)
            else:
                yield self.say("idle.title", classes="title")
                yield self.say("idle.how", classes="lead")
                yield Prose("" if self._ready else self.t("idle.preparing"), id="preparing", classes="lead quiet")
        with Vertical(classes="answers"):
            yield self.choice("0", "idle.no_card", self._call)
            yield self.choice("9", "idle.language", self._other_language)

    def _for_the_desk(self, trouble: Trouble) -> Iterator[Widget]:
        from kiosk.widgets.fact import Fact

        with Vertical(classes="desk"):
            yield Fact(self.t("desk.for_staff"), self.t(f"trouble.{trouble.value}.staff"))
            yield Fact("", self.t("idle.reader_missing"))

    def _call(self) -> None:
        from kiosk.flow.events import StaffCalled

        self.send(StaffCalled())

    def _other_language(self) -> None:
        self.tell(LanguageAsked())

    def press(self, key: str) -> bool:
        """F8 is how staff begin with a paper."""
        if key == "f8":
            from kiosk.flow.events import ManualRequested

            self.send(ManualRequested())
            return True
        return super().press(key)

    def now_ready(self) -> None:
        """The counter can be used."""
        self._ready = True
        self.query_one("#preparing", Prose).say("")
