"""A small file of sealed records, append-only, bound to their order: what the outage queue is kept in.

Several processes may use one file. A half-written last line was never acknowledged and is cut off; a file with a line
that does not open is set aside, with what can be read of it carried over into a new one.
What breaks if it is wrong: somebody who was to be asked about is forgotten, or asked about twice.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from kiosk.journal.chain import NONCE_SIZE, TAG_SIZE, EntryLink, Head, Place, SealBrokenError, own_key, seal, unseal
from kiosk.journal.files import Disk, locked
from kiosk.journal.key_file import KeyFile, create_key
from kiosk.journal.retrying import Retry
from kiosk.journal.segments import read_segment

Record = dict[str, Any]
_BLOCK: Final = 512
_SET_ASIDE: Final = ".damaged-"
_MAGIC: Final = "madoguchi-log-1"
_OPENING: Final = re.compile(rf"{_MAGIC} ([0-9a-f]{{{TAG_SIZE * 2}}})")


class SealedLog:
    """Records in `path`, sealed with a key of their own (`purpose`). Methods raise OSError where the disk refuses, and
    JournalKeyError for the key. What is refused waits in memory and is written, in order, with the next record; with
    `retry_seconds` also by a thread of its own.
    """

    def __init__(
        self,
        path: Path,
        key_file: KeyFile,
        purpose: str,
        disk: Disk,
        random_bytes: Callable[[int], bytes],
        retry_seconds: float | None = None,
    ) -> None:
        self._path = path
        self._keys = key_file
        self._purpose = purpose
        self._disk = disk
        self._random_bytes = random_bytes
        self._waiting: deque[Record] = deque()
        self._seen: tuple[int, int, int] | None = None
        self._first = b""
        self._links: list[EntryLink] = []
        """What is on disk, sealed: nothing of a person stays in memory once it is there."""
        self._lock = threading.RLock()
        self._retry = Retry(self._flush_again, retry_seconds)
        self._is_held = False
        self.set_aside: Path | None = None
        """The damaged file that was found, under its new name."""

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self._path.exists()

    def destroy_set_aside(self) -> None:
        """Destroy every damaged file that was set aside."""
        with self._held():
            for path in self._path.parent.glob(f"{self._path.name}{_SET_ASIDE}*"):
                self._disk.destroy(path)

    @property
    def waiting(self) -> int:
        """Records that are not on disk yet."""
        return len(self._waiting)

    def records(self) -> list[Record]:
        """Every record, oldest first, those that wait included."""
        with self._held():
            return [*self._opened_all(), *self._waiting]

    @contextmanager
    def held(self) -> Iterator[list[Record]]:
        """The records while nobody else may add any: to look and add as one step."""
        with self._held():
            yield [*self._opened_all(), *self._waiting]

    def add(self, record: Record) -> None:
        """Add one; on disk when this returns."""
        with self._lock:
            self._waiting.append(record)
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        try:
            with self._held():
                while self._waiting:
                    self._write(self._waiting[0])
                    self._waiting.popleft()
        finally:
            if self._waiting:
                self._retry.later()

    def _flush_again(self) -> None:
        with suppress(OSError):  # then it was said that it is to be tried again
            self.flush()

    def close(self) -> None:
        """Write what waits, once more, and try no more."""
        self._retry.stop()
        if self._waiting:
            self._flush_again()

    def rewrite(self, keep: Callable[[Sequence[Record]], list[Record]]) -> None:
        """Keep only these records, whole or not at all."""
        with self._held():
            kept = keep([*self._opened_all(), *self._waiting])
            self._start_anew(kept)
            self._waiting.clear()

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            if self._is_held:
                yield
                return
            self._disk.folder(self._path.parent)
            with locked(self._path.parent):
                self._is_held = True
                try:
                    self._look()
                    yield
                finally:
                    self._is_held = False

    def _key(self) -> bytes:
        create_key(self._keys.path, self._random_bytes, self._disk)
        return own_key(self._keys.master(), self._purpose)

    def _state(self) -> tuple[int, int, int] | None:
        with suppress(FileNotFoundError):
            found = self._path.stat()
            return found.st_ino, found.st_size, found.st_mtime_ns
        return None

    def _look(self) -> None:
        """Read the file where somebody else changed it, or an earlier write was refused."""
        state = self._state()
        if state is not None and state == self._seen:
            return
        self._first, self._links = b"", []
        if state is None:
            return
        text = read_segment(self._path)
        opening = _OPENING.fullmatch(text.lines[0]) if text.lines else None
        if opening is None:
            self._put_aside([])
            return
        if text.torn:
            self._disk.cut(self._path, text.size)
        self._first = bytes.fromhex(opening[1])
        damaged = False
        for line in text.lines[1:]:
            try:
                self._links.append(EntryLink.parse(line))
            except ValueError:
                damaged = True
        readable = self._opened_all()
        if damaged or len(readable) < len(self._links):
            self._put_aside(readable)
        self._seen = self._state()

    def _opened_all(self) -> list[Record]:
        """Every record on disk that can be opened, each at its own place behind the one before."""
        key = self._key() if self._links else b""
        found, end = [], self._first
        for link in self._links:
            place = Place(self._purpose, "", date.min, link.sequence, end)
            end = link.head.tag
            with suppress(SealBrokenError):
                found.append(json.loads(unseal(key, link.nonce, place, link.sealed)))
        return found

    def _put_aside(self, readable: list[Record]) -> None:
        """Keep the damaged file under another name, and go on with what could be read of it."""
        self.set_aside = self._path.with_name(f"{self._path.name}{_SET_ASIDE}{os.urandom(4).hex()}")
        self._disk.rename(self._path, self.set_aside)
        self._disk.sync_folder(self._path.parent)
        self._start_anew(readable)

    def _start_anew(self, records: list[Record]) -> None:
        first, key = self._random_bytes(TAG_SIZE), self._key()
        links: list[EntryLink] = []
        for record in records:
            links.append(self._sealed(key, first, links, record))
        lines = [f"{_MAGIC} {first.hex()}", *(link.line() for link in links)]
        self._disk.replace(self._path, "".join(f"{line}\n" for line in lines).encode())
        self._first, self._links, self._seen = first, links, self._state()

    def _write(self, record: Record) -> None:
        if self._seen is None or self._state() is None:
            self._start_anew([])
        link = self._sealed(self._key(), self._first, self._links, record)
        content = f"{link.line()}\n".encode()
        size = self._path.stat().st_size
        self._seen = None  # a write that is refused leaves what has to be looked at again
        with self._disk.opened(self._path, os.O_WRONLY | os.O_APPEND) as descriptor:
            try:
                self._disk.write_all(descriptor, content)
            except BaseException:
                with suppress(OSError):
                    self._disk.truncate(descriptor, size)
                    self._disk.sync(descriptor)
                raise
        self._links.append(link)
        self._seen = self._state()

    def _sealed(self, key: bytes, first: bytes, links: Sequence[EntryLink], record: Record) -> EntryLink:
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        nonce = self._random_bytes(NONCE_SIZE)
        end = links[-1].head if links else Head(0, first)
        place = Place(self._purpose, "", date.min, end.sequence + 1, end.tag)
        return EntryLink(place.sequence, nonce, seal(key, nonce, place, text + b" " * (-len(text) % _BLOCK)))
