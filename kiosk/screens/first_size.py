"""A screen's first frame is laid out for the terminal's size.

Textual tells a screen its size after it is composed, and draws once between the new style and the new layout: the
answers, which have padding by then and still the old height, would be missing in that frame. What breaks if it is
wrong: the first thing that somebody sees of a screen has holes.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


def dress(screen: Screen[Any]) -> None:
    """Set the class of its `VERTICAL_BREAKPOINTS` that fits; to be called before its parts are made."""
    height = screen.app.size.height
    fitting = [name for least, name in sorted(screen.VERTICAL_BREAKPOINTS or ()) if height >= least]
    screen.add_class(*fitting[-1:])
