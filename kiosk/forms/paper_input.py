"""The field of a form: a Japanese text field that can be left by the keys of a number pad, and hands records on.

Rule: `+` goes on and `*` goes back where no such character can belong to the text, and in every blank field; `-` goes
back in a blank field (a day may be written with it). A paste is shown to the form first: only what is no record is
typed here.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from kiosk.forms.pasting import first_line
from kiosk.widgets.ja_input import JaInput

_STEPS = {"plus": 1, "asterisk": -1}
_STEPS_OF_A_BLANK_FIELD = {**_STEPS, "minus": -1}


class PaperInput(JaInput):
    """One field. `left_by_pad` says whether `+` and `*` always move instead of being typed."""

    def __init__(
        self,
        value: str,
        *,
        max_length: int,
        moved: Callable[[int], None],
        pasted: Callable[[str], bool],
        left_by_pad: bool,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`moved` is told +1 or -1 at once; `pasted` answers whether it took the text for itself."""
        super().__init__(value, max_length=max_length, entered=lambda: moved(1), id=id)
        self._moved = moved
        self._pasted = pasted
        self._left_by_pad = left_by_pad

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Keys of the number pad that move; every other key is the text field's."""
        if self.screen.focused is not self:
            return  # it was under way when the focus went on: the text field hands it to the next one
        steps = _STEPS_OF_A_BLANK_FIELD if not self.value else _STEPS if self._left_by_pad else {}
        step = steps.get(event.key, 0)
        if step:
            event.stop()
            event.prevent_default()
            self._moved(step)

    def _on_paste(self, event: events.Paste) -> None:
        """A whole record belongs to the form. Of any other text the first line that is not blank is typed here."""
        event.stop()
        event.prevent_default()
        if self._pasted(event.text):
            return
        self.put_in(first_line(event.text))

    def put_in(self, text: str) -> None:
        """At the cursor, or in place of what is marked, as a key does."""
        self.replace(text, *self.selection) if not self.selection.is_empty else self.insert_text_at_cursor(text)
