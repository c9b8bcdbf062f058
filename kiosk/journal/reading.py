"""The reading side of the journal: entries out of a folder, and whether the chain is whole.

Reads only; a torn last line is left where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.journal.chain import NOTHING_YET, EntryLink, Head, OpeningLink, Place, SealBrokenError, unseal
from kiosk.journal.entry import Entry, from_bytes
from kiosk.journal.errors import JournalDamagedError
from kiosk.journal.key_file import load_key
from kiosk.journal.segments import SegmentText, read_segment, segment_paths


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the chain is not whole.

    `code`: `journal.fault.line` (no journal line), `journal.fault.order` (links missing, doubled or swapped before
    it), `journal.fault.seal` (changed, or another key), `journal.fault.torn` (half a line where another segment
    follows), `journal.fault.head` (the chain does not reach the expected head; `line` is 0).
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

    @property
    def whole(self) -> bool:
        """Whether every link is in place."""
        return not self.faults


def read(folder: Path, key_file: Path) -> list[Entry]:
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


def verify(folder: Path, key_file: Path, *, expect: Head | None = None) -> Verification:
    """Follow the chain from its first link; with `expect`, a head seen before, also whether it still gets there.

    Raises:
        JournalKeyError: There is a journal and no usable key.
        OSError: The disk refuses.
    """
    paths = segment_paths(folder)
    key = load_key(key_file) if paths else b""
    walk = _Walk(key, expect)
    for path in paths:
        text = read_segment(path)
        walk.segment(path.name, text)
        if text.torn and path != paths[-1]:
            walk.fault("torn", path.name, len(text.lines) + 1)
    if expect is not None and not walk.met:
        walk.fault("head", paths[-1].name if paths else "", 0)
    torn = bool(paths) and read_segment(paths[-1]).torn > 0
    return Verification(tuple(walk.entries), walk.head, tuple(walk.faults), torn)


class _Walk:
    """The state of one walk along the chain; goes on after a fault, so that what can be read is read."""

    def __init__(self, key: bytes, expect: Head | None) -> None:
        self._key = key
        self._expect = expect
        self.head = NOTHING_YET
        self.met = expect == NOTHING_YET
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []

    def fault(self, word: str, segment: str, line: int) -> None:
        self.faults.append(Fault(f"journal.fault.{word}", segment, line))

    def segment(self, name: str, text: SegmentText) -> None:
        """Follow one segment, from its opening link on."""
        if not text.lines:
            return
        try:
            opening = OpeningLink.parse(text.lines[0])
        except ValueError:
            self.fault("line", name, 1)
            return
        if Head(opening.sequence - 1, opening.previous) != self.head:
            self.fault("order", name, 1)
        self._arrive(opening.head)
        try:
            segment_key = unseal(self._key, opening.nonce, opening.place, opening.sealed_key)
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
        self.met = self.met or head == self._expect
