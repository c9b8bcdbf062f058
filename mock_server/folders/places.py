"""One folder, held open: everything in it is reached by name below it, and nothing anywhere else.

A symbolic link is never followed, a pipe or a device never opened, whatever stands in a shared folder. All trouble is
an OSError, for callers to try again later. What breaks if wrong: a file outside the folder is read, written or removed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from mock_server.folders.moving import move_new

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE: Final = 1_048_576
TAIL_BYTES: Final = 512
"""How much of a file's end is looked at to see whether it is an end."""


class Look(NamedTuple):
    """What a file looks like from outside; two looks that are equal mean that nobody wrote in between."""

    size: int
    changed_ns: int
    inode: int


class Entry(NamedTuple):
    """One name in a folder. `look` is None for whatever is no regular file."""

    name: str
    look: Look | None


class Place:
    """A folder. Use `open` before anything else; `close` it in the end."""

    def __init__(self, path: Path, mode: int = 0o777) -> None:
        self.path = path
        self._mode = mode
        self._folder = -1

    def open(self) -> None:
        """Make the folder where it is missing, and hold it open.

        Called again it looks whether the folder was replaced by another one, as clean-up programs do.

        Raises:
            OSError: It cannot be made or opened, or is a link or a file.
        """
        try:
            here = self.path.lstat()
        except FileNotFoundError:
            self.close()
            self.path.mkdir(mode=self._mode, parents=True, exist_ok=True)
            here = self.path.lstat()
        if self._folder >= 0:
            held = os.fstat(self._folder)
            if (held.st_ino, held.st_dev) == (here.st_ino, here.st_dev):
                return
        # What was held is not what is seen: nothing more may go there, whether or not the new one can be used.
        self.close()
        self._folder = os.open(self.path, _FOLDER)

    def close(self) -> None:
        """Let go of the folder. Safe to call twice."""
        folder, self._folder = self._folder, -1
        if folder >= 0:
            os.close(folder)

    @property
    def device(self) -> int:
        """The file system it lies on."""
        return os.fstat(self._folder).st_dev

    def entries(self) -> list[Entry]:
        """Everything in it, by name; what disappears meanwhile is left out."""
        found: list[Entry] = []
        with os.scandir(self._folder) as listing:
            names = [entry.name for entry in listing]
        for name in sorted(names):
            try:
                status = self._status(name)
            except FileNotFoundError:
                continue
            found.append(Entry(name, _look(status) if stat.S_ISREG(status.st_mode) else None))
        return found

    def look(self, name: str) -> Look | None:
        """What the file looks like; None where there is no such regular file."""
        try:
            status = self._status(name)
        except FileNotFoundError:
            return None
        return _look(status) if stat.S_ISREG(status.st_mode) else None

    def has(self, name: str) -> bool:
        """Whether anything of that name is there."""
        try:
            self._status(name)
        except FileNotFoundError:
            return False
        return True

    def tail(self, name: str) -> bytes:
        """The last `TAIL_BYTES` of the file.

        Raises:
            OSError: As `read`.
        """
        file = self._open_to_read(name)
        try:
            size = os.fstat(file).st_size
            return os.pread(file, TAIL_BYTES, max(0, size - TAIL_BYTES))
        finally:
            os.close(file)

    def read(self, name: str, most: int) -> bytes:
        """The file's bytes, and no more than one more than `most` of them.

        Raises:
            OSError: It is gone, cannot be read, is no regular file, or another program has locked it (BlockingIOError).
        """
        file = self._open_to_read(name)
        with os.fdopen(file, "rb") as opened:
            return opened.read(most + 1)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The file's bytes, some at a time.

        Raises:
            OSError: As `read`, also in the middle.
        """
        with os.fdopen(self._open_to_read(name), "rb") as opened:
            while piece := opened.read(_PIECE):
                yield piece

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file from its beginning, durably; one of that name is replaced.

        Raises:
            OSError: The disk is full, or it cannot be written.
        """
        with os.fdopen(os.open(name, _WRITE | os.O_TRUNC, 0o666, dir_fd=self._folder), "wb") as opened:
            for piece in pieces:
                opened.write(piece)
            opened.flush()
            os.fsync(opened.fileno())

    def begin(self, name: str, content: bytes) -> None:
        """Write a new file in full view, as a program does that knows no better.

        Raises:
            FileExistsError: The name is taken.
            OSError: It cannot be written.
        """
        with os.fdopen(os.open(name, _WRITE | os.O_EXCL, 0o666, dir_fd=self._folder), "wb") as opened:
            opened.write(content)

    def append(self, name: str, content: bytes) -> None:
        """Write more to the end of a file in full view; one that is gone stays gone.

        Raises:
            OSError: It is gone or cannot be written.
        """
        flags = (_WRITE & ~os.O_CREAT) | os.O_APPEND
        with os.fdopen(os.open(name, flags, dir_fd=self._folder), "ab") as opened:
            opened.write(content)

    def move(self, name: str, target: Place, new_name: str, *, replace: bool = False) -> None:
        """Rename a file into another folder of the same file system; `sync` that one afterwards.

        With `replace` onto another file.

        Raises:
            FileExistsError: The name is taken and `replace` was not given.
            OSError: It cannot be done.
        """
        if replace:
            os.replace(name, new_name, src_dir_fd=self._folder, dst_dir_fd=target._folder)
        else:
            move_new(self._folder, name, target._folder, new_name)

    def remove(self, name: str) -> None:
        """Remove a file, where it is still there; a folder never.

        Raises:
            OSError: It cannot be removed.
        """
        try:
            os.unlink(name, dir_fd=self._folder)
        except FileNotFoundError:
            return

    def sync(self) -> None:
        """Make what was renamed or removed survive a power cut; not every file system can."""
        try:
            os.fsync(self._folder)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
                raise

    def _status(self, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=self._folder, follow_symlinks=False)

    def _open_to_read(self, name: str) -> int:
        file = os.open(name, _READ, dir_fd=self._folder)
        try:
            _refuse_unreadable(file, name)
        except BaseException:
            os.close(file)
            raise
        return file


def _refuse_unreadable(file: int, name: str) -> None:
    """Raise OSError for whatever is no regular file, BlockingIOError where another program has it to itself.

    Locks are how a file server tells of a Windows program that shares its file with nobody.
    """
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), name)
    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK)) from None
            # A file system without locks cannot say; nobody can hold one there either.


def _look(status: os.stat_result) -> Look:
    return Look(status.st_size, status.st_mtime_ns, status.st_ino)
