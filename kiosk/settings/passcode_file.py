"""The passcodes on disk: one file of salted hashes and counters that only its owner may read.

A change is on the disk before anything relies on it, whole or not at all. A file that is damaged is an error; it never
counts as "no passcode". What breaks if it is wrong: the staff side opens for anybody, or a restart gives tries back.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kiosk.settings.passcode_tries import Tries

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
_VERSION: Final = 1
_LONGEST_FILE: Final = 10_000
_NOT_FOR_OTHERS: Final = 0o077
_LOCK_PATIENCE_S: Final = 10.0
_COSTS: Final = {"n": range(2**14, 2**18), "r": range(8, 17), "p": range(1, 5)}
"""What the work of a hash may be: a file that asks for more would stop the counter, one for less protects nobody."""


class PasscodeFileError(OSError):
    """The file cannot be used. `code` is a message id, `path` the file.

    `passcode.file_broken`: it is damaged; remove it and set the passcodes anew. `passcode.file_open`: others than its
    owner may read or write it. The base class, because every use of the file may fail with one.
    """

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class Work:
    """What one scrypt costs (RFC 7914): `n` steps, `r` blocks, `p` at once."""

    n: int
    r: int
    p: int


@dataclass(frozen=True, slots=True)
class Record:
    """One passcode: what is kept in its place, and the tries that were made at it."""

    salt: bytes = field(repr=False)
    hashed: bytes = field(repr=False)
    work: Work
    tries: Tries = field(default_factory=Tries)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep every other user of the file waiting meanwhile. Raises OSError where that cannot be had."""
    from filelock import FileLock

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=_LOCK_PATIENCE_S, mode=0o600):
        yield


def read_records(path: Path) -> dict[str, Record]:
    """The passcodes by kind; empty where there is no file.

    Raises:
        PasscodeFileError: See there.
        OSError: The disk refuses.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return {}
    with os.fdopen(descriptor, "rb") as file:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & _NOT_FOR_OTHERS:
            raise PasscodeFileError("passcode.file_open", path)
        content = file.read(_LONGEST_FILE)
    try:
        return _records(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasscodeFileError("passcode.file_broken", path) from None


def write_records(path: Path, records: Mapping[str, Record]) -> None:
    """Put the file in place of the old one; without a record there is none. To be called while `locked`.

    Raises:
        OSError: The disk refuses; the old file stands.
    """
    if not records:
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return
    passcodes = {kind: _entry(record) for kind, record in records.items()}
    document = {"version": _VERSION, "sum": _sum(passcodes), "passcodes": passcodes}
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps(document, indent=1).encode() + b"\n")
            file.flush()
            os.fsync(descriptor)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sum(passcodes: object) -> str:
    """Tells a damaged file; it protects against nobody."""
    return hashlib.sha256(json.dumps(passcodes, sort_keys=True).encode()).hexdigest()


def _entry(record: Record) -> dict[str, Any]:
    work, tries = record.work, record.tries
    return {
        "salt": record.salt.hex(),
        "hash": record.hashed.hex(),
        "work": [work.n, work.r, work.p],
        "wrong": tries.wrong,
        "waiting_since": tries.waiting_since,
    }


def _records(document: Mapping[str, Any]) -> dict[str, Record]:
    """Raises ValueError, KeyError, TypeError or AttributeError where there are none."""
    if document["version"] != _VERSION or document["sum"] != _sum(document["passcodes"]):
        raise ValueError
    return {kind: _record(entry) for kind, entry in document["passcodes"].items()}


def _record(entry: Mapping[str, Any]) -> Record:
    """Raises ValueError, KeyError, TypeError or AttributeError where it is none."""
    salt, hashed = bytes.fromhex(entry["salt"]), bytes.fromhex(entry["hash"])
    n, r, p = entry["work"]
    wrong, since = entry["wrong"], entry["waiting_since"]
    if (len(salt), len(hashed)) != (SALT_BYTES, HASH_BYTES):
        raise ValueError
    if n & (n - 1) or any(cost not in _COSTS[name] for name, cost in (("n", n), ("r", r), ("p", p))):
        raise ValueError
    if type(wrong) is not int or wrong < 0:
        raise ValueError
    if since is not None and not (type(since) in (int, float) and math.isfinite(since)):
        raise ValueError
    return Record(salt, hashed, Work(n, r, p), Tries(wrong, since))


def _sync_folder(folder: Path) -> None:
    """Make a name that was changed survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
