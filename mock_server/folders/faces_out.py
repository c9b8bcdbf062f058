"""From rows of the face outbox to the files in `face`, each once: a row is claimed before anything is made of it.

What breaks if wrong: a card was read and the レセコン hears nothing, or hears it twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from eligibility.oqs.errors import MessageError
from mock_server import face_outbox
from mock_server.face_outbox import Face
from mock_server.folders import records
from mock_server.folders.faces import FaceFiles, face_files
from mock_server.folders.lying import Lying, LyingFile
from mock_server.folders.outlet import Outlet, Shipment, hidden_name
from mock_server.folders.parcels import schedule
from mock_server.folders.places import Place
from mock_server.folders.settings import FolderSettings
from mock_server.people import Person
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction

_log = logging.getLogger(__name__)
_KEY = "face-"
_Mark = Callable[[Transaction, int], bool]
_Look = Callable[[Transaction, str, str, str], list[Face]]


class Owner(NamedTuple):
    """Whose files these are."""

    institution: str
    run: str
    folder: str
    """The name of the set of folders in the store (`FolderSet.open`)."""


class FacesOut:
    """The way of answers to cards into `face`."""

    def __init__(
        self,
        ledger: Ledger,
        outlet: Outlet,
        lying: Lying,
        settings: FolderSettings,
        owner: Owner,
        *,
        face: Place,
        ready: Place,
    ) -> None:
        self._ledger = ledger
        self._owner = owner
        self._outlet = outlet
        self._lying = lying
        self._settings = settings
        self._face = face
        self._ready = ready
        self._over: list[tuple[str, _Mark]] = []

    def send_waiting(self, now: float) -> None:
        """Write the files of what waits, when they are due.

        Raises:
            RegistryError: The store cannot be used now.
        """
        at, faces = self._ours(face_outbox.waiting)
        for face in faces:
            self._send(face, now, at)

    def take_up(self, now: float) -> None:
        """Go on after a restart with files that were told to the store. Raises RegistryError, as `send_waiting`."""
        for face in self._ours(face_outbox.written)[1]:
            self._resume(face, now)

    def _ours(self, look: _Look) -> tuple[datetime, list[Face]]:
        """The server's clock, and what of these rows is ours: what is free is claimed, all in one transaction."""
        owner = self._owner
        at, faces = self._ledger.run_sync(lambda tx: (tx.now(), look(tx, *owner)), reads=True)
        free = [face.id for face in faces if face.folder is None]
        if not free:
            return at, faces
        ours = self._ledger.run_sync(lambda tx: face_outbox.claim(tx, owner.folder, free))
        return at, [face for face in faces if face.folder == owner.folder or face.id in ours]

    def _send(self, face: Face, now: float, at: datetime) -> None:
        """Write its files when they are due; `at` is the server's clock. One that is on its way is left alone."""
        if _key(face.id) in self._outlet:
            return
        shipment = self._shipment(face)
        if shipment is None:
            self._ledger.run_sync(lambda tx: face_outbox.mark_expired(tx, face.id))
            return
        self._outlet.send(shipment, now, waited_s=max(0.0, (at - face.at).total_seconds()))

    def _resume(self, face: Face, now: float) -> None:
        shipment = self._shipment(face)
        at = self._ledger.run_sync(lambda tx: records.face_written_at(tx, face.id), reads=True) or face.at
        if shipment is not None and not self._outlet.resume(shipment, now, at):
            shipment.placed(at)

    def collected(self) -> None:
        """Tell the store what is gone; what it cannot be told now it is told next time.

        Raises:
            OSError: The folder cannot be listed now.
            RegistryError: The store cannot be used now.
        """
        self._over += [(key, face_outbox.mark_collected) for key in self._lying.collected()]
        self._tell_over()

    def expired(self, keys: list[str]) -> None:
        """Tell the store what was removed. Raises RegistryError, as `collected`."""
        self._over += [(key, face_outbox.mark_expired) for key in keys]
        self._tell_over()

    def _tell_over(self) -> None:
        if self._over:
            self._ledger.run_sync(lambda tx: [mark(tx, int(key.removeprefix(_KEY))) for key, mark in self._over])
            self._over.clear()

    def _shipment(self, face: Face) -> Shipment | None:
        twin = face.troubles.trouble("same_second")
        other: Person | None = None
        if twin is not None:
            name = str(twin.params["other"])
            other = self._ledger.run_sync(lambda tx: tx.person(name), reads=True)
        try:
            files = face_files(face, other, self._settings)
        except MessageError:
            _log.exception("the row of a face file holds no message")
            return None
        return self._shipment_of(face, files)

    def _shipment_of(self, face: Face, files: FaceFiles) -> Shipment:
        key = _key(face.id)
        names = tuple(parcel.name for parcel in files.parcels)

        def prepare() -> None:
            for index, body in enumerate(files.bodies):
                self._ready.write(hidden_name(key, index), [body])

        def mark(tx: Transaction) -> None:
            face_outbox.mark_written(tx, face.id, names[0])

        def placed(at: datetime) -> None:
            self._lying.add(LyingFile(key, names, at))

        return Shipment(key, self._face, files.parcels, prepare, mark, placed, schedule=schedule(face.troubles))


def _key(face_id: int) -> str:
    return f"{_KEY}{face_id}"
