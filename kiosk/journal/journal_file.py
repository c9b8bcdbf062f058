"""The writing side of the journal: an entry is on disk before `record` returns, or nothing of it is.

Several processes may write to one folder: each entry is written under a lock, after a look at what others appended.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from kiosk.flow.effects import RecordVisit
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
from kiosk.journal.entry import Entry, entry_of, to_bytes
from kiosk.journal.key_file import load_or_create_key, sync_folder
from kiosk.journal.segments import read_segment, segment_path, segment_paths


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where the next line goes. `key` is b"" where a new segment has to begin."""

    path: Path
    size: int
    key: bytes
    day: date
    head: Head


class JournalFile:
    """The journal of one kiosk, in a folder of its own (made with mode 0700 on first use).

    `kiosk` names the counter in the chain; `now` is an aware clock in Asia/Tokyo; `random_bytes` gives keys and nonces.
    An old segment that is damaged, or sealed with another key, is left as it is: the chain goes on in a new segment
    and `kiosk.journal.verify` tells of it, because a counter has to go on recording.
    """

    def __init__(
        self,
        folder: Path,
        key_file: Path,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        kiosk: str,
    ) -> None:
        self._folder = folder
        self._key_file = key_file
        self._now = now
        self._random_bytes = random_bytes
        self._kiosk = kiosk
        self._tail: _Tail | None = None
        self._one_at_a_time = threading.Lock()
        self.mended_bytes = 0
        """Bytes of half-written lines, never acknowledged, that were cut off since this object was made."""

    def prepare(self) -> None:
        """Make folder and key now, so that what is wrong with them is known before the first patient.

        Raises:
            JournalKeyError: The key file cannot be used as it is.
            OSError: The disk refuses.
        """
        with self._locked():
            self._key()

    def record(self, record: RecordVisit) -> None:
        """Append one entry; it is on disk when this returns.

        Raises:
            JournalKeyError: The key file cannot be used as it is.
            OSError: The disk refuses (full, not writable); nothing half-written stays.
        """
        entry = entry_of(record, self._now())
        with self._locked():
            tail = self._present_tail()
            if tail is None or not tail.key or tail.day != entry.at.date():
                self._tail = self._begin_segment(tail.head if tail else NOTHING_YET, entry)
            else:
                self._tail = self._append(tail, entry)

    @property
    def head(self) -> Head:
        """Where the chain ends. Kept elsewhere, it shows a tail that was cut off. Raises OSError."""
        with self._locked():
            tail = self._present_tail()
            return tail.head if tail else NOTHING_YET

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._one_at_a_time:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)

    def _key(self) -> bytes:
        return load_or_create_key(self._key_file, self._random_bytes)

    def _present_tail(self) -> _Tail | None:
        """The tail as it is on disk now; remembered as long as nobody else wrote."""
        paths = segment_paths(self._folder)
        if not paths:
            return None
        remembered = self._tail
        if remembered and remembered.path == paths[-1] and remembered.path.stat().st_size == remembered.size:
            return remembered
        self._tail = self._read_tail(paths[-1])
        return self._tail or self._present_tail()

    def _read_tail(self, path: Path) -> _Tail | None:
        """What the newest segment ends with, its torn line cut off; None where nothing of it was ever complete."""
        text = read_segment(path)
        if text.torn:
            if text.lines:
                os.truncate(path, text.size)
            else:
                path.unlink()
            sync_folder(self._folder)
            self.mended_bytes += text.torn
        if not text.lines:
            path.unlink(missing_ok=True)
            return None
        first_sequence, _, day = path.stem.partition("-")
        unknown = Head(int(first_sequence) + len(text.lines) - 1, FIRST_TAG)
        lost = _Tail(path, text.size, b"", date.fromisoformat(day), unknown)
        try:
            opening = OpeningLink.parse(text.lines[0])
            last = EntryLink.parse(text.lines[-1]).head if len(text.lines) > 1 else opening.head
        except ValueError:
            return lost
        if last.sequence != unknown.sequence:
            return lost
        try:
            key = unseal(self._key(), opening.nonce, opening.place, opening.sealed_key)
        except SealBrokenError:
            key = b""
        return _Tail(path, text.size, key if opening.kiosk == self._kiosk else b"", opening.day, last)

    def _begin_segment(self, head: Head, entry: Entry) -> _Tail:
        """A segment and its first entry, in one write."""
        day = entry.at.date()
        key, nonce = self._random_bytes(KEY_SIZE), self._random_bytes(NONCE_SIZE)
        place = Place("segment", self._kiosk, day, head.sequence + 1, head.tag)
        opening = OpeningLink(
            self._kiosk, day, place.sequence, place.previous, nonce, seal(self._key(), nonce, place, key)
        )
        first = self._sealed(key, day, opening.head, entry)
        path = segment_path(self._folder, opening.sequence, day)
        content = f"{opening.line()}\n{first.line()}\n".encode()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _write_all(descriptor, content)
            sync_folder(self._folder)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        return _Tail(path, len(content), key, day, first.head)

    def _append(self, tail: _Tail, entry: Entry) -> _Tail:
        link = self._sealed(tail.key, tail.day, tail.head, entry)
        content = f"{link.line()}\n".encode()
        descriptor = os.open(tail.path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        try:
            _write_all(descriptor, content)
        except BaseException:
            # What could not be written whole was not written: the next entry must not follow half a line.
            with suppress(OSError):
                os.ftruncate(descriptor, tail.size)
                os.fsync(descriptor)
            raise
        finally:
            os.close(descriptor)
        return replace(tail, size=tail.size + len(content), head=link.head)

    def _sealed(self, key: bytes, day: date, head: Head, entry: Entry) -> EntryLink:
        nonce = self._random_bytes(NONCE_SIZE)
        place = Place("entry", self._kiosk, day, head.sequence + 1, head.tag)
        return EntryLink(place.sequence, nonce, seal(key, nonce, place, to_bytes(entry)))


def _write_all(descriptor: int, content: bytes) -> None:
    """Write every byte and wait for the disk. Raises OSError, having written some, all or none."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.fsync(descriptor)
