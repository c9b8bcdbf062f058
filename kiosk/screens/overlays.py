"""What may lie above the counter: help, and the sentence for a terminal that became too small."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from kiosk.widgets.plain import PLAIN, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import Words

_T = TypeVar("_T")


class Overlay(ModalScreen[_T]):
    """A sheet above the counter: it closes once, whatever keys come after the first, and F1 explains it.

    Keys that were pressed before it was drawn away still arrive here; without asking, the second of them would close
    what lies beneath.
    """

    ABOUT: ClassVar[str] = ""
    """The stem of its help, `help.<ABOUT>`; "" where it has none."""
    BINDINGS: ClassVar[list[BindingType]] = [("f1", "explain")]

    def __init__(self, words: Words, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._words = words

    def close_with(self, result: _T) -> None:
        """End with this, unless it has ended already or lies beneath something."""
        if self.is_current:
            self.dismiss(result)

    def uncover(self) -> None:
        """Take the help away that explains this sheet."""
        if isinstance(self.app.screen, HelpScreen) and self in self.app.screen_stack:
            self.app.screen.dismiss()

    def action_explain(self) -> None:
        """F1: what this sheet is for."""
        if self.ABOUT and self.is_current:
            self.app.push_screen(HelpScreen(self._words, self.ABOUT))


class HelpScreen(Overlay[None]):
    """What this screen is for and what its keys do. Any of a few keys, or a click, closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,f1,enter,space", "close")]

    def __init__(self, words: Words, name: str) -> None:
        super().__init__(words)
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
        self.action_close()

    def action_close(self) -> None:
        """Enough read."""
        self.close_with(None)


class TooSmallScreen(ModalScreen[None]):
    """Covers everything and takes every key until the terminal is large enough again; nothing beneath is lost."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Prose(self._words.text("too_small"), classes="lead")

    def on_key(self, event: events.Key) -> None:
        """A key pressed on a screen nobody sees does nothing."""
        event.stop()
        event.prevent_default()
