"""Lines that are asked and answered while a command serves: on standard input and on a Unix socket of this user's.

Owns: who may ask (the socket's mode), how lines arrive and answers leave without ever blocking the program, and the
socket's file from its making to its removal. What a line means is the caller's; every line gets exactly one answer.
What breaks if it is wrong: somebody who asks and never reads stops the card, or a stopped program leaves a dead socket.
"""

from __future__ import annotations

import contextlib
import os
import select
import selectors
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.cli.errors import CommandError
from reader.transports.card_control import ControlMistakeError, LineDecoder

Answer = Callable[[str | ControlMistakeError], str]
"""One line in, one line out; never raises."""

MODE = 0o600
MOST_CLIENTS = 16
"""More than these wait at the door."""
_BACKLOG = 128
_CHUNK = 4_096
_LOOK_AGAIN_S = 1.0
"""How soon a terminal that belongs to another job is looked at again."""


class ControlSocket:
    """A listening Unix socket at `path` that only this user can connect to. Made before anything else, so that a path
    that cannot be used is told at once; who connects early waits."""

    def __init__(self, path: Path) -> None:
        """Open it; a dead socket of an earlier run is replaced.

        Raises:
            CommandError: `control_taken` where something else lies there, `control_in_use` where somebody answers,
                `control_unusable`.
        """
        self.path = path
        _remove_dead_socket(path)
        self.listening = socket.socket(socket.AF_UNIX)
        try:
            self.listening.bind(str(path))
            # Nobody can connect before `listen`, so nobody is quicker than the mode.
            path.chmod(MODE)
            self._made = _identity(path)
            self.listening.listen(_BACKLOG)
        except OSError as error:
            self.listening.close()
            raise CommandError("control_unusable", path=str(path), reason=error) from error
        self.listening.setblocking(False)

    def close(self) -> None:
        """Stop listening and remove the file, unless another one lies there by now. Safe to call twice."""
        self.listening.close()
        with contextlib.suppress(OSError):
            if _identity(self.path) == self._made:
                self.path.unlink()


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino


