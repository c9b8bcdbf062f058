"""A sentence as whoever sits before this stream can read and type it: commands by the name that works, whole words.

On a terminal a line ends between words; in a file or a pipe one sentence stays one line, for whoever searches it. What
breaks if it is wrong: a command that the shell does not find, or a script that meets half a sentence.
"""

from __future__ import annotations

import os
from typing import TextIO

from kiosk.cli.cells import cells, hanging
from kiosk.started_as import with_command
from kiosk.steering import harmless


def told(sentence: str, stream: TextIO | None) -> list[str]:
    """The lines of a sentence on `stream`."""
    text, width = with_command(harmless(sentence)), _columns(stream)
    if not width:
        return [text]
    return [part for line in text.split("\n") for part in _fitted(line, width)]


def _fitted(line: str, width: int) -> list[str]:
    """What stands further in stays so on every line of it."""
    if cells(line) <= width:
        return [line]
    text = line.lstrip(" ")
    return hanging(line[: len(line) - len(text)], text, width)


def _columns(stream: TextIO | None) -> int:
    """How wide the terminal is; 0 where it is none, or does not tell."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream is not None and stream.isatty() else 0
    except (OSError, ValueError):
        return 0
