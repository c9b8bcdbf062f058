"""Watches one thread: what it asks of the operating system that may wait, and how long each callback computes.

Python's audit events tell of files, sockets and processes; what they leave out (reading, writing, syncing, sleeping,
waiting for a thread, scrypt, signing) is wrapped while the watch lasts. What breaks if it is wrong: a key that waits
for a disk goes unnoticed.
"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any, Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kiosk.journal.files import Disk
from kiosk.journal.journal_file import JournalFile
from kiosk.services.card_desk import SlotCardDesk
from kiosk.services.decider import PolicyDecider
from kiosk.services.qualification_client import HttpQualificationClient
from reader.transports.in_process import SoftwareReader
from tests.kiosk.loop.callbacks import time_callbacks

ROOT: Final = str(Path(__file__).resolve().parents[3]) + "/"
OURS: Final = tuple(ROOT + name + "/" for name in ("kiosk", "reader", "eligibility", "mock_server"))
TESTS: Final = ROOT + "tests/"

_AUDITED: Final = (
    *("open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.truncate"),
    *("os.chmod", "os.symlink", "os.utime", "os.fork", "os.exec", "os.posix_spawn", "os.system", "fcntl.flock"),
    *("fcntl.lockf", "subprocess.Popen", "sqlite3.connect", "socket.connect", "socket.bind", "socket.sendto"),
    *("socket.getaddrinfo", "socket.gethostbyname", "shutil.copyfile", "shutil.rmtree", "ctypes.dlopen"),
)
_WRAPPED: Final[tuple[tuple[Any, str], ...]] = (
    *((os, name) for name in ("read", "write", "pwrite", "pread", "fsync", "fdatasync", "replace", "stat", "waitpid")),
    *((socket.socket, name) for name in ("connect", "recv", "recv_into", "send", "sendall", "accept")),
    (time, "sleep"),
    (subprocess.Popen, "wait"),
    (subprocess.Popen, "communicate"),
    (threading.Event, "wait"),
    (threading.Condition, "wait"),
    (threading.Thread, "join"),
    (Future, "result"),
    (queue.Queue, "get"),
    (Scrypt, "derive"),
    # Our own doors to disk, card, service and rules: whatever stands behind them.
    *((Disk, name) for name in ("open", "write", "write_at", "sync", "rename", "unlink", "sync_folder", "replace")),
    *((JournalFile, name) for name in ("record", "append", "today", "prepare", "begin_visit", "flush")),
    *((SlotCardDesk, name) for name in ("read", "verify_and_sign", "sign_again", "release")),
    *((SoftwareReader, name) for name in ("connect", "wait_for_change")),
    *((HttpQualificationClient, name) for name in ("challenge", "check_by_card", "check_by_paper", "give_consent")),
    (PolicyDecider, "decide"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """Something that may wait was called on the watched thread: what, from which function of whom.

    `through` is the function that called it, where that is Python's own library; "" otherwise.
    """

    what: str
    where: str
    through: str = ""


@dataclass
class Watch:
    """What one thread did."""

    thread: int
    allowed: Callable[[Call], bool]
    calls: set[Call] = field(default_factory=set)
    excused: set[Call] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    """What other threads were seen doing: that the watch works."""
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """CPU seconds of each callback of the loop, by its name."""
    on: bool = True

    def tell(self, what: str) -> None:
        """It is being called now."""
        if not self.on:
            return
        if threading.get_ident() != self.thread:
            self.elsewhere.add(what)
            return
        frame = sys._getframe(2)
        where = _caller(frame)
        if where is not None:
            call = Call(what, where, frame.f_code.co_qualname if _is_library(frame) else "")
            (self.excused if self.allowed(call) else self.calls).add(call)


def _is_library(frame: FrameType) -> bool:
    return not frame.f_code.co_filename.startswith(ROOT)


def _caller(frame: FrameType | None) -> str | None:
    """The nearest function of the program, or of the library that calls by itself; None: a test's own hands."""
    library = ""
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(OURS):
            return f"{file[len(ROOT) :]}:{frame.f_code.co_qualname}"
        if file.startswith(TESTS):
            if not file.endswith("loop/watch.py"):
                return None
        elif "site-packages/textual/" in file and "pilot" not in file:
            library = library or f"textual/{file.rpartition('/textual/')[2]}:{frame.f_code.co_qualname}"
        frame = frame.f_back
    return library or "asyncio"


_watching: list[Watch] = []
_hooked = False


def _audit(event: str, _: tuple[Any, ...]) -> None:
    if _watching and event in _AUDITED:
        for watch in tuple(_watching):
            watch.tell(event)


@contextmanager
def watched(allowed: Callable[[Call], bool] = lambda call: False) -> Iterator[Watch]:
    """Watch the calling thread, which runs the event loop, until the block ends."""
    global _hooked
    if not _hooked:
        sys.addaudithook(_audit)
        _hooked = True
    watch = Watch(threading.get_ident(), allowed)
    put_back = [_wrap(holder, name, watch) for holder, name in _WRAPPED]
    put_back.append(time_callbacks(watch.thread, watch.seconds))
    _watching.append(watch)
    try:
        yield watch
    finally:
        _watching.remove(watch)
        watch.on = False
        for undo in put_back:
            undo()


def _wrap(holder: Any, name: str, watch: Watch) -> Callable[[], None]:
    """Tell the watch of every call, then do it."""
    own = name in vars(holder)
    kept = getattr(holder, name)

    @wraps(kept)
    def telling(*args: Any, **kwargs: Any) -> Any:
        watch.tell(f"{holder.__name__}.{name}")
        return kept(*args, **kwargs)

    setattr(holder, name, telling)
    return lambda: setattr(holder, name, kept) if own else delattr(holder, name)
