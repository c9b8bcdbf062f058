"""The master key of the journal on disk: one file that only its owner may read, made on first use.

The file holds the key as it is, or sealed with a passphrase that somebody types at every start (scrypt, with its
parameters and salt beside it). What breaks if it is wrong: whoever can read the file can read and forge the journal.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Final

from kiosk.journal.chain import FIRST_TAG, KEY_SIZE, NONCE_SIZE, Place, SealBrokenError, seal, unseal
from kiosk.journal.errors import JournalKeyError
from kiosk.journal.files import DISK, Disk

SALT_SIZE: Final = 16
SCRYPT_N: Final = 2**16
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
"""64 MiB and about a fifth of a second: typed once a day, guessed as slowly."""
SHORTEST_PASSPHRASE: Final = 10
"""Bytes of a passphrase that is set; ours, because no source names a number."""
_MOST_MEMORY: Final = 2**30
_MAGIC: Final = "madoguchi-journal-key-1"
_LINE = re.compile(rf"{_MAGIC} ([0-9a-f]{{{KEY_SIZE * 2}}})\n")
_SEALED_MAGIC: Final = "madoguchi-journal-key-2"
_SEALED = re.compile(
    rf"{_SEALED_MAGIC} scrypt (\d{{1,9}}) (\d{{1,3}}) (\d{{1,3}}) ([0-9a-f]{{{SALT_SIZE * 2}}}) "
    rf"([0-9a-f]{{{NONCE_SIZE * 2}}}) ([0-9a-f]{{{(KEY_SIZE + 16) * 2}}})\n"
)
_NOT_FOR_OTHERS: Final = 0o077

Passphrase = Callable[[], bytes | bytearray]
"""Asks for the passphrase where one is needed."""


def load_key(path: Path, passphrase: Passphrase | None = None) -> bytes:
    """The master key in a key file.

    Raises:
        JournalKeyError: There is none, others than its owner may read or write it, it is no key file, a passphrase is
            needed and none was given, or it is another one.
        OSError: The disk refuses.
    """
    return _key_in(_content(path), path, passphrase)


def needs_passphrase(path: Path) -> bool:
    """Whether the key is sealed with a passphrase. Raises as `load_key`."""
    return _content(path).startswith(_SEALED_MAGIC)


def load_or_create_key(path: Path, random_bytes: Callable[[int], bytes], disk: Disk = DISK) -> bytes:
    """The master key in a key file, which is made where there is none. Of two that make it at once, one wins for both.

    Raises:
        JournalKeyError: As `load_key`.
        OSError: The disk refuses; nothing is left behind.
    """
    create_key(path, random_bytes, disk)
    return load_key(path)


def create_key(path: Path, random_bytes: Callable[[int], bytes], disk: Disk = DISK) -> None:
    """Make a key file where there is none. Raises OSError; nothing is left behind then."""
    with suppress(FileNotFoundError):
        path.lstat()
        return
    disk.folder(path.parent)
    # Complete on disk before it has its name: a key that is lost half-written takes the journal with it.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    disk.remove(draft)
    try:
        with disk.opened(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL) as descriptor:
            disk.write_all(descriptor, f"{_MAGIC} {random_bytes(KEY_SIZE).hex()}\n".encode())
        with suppress(FileExistsError):
            disk.link(draft, path)
    finally:
        disk.remove(draft)
    disk.sync_folder(path.parent)


def protect_key(path: Path, master: bytes, passphrase: bytes | bytearray, random_bytes: Callable[[int], bytes]) -> None:
    """Write the key file anew, sealed with a passphrase, or open again where the passphrase is empty.

    The journal stays as it is: its master key is the same.

    Raises:
        ValueError: The passphrase is too short.
        OSError: The disk refuses; the old file stays.
    """
    if not passphrase:
        DISK.replace(path, f"{_MAGIC} {master.hex()}\n".encode())
        return
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise ValueError(f"a passphrase has {SHORTEST_PASSPHRASE} bytes at least")
    salt, nonce = random_bytes(SALT_SIZE), random_bytes(NONCE_SIZE)
    place = _place(SCRYPT_N, SCRYPT_R, SCRYPT_P, salt)
    sealed = seal(_stretched(passphrase, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P), nonce, place, master)
    parameters = f"{SCRYPT_N} {SCRYPT_R} {SCRYPT_P} {salt.hex()} {nonce.hex()} {sealed.hex()}"
    DISK.replace(path, f"{_SEALED_MAGIC} scrypt {parameters}\n".encode())


class KeyFile:
    """A key file and what opens it. A sealed key is opened once and remembered.

    Whoever seals the file anew while a counter runs, with a passphrase it was never told, does not keep it from
    recording: the key that it knows is gone on with.
    """

    def __init__(self, path: Path, passphrase: Passphrase | None = None) -> None:
        self.path = path
        self._passphrase = passphrase
        self._opened: tuple[str, bytes] | None = None

    def master(self) -> bytes:
        """The master key. Raises as `load_key`."""
        content = _content(self.path)
        if self._opened is None:
            self._opened = content, _key_in(content, self.path, self._passphrase)
        elif self._opened[0] != content:
            try:
                key = _key_in(content, self.path, None)
            except JournalKeyError as error:
                if error.code != "journal.key.locked":
                    raise
                key = self._opened[1]
            self._opened = content, key
        return self._opened[1]


def as_key_file(key: Path | KeyFile) -> KeyFile:
    """The key file of a path, or the one given."""
    return key if isinstance(key, KeyFile) else KeyFile(key)


def _content(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise JournalKeyError("journal.key.missing", path) from error
    with os.fdopen(descriptor, "rb") as file:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & _NOT_FOR_OTHERS:
            raise JournalKeyError("journal.key.permissions", path)
        return file.read(1000).decode("ascii", "replace")


def _key_in(content: str, path: Path, passphrase: Passphrase | None) -> bytes:
    plain = _LINE.fullmatch(content)
    if plain is not None:
        return bytes.fromhex(plain[1])
    sealed = _SEALED.fullmatch(content)
    if sealed is None:
        raise JournalKeyError("journal.key.broken", path)
    n, r, p = (int(number) for number in sealed.groups()[:3])
    if n < 2 or n & (n - 1) or not r or not p or 128 * n * r > _MOST_MEMORY:
        raise JournalKeyError("journal.key.broken", path)
    if passphrase is None:
        raise JournalKeyError("journal.key.locked", path)
    salt, nonce, wrapped = (bytes.fromhex(part) for part in sealed.groups()[3:])
    try:
        return unseal(_stretched(passphrase(), salt, n, r, p), nonce, _place(n, r, p, salt), wrapped)
    except SealBrokenError:
        raise JournalKeyError("journal.key.passphrase", path) from None


def _stretched(passphrase: bytes | bytearray, salt: bytes, n: int, r: int, p: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # heavy: not before the first frame

    return Scrypt(salt=salt, length=KEY_SIZE, n=n, r=r, p=p).derive(bytes(passphrase))


def _place(n: int, r: int, p: int, salt: bytes) -> Place:
    """The parameters are part of the seal: weaker ones cannot be put in their place."""
    return Place(f"key scrypt {n} {r} {p}", "", date.min, 0, salt.ljust(len(FIRST_TAG)))
