"""What may lie above the counter: help, and the sentence for a terminal that became too small."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from kiosk.widgets.plain import PLAIN, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import Words


class HelpScreen(ModalScreen[None]):
    """What this screen is for and what its keys do. Any of a few keys, or a click, closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,f1,enter,space", "dismiss")]

    def __init__(self, words: Words, name: str) -> None:
        super().__init__(id="help")
        self._words = words
        self._about = name

    def compose(self) -> ComposeResult:
        """Title, help, how to close."""
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("help.title"), classes="title")
            yield Prose(self._words.text(f"help.{self._about}"), classes="lead")
            yield Prose(self._words.text("help.everywhere"), classes="lead quiet")
            yield Prose(self._words.text("help.close"), classes="lead")

    def on_mount(self) -> None:
        """Drawn as the screen it explains; in plain text the terminal's cursor stands at its beginning."""
        self.set_class(self.app.screen_stack[0].has_class(PLAIN), PLAIN)
        self.call_after_refresh(place_cursor, self, self.query_one(Prose))

    def on_click(self, event: events.Click) -> None:
        """The mouse closes as well."""
        event.stop()
        self.dismiss()


class TooSmallScreen(ModalScreen[None]):
    """Covers everything and takes every key until the terminal is large enough again; nothing beneath is lost."""

    def __init__(self, words: Words) -> None:
        super().__init__(id="too-small")
        self._words = words

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Prose(self._words.text("too_small"), classes="lead")

    def on_key(self, event: events.Key) -> None:
        """A key pressed on a screen nobody sees does nothing."""
        event.stop()
        event.prevent_default()
