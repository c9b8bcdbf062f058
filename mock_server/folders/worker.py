"""One set of folders at work: takes requests away, has them answered, puts answers and face files, clears up.

One thread, one round after another; a round never ends in an exception. At the start it goes on where a killed process
stopped: what was taken is answered, what was decided is written, what was written is not written again. What breaks if
wrong: a レセコン waits for ever, or gets an answer twice.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock, Timeout

from mock_server import face_outbox
from mock_server.batch.desk import BatchDesk
from mock_server.callers import EVERYBODY, check_institution, check_run
from mock_server.errors import SetupError
from mock_server.face_outbox import Face
from mock_server.folders import records
from mock_server.folders.answers_out import AnswersOut
from mock_server.folders.deciding import Deciding
from mock_server.folders.desk import clerks_of
from mock_server.folders.faces_out import FacesOut
from mock_server.folders.intake import Intake, Taken, claim_of
from mock_server.folders.lying import Lying, remove_overdue
from mock_server.folders.outlet import Outlet
from mock_server.folders.places import Place
from mock_server.folders.records import Decision, State
from mock_server.folders.settings import FolderSettings, read_settings
from mock_server.folders.troubles import Notice, Troubles, log_notice
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.service import QualificationService

POLL_S: Final = 0.25
HIDDEN: Final = ".madoguchi"
"""Beside `req`, because a rename is one step only on one file system."""
_NAME_FILE: Final = "name"
_NAME_BYTES: Final = 4

_log = logging.getLogger(__name__)


class Backend(Protocol):
    """What a worker needs of everything behind the listeners."""

    @property
    def ledger(self) -> Ledger:
        """The store."""

    @property
    def service(self) -> QualificationService:
        """Who decides."""

    @property
    def batches(self) -> BatchDesk:
        """Who takes bulk requests."""


class FolderWorker:
    """The `req`, `res` and `face` of one institution. `start` it; `stop` it before the backend is closed."""

    def __init__(
        self,
        backend: Backend,
        directory: Path,
        institution: str,
        *,
        run: str = EVERYBODY,
        tell: Callable[[Notice], None] = log_notice,
        poll_s: float = POLL_S,
        ticks: Callable[[], float] = time.monotonic,
        **settings: object,
    ) -> None:
        """`settings` that are not None go before those of the file in the folder (`FolderSettings`).

        Raises:
            SetupError: As `read_settings`.
            QualificationError: The 医療機関コード or the run is none.
        """
        check_institution(institution)
        check_run(run)
        self.directory = directory.expanduser().resolve()
        self.institution = institution
        self.settings: FolderSettings = read_settings(self.directory, **settings)
        self._run = run
        self._ledger = backend.ledger
        self._clerks = clerks_of(backend.service, backend.batches)
        self._poll_s = poll_s
        self._ticks = ticks
        self._troubles = Troubles(tell)
        hidden = self.directory / HIDDEN
        self._hidden = Place(hidden, 0o700)
        self._taken, self._ready = Place(hidden / "taken", 0o700), Place(hidden / "ready", 0o700)
        self._req, self._res, self._face = (Place(self.directory / name) for name in ("req", "res", "face"))
        self._lock = FileLock(str(hidden / "lock"), timeout=0, thread_local=False)
        self._outlet = Outlet(self._ready, self._troubles)
        stay = self.settings.stay_minutes
        self._lying_res, self._lying_face = Lying(self._res, stay), Lying(self._face, stay)
        self._answers = AnswersOut(
            self._ledger, self._outlet, self._lying_res, res=self._res, taken=self._taken, ready=self._ready
        )
        self._faces = FacesOut(
            self._ledger, self._outlet, self._lying_face, self.settings, face=self._face, ready=self._ready
        )
        self._over: list[tuple[str, State]] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # ── from outside ──

    def start(self) -> None:
        """Open the folders and work in a thread of its own. Raises as `open`."""
        self.open()
        self._thread = threading.Thread(target=self._serve, name=f"folders {self.institution}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round at hand, and let go of the folders. Safe to call twice."""
        self._stopping.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        for place in self._places:
            place.close()
        self._lock.release()

    def troubles(self) -> tuple[Notice, ...]:
        """What does not work right now. From any thread."""
        return self._troubles.present()

    def open(self) -> None:
        """Make the folders where they are missing, keep other servers out, and take up what a killed process left.

        Raises:
            SetupError: `setup.folders.unusable`, `setup.folders.link`, `setup.folders.split` (not all on one file
                system), `setup.folders.in_use` (by another server).
            RegistryError: The store cannot be used.
        """
        try:
            self._open_places()
            name = self._own_name()
            self._intake = Intake(self._req, self._taken, name, self._troubles)
            self._deciding = Deciding(
                self._ledger,
                self._clerks,
                self.settings,
                institution=self.institution,
                run=self._run,
                folder=name,
                hidden=self._ready,
            )
            self._take_up(name)
        except OSError as error:
            self.stop()
            reason = error.strerror or type(error).__name__
            raise SetupError("setup.folders.unusable", path=str(self.directory), reason=reason) from error
        except (SetupError, RegistryError):
            self.stop()
            raise

    @property
    def _places(self) -> tuple[Place, ...]:
        return (self._hidden, self._taken, self._ready, self._req, self._res, self._face)

    def _open_places(self) -> None:
        for place in self._places:
            if place.path.is_symlink():
                raise SetupError("setup.folders.link", path=str(place.path))
            place.open()
        if len({place.device for place in self._places}) > 1:
            raise SetupError("setup.folders.split", path=str(self.directory))
        try:
            self._lock.acquire()
        except Timeout:
            raise SetupError("setup.folders.in_use", path=str(self.directory)) from None

    def _own_name(self) -> str:
        """The name of these folders in the store: made once, kept with them."""
        if self._hidden.has(_NAME_FILE):
            name = self._hidden.read(_NAME_FILE, 64).decode("ascii", "replace")
            if len(name) == 2 * _NAME_BYTES and name.isalnum():
                return name
        name = os.urandom(_NAME_BYTES).hex()
        self._hidden.write(_NAME_FILE, [name.encode()])
        return name

    # ── rounds ──

    def _serve(self) -> None:
        while not self._stopping.wait(self._poll_s):
            self.scan_once()

    def scan_once(self) -> None:
        """One round. Whatever goes wrong in it is told, and tried again in the next."""
        for part in (self._requests, self._card_results, self._clear_up):
            self._attempt(part)
        self._troubles.round_is_over()

    def _attempt(self, part: Callable[[], None]) -> None:
        """Trouble with one of the folders must not keep the others waiting."""
        try:
            part()
        except RegistryError:
            self._troubles.have("store")
        except OSError as error:
            self._troubles.have_os("unusable", str(error.filename or self.directory), error)
        except Exception:
            # A fault of ours must not end the service for every other request.
            _log.exception("a round of the folder %s broke off", self.directory)
            self._troubles.have("internal", path=str(self.directory))

    def _requests(self) -> None:
        for place in (self._hidden, self._taken, self._ready, self._res, self._req):
            place.open()
        self._over += [(key, State.COLLECTED) for key in self._lying_res.collected()]
        self._tell_over()
        now = self._ticks()
        self._intake.take(now)
        for taken in self._intake.finished(now, self._outlet.__contains__):
            self._attempt(partial(self._answer, taken))

    def _card_results(self) -> None:
        def look(tx: Transaction) -> tuple[datetime, list[Face]]:
            return tx.now(), face_outbox.waiting(tx, self.institution, self._run)

        self._face.open()
        self._faces.collected()
        at, faces = self._ledger.run_sync(look, reads=True)
        for face in faces:
            self._faces.send(face, self._ticks(), at)

    def _clear_up(self) -> None:
        self._outlet.work(self._ticks())
        self._remove_overdue(self._ledger.run_sync(Transaction.now, reads=True))

    def _answer(self, taken: Taken) -> None:
        raw = self._intake.read(taken)
        try:
            decision = self._deciding.decide(taken.claim, taken.file, raw)
        except (RegistryError, OSError):
            raise
        except Exception:
            _log.exception("a request in %s could not be answered", self.directory)
            decision = self._deciding.give_up(taken.claim, taken.file, raw)
        if decision.state is State.WAITING:
            self._answers.send(decision, self._ticks())
        elif decision.reply.form == "put_back":
            self._put_back(taken, decision)
        else:
            self._taken.remove(taken.stored)

    def _put_back(self, taken: Taken, decision: Decision) -> None:
        """Lay the request where it lay, and leave it alone."""
        self._intake.leave_alone(decision.request, decision.digest)
        with suppress(FileExistsError):  # a new one lies there: that one counts
            self._taken.move(taken.stored, self._req, decision.request)
        self._taken.remove(taken.stored)

    def _tell_over(self) -> None:
        """Tell the store what is collected or expired; what it could not be told is told next time."""
        if self._over:
            self._ledger.run_sync(lambda tx: records.mark_over(tx, self._over))
            self._over.clear()

    def _remove_overdue(self, at: datetime) -> None:
        remove = partial(
            remove_overdue,
            res=self._res,
            hidden=self._ready,
            now=at,
            encoding=self.settings.encoding,
            troubles=self._troubles,
        )
        self._over += [(key, State.EXPIRED) for key in remove(self._lying_res, self._res)]
        self._faces.expired(remove(self._lying_face, self._face))
        self._tell_over()

    # ── after a restart ──

    def _take_up(self, name: str) -> None:
        """Go on with what an earlier process decided; what it only took is found by the next round."""

        def left_over(tx: Transaction) -> tuple[datetime, list[Decision], list[Face]]:
            kept = records.with_state(tx, name, State.WAITING, State.WRITTEN, State.WITHHELD)
            return tx.now(), kept, face_outbox.written(tx, self.institution, self._run)

        now = self._ticks()
        at, decisions, faces = self._ledger.run_sync(left_over, reads=True)
        for decision in decisions:
            if decision.state is State.WAITING:
                self._answers.send(decision, now, max(0.0, (at - decision.at).total_seconds()))
            elif decision.state is State.WRITTEN:
                self._answers.resume(decision, now)
            elif decision.reply.form == "put_back":
                self._intake.leave_alone(decision.request, decision.digest)
        for face in faces:
            self._faces.resume(face, now)
        self._clear({decision.claim: decision.state for decision in decisions})

    def _clear(self, states: dict[str, State]) -> None:
        """Let go of requests whose answer is in `res` already, and of files whose shipment there no longer is."""
        for entry in self._taken.entries():
            claim = claim_of(entry.name)
            state = states.get(claim)
            if state is State.WRITTEN or (state is None and self._is_over(claim)):
                self._taken.remove(entry.name)
        for entry in self._ready.entries():
            if entry.name.rpartition(".")[0] not in self._outlet:
                self._ready.remove(entry.name)

    def _is_over(self, claim: str) -> bool:
        return self._ledger.run_sync(lambda tx: records.find(tx, claim), reads=True) is not None
