"""What stands beside card, service and journal at one counter: camera, passcodes, outage queue, drafts, records.

Knows which implementation stands behind which interface, as `composition` does, and makes the one client that all of
them share. What breaks if it is wrong: two clients, two servers in process, or a queue that another counter asks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from eligibility.calendar import age_on
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.draft_sweep import DraftSweep
from kiosk.journal.journal_file import RETRY_SECONDS
from kiosk.journal.outage_queue import OutageQueue
from kiosk.services.desk_records import ServiceRecords
from kiosk.services.face_camera import LOOK_SECONDS, SimulatedCamera
from kiosk.services.passcode_desk import StoredPasscode
from kiosk.services.requery import QueueRunner
from kiosk.settings.model import DEFAULTS
from kiosk.settings.passcodes import PasscodeStore, passcode_path

if TYPE_CHECKING:  # annotations only
    from kiosk.cli.composition import CounterPlan
    from kiosk.journal import JournalFile
    from kiosk.services.interfaces import Decider, QualificationClient


class DeskParts:
    """The parts of one counter. Nothing is asked and nothing is read before it is needed."""

    def __init__(
        self, plan: CounterPlan, journal: JournalFile, decider: Decider, connect: Callable[[], QualificationClient]
    ) -> None:
        """`connect` makes the client; it is called once, on the thread that needs it first."""
        settings = plan.settings or DEFAULTS
        self.decider = decider
        self._passcodes = PasscodeStore(passcode_path(plan.data_dir), time.time, visual_tries=settings.visual_tries)
        self._journal = journal
        self._make = connect
        self._connecting = Lock()
        self._client: QualificationClient | None = None
        self.camera = SimulatedCamera(settings.face_tries, LOOK_SECONDS)
        self.records = ServiceRecords(self.connect, lambda: self._client)
        self.drafts = DraftStore(
            plan.data_dir / "drafts",
            journal.keys,
            now=plan.now,
            random_bytes=os.urandom,
            closing_time=settings.closing_time,
        )
        self._sweep = DraftSweep(self.drafts, plan.now)
        self._later = OutageQueue(
            plan.data_dir / "queue",
            journal.keys,
            now=plan.now,
            random_bytes=os.urandom,
            retry_seconds=RETRY_SECONDS,
        )
        self.queue = QueueRunner(
            self._later,
            self.connect,
            decider,
            journal.append,
            plan.now,
            run=journal.run,
            retry_seconds=settings.outage_retry_seconds,
            by_itself=True,
        )

    def connect(self) -> QualificationClient:
        """The counter's one client."""
        with self._connecting:
            if self._client is None:
                self._client = self._make()
            return self._client

    def passcodes(self, *, software: bool) -> StoredPasscode:
        """The facility passcode; at the software reader the practice one, while none is set."""
        return StoredPasscode(self._passcodes, software=software)

    def give_up(self) -> None:
        """The counter cannot start: half-typed forms of another day are destroyed all the same."""
        self._sweep.stop()

    def begin(self) -> None:
        """The counter starts: half-typed forms of another day are destroyed, whoever waits is asked about."""
        self._sweep.start()
        self.queue.prepare()

    def close(self) -> None:
        """The counter ends: half-typed forms whose time is over go, what waits for the disk is tried once more."""
        self._sweep.stop()
        self._later.close()
        self._journal.close()

    def unwritten(self) -> int:
        """How many records the disk has refused so far, of visits and of people to be asked later; lost with this
        process where they still wait after `close`. Not slow.
        """
        return self._journal.waiting + self._later.unwritten


def has_photo(plan: CounterPlan, persona: str | None) -> bool:
    """Whether a persona's card shows a face: one of a child under one year does not (reception.md §13b)."""
    from mock_server.personas import load_personas

    found = load_personas().get(persona or "")
    return found is None or age_on(found.person.birthdate, plan.today()) >= 1
