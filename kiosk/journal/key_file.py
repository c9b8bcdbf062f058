"""The key of the journal on disk: one file that only its owner may read, made on first use.

What breaks if it is wrong: whoever can read the file can read and forge the journal.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiosk.journal.chain import KEY_SIZE
from kiosk.journal.errors import JournalKeyError

_MAGIC = "madoguchi-journal-key-1"
_LINE = re.compile(rf"{_MAGIC} ([0-9a-f]{{{KEY_SIZE * 2}}})\n")
_NOT_FOR_OTHERS = 0o077


def load_key(path: Path) -> bytes:
    """The key in a key file.

    Raises:
        JournalKeyError: There is none, others than its owner may read or write it, or it is no key file.
        OSError: The disk refuses.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise JournalKeyError("journal.key.missing", path) from error
    with os.fdopen(descriptor, "rb") as file:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & _NOT_FOR_OTHERS:
            raise JournalKeyError("journal.key.permissions", path)
        found = _LINE.fullmatch(file.read(1000).decode("ascii", "replace"))
    if found is None:
        raise JournalKeyError("journal.key.broken", path)
    return bytes.fromhex(found[1])


def load_or_create_key(path: Path, random_bytes: Callable[[int], bytes]) -> bytes:
    """The key in a key file, which is made where there is none. Of two that make it at once, one wins for both.

    Raises:
        JournalKeyError: As `load_key`.
        OSError: The disk refuses; nothing is left behind.
    """
    with suppress(FileNotFoundError):
        path.lstat()
        return load_key(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Complete on disk before it has its name: a key that is lost half-written takes the journal with it.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{_MAGIC} {random_bytes(KEY_SIZE).hex()}\n".encode())
            file.flush()
            os.fsync(descriptor)
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(path.parent)
    return load_key(path)


def sync_folder(folder: Path) -> None:
    """Make names that were created or removed in `folder` survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
