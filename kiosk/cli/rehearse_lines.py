"""The lines of a rehearsal as the terminal has room for them: broken between phrases, later lines set in.

What breaks if it is wrong: the terminal breaks them itself, in the middle of a word.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import Final

WIDTH: Final = 80
"""Cells, where no terminal reads."""
_WIDEST: Final = 100
"""A longer line is hard to read, whatever room there is."""
_NARROWEST: Final = 40


def wrapped(lines: Iterable[str], width: int | None = None) -> Iterator[str]:
    """Each line in as many as it takes; those after its first are two cells further in."""
    from kiosk.widgets.prose import wrap  # heavy: it draws for the screens as well

    room = _room() if width is None else width
    for line in (part for text in lines for part in text.split("\n")):
        text = line.lstrip(" ")
        indent = " " * (len(line) - len(text))
        first, *rest = wrap(text, room - len(indent) - 2)
        yield f"{indent}{first}"
        yield from (f"{indent}  {part}" for part in rest)


def _room() -> int:
    if sys.stdout is None or not sys.stdout.isatty():
        return WIDTH
    return max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns))
