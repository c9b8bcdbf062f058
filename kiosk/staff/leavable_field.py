"""The one field of a page of the staff side: `*` in it while it is empty goes back, as on a numeric keypad without Esc.

What breaks if it is wrong: whoever has a keypad alone stays on the page for good.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from kiosk.widgets.ja_input import JaInput


class LeavableField(JaInput):
    """`JaInput` that can be left by a key of the keypad."""

    def __init__(
        self,
        value: str,
        *,
        max_length: int,
        entered: Callable[[], None],
        left: Callable[[], None],
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`left` is called when `*` is pressed while nothing stands in it."""
        super().__init__(value, max_length=max_length, entered=entered, id=id)
        self._left = left

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]
        """Leave; every other key is the field's own."""
        if event.key == "asterisk" and not self.value and self.has_focus:
            event.stop()
            event.prevent_default()
            self._left()
