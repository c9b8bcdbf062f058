"""Where the chain ends, kept apart from it: a tail that was cut off is found at the next start and by `verify`.

Two places of one file written in turn (`kiosk.journal.slots`), sealed with a key of its own. Somebody who puts back an
old copy of journal and head together is found only by a head on paper (docs/journal.md).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from kiosk.journal.chain import Head, own_key
from kiosk.journal.files import DISK, Disk
from kiosk.journal.slots import SlotFile

_PURPOSE = "head"


def usual_head_file(folder: Path) -> Path:
    """Where the head of the journal in `folder` is kept where nobody says otherwise: a folder of its own beside it."""
    return folder.with_name(f"{folder.name}-head") / "head"


@dataclass(frozen=True, slots=True)
class KeptHead:
    """What was kept. `head` None: nothing, or, where `unreadable`, something changed or of another key."""

    head: Head | None
    unreadable: bool = False
    torn: bool = False
    """A newer head was begun and not finished: the chain has to be further on than `head`."""

    def misses(self, end: Head) -> bool:
        """Whether a chain with this end lost entries since. An end before the kept head, or another one in its place,
        is a loss; so is the kept head itself where a newer one was begun, because a head is kept after its entry only.
        """
        if self.head is None:
            return self.unreadable
        return end.sequence < self.head.sequence or (
            end.sequence == self.head.sequence and (self.torn or end != self.head)
        )


def read_head(path: Path, master: bytes) -> KeptHead:
    """The head that was kept. Raises OSError."""
    kept = SlotFile(path, _PURPOSE, DISK, os.urandom).read(own_key(master, _PURPOSE))
    return KeptHead(Head.parse(kept.value.decode("ascii")) if kept.value else None, kept.unreadable, kept.torn)


class HeadFile:
    """The writing side. Every method raises OSError where the disk refuses."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._slots = SlotFile(path, _PURPOSE, disk, os.urandom)

    def keep(self, head: Head, master: bytes) -> None:
        """This is the end now; on disk when it returns."""
        self._slots.write(own_key(master, _PURPOSE), str(head).encode("ascii"))
