"""The languages and looks a patient can choose, each language written in itself; the visit goes on beneath."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from kiosk.screens.first_size import dress
from kiosk.screens.overlays import Overlay
from kiosk.screens.view import Look
from kiosk.widgets.choice import Choice
from kiosk.widgets.plain import PLAIN, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import LANGUAGE_NAMES, LANGUAGES, Words

LOOKS: Final = {
    "big": ("look.big.on", "look.big.off"),
    "contrast": ("look.contrast.on", "look.contrast.off"),
}
"""What can be turned on and off besides the language, in the order of the menu: the words for on and for off."""


class LanguageMenu(Overlay[str | None]):
    """Number keys, arrows or the mouse. Ends with a word of `LANGUAGES` or `LOOKS`; Esc leaves all as it is."""

    ABOUT = "language"
    VERTICAL_BREAKPOINTS = [(0, "-tight"), (24, "-short"), (30, "-tall"), (36, "-vast")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [("escape,f3,0", "close")]

    def __init__(self, words: Words, look: Look | None = None) -> None:
        """`look` is how the counter is drawn while this opens. Plain text has no colours and no large digits."""
        self._look = look or Look()
        super().__init__(words, PLAIN if self._look.plain else None)
        self._answers = (*LANGUAGES, *(() if self._look.plain else LOOKS))

    def compose(self) -> ComposeResult:
        """One line for each language, the present one with the focus; then the looks."""
        dress(self)
        with Vertical(classes="sheet"):
            yield Prose(self._words.text("language.title"), classes="title")
            with Vertical(classes="answers"):
                yield from self._choices()
                yield Choice("escape", self._words.text("choice.back"), lambda: None, id="language-back")

    def _choices(self) -> Iterator[Choice]:
        is_on = {"big": self._look.big, "contrast": self._look.contrast}
        for number, answer in enumerate(self._answers, start=1):
            if answer in LOOKS:
                label = self._words.text(LOOKS[answer][is_on[answer]])
            else:
                label = LANGUAGE_NAMES[answer]
            yield Choice(str(number), label, lambda: None, id=f"language-{answer}")

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
        elif event.key.isdecimal() and 1 <= int(event.key) <= len(self._answers):
            event.stop()
            self.close_with(self._answers[int(event.key) - 1])

    def action_close(self) -> None:
        """Leave it as it is."""
        self.close_with(None)

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        answer = (message.choice.id or "").removeprefix("language-")
        self.close_with(answer if message.choice.key != "escape" else None)
