"""One set of folders at work: takes requests away, has them answered, puts answers and face files, clears up.

One thread, one round after another; a round never ends in an exception. At the start it goes on where a killed process
stopped: what was taken is answered, what was decided is written, what was written is not written again. What breaks if
wrong: a レセコン waits for ever, or gets an answer twice.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from mock_server.batch.desk import BatchDesk
from mock_server.callers import EVERYBODY, check_institution, check_run
from mock_server.errors import SetupError
from mock_server.folders import at_work, records
from mock_server.folders.answers_out import AnswersOut
from mock_server.folders.deciding import Deciding
from mock_server.folders.desk import clerks_of
from mock_server.folders.faces_out import FacesOut, Owner
from mock_server.folders.folder_set import FolderSet
from mock_server.folders.intake import Intake, Taken, claim_of
from mock_server.folders.lying import Lying, remove_overdue
from mock_server.folders.outlet import Outlet
from mock_server.folders.records import Decision, State
from mock_server.folders.rendering import Rendering
from mock_server.folders.settings import FolderSettings, read_settings
from mock_server.folders.troubles import Notice, Troubles, log_notice
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.service import QualificationService

POLL_S: Final = 0.25
AT_ONCE: Final = 20
"""Requests asked about in one transaction: a few milliseconds, so that a counter beside it hardly waits."""

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
        self._set = FolderSet(self.directory)
        taken, ready, res = self._set.taken, self._set.ready, self._set.res
        self._outlet = Outlet(self._ledger, ready, self._troubles)
        stay = self.settings.stay_minutes
        self._lying_res, self._lying_face = Lying(res, stay), Lying(self._set.face, stay)
        self._answers = AnswersOut(self._outlet, self._lying_res, res=res, taken=taken, ready=ready)
        self._over: list[tuple[str, State]] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    # ── from outside ──

    def start(self) -> None:
        """Open the folders and work in a thread of its own. Raises as `open`."""
        self.open()
        at_work.begin(self._ledger, self.institution, self._run)
        self._thread = threading.Thread(target=self._serve, name=f"folders {self.institution}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the round at hand, and let go of the folders. Safe to call twice."""
        self._stopping.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()
            self._thread = None
            at_work.end(self._ledger, self.institution, self._run)
        self._set.close()

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
            name = self._set.open()
            self._intake = Intake(self._set.req, self._set.taken, name, self._troubles)
            self._deciding = Deciding(
                self._ledger,
                self._clerks,
                Rendering(self.settings, self._set.ready),
                encoding=self.settings.answers,
                institution=self.institution,
                run=self._run,
                folder=name,
            )
            self._faces = FacesOut(
                self._ledger,
                self._outlet,
                self._lying_face,
                self.settings,
                Owner(self.institution, self._run, name),
                face=self._set.face,
                ready=self._set.ready,
            )
            self._take_up(name)
        except OSError as error:
            self.stop()
            reason = error.strerror or type(error).__name__
            raise SetupError("setup.folders.unusable", path=str(self.directory), reason=reason) from error
        except (SetupError, RegistryError):
            self.stop()
            raise

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
        self._set.look_again(face=False)
        self._over += [(key, State.COLLECTED) for key in self._lying_res.collected()]
        self._tell_over()
        now = self._ticks()
        self._intake.take(now)
        waiting = self._intake.finished(now, self._outlet.__contains__)
        for first in range(0, len(waiting), AT_ONCE):
            self._attempt(partial(self._answer, waiting[first : first + AT_ONCE]))

    def _card_results(self) -> None:
        self._set.look_again(face=True)
        self._faces.collected()
        self._faces.send_waiting(self._ticks())

    def _clear_up(self) -> None:
        self._outlet.work(self._ticks())
        self._remove_overdue(self._ledger.run_sync(Transaction.now, reads=True))

    def _answer(self, some: Sequence[Taken]) -> None:
        """Have some requests answered in one transaction; each for itself where one of them breaks it."""
        questions = [(taken.claim, taken.file, raw) for taken in some if (raw := self._read(taken)) is not None]
        try:
            decisions = self._deciding.decide(questions)
        except (RegistryError, OSError):
            raise
        except Exception:
            _log.exception("a request in %s could not be answered", self.directory)
            if len(some) > 1:
                for taken in some:
                    self._attempt(partial(self._answer, [taken]))
                return
            decisions = [self._deciding.give_up(*question) for question in questions]
        by_claim = {taken.claim: taken for taken in some}
        for decision in decisions:
            self._carry_out(by_claim[decision.claim], decision)

    def _read(self, taken: Taken) -> bytes | None:
        try:
            return self._intake.read(taken)
        except OSError as error:
            self._troubles.have_os("untakeable", str(self._set.taken.path / taken.stored), error)
            return None

    def _carry_out(self, taken: Taken, decision: Decision) -> None:
        if decision.state is State.WAITING:
            self._answers.send(decision, self._ticks())
        elif decision.reply.form == "put_back":
            self._put_back(taken, decision)
        else:
            self._set.taken.remove(taken.stored)

    def _put_back(self, taken: Taken, decision: Decision) -> None:
        """Lay the request where it lay, and leave it alone."""
        self._intake.leave_alone(decision.request, decision.digest)
        with suppress(FileExistsError):  # a new one lies there: that one counts
            self._set.taken.move(taken.stored, self._set.req, decision.request)
        self._set.taken.remove(taken.stored)

    def _tell_over(self) -> None:
        """Tell the store what is collected or expired; what it could not be told is told next time."""
        if self._over:
            self._ledger.run_sync(lambda tx: records.mark_over(tx, self._over))
            self._over.clear()

    def _remove_overdue(self, at: datetime) -> None:
        remove = partial(
            remove_overdue,
            res=self._set.res,
            hidden=self._set.ready,
            now=at,
            encoding=self.settings.encoding,
            troubles=self._troubles,
        )
        self._over += [(key, State.EXPIRED) for key in remove(self._lying_res, self._set.res)]
        self._faces.expired(remove(self._lying_face, self._set.face))
        self._tell_over()

    # ── after a restart ──

    def _take_up(self, name: str) -> None:
        """Go on with what an earlier process decided; what it only took is found by the next round."""

        def left_over(tx: Transaction) -> tuple[datetime, list[Decision]]:
            return tx.now(), records.with_state(tx, name, State.WAITING, State.WRITTEN, State.WITHHELD)

        now = self._ticks()
        at, decisions = self._ledger.run_sync(left_over, reads=True)
        for decision in decisions:
            if decision.state is State.WAITING:
                self._answers.send(decision, now, max(0.0, (at - decision.at).total_seconds()))
            elif decision.state is State.WRITTEN:
                self._answers.resume(decision, now)
            elif decision.reply.form == "put_back":
                self._intake.leave_alone(decision.request, decision.digest)
        self._faces.take_up(now)
        self._clear({decision.claim: decision.state for decision in decisions})

    def _clear(self, states: dict[str, State]) -> None:
        """Let go of requests whose answer is in `res` already, and of files whose shipment there no longer is."""
        for entry in self._set.taken.entries():
            claim = claim_of(entry.name)
            state = states.get(claim)
            if state is State.WRITTEN or (state is None and self._is_over(claim)):
                self._set.taken.remove(entry.name)
        for entry in self._set.ready.entries():
            if entry.name.rpartition(".")[0] not in self._outlet:
                self._set.ready.remove(entry.name)

    def _is_over(self, claim: str) -> bool:
        return self._ledger.run_sync(lambda tx: records.find(tx, claim), reads=True) is not None
