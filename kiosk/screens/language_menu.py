"""The languages a patient can choose, each written in itself. Lies above the counter; the visit goes on beneath."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from kiosk.screens.overlays import Overlay
from kiosk.widgets.choice import Choice
from kiosk.widgets.plain import PLAIN, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import LANGUAGE_NAMES, LANGUAGES, Words


class LanguageMenu(Overlay[str | None]):
    """Number keys, arrows or the mouse; Esc leaves the language as it is."""

    ABOUT = "language"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,f3,0", "close")]

    def __init__(self, words: Words, *, plain: bool = False) -> None:
        super().__init__(words, PLAIN if plain else None)

    def compose(self) -> ComposeResult:
        """One line for each language, the present one with the focus."""
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("language.title"), classes="title")
            with Vertical(classes="answers"):
                for number, lang in enumerate(LANGUAGES, start=1):
                    yield Choice(str(number), LANGUAGE_NAMES[lang], lambda: None, id=f"language-{lang}")
                yield Choice("escape", self._words.text("choice.back"), lambda: None, id="language-back")

    def on_mount(self) -> None:
        """Begin at the present language."""
        self.set_focus(self.query_one(f"#language-{self._words.lang}"))

    def on_descendant_focus(self) -> None:
        """In plain text the terminal's cursor follows."""
        self.call_after_refresh(place_cursor, self, None)

    def on_key(self, event: events.Key) -> None:
        """A number chooses, the arrows move."""
        if event.key in ("up", "down"):
            event.stop()
            (self.focus_previous if event.key == "up" else self.focus_next)(Choice)
        elif event.key.isdecimal() and 1 <= int(event.key) <= len(LANGUAGES):
            event.stop()
            self.close_with(LANGUAGES[int(event.key) - 1])

    def action_close(self) -> None:
        """Leave it as it is."""
        self.close_with(None)

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        lang = (message.choice.id or "").removeprefix("language-")
        self.close_with(lang if message.choice.key != "escape" else None)
