"""The PIN from standard input: bytes into one buffer, wiped; never a text, never an argument.

What breaks if it is wrong: a PIN in a process list, a shell history, a log or a traceback (design.md §2).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kiosk.cli.errors import CommandError, ExitCode
from reader.pin import PinHandle, wipe

LONGEST: Final = 64
"""More than anybody types; what is longer is no PIN."""
PIN_DIGITS: Final = 4
"""Digits of the 利用者証明用 PIN (jpki-card.md §1)."""


def read_pin(number: int | None = None) -> PinHandle:
    """Read one line from standard input (file descriptor `number` in tests) into a handle.

    A terminal does not show what is typed. The line's end is removed.

    Raises:
        CommandError: `pin_missing`, `pin_form`, or `individual_number` where twelve digits of one were given.
    """
    if number is None:
        if sys.stdin is None:
            raise CommandError("pin_missing")
        number = sys.stdin.fileno()
    buffer = bytearray(LONGEST)
    try:
        with _unseen(number):
            used = _read_line(number, buffer)
        if used == 0:
            raise CommandError("pin_missing")
        if used != PIN_DIGITS or any(not 0x30 <= byte <= 0x39 for byte in buffer[:used]):
            _refuse_individual_number(buffer, used)
            raise CommandError("pin_form", digits=PIN_DIGITS)
        view = bytearray(PIN_DIGITS)
        view[:] = memoryview(buffer)[:used]
        return PinHandle(view)
    finally:
        wipe(buffer)


def _read_line(number: int, buffer: bytearray) -> int:
    """Fill `buffer` up to a line's end, the input's end or its own; returns how many bytes are the line."""
    used = 0
    while used < len(buffer):
        with memoryview(buffer) as view:
            count = os.readv(number, [view[used:]])
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


def _refuse_individual_number(buffer: bytearray, used: int) -> None:
    """Twelve digits are no PIN, so looking at them as text gives no PIN away."""
    if used >= 12:
        from eligibility.text import looks_like_individual_number

        if looks_like_individual_number(buffer[:used].decode("utf-8", "replace")):
            raise CommandError("individual_number", ExitCode.REFUSED)


@contextmanager
def _unseen(number: int) -> Iterator[None]:
    """Switch a terminal's echo off while the PIN is typed; does nothing for a pipe or a file."""
    if not os.isatty(number):
        yield
        return
    import termios

    before = termios.tcgetattr(number)
    silent = termios.tcgetattr(number)
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(number, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
