"""Everything the counter needs from outside, small enough to read: a slot, a card, a service, the rules, a drawer.

Gates (`threading.Event`, open unless a test closes them) hold a call where a test wants to look at the screen.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from typing import NoReturn

from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification, Reception
from kiosk.flow.effects import RecordVisit
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.states import CardSummary, Trouble
from kiosk.services.desk_interfaces import PasscodeDesk
from kiosk.services.face_camera import SimulatedCamera
from kiosk.services.interfaces import (
    CardStopped,
    Challenge,
    ExchangeCount,
    PinRefused,
    Services,
    ServiceStopped,
    ShelfCard,
)
from kiosk.services.medical_information import InsuredNumbers, MedicalInformation
from kiosk.services.passcode_desk import PracticePasscode
from kiosk.settings.passcodes import Checked
from kiosk.staff.interfaces import DayEntry, Desk
from reader.connection import SlotReport, SlotState, SmartCardConnection
from reader.pin import PinHandle

JST = timezone(timedelta(hours=9))
TODAY = datetime(2026, 11, 20, 9, 14, tzinfo=JST)


def open_gate() -> threading.Event:
    gate = threading.Event()
    gate.set()
    return gate


@dataclass
class FakeCard:
    """A card as the desk sees it."""

    persona: str = "taro"
    pin: bytes = b"4619"
    attempts_left: int = 3
    certificate_until: date = date(2030, 5, 2)
    trouble: Trouble | None = None
    real: bool = False
    face_only: bool = False
    registered: bool = True
    has_photo: bool = True


class FakeSlot:
    """One place for a card."""

    name = "Fake Reader 00 00"

    def __init__(self) -> None:
        self.card: FakeCard | None = None
        self.reason: str | None = None
        self._generation = 0
        self._changed = threading.Condition()
        self._interrupted = False
        self.closed = False

    def report(self) -> SlotReport:
        if self.reason is not None:
            return SlotReport(SlotState.UNAVAILABLE, self.reason, self._generation)
        state = SlotState.EMPTY if self.card is None else SlotState.OCCUPIED
        return SlotReport(state, None, self._generation)

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        with self._changed:
            self._changed.wait_for(lambda: self._interrupted or self.report() != known, timeout)
            self._interrupted = False
            return self.report()

    def interrupt(self) -> None:
        with self._changed:
            self._interrupted = True
            self._changed.notify_all()

    def connect(self) -> SmartCardConnection:
        raise AssertionError("the counter talks to the desk, never to the slot")

    def cancel(self) -> None:
        raise AssertionError("the counter talks to the desk, never to the slot")

    def close(self) -> None:
        self.closed = True

    # what hands do

    def place(self, card: FakeCard) -> None:
        with self._changed:
            self.card = card
            self._generation += 1
            self._changed.notify_all()

    def remove(self) -> None:
        with self._changed:
            self.card = None
            self._changed.notify_all()

    def unplug(self, reason: str = "no_reader") -> None:
        with self._changed:
            self.card, self.reason = None, reason
            self._changed.notify_all()

    def plug_in(self) -> None:
        with self._changed:
            self.reason = None
            self._changed.notify_all()


class FakeDesk:
    """The card of one visit."""

    def __init__(self, slot: FakeSlot) -> None:
        self._slot = slot
        self.open_card: FakeCard | None = None
        self.read_gate = open_gate()
        self.verify_gate = open_gate()
        self.verified = 0
        self.signed: list[bytes] = []
        """Messages, in the order they were signed."""
        self.released = 0
        self.cancelled = 0
        self.threads: set[int] = set()
        self.break_down: Exception | None = None

    def _present(self) -> FakeCard:
        self.threads.add(threading.get_ident())
        if self.break_down is not None:
            raise self.break_down
        card = self._slot.card
        if card is None:
            raise CardStopped(Trouble.CARD_PULLED)
        return card

    def read(self) -> CardSummary:
        assert self.read_gate.wait(10)
        card = self._present()
        if card.trouble is not None:
            raise CardStopped(card.trouble, "6A82")
        self.open_card = card
        left = 0 if card.face_only else card.attempts_left
        return CardSummary("plastic", left, card.certificate_until, card.real, card.face_only, card.has_photo)

    def verify_and_sign(self, handle: PinHandle, message: bytes) -> bytes:
        assert self.verify_gate.wait(10)
        with handle.spend() as digits:
            card = self._present()
            self.verified += 1
            if bytes(digits) != card.pin:
                card.attempts_left -= 1
                raise PinRefused(card.attempts_left)
        card.attempts_left = 3
        self.signed.append(message)
        return b"signature of " + card.persona.encode()

    def sign_again(self, message: bytes) -> bytes:
        card = self._present()
        if not self.signed:
            raise CardStopped(Trouble.CARD_PULLED)
        self.signed.append(message)
        return b"signature of " + card.persona.encode()

    @property
    def certificate(self) -> bytes:
        if self.open_card is None or self.open_card.real:
            return b""
        return b"certificate of " + self.open_card.persona.encode()

    @property
    def public_key(self) -> bytes:
        if self.open_card is None or not self.open_card.real:
            return b""
        return b"public key of " + self.open_card.persona.encode()

    @property
    def count(self) -> ExchangeCount:
        return ExchangeCount()

    def cancel(self) -> None:
        """Whoever waits at a gate goes on, as a call to the card that is called off does."""
        self.cancelled += 1
        self.read_gate.set()
        self.verify_gate.set()

    def release(self) -> None:
        self.open_card = None
        self.signed.clear()
        self.released += 1


@dataclass
class FakeClient:
    """The service."""

    down: bool = False
    refuse: Trouble | None = None
    challenge_gate: threading.Event = field(default_factory=open_gate)
    answer_gate: threading.Event = field(default_factory=open_gate)
    challenges: int = 0
    lifetime: timedelta = timedelta(minutes=5)
    closed: bool = False
    unregistered: set[str] = field(default_factory=set)
    """Personas without 利用登録."""
    consents: list[tuple[str, dict[str, bool]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """What was asked, by word, in order."""
    now: Callable[[], datetime] = lambda: TODAY

    def _reach(self) -> None:
        if self.down:
            raise ServiceStopped(Trouble.SERVER_DOWN)

    def challenge(self, purpose: str = "qualification") -> Challenge:
        assert self.challenge_gate.wait(10)
        self._reach()
        self.challenges += 1
        return Challenge("server", f"nonce-{self.challenges}", "1312345678", purpose, self.now() + self.lifetime)

    def check_by_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        if self.refuse is not None:
            raise ServiceStopped(self.refuse, "MOCK-TEST")
        assert challenge.purpose == "qualification"
        persona = signature.removeprefix(b"signature of ").decode()
        assert certificate == b"certificate of " + persona.encode()
        return self._of_card(persona)

    def _of_card(self, persona: str) -> Qualification:
        if persona in self.unregistered:
            return Qualification("card", registered=False, code="MOCK-NOT-REGISTERED", certificate_state="valid")
        return Qualification("card", True, 1, certificate_state="valid", name=persona, visit=f"visit of {persona}")

    def check_enrolled(self, challenge: Challenge, public_key: bytes, signature: bytes) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        persona = signature.removeprefix(b"signature of ").decode()
        assert public_key == b"public key of " + persona.encode()
        return Qualification("card", True, 1, name=persona)

    def check_attested(self, certificate: bytes, way: Way) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        self.asked.append(f"attested {way.value}")
        persona = certificate.removeprefix(b"certificate of ").decode()
        return replace(self._of_card(persona), possession_not_proven=True)

    def check_by_paper(self, paper: Paper) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        return Qualification("numbers", True, 1, name=f"holder of {paper.number}")

    def check_by_four_items(self, items: FourItems, *, disaster: bool = False) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        self.asked.append("four items, disaster" if disaster else "four items")
        return Qualification("four_items", True, 1, name=items.name, birthdate=items.birthdate)

    def register_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> bool:
        self._reach()
        assert challenge.purpose == "registration"
        persona = signature.removeprefix(b"signature of ").decode()
        already = persona not in self.unregistered
        self.unregistered.discard(persona)
        return already

    def medical_information(self, numbers: InsuredNumbers, items: Collection[str]) -> MedicalInformation:
        self._reach()
        return MedicalInformation(medicines=() if "medicines" in items else None)

    def register_reference_number(self, numbers: InsuredNumbers, reference_number: str) -> None:
        self._reach()
        self.asked.append("reference number")

    def face_file(self, visit: str) -> str:
        self._reach()
        return "collected"

    def health(self) -> float:
        self._reach()
        return 0.1

    @property
    def last_answer_seconds(self) -> float | None:
        return None if self.down else 0.1

    @property
    def out_of_service(self) -> bool:
        return False

    def give_consent(self, visit: str, items: Mapping[str, bool]) -> datetime:
        self._reach()
        self.consents.append((visit, dict(items)))
        return self.now() + timedelta(hours=24)

    def close(self) -> None:
        self.closed = True


NAMES = {"taro": ("協会　太郎", "ｷﾖｳｶｲ ﾀﾛｳ"), "hanako": ("千葉　花子", "ﾁﾊﾞ ﾊﾅｺ")}


class FakeDecider:
    """Rules simple enough to foresee. `consent` is `ask` where a test wants the consent to be asked for."""

    consent: str | None = None

    def __init__(self) -> None:
        self.asked: list[VisitFacts] = []

    def decide(self, facts: VisitFacts) -> Reception:
        self.asked.append(facts)
        if facts.by_card is not None and facts.by_numbers is None:
            return self._by_card(facts, facts.by_card)
        return self._by_paper(facts)

    def _by_card(self, facts: VisitFacts, answer: Qualification) -> Reception:
        name, kana = NAMES.get(answer.name, (answer.name, ""))
        if not answer.registered:
            declined = facts.device is not None and facts.device.registration_declined
            return Reception(
                "OFFER_REGISTRATION" if not declined else "NOT_CONFIRMED",
                8 if not declined else 13,
                "" if not declined else "full",
                by="card",
                registration="declined" if declined else "offer",
                certificate=answer.certificate_state,
                registered=False,
            )
        return Reception(
            outcome="OK_ONLINE",
            row=4,
            charge="ratio:30",
            reasons=("confirmed_by_numbers",),
            by="card",
            validity=1,
            insurer_number="01139997",
            insurer_name="全国健康保険協会 練習支部",
            symbol="12345678",
            number="123456",
            branch="01",
            name=name,
            name_kana=kana,
            birthdate=date(1980, 6, 15),
            ratio=30,
            consent=self.consent,
            certificate=answer.certificate_state,
            registered=True,
        )

    def _by_paper(self, facts: VisitFacts) -> Reception:
        paper, answer = (facts.papers[-1] if facts.papers else None), facts.by_numbers
        if paper is None and facts.four_items is None:
            return Reception("IDENTIFY", 9, "", ask_for=("pin",))
        return Reception(
            outcome="OK_CERTIFICATE" if paper is not None else "PENDING_4INFO",
            row=6 if paper is not None else 7,
            charge="ratio:30" if answer else "ask:30",
            queue=None if answer else ("recheck" if paper is not None else "four_items"),
            by=answer.by if answer else "",
            validity=1 if answer else None,
            insurer_number=str(paper.insurer_number or "") if paper is not None else "",
            insurer_name="全国健康保険協会 練習支部",
            symbol=(paper.symbol or "") if paper is not None else "",
            number=(paper.number or "") if paper is not None else "",
            branch=(paper.branch or "") if paper is not None else "",
            birthdate=paper.birthdate if paper is not None else None,
        )


class FakeJournal:
    """Keeps entries in a list; refuses while `full`, and keeps those in another."""

    def __init__(self) -> None:
        self.entries: list[RecordVisit] = []
        self.waiting: list[RecordVisit] = []
        self.begun: list[int] = []
        self.full = False

    def begin_visit(self, visit: int) -> None:
        self.begun.append(visit)

    def record(self, entry: RecordVisit) -> None:
        if self.full:
            self.waiting.append(entry)
            raise OSError(28, "No space left on device")
        self.entries.append(entry)


class FakeDayJournal:
    """The day as the staff side sees it."""

    run = ""

    def __init__(self, journal: FakeJournal) -> None:
        self._journal = journal
        self.locks: list[str] = []

    def today(self, day: date) -> Sequence[DayEntry]:
        return [
            DayEntry(number, TODAY, entry.visit, "visit", entry.outcome, entry.method, entry.charge, name=entry.name)
            for number, entry in enumerate(self._journal.entries, 1)
        ]

    def note_lock(self, word: str) -> None:
        self.locks.append(word)

    def correct(self, entry: DayEntry, why: str) -> None:
        raise AssertionError("nobody asked for this")

    def note_real_name(self, visit: int, name: str) -> None:
        raise AssertionError("nobody asked for this")


class FakeStaffPasscode:
    """The passcode of the staff side; None: nobody has set one."""

    def __init__(self, digits: bytes | None = None) -> None:
        self._digits = digits

    def is_set(self) -> bool:
        return self._digits is not None

    def wait_seconds(self) -> int:
        return 0

    def check(self, typed: bytearray) -> Checked:
        right = bytes(typed) == self._digits
        typed[:] = bytes(len(typed))
        return Checked(accepted=right, tries_left=4, wait_seconds=0)


class FakeShelf:
    """The drawer."""

    def __init__(self, slot: FakeSlot) -> None:
        self._slot = slot
        self.broken = False
        self.spent: dict[str, int] = {}
        self.stock = {"taro": FakeCard("taro"), "hanako": FakeCard("hanako", b"8035")}

    def cards(self) -> tuple[ShelfCard, ...]:
        return tuple(
            ShelfCard(
                *(name, NAMES[name][0], f"{NAMES[name][0]}さんの資格は有効です。", card.pin.decode()),
                *(date(1975, 5, 3), "1", "東京都見本区窓口一丁目２番３号"),
            )
            for name, card in self.stock.items()
        )

    def place(self, persona: str) -> None:
        self._slot.place(self.stock[persona])

    def spent_tries(self) -> Mapping[str, int]:
        return dict(self.spent)

    def make_new(self, persona: str) -> None:
        if self.lies_there == persona:
            self.remove()
        del self.spent[persona]

    def remove(self) -> None:
        self._slot.remove()

    def break_card(self) -> None:
        self.broken = True

    def unplug_reader(self) -> None:
        self._slot.unplug()

    def plug_reader_in(self) -> None:
        self._slot.plug_in()

    @property
    def lies_there(self) -> str | None:
        return None if self._slot.card is None else self._slot.card.persona

    @property
    def reader_attached(self) -> bool:
        return self._slot.reason is None


def never(*_: object) -> NoReturn:
    raise AssertionError("nobody asked for this")


@dataclass
class Outside:
    """All fakes of one counter."""

    slot: FakeSlot = field(default_factory=FakeSlot)
    client: FakeClient = field(default_factory=FakeClient)
    decider: FakeDecider = field(default_factory=FakeDecider)
    journal: FakeJournal = field(default_factory=FakeJournal)
    real_reader: bool = False
    camera: SimulatedCamera = field(default_factory=SimulatedCamera)
    passcodes: PasscodeDesk = field(default_factory=PracticePasscode)
    staff_passcode: FakeStaffPasscode = field(default_factory=FakeStaffPasscode)
    first_visit: int = 1

    def __post_init__(self) -> None:
        self.desk = FakeDesk(self.slot)
        self.shelf = FakeShelf(self.slot)
        self.day = FakeDayJournal(self.journal)
        self.load_gate = open_gate()

    def load(self) -> Services:
        assert self.load_gate.wait(10)
        return Services(
            slot=self.slot,
            desk=self.desk,
            decider=self.decider,
            journal=self.journal,
            shelf=None if self.real_reader else self.shelf,
            connect_service=lambda: self.client,
            now=lambda: TODAY,
            camera=self.camera,
            passcodes=self.passcodes,
            first_visit=self.first_visit,
            staff=Desk(
                now=lambda: TODAY,
                clock=time.monotonic,
                reader_name=self.slot.name,
                passcode=self.staff_passcode,
                journal=self.day,
                unwritten=self.unwritten,
            ),
            unwritten=self.unwritten,
        )

    def unwritten(self) -> int:
        return len(self.journal.waiting)
