"""The folder of secrets: CA keys, card images, the key behind challenges. Nothing secret is written anywhere else.

Folders are 0700, files 0600, and a file is there whole or not at all. Whoever makes something new holds the lock, so
that two programs that start at once agree on one CA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mock_server.errors import SetupError
from reader.card.private_file import write_private

LOCK_WAIT_S = 60.0
"""How long to wait for another program that is issuing; making a card takes a second or two."""


class Keystore:
    """Secrets below one folder. Every OSError leaves as SetupError `setup.keystore.unusable` with path and reason."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.make_folder()
        self._lock = FileLock(folder / ".lock", timeout=LOCK_WAIT_S, mode=0o600)

    def make_folder(self, *parts: str) -> Path:
        """A folder below the key store, for the owner only."""
        folder = self.folder.joinpath(*parts)
        with _told(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)  # also where it existed with other rights
        return folder

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one program makes things at a time. May be entered again by who holds it.

        Raises:
            SetupError: `setup.keystore.busy` when nobody lets go in time.
        """
        with _told(self.folder):
            try:
                self._lock.acquire()
            except Timeout:  # an OSError too, so it is met here first
                raise SetupError("setup.keystore.busy", path=str(self.folder)) from None
        try:
            yield
        finally:
            self._lock.release()

    def read(self, path: Path) -> bytes | None:
        """A file's bytes, or None where there is no such file."""
        with _told(path):
            try:
                return path.read_bytes()
            except FileNotFoundError:
                return None

    def stamp(self, path: Path) -> tuple[int, int, int] | None:
        """What changes whenever a file is written anew; None where there is no such file. Costs one `stat`."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        except OSError:
            with _told(path):
                raise
        return found.st_mtime_ns, found.st_ino, found.st_size

    def write(self, path: Path, content: bytes) -> None:
        """Write a file, mode 0600, so that a crash leaves the old one or the new one."""
        with _told(path):
            write_private(path, content)

    def remove(self, path: Path) -> None:
        """Delete a file, where there is one."""
        with _told(path):
            path.unlink(missing_ok=True)

    def secret(self, name: str, length: int, random_bytes: Callable[[int], bytes]) -> bytes:
        """Random bytes kept under `name`, made on first use. One of another length is not believed.

        Raises:
            SetupError: `setup.keystore.damaged`.
        """
        path = self.folder / name
        with self.locked():
            secret = self.read(path)
            if secret is None:
                secret = random_bytes(length)
                self.write(path, secret)
        if len(secret) != length:
            raise SetupError("setup.keystore.damaged", path=str(path))
        return secret


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SetupError(
            "setup.keystore.unusable", path=str(path), reason=error.strerror or type(error).__name__
        ) from error
