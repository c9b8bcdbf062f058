"""The staff side as the application has it: made when the services are there, told of every key, step and second.

Knows both sides and nothing of visits. What breaks if it is wrong: staff cannot get in, or the desk's matters are shown
to whoever stands at the counter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App

from kiosk.flow.counter import Counter
from kiosk.flow.events import ManualRequested
from kiosk.forms.catalogue import desk_view
from kiosk.screens.view import Setting
from kiosk.settings.model import THEMES
from kiosk.staff.actions import Ask
from kiosk.staff.interfaces import Desk
from kiosk.staff.palette import Command
from kiosk.staff.side import StaffSide
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.screens.messages import FlowEvent


class StaffDoor:
    """One for as long as the counter runs; it is the staff side's surroundings."""

    def __init__(
        self,
        app: App[Any],
        desk: Desk,
        words: Words,
        *,
        counter: Callable[[], Counter | None],
        setting: Callable[[int], Setting],
        news: Callable[[str], None],
        to_clipboard: Callable[[str], None],
    ) -> None:
        """`words` are the counter's own; the callables say where the flow stands and what a view may know."""
        self._app = app
        self._words = words
        self._counter = counter
        self._setting = setting
        self._news = news
        self._to_clipboard = to_clipboard
        self._side = StaffSide(app, self, desk, words, partial(desk_view, drafts=desk.drafts))

    # --- for the application ---

    @property
    def is_open(self) -> bool:
        """Whether the desk's matters are on the screen."""
        return self._side.is_open

    @property
    def is_opening(self) -> bool:
        """Whether the staff side was opened and its screen still comes."""
        return self._side.is_laying

    def open_for(self, key: str) -> None:
        """F4 opens the staff side; F6 and F8 go straight to outage mode and to a paper."""
        match key:
            case "f6":
                self._side.knock(Ask.OUTAGE)
            case "f8":
                self._side.knock(ManualRequested())
            case _:
                self._side.knock()

    def keeps_back(self, message: FlowEvent) -> bool:
        """Papers are typed on the staff side: asked for on the patient's, they wait until it is open."""
        if self._side.is_open or not message.by_key or not isinstance(message.event, ManualRequested):
            return False
        self._side.knock(message.event)
        return True

    def touch(self) -> None:
        """A key or the mouse."""
        self._side.touch()

    def drops(self, event: events.Event) -> bool:
        """Whether this was typed for the desk, which has just closed by itself; never what is touched or clicked."""
        if isinstance(event, events.Key):
            return self._side.drops(event.key)
        return isinstance(event, events.Paste) and self._side.drops("paste")

    def second(self) -> None:
        """Once a second."""
        self._side.second()

    def clipboard_told(self, said: str) -> None:
        """What the page says of its browser's clipboard."""
        self._side.clipboard_told(said)

    def say_in_front(self, sentence: str) -> None:
        """Tell staff something on whichever side is in front."""
        self._side.say_in_front(sentence)

    def disk_refused(self) -> None:
        """Something waits for the disk."""
        self._side.disk_refused()

    def form_lost(self) -> None:
        """A half-typed form could not be kept."""
        self._side.form_lost()

    async def stepped(self, before: Counter, now: Counter) -> None:
        """After every step of the flow."""
        await self._side.show(before, now)

    def half_typed(self) -> tuple[tuple[str, str], ...]:
        """What stands in an open form, also when the application ends and its screen is gone already."""
        return self._side.half_typed()

    def close(self) -> None:
        """The application ends."""
        self._side.close()

    # --- for the staff side (`kiosk.staff.side.Surroundings`) ---

    def counter_now(self) -> Counter | None:
        """Where the flow stands."""
        return self._counter()

    def setting_for_staff(self, visit: int) -> Setting:
        """What a view may know, for a visit."""
        return self._setting(visit)

    def to_clipboard(self, text: str) -> None:
        """Write to the terminal's clipboard (OSC 52): the staff side alone may."""
        self._to_clipboard(text)

    def news(self, sentence: str) -> None:
        """Tell staff something on the patient's side."""
        self._news(sentence)

    def commands(self) -> tuple[Command, ...]:
        """The themes."""
        return tuple(Command(self._words.text("palette.theme", name=name), self._theme(name)) for name in THEMES)

    def _theme(self, name: str) -> Callable[[], None]:
        def choose() -> None:
            self._app.theme = name

        return choose
