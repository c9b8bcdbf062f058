"""The folders of one installation, opened together and kept from other servers: three that are shared, three hidden.

The hidden ones lie beside the shared ones, because a rename is one step only on one file system. What breaks if wrong:
two servers answer the same request.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from mock_server.errors import SetupError
from mock_server.folders.places import Place

HIDDEN: Final = ".madoguchi"
_NAME_FILE: Final = "name"
_NAME_BYTES: Final = 4
_OWN_MODE: Final = 0o700


class FolderSet:
    """`req`, `res` and `face` below a directory, and the hidden `taken` and `ready`. Use `open` first, `close` last."""

    def __init__(self, directory: Path) -> None:
        hidden = directory / HIDDEN
        self.directory = directory
        self.hidden = Place(hidden, _OWN_MODE)
        self.taken, self.ready = Place(hidden / "taken", _OWN_MODE), Place(hidden / "ready", _OWN_MODE)
        self.req, self.res, self.face = (Place(directory / name) for name in ("req", "res", "face"))
        self._all = (self.hidden, self.taken, self.ready, self.req, self.res, self.face)
        self._lock = FileLock(str(hidden / "lock"), timeout=0, thread_local=False)

    def open(self) -> str:
        """Make what is missing, keep others out; the name of these folders in the store, made once and kept with them.

        Raises:
            SetupError: `setup.folders.link`, `setup.folders.split`, `setup.folders.in_use`.
            OSError: Something cannot be made or opened.
        """
        for place in self._all:
            if place.path.is_symlink():
                raise SetupError("setup.folders.link", path=str(place.path))
            place.open()
        if len({place.device for place in self._all}) > 1:
            raise SetupError("setup.folders.split", path=str(self.directory))
        try:
            self._lock.acquire()
        except Timeout:
            raise SetupError("setup.folders.in_use", path=str(self.directory)) from None
        return self._name()

    def close(self) -> None:
        """Let go of everything. Safe to call twice."""
        for place in self._all:
            place.close()
        self._lock.release()

    def look_again(self, *, face: bool) -> None:
        """Follow folders that were removed and made again meanwhile: `face`, or all others.

        Raises:
            OSError: One cannot be used.
        """
        for place in (self.face,) if face else self._all:
            if face or place is not self.face:
                place.open()

    def _name(self) -> str:
        if self.hidden.has(_NAME_FILE):
            name = self.hidden.read(_NAME_FILE, 64).decode("ascii", "replace")
            if len(name) == 2 * _NAME_BYTES and name.isalnum():
                return name
        name = os.urandom(_NAME_BYTES).hex()
        self.hidden.write(_NAME_FILE, [name.encode()])
        return name
