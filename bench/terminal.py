"""A program on a pseudo-terminal, timed from its start to texts appearing in what it prints."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence

COLUMNS, ROWS = 100, 30


class NeverAppearedError(Exception):
    """The program ended, or the limit passed, before the text was printed."""


def seconds_until(
    argv: Sequence[str], texts: Sequence[str], *, env: dict[str, str], limit: float = 60.0
) -> list[float]:
    """Start `argv` on a pty and give the seconds from its start until each of `texts` was printed, in order.

    The program is killed afterwards, with everything it started. Raises NeverAppearedError.
    """
    started = time.perf_counter()
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.execvpe(argv[0], list(argv), env)
    seen = b""
    times: list[float] = []
    try:
        wanted = [text.encode() for text in texts]
        while len(times) < len(wanted):
            left = limit - (time.perf_counter() - started)
            if left <= 0 or not select.select([master], [], [], left)[0]:
                raise NeverAppearedError(texts[len(times)])
            try:
                chunk = os.read(master, 65_536)
            except OSError:  # the pty of a process that ended
                chunk = b""
            if not chunk:
                raise NeverAppearedError(texts[len(times)] + "\n" + seen[-2000:].decode(errors="replace"))
            seen += chunk
            while len(times) < len(wanted) and wanted[len(times)] in seen:
                times.append(time.perf_counter() - started)
        return times
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(master)
        os.waitpid(pid, 0)
