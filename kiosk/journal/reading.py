"""The reading side of the journal: entries out of a folder, and whether the chain is whole.

Reads only; a torn last line is left where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.journal.chain import NOTHING_YET, EntryLink, Head, OpeningLink, Place, SealBrokenError, unseal
from kiosk.journal.entry import Entry, from_bytes
from kiosk.journal.errors import JournalDamagedError
from kiosk.journal.head_file import KeptHead, read_head
from kiosk.journal.key_file import KeyFile, as_key_file
from kiosk.journal.segments import Part, SegmentText, parts, read_segment
from kiosk.journal.tombstone import Tombstone, TombstoneError


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the chain is not whole.

    `code`: `journal.fault.line` (no journal line), `journal.fault.order` (links missing, doubled or swapped before
    it), `journal.fault.seal` (changed, or another key), `journal.fault.torn` (half a line where another segment
    follows), `journal.fault.head` (the chain ends before an expected head), `journal.fault.head_mark` (it has another
    mark at that number), `journal.fault.kept_head` (it does not reach the head kept apart, or that one cannot be read);
    `line` is 0 for the last three.
    """

    code: str
    segment: str
    line: int
    """Counted from 1."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What a journal holds: the entries that could be read, oldest first, and what is wrong."""

    entries: tuple[Entry, ...]
    head: Head
    faults: tuple[Fault, ...] = ()
    torn: bool = False
    """The last line was never completed: a crash or power loss, or somebody cut the tail."""
    purged: tuple[Tombstone, ...] = ()
    kept_head: Head | None = None
    """The head kept apart, where one was looked for and found."""
    unknowable: tuple[Head, ...] = ()
    """Expected heads that lie inside a purged segment: nobody can say any more whether the chain got there."""

    @property
    def whole(self) -> bool:
        """Whether every link is in place."""
        return not self.faults


def read(folder: Path, key_file: Path | KeyFile) -> list[Entry]:
    """All entries, oldest first; a torn last line is passed over.

    Raises:
        JournalDamagedError: The chain is not whole; `verify` says where and what can still be read.
        JournalKeyError: There is a journal and no usable key.
        OSError: The disk refuses.
    """
    found = verify(folder, key_file)
    if not found.whole:
        raise JournalDamagedError("journal.damaged", folder / found.faults[0].segment)
    return list(found.entries)


def read_day(folder: Path, key_file: Path | KeyFile, day: date) -> list[Entry]:
    """The entries of one day that can be read, oldest first; looks at that day's segments only.

    Entries are authenticated one by one and bound to their places; whether days are missing is what `verify` says.

    Raises:
        JournalKeyError: There is a journal and no usable key.
        OSError: The disk refuses.
    """
    wanted = [part for part in parts(folder) if part.day == day and not part.purged]
    walk = Walk(as_key_file(key_file).master() if wanted else b"", ())
    for part in wanted:
        walk.segment(part, read_segment(part.path))
    return walk.entries


