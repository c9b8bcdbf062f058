"""One line from standard input that must not be seen or become a text: bytes into the caller's buffer, echo off.

What breaks if it is wrong: a PIN or passcode on the screen, or a copy of it that nobody wipes (design.md §2).
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def read_line(number: int, buffer: bytearray) -> int:
    """Fill `buffer` from descriptor `number` up to a line's end, the input's end or its own.

    Returns how many bytes are the line, its end not counted. Waits as long as it takes.

    Raises:
        OSError: The input cannot be read.
    """
    used = 0
    while used < len(buffer):
        try:
            with memoryview(buffer) as view:
                count = os.readv(number, [view[used:]])
        except BlockingIOError:  # whoever started this left the descriptor without blocking
            select.select([number], [], [])
            continue
        if count == 0:
            break
        end = buffer.find(b"\n", used, used + count)
        used += count
        if end >= 0:
            used = end
            break
    while used and buffer[used - 1] in b"\r\n":
        used -= 1
    return used


@contextmanager
def unseen(number: int) -> Iterator[None]:
    """Switch a terminal's echo off meanwhile; does nothing for a pipe or a file.

    Raises:
        OSError: The terminal's echo cannot be switched off; nothing may be typed there.
    """
    if not os.isatty(number):
        yield
        return
    import termios

    try:
        before = termios.tcgetattr(number)
        silent = termios.tcgetattr(number)
        silent[3] &= ~termios.ECHO
        termios.tcsetattr(number, termios.TCSADRAIN, silent)
    except termios.error as error:  # it is no OSError, and holds the same
        raise OSError(*error.args) from error
    try:
        yield
    finally:
        with suppress(termios.error):  # a terminal that hung up meanwhile has nothing to be given back
            termios.tcsetattr(number, termios.TCSADRAIN, before)
