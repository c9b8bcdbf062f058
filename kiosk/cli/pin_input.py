"""The PIN from standard input: bytes into one buffer, wiped; never a text, never an argument.

What breaks if it is wrong: a PIN in a process list, a shell history, a log or a traceback (design.md §2).
"""

from __future__ import annotations

import sys
from typing import Final

from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.hidden_line import read_line, unseen
from reader.pin import PinHandle, wipe

LONGEST: Final = 64
"""More than anybody types; what is longer is no PIN."""
PIN_DIGITS: Final = 4
"""Digits of the 利用者証明用 PIN (jpki-card.md §1)."""


def read_pin(number: int | None = None) -> PinHandle:
    """Read one line from standard input (file descriptor `number` in tests) into a handle.

    A terminal does not show what is typed. The line's end is removed. Waits for the line for as long as it takes, also
    where the descriptor does not block.

    Raises:
        CommandError: `pin_missing`, also where the input cannot be read or its terminal hung up; `pin_form`; or
            `individual_number` where twelve digits of one were given.
    """
    if number is None:
        if sys.stdin is None:
            raise CommandError("pin_missing")
        number = sys.stdin.fileno()
    buffer = bytearray(LONGEST)
    try:
        try:
            with unseen(number):
                used = read_line(number, buffer)
        except OSError as error:
            raise CommandError("pin_missing") from error
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


def _refuse_individual_number(buffer: bytearray, used: int) -> None:
    """Twelve digits are no PIN, so looking at them as text gives no PIN away."""
    if used >= 12:
        from eligibility.text import looks_like_individual_number

        if looks_like_individual_number(buffer[:used].decode("utf-8", "replace")):
            raise CommandError("individual_number", ExitCode.REFUSED)
