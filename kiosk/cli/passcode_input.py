"""A new passcode from the terminal, typed twice and not shown; or from a script, once. Never an argument, never a text.

What breaks if it is wrong: a passcode in a process list, a shell history or a log, or one that nobody meant to set.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

from kiosk.cli.errors import CommandError
from kiosk.cli.hidden_line import read_line, unseen
from reader.pin import wipe

LONGEST: Final = 64
"""More than anybody types; what is longer is no passcode."""


def read_passcode(prompt: Callable[[bool], None], *, stdin: bool, number: int | None = None) -> bytearray:
    """Read a new passcode from standard input (file descriptor `number` in tests); the caller wipes it.

    `prompt` is called before each of the two entries at a terminal, with True for the second; it writes where the
    person reads. With `stdin` one line is taken as it comes, without a prompt.

    Raises:
        CommandError: `passcode_terminal`: no terminal, and `stdin` was not asked for; `passcode_missing`: nothing was
            typed, or it cannot be read; `passcode_differs`: the two are not the same.
    """
    if number is None:
        if sys.stdin is None:
            raise CommandError("passcode_missing")
        number = sys.stdin.fileno()
    if not stdin and not os.isatty(number):
        raise CommandError("passcode_terminal")
    try:
        with unseen(number):  # before the prompt: whoever types at once is not shown either
            return _line(number) if stdin else _twice(number, prompt)
    except OSError as error:
        raise CommandError("passcode_missing") from error


def _twice(number: int, prompt: Callable[[bool], None]) -> bytearray:
    prompt(False)
    first = _line(number)
    second = bytearray()
    try:
        prompt(True)
        second = _line(number)
        if first != second:
            raise CommandError("passcode_differs")
        taken, first = first, bytearray()
        return taken
    finally:
        wipe(first)
        wipe(second)


def _line(number: int) -> bytearray:
    """One line, without its end. Raises CommandError `passcode_missing`; OSError where it cannot be read."""
    buffer = bytearray(LONGEST)
    try:
        used = read_line(number, buffer)
        if used == 0:
            raise CommandError("passcode_missing")
        line = bytearray(used)
        line[:] = memoryview(buffer)[:used]
        return line
    finally:
        wipe(buffer)
