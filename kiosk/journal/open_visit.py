"""That a visit is open, on disk: after a crash the next start finds it, closes it and says so.

Not personal: the visit's run and number, when it began, and where the chain stood. Sealed all the same. Only one
living process marks visits in a folder; it holds a lock that the system lets go of when the process ends, however that
happens.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.journal.chain import own_key
from kiosk.journal.files import Disk
from kiosk.journal.slots import SlotFile

_PURPOSE = "open visit"


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A visit that was begun; `after` is the chain's sequence at that moment."""

    visit: int
    began: datetime
    after: int
    run: str = ""
    """"" in a mark of an earlier version."""


class OpenVisit:
    """The mark of one journal folder. Methods that write raise OSError where the disk refuses."""

    def __init__(self, folder: Path, disk: Disk, random_bytes: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._slots = SlotFile(folder / "open-visit", _PURPOSE, disk, random_bytes)
        self._alive: int | None = None
        self._visit: tuple[str, int] | None = None

    def claim(self) -> bool:
        """Be the process that marks visits here; False where another living one is. Raises OSError."""
        if self._alive is not None:
            return True
        descriptor = os.open(self._folder / "counter", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._alive = descriptor
        return True

    def release(self) -> None:
        """Let another process mark visits."""
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None

    def begin(self, master: bytes, run: str, visit: int, began: datetime, after: int) -> None:
        """Mark a visit as open; nothing where another process marks visits here."""
        if self._alive is not None:
            self._visit = (run, visit)
            said = {"run": run, "visit": visit, "began": began.replace(microsecond=0).isoformat(), "after": after}
            self._slots.write(own_key(master, _PURPOSE), json.dumps(said).encode())

    def end(self, master: bytes, run: str, visit: int) -> None:
        """The visit's entry is written."""
        left = self.left_open(master) if self._visit is None and self._alive is not None else None
        if self._alive is not None and (run, visit) in (self._visit, (left.run, left.visit) if left else None):
            self._visit = None
            self._slots.write(own_key(master, _PURPOSE), b"{}")

    def left_open(self, master: bytes) -> LeftOpen | None:
        """The visit that is marked as open. One that cannot be read was never begun. Raises OSError."""
        value = self._slots.read(own_key(master, _PURPOSE)).value
        said = json.loads(value) if value else {}
        if not said:
            return None
        return LeftOpen(said["visit"], datetime.fromisoformat(said["began"]), said["after"], said.get("run", ""))
