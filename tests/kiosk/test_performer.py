"""The hands of the counter on their own: whose PIN goes to whose card, what a wait and an end give up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date

import pytest

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.events import Event
from kiosk.flow.states import Document, ManualEntry, Trouble
from kiosk.performer import Performer
from reader.pin import PinHandle
from tests.kiosk.screens.fakes import FakeCard, Outside, never

PAPER = ManualEntry(Document.ELIGIBILITY_CERTIFICATE, "01139997", "21700023", "1155", "00", date(1985, 6, 15))


@dataclass
class Hands:
    """A performer over fakes, and everything it said."""

    outside: Outside = field(default_factory=Outside)
    told: list[tuple[int, Event]] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.performer = Performer(
            self.outside.load(),
            lambda visit, event: self.told.append((visit, event)),
            lambda error, _where: self.faults.append(error),
            lambda: None,
        )

    async def until(self, met: Callable[[], bool]) -> None:
        for _ in range(5000):
            if met():
                return
            await asyncio.sleep(0.001)
        raise AssertionError(f"never; it said {self.told!r}")

    async def answer(self, kind: type[Event]) -> Event:
        await self.until(lambda: any(isinstance(event, kind) for _, event in self.told))
        return next(event for _, event in self.told if isinstance(event, kind))

    async def read(self, visit: int, persona: str, *, real: bool = False) -> None:
        self.outside.slot.place(FakeCard(persona, real=real))
        self.performer.perform(do.ReadCard(visit))
        await self.until(lambda: (visit, "CardRead") in [(number, type(event).__name__) for number, event in self.told])


@pytest.fixture
async def hands() -> AsyncIterator[Hands]:
    made = Hands()
    yield made
    await made.performer.close()


async def test_a_pin_whose_visit_ended_before_it_was_looked_at_never_reaches_the_next_card(hands: Hands) -> None:
    # The last digit and the card's removal can come in one breath: both are performed before any of it has begun.
    await hands.read(1, "taro")
    handle = PinHandle(bytearray(b"4619"))
    hands.performer.perform(do.VerifyPin(1, handle))
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    await hands.read(2, "hanako")
    await hands.until(lambda: len(hands.performer._tasks) == 0)
    assert hands.outside.desk.verified == 0
    with handle.spend() as digits:
        assert digits == b""
    assert [visit for visit, _ in hands.told] == [1, 2]
    assert hands.faults == []


async def test_work_of_a_visit_that_is_over_asks_nobody_and_is_no_fault(hands: Hands) -> None:
    hands.performer.perform(do.AskByCard(1))
    hands.performer.perform(do.AskByNumbers(2, PAPER, None))
    hands.performer.perform(do.ForgetPatient(1))
    hands.performer.perform(do.ForgetPatient(2))
    await hands.until(lambda: len(hands.performer._tasks) == 0)
    assert (hands.told, hands.faults) == ([], [])


async def test_giving_up_on_the_challenge_does_not_give_up_on_the_paper_that_follows(hands: Hands) -> None:
    await hands.read(1, "taro")
    hands.outside.client.challenge_gate.clear()
    hands.performer.perform(do.FetchChallenge(1))
    hands.performer.perform(do.VerifyPin(1, PinHandle(bytearray(b"4619"))))
    await asyncio.sleep(0)
    hands.performer.give_up_waiting(1)
    assert await hands.answer(ev.ServiceFailed) == ev.ServiceFailed(Trouble.SERVER_DOWN)
    hands.outside.client.challenge_gate.set()
    hands.performer.perform(do.AskByNumbers(1, PAPER, Trouble.SERVER_DOWN))
    answered = await hands.answer(ev.AnswerReceived)
    assert isinstance(answered, ev.AnswerReceived)
    assert answered.reception.by == "numbers"


async def test_entries_that_were_asked_for_are_on_disk_when_the_counter_has_closed() -> None:
    hands = Hands()
    begun, go_on = threading.Event(), threading.Event()
    journal = hands.outside.journal
    real = journal.record

    def slow(entry: do.RecordVisit) -> None:
        begun.set()
        assert go_on.wait(10)
        real(entry)

    journal.record = slow  # type: ignore[method-assign]
    for visit in (1, 2, 3):  # the first is being written, the second waits, the third was not even begun
        hands.performer.perform(do.RecordVisit(visit, "OK_ONLINE", "pin"))
        if visit == 2:
            await hands.until(begun.is_set)
    closing = asyncio.create_task(hands.performer.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    assert [entry.visit for entry in journal.entries] == [1, 2, 3]


async def test_a_real_card_is_asked_about_with_its_public_key_alone(hands: Hands) -> None:
    await hands.read(1, "taro", real=True)
    hands.performer.perform(do.VerifyPin(1, PinHandle(bytearray(b"4619"))))
    await hands.answer(ev.PinAccepted)
    hands.outside.client.check_by_card = never  # type: ignore[method-assign,assignment]
    hands.performer.perform(do.AskByCard(1))
    answered = await hands.answer(ev.AnswerReceived)
    assert isinstance(answered, ev.AnswerReceived)
    assert answered.reception.name == "協会　太郎"
    assert hands.faults == []


async def test_the_next_visit_does_not_wait_for_a_reader_that_hangs_in_this_one(hands: Hands) -> None:
    hands.outside.slot.place(FakeCard("taro"))
    hands.outside.desk.read_gate.clear()
    hands.performer.perform(do.ReadCard(1))
    await hands.until(lambda: hands.performer._memories[1].at_card)
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    assert hands.outside.desk.cancelled == 1
    await hands.read(2, "hanako")
    assert [visit for visit, _ in hands.told] == [2]


async def test_a_card_that_is_let_go_of_in_its_time_is_not_called_off(hands: Hands) -> None:
    await hands.read(1, "taro")
    hands.performer.perform(do.ReleaseCard(1))
    await hands.until(lambda: hands.outside.desk.released == 1)
    assert hands.outside.desk.cancelled == 0


async def test_a_reading_whose_visit_ended_before_it_began_opens_no_card(hands: Hands) -> None:
    hands.outside.slot.place(FakeCard("taro"))
    hands.performer.perform(do.ReadCard(1))
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    await hands.until(lambda: hands.outside.desk.released == 1)
    assert hands.outside.desk.threads == set(), "nobody touched the card"
    assert hands.told == []


async def test_a_counter_that_closes_does_not_wait_for_a_reader_that_hangs() -> None:
    hands = Hands()
    hands.outside.slot.place(FakeCard("taro"))
    hands.outside.desk.read_gate.clear()
    hands.performer.perform(do.ReadCard(1))
    await hands.until(lambda: hands.performer._memories[1].at_card)
    await hands.performer.close()
    assert (hands.outside.desk.cancelled, hands.outside.desk.released) == (1, 1)
