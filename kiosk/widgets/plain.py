"""Plain text: whether a screen is drawn for a screen reader or a braille display.

Then there are no bars, no reversed cells and no colour, one thing stands on a line, and the terminal's own cursor is
seen and stands where the focus is (reception.md §11: WCAG2ICT's advice for text interfaces). Widgets ask the class of
their screen, so that nothing has to be handed through.
"""

from __future__ import annotations

from typing import Any, Final

from textual.dom import NoScreen
from textual.geometry import Offset
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

PLAIN: Final = "-plain"
"""The class of a screen drawn as plain text."""
_SHOW_CURSOR: Final = "\x1b[?25h"


class CursorMoved(Message):
    """What has the focus wants the terminal's cursor elsewhere in itself."""


def is_plain(widget: Widget) -> bool:
    """Whether this widget is drawn as plain text."""
    try:
        return widget.screen.has_class(PLAIN)
    except NoScreen:
        return False


def place_cursor(screen: Screen[Any], otherwise: Widget | None) -> None:
    """Put the terminal's cursor where the focus is, and let it be seen: Textual hides it when it starts.

    Where nothing has the focus it stands at the beginning of `otherwise`: what is to be read. A widget may say in
    `cursor_offset` where in itself the cursor belongs. Does nothing on a screen that is not plain text.
    """
    where = screen.focused or otherwise
    if where is None or not screen.has_class(PLAIN) or not screen.is_mounted or screen.app.screen is not screen:
        return
    driver = screen.app._driver  # noqa: SLF001 - Textual has no public way to write a control sequence
    if driver is not None:
        driver.write(_SHOW_CURSOR)
    screen.app.cursor_position = where.content_region.offset + getattr(where, "cursor_offset", Offset(0, 0))
    where.refresh()  # the cursor moves with the next thing that is drawn
