"""A program in a real pseudo-terminal, read through a terminal emulator: what a person would see."""

from __future__ import annotations

import os
import re
import signal
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pexpect
import pyte

from tests.eventually import eventually

_LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"


class TerminalProgram:
    """Runs a command on a pty of `columns` × `rows`, keeps the screen, types keys."""

    def __init__(
        self,
        argv: list[str],
        *,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        columns: int = 80,
        rows: int = 24,
        timeout: float = 90.0,
    ) -> None:
        self.columns, self.rows, self.timeout = columns, rows, timeout
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._shown = 0
        self.raw = bytearray()
        """Every byte the program wrote to the terminal."""
        self._argv, self._env, self._cwd = argv, env if env is not None else dict(os.environ), cwd
        self._child: Any = None

    def __enter__(self) -> TerminalProgram:
        env = {"TERM": "xterm-256color", **self._env}
        self._child = pexpect.spawn(
            self._argv[0],
            self._argv[1:],
            env=env,
            cwd=self._cwd,
            dimensions=(self.rows, self.columns),
            timeout=self.timeout,
        )
        self._child.delaybeforesend = None
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def _close(self) -> None:
        """Hang up, and end by force what does not end so; a busy machine takes its time to bury it."""
        with suppress(pexpect.ExceptionPexpect):  # killed, and still there a moment later
            self._child.close(force=True)
        assert self._is_over(), "it cannot be ended"

    def _is_over(self) -> bool:
        return eventually(lambda: not self._child.ptyproc.isalive())

    def _read(self, wait: float) -> bool:
        """Take what has come; False when the program has ended."""
        try:
            chunk = self._child.read_nonblocking(65_536, timeout=wait)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += chunk
        self._feed()
        return True

    def _feed(self) -> None:
        """Show what came; leaving the alternate screen gives back an empty one, as a terminal does."""
        while (end := self.raw.find(_LEAVE_ALTERNATE_SCREEN, self._shown)) >= 0:
            self._stream.feed(bytes(self.raw[self._shown : end]))
            self.screen.reset()
            self._shown = end + len(_LEAVE_ALTERNATE_SCREEN)
        # The beginning of such a sequence may be the end of what has come so far.
        held_back = next(
            (
                size
                for size in range(len(_LEAVE_ALTERNATE_SCREEN) - 1, 0, -1)
                if self.raw.endswith(_LEAVE_ALTERNATE_SCREEN[:size])
            ),
            0,
        )
        end = max(self._shown, len(self.raw) - held_back)
        self._stream.feed(bytes(self.raw[self._shown : end]))
        self._shown = end

    def text(self) -> str:
        """The screen as lines; the second cell of a wide character is dropped."""
        lines = []
        for row in range(self.rows):
            cells = self.screen.buffer[row]
            lines.append("".join(cells[column].data for column in range(self.columns)).rstrip())
        return "\n".join(lines)

    def wait_until(self, condition: Callable[[str], bool], what: str) -> str:
        """Read until the screen fulfils the condition; AssertionError with the screen after the time-out."""
        deadline = time.monotonic() + self.timeout
        while not condition(self.text()):
            if time.monotonic() >= deadline or not self._read(0.05):
                raise AssertionError(f"never seen: {what}\n{self.text()}\n--- raw tail\n{bytes(self.raw[-1500:])!r}")
        return self.text()

    def wait_for(self, pattern: str) -> str:
        """Until the regular expression is on the screen."""
        return self.wait_until(lambda text: re.search(pattern, text) is not None, pattern)

    def settle(self, quiet: float = 0.3) -> str:
        """Until nothing was written for `quiet` seconds."""
        while True:
            before = len(self.raw)
            if not self._read(quiet) or len(self.raw) == before:
                return self.text()

    def press(self, keys: str) -> None:
        """Type raw characters or escape sequences."""
        self._child.send(keys)

    def stop_reading(self) -> None:
        """The terminal takes no more bytes, as one whose connection is frozen: whoever writes to it waits."""
        terminal = os.open(f"/proc/{self._child.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)
        try:
            termios.tcflow(terminal, termios.TCOOFF)
        finally:
            os.close(terminal)

    def hang_up(self) -> None:
        """The terminal is gone, as a window that was closed."""
        self._child.ptyproc.fileobj.close()

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self._child.pid, number)

    def wait_for_end_unseen(self) -> int:
        """Until the program has ended, without reading what it still writes; its exit status."""
        assert self._is_over(), "it never ended"
        return self._status()

    def wait_for_end(self) -> int:
        """Until the program has ended; its exit status."""
        while self._read(0.1):
            pass
        self._is_over()  # it has let go of the terminal, and may have something left to do
        self._close()
        return self._status()

    def _status(self) -> int:
        found = self._child.ptyproc
        return int(found.exitstatus if found.exitstatus is not None else 128 + found.signalstatus)