def _remove_dead_socket(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise CommandError("control_unusable", path=str(path), reason=error) from error
    if not stat.S_ISSOCK(found.st_mode):
        raise CommandError("control_taken", path=str(path))
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            probe.connect(str(path))
    except BlockingIOError:  # so many wait there that somebody must be alive
        raise CommandError("control_in_use", path=str(path)) from None
    except ConnectionRefusedError:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    except OSError as error:
        raise CommandError("control_unusable", path=str(path), reason=error) from error
    else:
        raise CommandError("control_in_use", path=str(path))


@dataclass(eq=False)
class _Client:
    """Somebody who asks over the socket."""

    wire: socket.socket
    decoder: LineDecoder = field(default_factory=LineDecoder)
    answers: bytearray = field(default_factory=bytearray)
    ended: bool = False
    """Nothing more is asked; what was asked is still answered."""


@dataclass(eq=False)
class _Terminal:
    """Standard input, answered through `say`, which must not be called while `out` cannot be written to."""

    fd: int
    out: int | None
    say: Callable[[str], None]
    decoder: LineDecoder = field(default_factory=LineDecoder)
    answers: list[str] = field(default_factory=list)
    ended: bool = False
    look_again_at: float = 0.0

    def is_ours(self) -> bool:
        """Whether reading is allowed: a job in the background that reads from its terminal would be stopped."""
        if not os.isatty(self.fd):
            return True
        try:
            return os.tcgetpgrp(self.fd) == os.getpgrp()
        except OSError:  # not the terminal of this session
            return True


class ControlLines:
    """A thread that asks `answer` for every line that arrives, one at a time and in order, until `close`."""

    def __init__(self, answer: Answer, *, door: ControlSocket | None, say: Callable[[str], None], say_fd: int) -> None:
        """Begin. `say` answers standard input on descriptor `say_fd`. Standard input that ended is no reason to end."""
        self._answer = answer
        self._door = door
        self._clients: list[_Client] = []
        self._terminal = _terminal(say, say_fd)
        self._closing = False
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="madoguchi-control", daemon=True)
        self._thread.start()

    def close(self, wait_s: float = 5.0) -> None:
        """Hang up on everybody; the command under way is waited for, for `wait_s` at most. Safe to call twice."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._waker.send(b"x")
        self._thread.join(wait_s)

    def _run(self) -> None:
        try:
            while not self._closing:
                self._turn()
        finally:
            self._last_words()
            self._woken.close()
            self._waker.close()

    def _turn(self) -> None:
        # Select rather than epoll, which refuses files and /dev/null as standard input.
        with selectors.SelectSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            if self._door is not None and len(self._clients) < MOST_CLIENTS:
                selector.register(self._door.listening, selectors.EVENT_READ, self._accept)
            for client in self._clients:
                if client.answers:  # who does not read is not listened to either
                    selector.register(client.wire, selectors.EVENT_WRITE, lambda who=client: self._send(who))
                else:
                    selector.register(client.wire, selectors.EVENT_READ, lambda who=client: self._hear(who))
            wait_s = self._watch_terminal(selector)
            for key, _ in selector.select(wait_s):
                if key.data is not None:
                    key.data()

    def _watch_terminal(self, selector: selectors.BaseSelector) -> float | None:
        terminal = self._terminal
        if terminal is None:
            return None
        if terminal.answers:
            if terminal.out is None:
                self._say()
                return 0.0
            selector.register(terminal.out, selectors.EVENT_WRITE, self._say)
            return None
        if terminal.ended:
            self._terminal = None
            return None
        if time.monotonic() < terminal.look_again_at:
            return _LOOK_AGAIN_S
        selector.register(terminal.fd, selectors.EVENT_READ, self._read_terminal)
        return None

    def _read_terminal(self) -> None:
        terminal = self._terminal
        assert terminal is not None
        if not terminal.is_ours():
            terminal.look_again_at = time.monotonic() + _LOOK_AGAIN_S
            return
        try:
            chunk = os.read(terminal.fd, _CHUNK)
        except OSError:
            chunk = b""
        terminal.ended = not chunk
        lines = terminal.decoder.feed(chunk) if chunk else terminal.decoder.end()
        terminal.answers += map(self._answer, lines)

    def _say(self) -> None:
        terminal = self._terminal
        assert terminal is not None
        try:
            terminal.say(terminal.answers.pop(0))
        except CommandError:  # the answers' file is full or gone: the card goes on
            terminal.answers.clear()
            terminal.ended = True

    def _accept(self) -> None:
        assert self._door is not None
        try:
            wire, _ = self._door.listening.accept()
        except OSError:  # gone again
            return
        wire.setblocking(False)
        self._clients.append(_Client(wire))

    def _hear(self, client: _Client) -> None:
        try:
            chunk = client.wire.recv(_CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return self._drop(client)
        lines = client.decoder.feed(chunk) if chunk else client.decoder.end()
        for line in lines:
            client.answers += f"{self._answer(line)}\n".encode()
        client.ended = not chunk
        if client.ended and not client.answers:
            self._drop(client)
        return None

    def _send(self, client: _Client) -> None:
        try:
            sent = client.wire.send(client.answers)
        except BlockingIOError:
            return None
        except OSError:
            return self._drop(client)
        del client.answers[:sent]
        if client.ended and not client.answers:
            self._drop(client)
        return None

    def _last_words(self) -> None:
        """The answers that are left, as far as they go out at once: the one to `quit` is among them."""
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.wire.send(client.answers)
            client.wire.close()
        terminal = self._terminal
        while terminal is not None and terminal.answers and _can_be_written(terminal.out):
            self._say()

    def _drop(self, client: _Client) -> None:
        client.wire.close()
        self._clients.remove(client)


def _can_be_written(fd: int | None) -> bool:
    return fd is None or bool(select.select([], [fd], [], 0)[1])


def _terminal(say: Callable[[str], None], say_fd: int) -> _Terminal | None:
    """Standard input, where there is one that can be waited for."""
    if sys.platform == "win32" or sys.stdin is None:
        return None
    try:
        fd = sys.stdin.fileno()
        os.fstat(fd)
    except (OSError, ValueError):
        return None
    try:
        os.fstat(say_fd)
    except OSError:
        return _Terminal(fd, None, say)
    return _Terminal(fd, say_fd, say)
