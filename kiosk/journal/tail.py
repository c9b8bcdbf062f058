"""Where the next line of the chain goes, and writing it: whole and durable, or not at all.

Used under the journal's lock only. What breaks if it is wrong: an entry follows half a line, or two entries share a
place in the chain.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from kiosk.journal.chain import (
    FIRST_TAG,
    KEY_SIZE,
    NONCE_SIZE,
    NOTHING_YET,
    EntryLink,
    Head,
    OpeningLink,
    Place,
    SealBrokenError,
    seal,
    unseal,
)
from kiosk.journal.entry import Entry, to_bytes
from kiosk.journal.files import Disk
from kiosk.journal.segments import Part, parts, read_segment, segment_path
from kiosk.journal.tombstone import Tombstone, TombstoneError


@dataclass(frozen=True, slots=True)
class Tail:
    """The chain's end. `key` is b"" where a new segment has to begin; `master` is what it is wrapped with."""

    path: Path
    size: int
    key: bytes
    master: bytes
    day: date
    head: Head


@dataclass(frozen=True, slots=True)
class _Rejected:
    """Bytes that could neither be made durable nor be taken back: to be cut off before anything follows them."""

    path: Path
    size: int
    content: bytes


class Tails:
    """The end of the chain in one folder."""

    def __init__(self, folder: Path, kiosk: str, disk: Disk, random_bytes: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._kiosk = kiosk
        self._disk = disk
        self._random_bytes = random_bytes
        self._tail: Tail | None = None
        self._rejected: _Rejected | None = None
        self.mended_bytes = 0

    def append(self, master: bytes, entry: Entry) -> Head:
        """Write one entry; the chain's end when it is on disk. Raises OSError; nothing half-written is followed."""
        tail = self.present(master)
        if tail is None or not tail.key or tail.day != entry.at.date() or tail.master != master:
            self._tail = self._begin_segment(master, tail.head if tail else NOTHING_YET, entry)
        else:
            self._tail = self._append(tail, entry)
        return self._tail.head

    def present(self, master: bytes) -> Tail | None:
        """The tail as it is on disk now; remembered as long as nobody else wrote. Raises OSError."""
        self._take_back()
        while found := parts(self._folder):
            last, remembered = found[-1], self._tail
            if remembered and remembered.path == last.path and last.path.stat().st_size == remembered.size:
                return remembered
            self._tail = _after_purge(last, master) if last.purged else self._read(last, master)
            if self._tail is not None:
                return self._tail
        self._tail = None
        return None

    def _take_back(self) -> None:
        """Cut off what an earlier refusal of the disk may have left behind, unless somebody wrote after it."""
        rejected, self._rejected = self._rejected, None
        if rejected is None:
            return
        try:
            if rejected.content.startswith(rejected.path.read_bytes()[rejected.size :]):
                self._disk.cut(rejected.path, rejected.size)
        except FileNotFoundError:
            return
        except OSError:
            self._rejected = rejected
            raise

    def _read(self, part: Part, master: bytes) -> Tail | None:
        """What the newest segment ends with, its torn line cut off; None where nothing of it was ever complete."""
        path, text = part.path, read_segment(part.path)
        if text.torn and text.lines:
            self._disk.cut(path, text.size)
        self.mended_bytes += text.torn
        if not text.lines:
            self._disk.remove(path)
            self._disk.sync_folder(self._folder)
            return None
        unknown = Head(part.first + len(text.lines) - 1, FIRST_TAG)
        lost = Tail(path, text.size, b"", master, part.day, unknown)
        try:
            opening = OpeningLink.parse(text.lines[0])
            last = EntryLink.parse(text.lines[-1]).head if len(text.lines) > 1 else opening.head
        except ValueError:
            return lost
        if last.sequence != unknown.sequence:
            return lost
        try:
            key = unseal(master, opening.nonce, opening.place, opening.sealed_key)
        except SealBrokenError:
            key = b""
        return Tail(path, text.size, key if opening.kiosk == self._kiosk else b"", master, opening.day, last)

    def _begin_segment(self, master: bytes, head: Head, entry: Entry) -> Tail:
        """A segment and its first entry, in one write."""
        day = entry.at.date()
        key, nonce = self._random_bytes(KEY_SIZE), self._random_bytes(NONCE_SIZE)
        place = Place("segment", self._kiosk, day, head.sequence + 1, head.tag)
        sealed_key = seal(master, nonce, place, key)
        opening = OpeningLink(self._kiosk, day, place.sequence, place.previous, nonce, sealed_key)
        first = self._sealed(key, day, opening.head, entry)
        path = segment_path(self._folder, opening.sequence, day)
        content = f"{opening.line()}\n{first.line()}\n".encode()
        self._rejected = _Rejected(path, 0, content)
        self._disk.create(path, content)
        self._rejected = None
        return Tail(path, len(content), key, master, day, first.head)

    def _append(self, tail: Tail, entry: Entry) -> Tail:
        link = self._sealed(tail.key, tail.day, tail.head, entry)
        content = f"{link.line()}\n".encode()
        with self._disk.opened(tail.path, os.O_WRONLY | os.O_APPEND) as descriptor:
            try:
                self._disk.write_all(descriptor, content)
            except BaseException:
                # What could not be written whole was not written: the next entry must not follow it.
                self._rejected = _Rejected(tail.path, tail.size, content)
                with suppress(OSError):
                    self._disk.truncate(descriptor, tail.size)
                    self._disk.sync(descriptor)
                    self._rejected = None
                raise
        return replace(tail, size=tail.size + len(content), head=link.head)

    def _sealed(self, key: bytes, day: date, head: Head, entry: Entry) -> EntryLink:
        nonce = self._random_bytes(NONCE_SIZE)
        place = Place("entry", self._kiosk, day, head.sequence + 1, head.tag)
        return EntryLink(place.sequence, nonce, seal(key, nonce, place, to_bytes(entry)))


def _after_purge(part: Part, master: bytes) -> Tail:
    """The end of a chain whose newest segment was purged."""
    content = part.path.read_bytes()
    try:
        head = Tombstone.parse(content.decode("ascii", "replace"), master).last
    except TombstoneError:  # not ours: the chain goes on behind it, and `verify` tells
        head = Head(part.first, FIRST_TAG)
    return Tail(part.path, len(content), b"", master, part.day, head)
