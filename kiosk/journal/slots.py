"""A small value that is written over again and again, and of which a power loss leaves the old or the new, whole.

Two places in one file, far enough apart to lie in different blocks of any disk, written in turn: while one is being
written the other is at rest. The file never grows, so that a full disk does not keep it from being written. Sealed, so
that nobody without the key can write a value of his own; an old copy of the whole file cannot be told from a new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from kiosk.journal.chain import FIRST_TAG, NONCE_SIZE, Place, SealBrokenError, seal, unseal
from kiosk.journal.files import Disk

_STRIDE: Final = 4096
_SIZE: Final = 512
_VALUE: Final = 160
"""Bytes every value is padded to: its length tells nothing."""
_SLOT: Final = re.compile(rf"(\d{{1,15}}) ([0-9a-f]{{{NONCE_SIZE * 2}}}) ((?:[0-9a-f]{{2}})+)\n? *")


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies in the file. `value` None: nothing that this key opens; `count` how often it was written."""

    value: bytes | None
    count: int
    unreadable: bool = False
    """There is something, and no key of ours opens it."""
    torn: bool = False
    """The value before this one is not beside it: the newest write was never finished, or somebody spoiled it."""


class SlotFile:
    """One value in a file. `purpose` keeps the values of two files from being exchanged."""

    def __init__(self, path: Path, purpose: str, disk: Disk, random_bytes: Callable[[int], bytes]) -> None:
        self.path = path
        self._purpose = purpose
        self._disk = disk
        self._random_bytes = random_bytes

    def read(self, key: bytes) -> Kept:
        """The newest whole value. Raises OSError where the disk refuses; a file that is not there holds none."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return Kept(None, 0)
        slots = [self._opened(key, raw[offset : offset + _SIZE]) for offset in (0, _STRIDE)]
        values = dict(slot for slot in slots if slot is not None)
        if not values:
            return Kept(None, 0, bool(raw.strip(b" \n\0")))
        newest = max(values)
        return Kept(values[newest], newest, torn=newest > 1 and newest - 1 not in values)

    def write(self, key: bytes, value: bytes) -> None:
        """Keep this value from now on; it is on disk when this returns.

        Raises:
            OSError: The disk refuses; the old value stays.
            ValueError: The value is too long.
        """
        if len(value) > _VALUE:
            raise ValueError(f"a kept value has {_VALUE} bytes at most")
        count = self.read(key).count + 1
        nonce = self._random_bytes(NONCE_SIZE)
        sealed = seal(key, nonce, self._place(count), value.ljust(_VALUE))
        slot = f"{count} {nonce.hex()} {sealed.hex()}\n".encode().ljust(_SIZE)
        if not self.path.exists() or self.path.stat().st_size < _STRIDE + _SIZE:
            self._disk.folder(self.path.parent)
            empty = b" " * _SIZE
            first, second = (empty, slot) if count % 2 else (slot, empty)
            self._disk.replace(self.path, first.ljust(_STRIDE) + second)
        else:
            self._disk.overwrite(self.path, slot, count % 2 * _STRIDE)

    def _opened(self, key: bytes, slot: bytes) -> tuple[int, bytes] | None:
        found = _SLOT.fullmatch(slot.decode("ascii", "replace"))
        if found is None:
            return None
        count = int(found[1])
        try:
            return count, unseal(key, bytes.fromhex(found[2]), self._place(count), bytes.fromhex(found[3])).rstrip()
        except SealBrokenError:
            return None

    def _place(self, count: int) -> Place:
        return Place(self._purpose, "", date.min, count, FIRST_TAG)
