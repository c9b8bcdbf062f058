"""Forgets what the drawing libraries remember of texts they measured, cut and drew: names and numbers are among them.

Rich keeps thousands of the newest texts in caches of its modules, and Textual the drawn lines of widgets that are gone,
whoever they belonged to. Knows the libraries' names and no visit. What breaks if it is wrong: a patient's name stays in
memory for the whole day.
"""

from __future__ import annotations

from typing import Any, Final

from rich import cells
from rich.segment import Segment
from textual._styles_cache import StylesCache

_HOLDING_TEXTS: Final[tuple[Any, ...]] = (
    cells.cached_cell_len,
    getattr(Segment, "_split_cells"),  # noqa: B009 - it has no other door
    StylesCache.get_inner_outer,  # asked of a widget's drawn lines, which it keeps as part of the question
)


def forget_texts() -> None:
    """Empty these caches: what is on the screen is measured anew when it is drawn again."""
    for cached in _HOLDING_TEXTS:
        cached.cache_clear()
