"""One line that nobody may see, typed at a terminal or taken from standard input: a passphrase, a passcode to check.

Reads byte by byte, so that of two secrets on standard input each gets its own line. What breaks if it is wrong: a
secret in a process list, a shell history or a log.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from typing import Final

from kiosk.cli.errors import CommandError
from kiosk.cli.hidden_line import unseen
from reader.pin import wipe

LONGEST: Final = 1024
"""Bytes of a line at most."""


def secret_line(what: str, prompt: Callable[[], None], *, stdin: bool) -> bytearray:
    """The line, without its end; the caller wipes it. `what` is `journal_passphrase` or `journal_passcode`.

    With `stdin` the line is taken as it comes. Without it somebody has to sit at a terminal, and `prompt` is called
    before they type.

    Raises:
        CommandError: `<what>_terminal`: no terminal, and `stdin` was not asked for; `<what>_missing`: nothing typed.
    """
    if sys.stdin is None:
        raise CommandError(f"{what}_missing")
    number = sys.stdin.fileno()
    if not stdin and not os.isatty(number):
        raise CommandError(f"{what}_terminal")
    try:
        with unseen(number):
            if not stdin:
                prompt()
            line = _line(number)
    except OSError as error:
        raise CommandError(f"{what}_missing") from error
    if not line:
        raise CommandError(f"{what}_missing")
    return line


def _line(number: int) -> bytearray:
    """Up to the line's end or the input's: what stands behind it belongs to the next secret. Raises OSError."""
    line, one = bytearray(), bytearray(1)
    try:
        while len(line) < LONGEST:
            try:
                if not os.readv(number, [one]) or one == b"\n":
                    break
            except BlockingIOError:  # whoever started this left the descriptor without blocking
                select.select([number], [], [])
                continue
            line += one
    finally:
        wipe(one)
    while line.endswith(b"\r"):
        line.pop()
    return line
