"""A text field that keeps the full-width blank.

Textual 8.2 asks Python's `isprintable()`, which is False for U+3000, and drops what a Japanese keyboard types between
two names (libraries.md §0, row 1). Never used for a PIN: that is `kiosk.widgets.pin_pad`.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.geometry import Offset, Size
from textual.reactive import Reactive
from textual.widgets import Input

IDEOGRAPHIC_SPACE = "\u3000"


class JaInput(Input):
    """Textual's one-line field, compact, with every character a Japanese keyboard can send."""

    virtual_size = Reactive(Size(0, 0))
    """Textual lays the whole screen out anew whenever this changes, so with every key; no field here grows with it."""

    def __init__(
        self,
        value: str,
        *,
        max_length: int,
        entered: Callable[[], None],
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`entered` is called when Enter is pressed, at once: the next key may be on its way already."""
        super().__init__(value, max_length=max_length, compact=True, select_on_focus=False, id=id)
        self._entered = entered

    @property
    def cursor_screen_offset(self) -> Offset:
        """The cell of the next character; Textual's own is one further right at the end of the text."""
        before = cell_len(self.value[: self.cursor_position])
        return self.content_region.offset + Offset(before - int(self.scroll_x), 0)

    def place_cursor(self) -> None:
        """Put the terminal's own cursor here: an input method shows at it what is being typed.

        Textual does so when the field gets the focus and when its text changes, but not where the field has no place
        on the screen yet, or gets another one; then whoever laid it out has to ask for this.
        """
        if self.has_focus and self.app.cursor_position != self.cursor_screen_offset:
            self.app.cursor_position = self.cursor_screen_offset
            self.refresh()  # the cursor moves with the next thing that is drawn

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Take Enter and the full-width blank; Textual calls the field's own handler for every other key by itself.

        A key that was under way to this field while the focus went on belongs to the next one.
        """
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop()
            event.prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._entered()
        elif event.character == IDEOGRAPHIC_SPACE:
            event.stop()
            event.prevent_default()
            self.insert_text_at_cursor(IDEOGRAPHIC_SPACE)
