"""The one seam between the journal and the disk: open, write, wait, name, remove.

Every file operation of `kiosk.journal` goes through a `Disk`, so that a test can stand in its place, record what was
asked for, and play back what a power loss would have left. Knows bytes and names; no keys, no entries.
What breaks if it is wrong: something is acknowledged that was never made durable.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

OWNER_ONLY: Final = 0o600
FOLDER_OWNER_ONLY: Final = 0o700


class Disk:
    """The operating system's files. The methods of the first part are the whole of what is asked of it."""

    def open(self, path: Path, flags: int) -> int:
        """A descriptor; a file that is made belongs to its owner only. Raises OSError."""
        return os.open(path, flags | os.O_CLOEXEC, OWNER_ONLY)

    def write(self, descriptor: int, content: bytes) -> int:
        """How many bytes were taken. Raises OSError."""
        return os.write(descriptor, content)

    def write_at(self, descriptor: int, content: bytes, offset: int) -> int:
        """How many bytes were taken at `offset`. Raises OSError."""
        return os.pwrite(descriptor, content, offset)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut the file to `size` bytes. Raises OSError."""
        os.ftruncate(descriptor, size)

    def sync(self, descriptor: int) -> None:
        """Wait until what was written is on the disk. Raises OSError."""
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Let go of a descriptor."""
        os.close(descriptor)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name in the same folder, in place of what had it. Raises OSError."""
        old.replace(new)

    def unlink(self, path: Path) -> None:
        """Take a name away. Raises OSError."""
        path.unlink()

    def link(self, old: Path, new: Path) -> None:
        """Give a file a second name. Raises FileExistsError where it is taken, and OSError."""
        os.link(old, new)

    def make_folder(self, path: Path) -> None:
        """Make one folder for its owner only. Raises FileExistsError where it is there, and OSError."""
        path.mkdir(mode=FOLDER_OWNER_ONLY)

    def sync_folder(self, folder: Path) -> None:
        """Make names that were created or removed in `folder` survive a power loss. Raises OSError."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    # --- what is put together from these ---

    def folder(self, path: Path) -> None:
        """Make a folder and those above it, durable; nothing where it is there already. Raises OSError."""
        if path.is_dir():
            return
        if not path.parent.is_dir():
            self.folder(path.parent)
        with suppress(FileExistsError):
            self.make_folder(path)
        if not path.is_dir():
            raise NotADirectoryError(20, os.strerror(20), str(path))
        self.sync_folder(path.parent)

    @contextmanager
    def opened(self, path: Path, flags: int) -> Iterator[int]:
        """A descriptor that is closed at the end of the block."""
        descriptor = self.open(path, flags)
        try:
            yield descriptor
        finally:
            self.close(descriptor)

    def write_all(self, descriptor: int, content: bytes) -> None:
        """Write every byte and wait for the disk. Raises OSError, having written some, all or none."""
        rest = memoryview(content)
        while rest:
            rest = rest[self.write(descriptor, bytes(rest)) :]
        self.sync(descriptor)

    def create(self, path: Path, content: bytes) -> None:
        """Make a new file with this content, durable, or nothing. Raises FileExistsError, OSError."""
        with self.opened(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND) as descriptor:
            try:
                self.write_all(descriptor, content)
                self.sync_folder(path.parent)
            except BaseException:
                with suppress(OSError):
                    self.unlink(path)
                raise

    def replace(self, path: Path, content: bytes) -> None:
        """Put this content in the place of what the file held, whole or not at all, durable. Raises OSError."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        self.remove(draft)
        try:
            with self.opened(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND) as descriptor:
                self.write_all(descriptor, content)
            self.rename(draft, path)
        except BaseException:
            self.remove(draft)
            raise
        self.sync_folder(path.parent)

    def overwrite(self, path: Path, content: bytes, offset: int = 0) -> None:
        """Write over bytes of a file that is there, and wait for the disk. Raises OSError."""
        with self.opened(path, os.O_WRONLY) as descriptor:
            rest = memoryview(content)
            while rest:
                written = self.write_at(descriptor, bytes(rest), offset)
                rest, offset = rest[written:], offset + written
            self.sync(descriptor)

    def cut(self, path: Path, size: int) -> None:
        """Cut a file to `size` bytes, durable. Raises OSError."""
        with self.opened(path, os.O_WRONLY) as descriptor:
            self.truncate(descriptor, size)
            self.sync(descriptor)

    def remove(self, path: Path) -> None:
        """Take a name away where it is there. Not durable before the folder is synced. Raises OSError."""
        with suppress(FileNotFoundError):
            self.unlink(path)

    def destroy(self, path: Path) -> None:
        """Write zeros over a file and take its name away, durable; nothing where it is not there.

        On a disk that writes elsewhere than it is told (flash, copy on write) the old bytes may stay for a while:
        what has to be gone for certain is sealed, and its key is what is destroyed (docs/journal.md). Raises OSError.
        """
        with suppress(FileNotFoundError):
            self.overwrite(path, bytes(path.stat().st_size))
            self.unlink(path)
            self.sync_folder(path.parent)


DISK: Final = Disk()
"""The disk of this machine."""


@contextmanager
def locked(folder: Path, name: str = "lock") -> Iterator[None]:
    """One process at a time, among all that write to this folder. Raises OSError."""
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, OWNER_ONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