def verify(
    folder: Path,
    key_file: Path | KeyFile,
    *,
    expect: Head | None = None,
    head_file: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Verification:
    """Follow the chain from its first link.

    With `expect`, a head seen before, and with `head_file`, the place where the head is kept apart, also whether it
    still gets there. `progress` is told how many parts of how many were looked at.

    Raises:
        JournalKeyError: There is a journal and no usable key.
        OSError: The disk refuses.
    """
    found = parts(folder)
    master = as_key_file(key_file).master() if found or (head_file and head_file.exists()) else b""
    kept = read_head(head_file, master) if head_file and master else KeptHead(None)
    heads = tuple(head for head in (expect, kept.head) if head is not None)
    walk = Walk(master, heads)
    torn = False
    for number, part in enumerate(found, start=1):
        if part.purged:
            walk.tombstone(part)
        else:
            text = read_segment(part.path)
            walk.segment(part, text)
            if text.torn and part is not found[-1]:
                walk.fault("torn", part.path.name, len(text.lines) + 1)
            torn = text.torn > 0
        if progress is not None:
            progress(number, len(found))
    name = found[-1].path.name if found else ""
    if expect is not None and not walk.met(expect):
        walk.fault("head" if expect.sequence > walk.head.sequence else "head_mark", name, 0)
    if kept.misses(walk.head) or (kept.head is not None and not walk.met(kept.head)):
        walk.fault("kept_head", name, 0)
    unknowable = tuple(head for head in heads if walk.cannot_know(head))
    return Verification(
        tuple(walk.entries), walk.head, tuple(walk.faults), torn, tuple(walk.purged), kept.head, unknowable
    )


class Walk:
    """The state of one walk along the chain; goes on after a fault, so that what can be read is read.

    `opening` is the opening link of the last segment.
    """

    def __init__(self, master: bytes, expect: Sequence[Head]) -> None:
        self._master = master
        self._missing = {head for head in expect if head != NOTHING_YET}
        self.head = NOTHING_YET
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.purged: list[Tombstone] = []
        self.opening: OpeningLink | None = None

    def met(self, head: Head) -> bool:
        """Whether the chain got there, or cannot be asked any more."""
        return head not in self._missing or self.cannot_know(head)

    @property
    def only_out_of_place(self) -> bool:
        """Whether nothing is wrong with the one segment that was walked but that those before it were not."""
        return all(fault.code == "journal.fault.order" and fault.line == 1 for fault in self.faults)

    def cannot_know(self, head: Head) -> bool:
        """Whether it lies inside a purged segment."""
        return head in self._missing and any(tombstone.holds(head) for tombstone in self.purged)

    def fault(self, word: str, segment: str, line: int) -> None:
        """Note one."""
        self.faults.append(Fault(f"journal.fault.{word}", segment, line))

    def tombstone(self, part: Part) -> None:
        """Step over a purged segment."""
        try:
            found = Tombstone.parse(part.path.read_bytes().decode("ascii", "replace"), self._master)
        except TombstoneError:
            self.fault("seal", part.path.name, 1)
            return
        if found.before != self.head:
            self.fault("order", part.path.name, 1)
        self.purged.append(found)
        self._arrive(found.last)

    def segment(self, part: Part, text: SegmentText) -> None:
        """Follow one segment, from its opening link on."""
        if not text.lines:
            return
        name = part.path.name
        try:
            opening = OpeningLink.parse(text.lines[0])
        except ValueError:
            self.fault("line", name, 1)
            return
        self.opening = opening
        if Head(opening.sequence - 1, opening.previous) != self.head:
            self.fault("order", name, 1)
        self._arrive(opening.head)
        try:
            segment_key = unseal(self._master, opening.nonce, opening.place, opening.sealed_key)
        except SealBrokenError:
            self.fault("seal", name, 1)
            segment_key = None
        for number, line in enumerate(text.lines[1:], start=2):
            self._entry(name, number, line, opening, segment_key)

    def _entry(self, name: str, number: int, line: str, opening: OpeningLink, key: bytes | None) -> None:
        try:
            link = EntryLink.parse(line)
        except ValueError:
            self.fault("line", name, number)
            return
        place = Place("entry", opening.kiosk, opening.day, link.sequence, self.head.tag)
        in_order = link.sequence == self.head.sequence + 1
        self._arrive(link.head)
        if not in_order:
            self.fault("order", name, number)
            return
        if key is None:  # told once, at the opening link: without its key nothing in the segment can be read
            return
        try:
            plaintext = unseal(key, link.nonce, place, link.sealed)
            self.entries.append(from_bytes(plaintext, link.sequence))
        except (SealBrokenError, ValueError):
            self.fault("seal", name, number)

    def _arrive(self, head: Head) -> None:
        self.head = head
        self._missing.discard(head)
