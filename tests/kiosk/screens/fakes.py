"""Everything the counter needs from outside, small enough to read: a slot, a card, a service, the rules, a drawer.

Gates (`threading.Event`, open unless a test closes them) hold a call where a test wants to look at the screen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import NoReturn

from kiosk.flow.effects import RecordVisit
from kiosk.flow.states import CardSummary, ManualEntry, Reception, Trouble
from kiosk.services.interfaces import (
    CardStopped,
    Challenge,
    ExchangeCount,
    PinRefused,
    Qualification,
    Services,
    ServiceStopped,
    ShelfCard,
)
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
        return CardSummary("plastic", card.attempts_left, card.certificate_until, card.real, card.face_only)

    def verify_and_sign(self, handle: PinHandle, message: bytes) -> bytes:
        assert self.verify_gate.wait(10)
        with handle.spend() as digits:
            card = self._present()
            self.verified += 1
            if bytes(digits) != card.pin:
                card.attempts_left -= 1
                raise PinRefused(card.attempts_left)
        card.attempts_left = 3
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
    now: Callable[[], datetime] = lambda: TODAY

    def _reach(self) -> None:
        if self.down:
            raise ServiceStopped(Trouble.SERVER_DOWN)

    def challenge(self) -> Challenge:
        assert self.challenge_gate.wait(10)
        self._reach()
        self.challenges += 1
        return Challenge(
            "server", f"nonce-{self.challenges}", "1312345678", "qualification", self.now() + self.lifetime
        )

    def check_by_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        if self.refuse is not None:
            raise ServiceStopped(self.refuse, "MOCK-TEST")
        persona = signature.removeprefix(b"signature of ").decode()
        assert certificate == b"certificate of " + persona.encode()
        return Qualification("card", True, 1, name=persona)

    def check_enrolled(self, challenge: Challenge, public_key: bytes, signature: bytes) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        persona = signature.removeprefix(b"signature of ").decode()
        assert public_key == b"public key of " + persona.encode()
        return Qualification("card", True, 1, name=persona)

    def check_by_numbers(self, entry: ManualEntry) -> Qualification:
        assert self.answer_gate.wait(10)
        self._reach()
        return Qualification("numbers", True, 1, name=f"holder of {entry.number}")

    def give_consent(self, visit: str, items: Mapping[str, bool]) -> datetime:
        self._reach()
        return self.now() + timedelta(hours=24)

    def close(self) -> None:
        self.closed = True


NAMES = {"taro": ("協会　太郎", "ｷﾖｳｶｲ ﾀﾛｳ"), "hanako": ("千葉　花子", "ﾁﾊﾞ ﾊﾅｺ")}


class FakeDecider:
    """Rules simple enough to foresee."""

    def by_card(self, card: CardSummary, answer: Qualification) -> Reception:
        name, kana = NAMES.get(answer.name, (answer.name, ""))
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
        )

    def by_paper(self, entry: ManualEntry, answer: Qualification | None, card_trouble: Trouble | None) -> Reception:
        return Reception(
            outcome="OK_CERTIFICATE",
            row=6,
            charge="ratio:30" if answer else "ask:30",
            reasons=(f"after {card_trouble.value}",) if card_trouble else (),
            queue=None if answer else "recheck",
            by="numbers" if answer else "",
            validity=1 if answer else None,
            insurer_number=entry.insurer_number,
            insurer_name="全国健康保険協会 練習支部",
            symbol=entry.symbol,
            number=entry.number,
            branch=entry.branch,
            birthdate=entry.birthdate,
        )


class FakeJournal:
    """Keeps entries in a list; refuses while `full`."""

    def __init__(self) -> None:
        self.entries: list[RecordVisit] = []
        self.full = False

    def record(self, entry: RecordVisit) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.entries.append(entry)


class FakeShelf:
    """The drawer."""

    def __init__(self, slot: FakeSlot) -> None:
        self._slot = slot
        self.broken = False
        self.stock = {"taro": FakeCard("taro"), "hanako": FakeCard("hanako", b"8035")}

    def cards(self) -> tuple[ShelfCard, ...]:
        return tuple(
            ShelfCard(name, NAMES[name][0], f"{NAMES[name][0]}さんの資格は有効です。", card.pin.decode())
            for name, card in self.stock.items()
        )

    def place(self, persona: str) -> None:
        self._slot.place(self.stock[persona])

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

    def __post_init__(self) -> None:
        self.desk = FakeDesk(self.slot)
        self.shelf = FakeShelf(self.slot)
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
        )
