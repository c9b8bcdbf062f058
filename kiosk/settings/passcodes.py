"""The two passcodes of a counter's staff: one opens the staff side, one confirms a 目視 (facility passcode).

The facility passcode (施設のパスコード) is typed by staff for the comparison by eye and is never the patient's 暗証番号
(reception.md §4, 3b). Digits exist in one wiped buffer only; nothing of them is in a text form, a log or an error.
What breaks if it is wrong: whoever stands at the counter sees the day's patients, or confirms a stranger.

What it cannot do: four digits are ten thousand possibilities. The waits keep a person at the counter from trying them;
somebody who can read the file can try them all. So the file's permissions are the protection, not the hash.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Final

from kiosk.settings.passcode_file import (
    HASH_BYTES,
    SALT_BYTES,
    PasscodeFileError,
    Record,
    Work,
    locked,
    read_records,
    write_records,
)
from kiosk.settings.passcode_tries import FREE_TRIES, Tries
from reader.pin import wipe

__all__ = [
    "Checked",
    "PasscodeFileError",
    "PasscodeKind",
    "PasscodeNotSetError",
    "PasscodeRefusedError",
    "PasscodeStore",
    "passcode_path",
]

_WORK: Final = Work(n=2**15, r=8, p=1)
"""About a tenth of a second and 32 MiB."""


class PasscodeKind(Enum):
    """What a passcode is for."""

    STAFF = "staff"
    """Opens the staff side."""
    FACILITY = "facility"
    """Confirms a comparison by eye (目視)."""

    @property
    def lengths(self) -> range:
        """How many digits it may have: 4–8; the facility's exactly 4 (reception.md §4, 3b)."""
        return range(4, 9) if self is PasscodeKind.STAFF else range(4, 5)


class PasscodeRefusedError(ValueError):
    """Not a passcode that can be set: `code` is `passcode.digits`, `passcode.length` or `passcode.too_easy`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PasscodeNotSetError(LookupError):
    """There is no passcode of this kind that something could be compared with."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a try.

    `tries_left`: how many more may follow at once, 0 while waiting. `wait_seconds`: until the next try; 0: none. A try
    during a wait is not compared and not counted.
    """

    accepted: bool
    tries_left: int
    wait_seconds: int


def passcode_path(data_dir: Path) -> Path:
    """Where the passcodes of a data folder are."""
    return data_dir / "keystore" / "passcodes.json"


class PasscodeStore:
    """The passcodes of one file. It is read each time, so that a change counts at once, also for a running counter.

    Every method uses the disk and `check` and `put` compute for a tenth of a second: call them on a thread. `now` gives
    epoch seconds; `visual_tries` is how many wrong facility passcodes come before the first wait (a setting). Each
    method raises PasscodeFileError for a file that cannot be used, and OSError where the disk refuses.
    """

    def __init__(
        self,
        path: Path,
        now: Callable[[], float],
        random_bytes: Callable[[int], bytes] = os.urandom,
        *,
        visual_tries: int = FREE_TRIES,
    ) -> None:
        self.path = path
        self._now = now
        self._random_bytes = random_bytes
        self._free = {PasscodeKind.STAFF: FREE_TRIES, PasscodeKind.FACILITY: visual_tries}

    def look(self) -> frozenset[PasscodeKind]:
        """Those that are set; also the way to find out whether the file can be used."""
        records = read_records(self.path)
        return frozenset(kind for kind in PasscodeKind if kind.value in records)

    def is_set(self, kind: PasscodeKind) -> bool:
        """Whether there is one."""
        return kind.value in read_records(self.path)

    def put(self, kind: PasscodeKind, digits: bytearray) -> None:
        """Set or change one from ASCII digits; `digits` is wiped. The tries begin anew.

        Raises:
            PasscodeRefusedError: See there; the old one stands.
        """
        try:
            _check_form(kind, digits)
            salt = self._random_bytes(SALT_BYTES)
            hashed = _scrypt(salt, _WORK, digits)
        finally:
            wipe(digits)
        with locked(self.path):
            write_records(self.path, {**read_records(self.path), kind.value: Record(salt, hashed, _WORK)})

    def remove(self, kind: PasscodeKind) -> bool:
        """Have none of this kind any more; whether there was one."""
        with locked(self.path):
            records = read_records(self.path)
            if records.pop(kind.value, None) is None:
                return False
            write_records(self.path, records)
            return True

    def wait_seconds(self, kind: PasscodeKind) -> int:
        """Seconds until the next try; 0: at once, or there is no passcode."""
        if not self.is_set(kind):
            return 0
        with locked(self.path):
            now = self._now()
            record = self._seen(kind, now)
            return 0 if record is None else record.tries.wait_left(now, self._free[kind])

    def check(self, kind: PasscodeKind, typed: bytearray) -> Checked:
        """Compare what was typed; `typed` is wiped. A right one sets the wrong tries to none.

        The try is counted on the disk before it is compared: whoever pulls the plug in between has spent it.

        Raises:
            PasscodeNotSetError: There is nothing to compare it with.
        """
        free = self._free[kind]
        try:
            with locked(self.path):
                now = self._now()
                record = self._seen(kind, now)
                if record is None:
                    raise PasscodeNotSetError(kind.value)
                if wait := record.tries.wait_left(now, free):
                    return Checked(accepted=False, tries_left=0, wait_seconds=wait)
                tries = record.tries.spent(now, free)
                self._put_tries(kind, record, tries)
            right = _matches(record, typed)
        finally:
            wipe(typed)
        if not right:
            return Checked(accepted=False, tries_left=tries.left(now, free), wait_seconds=tries.wait_left(now, free))
        with locked(self.path):
            self._put_tries(kind, record, Tries())
        return Checked(accepted=True, tries_left=free, wait_seconds=0)

    def _seen(self, kind: PasscodeKind, now: float) -> Record | None:
        """The record as it counts now; a wait that begins anew because the clock was set back begins on the disk."""
        record = read_records(self.path).get(kind.value)
        if record is None or (tries := record.tries.seen(now)) == record.tries:
            return record
        self._put_tries(kind, record, tries)
        return replace(record, tries=tries)

    def _put_tries(self, kind: PasscodeKind, record: Record, tries: Tries) -> None:
        """Write the tries of this very passcode; one that was changed or removed meanwhile keeps its own."""
        records = read_records(self.path)
        present = records.get(kind.value)
        if present is not None and present.salt == record.salt:
            write_records(self.path, {**records, kind.value: replace(present, tries=tries)})


def _check_form(kind: PasscodeKind, digits: bytearray) -> None:
    if any(not 0x30 <= digit <= 0x39 for digit in digits):
        raise PasscodeRefusedError("passcode.digits")
    if len(digits) not in kind.lengths:
        raise PasscodeRefusedError("passcode.length")
    if kind is PasscodeKind.STAFF and _is_easy(digits):
        raise PasscodeRefusedError("passcode.too_easy")


def _is_easy(digits: bytearray) -> bool:
    """Whether every digit follows from the one before in the same way: 0000, 1234, 8765, 7890."""
    steps = {(after - before) % 10 for before, after in pairwise(digits)}
    return steps in ({0}, {1}, {9})


def _scrypt(salt: bytes, work: Work, digits: bytearray) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=HASH_BYTES, n=work.n, r=work.r, p=work.p).derive(digits)


def _matches(record: Record, typed: bytearray) -> bool:
    from cryptography.hazmat.primitives.constant_time import bytes_eq

    return bytes_eq(_scrypt(record.salt, record.work, typed), record.hashed)
