"""Slow work of a screen that may be gone before it is done: then what came of it is nobody's, and no fault.

Textual ends the application for whatever a worker raises. A sheet that somebody closes just as its answer comes back
has no children any more to show it with. What breaks if it is wrong: closing a sheet ends the counter, and with it a
patient's visit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.css.query import QueryError
from textual.dom import DOMError
from textual.screen import Screen
from textual.widget import Widget, WidgetError


async def while_shown(widget: Widget, slow: Callable[[], Awaitable[None]]) -> None:
    """Do something slow for `widget`, on its worker. Once that is off the screen, a missing part is no fault."""
    try:
        await slow()
    except (QueryError, WidgetError, DOMError):
        if stands(widget):
            raise


def stands(widget: Widget) -> bool:
    """Whether it is on a screen that is shown, or lies beneath one that is, and is not being taken away.

    `is_attached` alone would not tell: it is True while the children go.
    """
    screen = next((node for node in widget.ancestors_with_self if isinstance(node, Screen)), None)
    return screen is not None and widget.is_attached and widget.display and screen in screen.app.screen_stack
