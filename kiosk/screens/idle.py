"""Nobody is here: how to begin, and where the reader cannot be used, what to do about that.

The first frame is this screen; what it imports at module level is paid for before anything is seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from kiosk.screens.placing import Placing
from kiosk.screens.view import Setting, View
from kiosk.widgets.prose import Prose

if TYPE_CHECKING:
    from kiosk.flow.states import Idle


class CardPicture(Widget):
    """A card as it should lie there: photograph up. A picture, no words; left out where there is no room for it."""

    def render(self) -> Content:
        """Two lines of the card's face, and where the photograph is, from blanks alone."""
        photo, line, gap = (" " * 8, "reverse"), (" " * 12, "reverse"), " " * 6
        empty = Content.assemble(" " * 18, photo)
        written = Content.assemble(line, gap, photo)
        return Content("\n").join([empty, written, empty, written, empty])


class IdleView(View):
    """Waiting for a card."""

    STEP: ClassVar[int] = 1
    NAME: ClassVar[str] = "idle"
    PAPER_KEY: ClassVar[bool] = True

    def __init__(self, setting: Setting, state: Idle | None = None, *, ready: bool = True) -> None:
        """`state` is None before the counter is ready; `ready` False says that it is still being set up."""
        super().__init__(setting)
        self._state = state
        self._ready = ready

    def compose(self) -> ComposeResult:
        """The invitation, or what is wrong with the reader; then the answers."""
        trouble = self._state.trouble if self._state is not None else None
        with Vertical(classes="middle"):
            if trouble is None and self.setting.outage:
                from kiosk.flow.states import Trouble

                trouble = Trouble.OUTAGE
            if trouble is not None:
                from kiosk.screens.trouble import words_of

                yield self.warn(words_of(trouble, "what", self.setting.words))
                yield self.say(words_of(trouble, "next", self.setting.words), classes="lead")
            else:
                yield self.say("idle.title", classes="title", id="idle-title")
                yield self.say("idle.how", classes="lead", id="idle-how")
                standing = self._practice() if self._ready else self.t("idle.preparing")
                yield Prose(standing, id="preparing", classes="lead quiet")
                yield CardPicture(classes="-more-answers" if self.setting.phones else None)
        with Vertical(classes="answers"):
            if self.setting.phones and trouble is None and not self.setting.outage:
                yield self.choice("1", "idle.iphone", lambda: self._phone("ios"))
                yield self.choice("2", "idle.android", lambda: self._phone("android"))
            yield self.choice("0", "idle.no_card", self._call)
            yield self.choice("9", "idle.language", self.ask_for_language)

    def _call(self) -> None:
        from kiosk.flow.events import StaffCalled

        self.send(StaffCalled())

    def _phone(self, kind: str) -> None:
        from kiosk.flow.events import PhoneChosen

        self.send(PhoneChosen(kind))

    def key_hints(self) -> tuple[tuple[str, str], ...]:
        """The languages are an answer here, not only a key."""
        return tuple((key, self.t(message_id)) for key, message_id in self.KEYS)

    def _practice(self) -> str:
        """Where a software card comes from; nothing with a real reader."""
        return self.t("idle.drawer") if self.setting.placing is Placing.DRAWER else ""

    def now_ready(self, placing: Placing, visit: int) -> None:
        """The counter can be used, its reader is known, and which number the first visit has."""
        self._ready = True
        self.setting = replace(self.setting, placing=placing, visit=visit)
        self.query_one("#preparing", Prose).say(self._practice())
        for part in ("title", "how"):
            self.query_one(f"#idle-{part}", Prose).say(self.t(f"idle.{part}"))
