"""Taking requests away from `req`: one rename into a hidden folder, as soon as a file is finished and not before.

Left alone is what is still growing, locked by another program, a link, a folder, or has a temporary name. What breaks
if wrong: a request that is taken half-written, twice, or never.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from mock_server.folders.names import RequestFile, read_name
from mock_server.folders.places import Entry, Place
from mock_server.folders.reading import largest
from mock_server.folders.settling import PATIENCE_S, SETTLE_S, Settling, ends_like_a_message
from mock_server.folders.troubles import Troubles

STRAY_PATIENCE_S: Final = 30.0
"""How long a file ending in `.xml` whose name is no request's may be somebody's temporary one."""
_BETWEEN: Final = "~"
_CLAIM_BYTES: Final = 8


class Taken(NamedTuple):
    """A request that was taken away: it lies as `stored` in the hidden folder."""

    claim: str
    file: RequestFile
    stored: str


class Intake:
    """The door of one set of folders. `folder` is its name in the store; claims begin with it."""

    def __init__(self, req: Place, taken: Place, folder: str, troubles: Troubles) -> None:
        self._req = req
        self._taken = taken
        self._folder = folder
        self._troubles = troubles
        self._settling = Settling[str]()
        self._left_alone: dict[str, str] = {}

    def leave_alone(self, name: str, digest: str) -> None:
        """Do not take this file again while it holds the same."""
        self._left_alone[name] = digest

    def take(self, now: float) -> None:
        """Take away whatever is finished."""
        entries, claimed = self._req.entries(), False
        for entry in entries:
            file = read_name(entry.name)
            if file is None:
                continue
            if entry.look is None:
                self._troubles.have("not_a_file", path=str(self._req.path / entry.name))
                continue
            still = self._settling.still_for(entry.name, entry.look, now)
            patience = STRAY_PATIENCE_S if file.problem == "file_name.request" else PATIENCE_S
            try:
                if self._is_finished(self._req, entry.name, still, patience, file) and not self._is_left_alone(entry):
                    self._claim(entry.name)
                    claimed = True
            except FileNotFoundError:
                continue  # whoever wrote it took it away again
            except BlockingIOError:
                if still >= PATIENCE_S:
                    self._troubles.have("locked", path=str(self._req.path / entry.name))
            except OSError as error:
                self._troubles.have_os("untakeable", str(self._req.path / entry.name), error)
        if claimed:
            # Before anything is asked: a request that comes back after a power cut would be asked twice.
            self._taken.sync()
        present = {entry.name for entry in entries}
        self._left_alone = {name: digest for name, digest in self._left_alone.items() if name in present}
        self._forget(present)

    def finished(self, now: float, known: Callable[[str], bool]) -> list[Taken]:
        """What was taken away and nothing is `known` of yet, and is finished: its writer may have had it open still."""
        found = []
        for entry in self._taken.entries():
            taken = _taken_as(entry.name)
            if taken is None or entry.look is None or known(taken.claim):
                continue
            still = self._settling.still_for(_key(entry.name), entry.look, now)
            try:
                if self._is_finished(self._taken, entry.name, still, PATIENCE_S, taken.file):
                    found.append(taken)
            except BlockingIOError:
                continue
            except OSError as error:
                self._troubles.have_os("untakeable", str(self._taken.path / entry.name), error)
        return found

    def read(self, taken: Taken) -> bytes:
        """The bytes of a request that was taken away; of one that is too large a little more than it may have.

        Raises:
            OSError: It cannot be read now.
        """
        return self._taken.read(taken.stored, largest(taken.file.kind))

    def _is_finished(self, place: Place, name: str, still: float, patience: float, file: RequestFile) -> bool:
        if still < SETTLE_S:
            return False
        if file.problem == "file_name.request":
            return still >= patience
        return ends_like_a_message(place.tail(name)) or still >= patience

    def _is_left_alone(self, entry: Entry) -> bool:
        digest = self._left_alone.get(entry.name)
        if digest is None:
            return False
        file = read_name(entry.name)
        raw = self._req.read(entry.name, largest(file.kind if file else None))
        if hashlib.sha256(raw).hexdigest() == digest:
            return True
        del self._left_alone[entry.name]
        return False

    def _claim(self, name: str) -> None:
        claim = f"{self._folder}-{os.urandom(_CLAIM_BYTES).hex()}"
        stored = stored_name(claim, name)
        self._req.move(name, self._taken, stored)
        self._settling.carry(name, _key(stored))

    def _forget(self, present: Collection[str]) -> None:
        self._settling.keep_only({*present, *(_key(entry.name) for entry in self._taken.entries())})


def stored_name(claim: str, name: str) -> str:
    """The name of a request that was taken away."""
    return f"{claim}{_BETWEEN}{name}"


def claim_of(stored: str) -> str:
    """The claim in such a name."""
    return stored.partition(_BETWEEN)[0]


def _taken_as(stored: str) -> Taken | None:
    claim, between, name = stored.partition(_BETWEEN)
    file = read_name(name)
    return Taken(claim, file, stored) if between and file is not None else None


def _key(stored: str) -> str:
    return f"{_BETWEEN}{stored}"
