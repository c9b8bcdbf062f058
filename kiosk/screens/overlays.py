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

    Keys that were pressed before it was drawn away still arrive here, and Textual takes the uppermost screen away,
    whichever is asked to go: so each asks first whether it is that one (`is_active`; `is_current` is also what shines
    through from beneath).
    """

    ABOUT: ClassVar[str] = ""
    """The stem of its help, `help.<ABOUT>`; "" where it has none."""
    EVERYWHERE: ClassVar[str] = "help.everywhere"
    """What its help says of every screen; staff are not told to call staff."""
    BINDINGS: ClassVar[list[BindingType]] = [("f1", "explain")]

    def __init__(self, words: Words, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._words = words
        self._ending: tuple[_T | None] | None = None
        """What it ends with, once something has ended it."""

    def close_with(self, result: _T) -> None:
        """End with this; what came first counts. Beneath the cover of a small terminal as soon as that is off."""
        self._end(result)

    def lets_wait(self, key: str) -> bool:
        """Whether a key that is typed while the sheet waits for an answer has to wait as well, for whatever follows.

        Whoever answers True posts `kiosk.screens.messages.ThoughtOver` once the answer is there, or goes.
        """
        del key
        return False

    def ponders(self, key: str) -> bool:
        """Whether this key may have it wait for an answer, so that the next one is not handed to it at once.

        Whoever answers True posts `kiosk.screens.messages.ThoughtOver` in any case, or goes.
        """
        del key
        return False

    def take_away(self) -> None:
        """End it because what it is about is gone."""
        self._end(None)

    def _end(self, result: _T | None) -> None:
        self._ending = self._ending or (result,)
        self._leave()

    def _leave(self) -> None:
        if self._ending is not None and self.is_active:
            self.dismiss(self._ending[0])

    def on_screen_resume(self) -> None:
        """Whatever lay above has gone."""
        self.call_later(self._leave)

    def uncover(self) -> None:
        """Take the help away that explains this sheet."""
        if isinstance(self.app.screen, HelpScreen) and self in self.app.screen_stack:
            self.app.screen.dismiss()

    def action_explain(self) -> None:
        """F1: what this sheet is for."""
        if self.ABOUT and self.is_active:
            self.app.push_screen(HelpScreen(self._words, self.ABOUT, self.EVERYWHERE))


class HelpScreen(Overlay[None]):
    """What this screen is for and what its keys do. Any of a few keys, or a click, closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,f1,enter,space", "close")]

    def __init__(self, words: Words, name: str, everywhere: str = "help.everywhere") -> None:
        """`name` is the stem of the words, `help.<name>`; `everywhere` the id of what holds on every screen."""
        super().__init__(words)
        self._about = name
        self._everywhere = everywhere

    def compose(self) -> ComposeResult:
        """Title, help, how to close."""
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("help.title"), classes="title")
            yield Prose(self._words.text(f"help.{self._about}"), classes="lead")
            yield Prose(self._words.text(self._everywhere), classes="lead quiet")
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
    """Covers everything and takes every key until the terminal is large enough again; nothing beneath is lost.

    It is its own help: it says what to do, so F1 opens nothing above it that nobody could read.
    """

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
