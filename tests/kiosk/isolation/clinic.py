"""A counter whose every outside part answers with canaries, over a real journal, real drafts, a real queue and rules.

The fakes keep nothing of anybody: what is found alive after a visit is the counter's.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import FourItems, Way
from kiosk.journal import JournalFile
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.outage_queue import OutageQueue
from kiosk.services.decider import PolicyDecider
from kiosk.services.desk_records import ServiceRecords
from kiosk.services.face_camera import SimulatedCamera
from kiosk.services.interfaces import Services
from kiosk.services.medical_information import Finding, GivenCheckup, GivenMedicine, InsuredNumbers, MedicalInformation
from kiosk.services.requery import QueueRunner
from kiosk.staff.adapters import Drafts, QueueDesk
from kiosk.staff.interfaces import Desk
from kiosk.staff.journal_desk import JournalDesk
from tests.kiosk.isolation import canaries
from tests.kiosk.screens.driving import FakeClock
from tests.kiosk.screens.fakes import TODAY, FakeCard, FakeClient, FakeDesk, FakeSlot, FakeStaffPasscode

INSURER = "01139997"
PIN = b"4619"
SIGNED = b"signature of "


def card_of(person: int, *, attempts_left: int = 3, has_photo: bool = True) -> FakeCard:
    """A card whose persona and certificate say whose it is."""
    until = canaries.certificate_until(person)
    return FakeCard(canaries.persona(person), PIN, attempts_left, until, has_photo=has_photo)


def answer_about(person: int, by: str, **more: object) -> Qualification:
    """Everything the service could say of somebody."""
    made = Qualification(
        by,
        validity=1,
        insurer_number=INSURER,
        insurer_name=canaries.insurer_name(person),
        symbol=canaries.symbol(person),
        number=canaries.insured_number(person),
        branch="01",
        name=canaries.name(person),
        name_kana=canaries.kana(person),
        birthdate=canaries.birthdate(person),
        burden_ratio=30,
        visit=f"visit of {canaries.persona(person)}",
        sex="female",
        address=canaries.address(person),
        insured_name=canaries.name(person),
        answered_at=TODAY,
    )
    return replace(made, **more)  # type: ignore[arg-type]


class CanaryClient(FakeClient):
    """The service: knows everybody, remembers nobody."""

    unregistered_now = False
    """What the next cards are: without 利用登録."""
    state = "valid"

    def _about(self, text: str | bytes | Paper | FourItems, by: str) -> Qualification:
        [person] = canaries.in_value(text)
        return answer_about(person, by)

    def _of_card(self, persona: str) -> Qualification:
        if self.unregistered_now:
            return Qualification("card", registered=False, code="MOCK-NOT-REGISTERED", certificate_state="valid")
        return replace(self._about(persona, "card"), certificate_state=self.state)

    def check_attested(self, certificate: bytes, way: Way) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        return replace(self._of_card(certificate.removeprefix(b"certificate of ").decode()), possession_not_proven=True)

    def check_by_paper(self, paper: Paper) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        return self._about(paper, "numbers")

    def check_by_four_items(self, items: FourItems, *, disaster: bool = False) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        return self._about(items, "four_items")

    def register_card(self, challenge: object, certificate: bytes, signature: bytes) -> bool:
        self._reach()
        self.unregistered_now = False
        return False

    def medical_information(self, numbers: InsuredNumbers, items: Collection[str]) -> MedicalInformation:
        self._reach()
        [person] = canaries.in_value(numbers)
        medicine = GivenMedicine(canaries.name(person), dispensed_at=canaries.address(person))
        checkup = GivenCheckup(
            date(2026, 4, 1), canaries.insurer_name(person), (Finding("体重", canaries.symbol(person)),)
        )
        return MedicalInformation((medicine,), (checkup,))

    def register_reference_number(self, numbers: InsuredNumbers, reference_number: str) -> None:
        self._reach()

    def give_consent(self, visit: str, items: Mapping[str, bool]) -> datetime:
        self._reach()
        return TODAY + timedelta(hours=24)


class CanaryDesk(FakeDesk):
    """The card: what it signed is not kept."""

    def verify_and_sign(self, handle: object, message: bytes) -> bytes:
        signed = super().verify_and_sign(handle, message)  # type: ignore[arg-type]
        self.signed[:] = [b""]
        return signed


@dataclass
class Clinic:
    """All of it, over one folder."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    slot: FakeSlot = field(default_factory=FakeSlot)
    client: CanaryClient = field(default_factory=CanaryClient)

    def __post_init__(self) -> None:
        self.desk = CanaryDesk(self.slot)
        key = self.folder / "journal.key"
        self.at = TODAY
        self.journal = JournalFile(
            self.folder / "journal", key, now=self.now, random_bytes=os.urandom, kiosk="counter-1"
        )
        self.decider = PolicyDecider(self.now, "clinic")
        self.drafts = DraftStore(self.folder / "drafts", key, now=self.now, random_bytes=os.urandom)
        queue = OutageQueue(self.folder / "queue", key, now=self.now, random_bytes=os.urandom)
        self.queue = QueueRunner(
            queue,
            lambda: self.client,
            self.decider,
            self.journal.append,
            self.now,
            run=self.journal.run,
            retry_seconds=3600,
        )
        self.lock = threading.Lock()

    def now(self) -> datetime:
        """The day stands still, but for a few seconds from entry to entry."""
        return self.at

    def load(self) -> Services:
        """As `kiosk.cli.composition` does it."""
        self.journal.prepare()
        self.queue.prepare()
        records = ServiceRecords(lambda: self.client, lambda: self.client)
        return Services(
            slot=self.slot,
            desk=self.desk,
            decider=self.decider,
            journal=self.journal,
            shelf=None,
            connect_service=lambda: self.client,
            now=self.now,
            camera=SimulatedCamera(10),
            queue=self.queue,
            records=records,
            drafts=self.drafts,
            staff=Desk(
                now=self.now,
                clock=self.clock,
                reader_name=self.slot.name,
                passcode=FakeStaffPasscode(),
                journal=JournalDesk(self.journal, self.now),
                records=records,
                queue=QueueDesk(self.queue),
                drafts=Drafts(self.drafts),
            ),
        )
