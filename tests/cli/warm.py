"""Starts the installed command from a process that has its modules loaded already.

Most of what a run of the command costs is loading modules, the same in each. This process loads them once and forks:
what runs is a process of its own, with its own arguments, environment, folder and pipes, which ends as the
interpreter ends a program. What is about starting itself (what is loaded, the interpreter's own variables, other
programs in between) is started by `subprocess` instead.
"""

from __future__ import annotations

import atexit
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_PROGRAM: Final = Path(__file__).with_name("warm_process.py")
_CHUNK: Final = 1 << 16


class Program(list[str]):
    """A start of the command as `python -c TEXT ARGUMENTS`, which may have the command's modules loaded already."""

    def __init__(self, text: str, *arguments: str) -> None:
        super().__init__([sys.executable, "-c", text, *arguments])

    @property
    def text(self) -> str:
        """What it does, in the end to exit."""
        return self[2]

    @property
    def arguments(self) -> list[str]:
        """What it is given before the command's own arguments."""
        return self[3:]


class WarmStart:
    """The process that forks, with `environment` as it stood when it loaded the modules. One run at a time."""

    def __init__(self, command: Path, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._free = threading.Lock()
        own, theirs = socket.socketpair()
        # Pipes, as a run has them: what Python finds out about its streams when it starts is the same.
        self._process = subprocess.Popen(
            [sys.executable, _PROGRAM, str(theirs.fileno()), command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self._environment,
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()
        self._socket = own
        self._replies = own.makefile("rb")
        atexit.register(self._close)

    def fits(self, environment: Mapping[str, str], may_differ: Sequence[str]) -> bool:
        """Whether a run in this environment is the same whether started here or anew."""
        names = set(environment) ^ set(self._environment)
        names |= {
            name for name in set(environment) & set(self._environment) if environment[name] != self._environment[name]
        }
        return all(name.startswith(tuple(may_differ)) for name in names)

    def run(
        self,
        arguments: Sequence[str],
        stdin: bytes,
        environment: Mapping[str, str],
        cwd: Path,
        timeout_s: float,
        program: Program | None = None,
    ) -> tuple[int, bytes, bytes] | None:
        """Exit code (as `subprocess` counts), standard output and error; None where another run is going on.

        `program` replaces the command itself.

        Raises subprocess.TimeoutExpired, and then the run is ended.
        """
        if not self._free.acquire(blocking=False):
            return None
        try:
            pipes = [os.pipe() for _ in range(3)]
            (in_read, in_write), (out_read, out_write), (err_read, err_write) = pipes
            order = {
                "arguments": [*(program.arguments if program else ()), *arguments],
                "program": program and program.text,
                "environment": dict(environment),
                "cwd": str(cwd),
            }
            socket.send_fds(self._socket, [json.dumps(order).encode() + b"\n"], [in_read, out_write, err_write])
            for end in (in_read, out_write, err_write):
                os.close(end)
            child = self._reply()
            try:
                out, err = _talk(in_write, stdin, (out_read, err_read), timeout_s)
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                self._reply()
                raise subprocess.TimeoutExpired(list(arguments), timeout_s) from None
            return self._reply(), out, err
        finally:
            self._free.release()

    def _close(self) -> None:
        self._replies.close()
        self._socket.close()
        self._process.communicate()

    def _reply(self) -> int:
        """Raises RuntimeError, with what it said, where the process that forks has ended."""
        if line := self._replies.readline():
            return int(line)
        _, said = self._process.communicate()
        raise RuntimeError(said.decode("utf-8", "replace"))


def _talk(stdin: int, given: bytes, outputs: tuple[int, int], timeout_s: float) -> tuple[bytes, bytes]:
    """Give it its input and take what it says until it has closed both; closes all three."""
    waiting = selectors.DefaultSelector()
    said: dict[int, bytearray] = {end: bytearray() for end in outputs}
    left = memoryview(given)
    try:
        if left:
            os.set_blocking(stdin, False)
            waiting.register(stdin, selectors.EVENT_WRITE)
        else:
            os.close(stdin)
        for end in outputs:
            waiting.register(end, selectors.EVENT_READ)
        while waiting.get_map():
            ready = waiting.select(timeout_s)
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                if key.fd == stdin:
                    try:
                        left = left[os.write(stdin, left[:_CHUNK]) :]
                    except BrokenPipeError:
                        left = left[:0]
                    if left:
                        continue
                elif found := os.read(key.fd, _CHUNK):
                    said[key.fd] += found
                    continue
                waiting.unregister(key.fd)
                os.close(key.fd)
    finally:
        for key in list(waiting.get_map().values()):
            os.close(key.fd)
        waiting.close()
    return bytes(said[outputs[0]]), bytes(said[outputs[1]])
