"""A whole visit with the real parts, put together as the counter is: afterwards nothing of it can be reached.

Looked for is what was typed; the server in process, which stands for one elsewhere, and the outage queue, which is to
ask later, know people by their purpose.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.cli.composition import CounterPlan, load_services
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.events import Event
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.presented import device_of
from kiosk.performer import Performer
from kiosk.services.interfaces import Services
from mock_server.personas import load_personas
from reader.pin import PinHandle
from tests.kiosk.services.samples import CERTIFICATE, NOW
from tests.kiosk.test_performer import reachable_texts

CANARY = "9160"
NAME = "金糸雀　小鳥"
ADDRESS = "東京都見本区金糸雀町九丁目"


@dataclass
class Whole:
    """The performer over everything that `kiosk.cli` puts together."""

    services: Services
    told: list[tuple[int, Event]] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        told, faults = self.told, self.faults
        self.performer = Performer(
            self.services,
            lambda visit, event: told.append((visit, event)),
            lambda error, _: faults.append(error),
            lambda: None,
        )

    async def do(self, effect: do.Effect, kind: type[Event] | None = None) -> Event | None:
        """Perform; the event of that kind, where one is waited for."""
        before = len(self.told)
        self.performer.perform(effect)
        if kind is None:
            return None
        await self.until(lambda: any(isinstance(event, kind) for _, event in self.told[before:]))
        return next(event for _, event in self.told[before:] if isinstance(event, kind))

    async def until(self, met: Callable[[], bool]) -> None:
        for _ in range(20_000):
            if met():
                return
            await asyncio.sleep(0.001)
        raise AssertionError(f"never; it said {[type(event).__name__ for _, event in self.told]}, {self.faults}")

    async def at_rest(self) -> None:
        shop = self.performer._workshop
        await self.until(lambda: not shop._tasks and not shop._entries)


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    services = await asyncio.to_thread(load_services, CounterPlan(tmp_path, lambda: NOW, "ja"))
    made = Whole(services)
    yield made
    await made.performer.close()


async def by_card(whole: Whole, visit: int, persona: str) -> VisitFacts:
    """The persona's card up to the answer and what the rules make of it."""
    shelf = whole.services.shelf
    assert shelf is not None
    await asyncio.to_thread(shelf.place, persona)
    await whole.do(do.OpenVisit(visit))
    await whole.do(do.FetchChallenge(visit))
    read = await whole.do(do.ReadCard(visit), ev.CardRead)
    assert isinstance(read, ev.CardRead)
    handle = PinHandle(bytearray(load_personas()[persona].pin.encode()))
    await whole.do(do.VerifyPin(visit, handle), ev.PinAccepted)
    answered = await whole.do(do.AskByCard(visit), ev.Answered)
    assert isinstance(answered, ev.Answered)
    facts = VisitFacts(device_of(read.card, None, Way.PIN, answered.answer), by_card=answered.answer)
    decided = await whole.do(do.Decide(visit, facts), ev.Decided)
    assert isinstance(decided, ev.Decided)
    return facts


async def test_a_visit_by_card_goes_from_the_drawer_to_the_journal(whole: Whole) -> None:
    await by_card(whole, 1, "taro")
    assert await whole.do(do.RecordVisit(1, "OK_ONLINE", "pin"), ev.EntryWritten) == ev.EntryWritten(ok=True)
    sent = await whole.do(do.SendConsent(1, (("medicines", True),)), ev.ConsentSent)
    assert isinstance(sent, ev.ConsentSent)
    assert sent.until is not None
    assert whole.faults == []


async def test_a_card_is_registered_with_the_real_parts(whole: Whole) -> None:
    facts = await by_card(whole, 1, "shiro")
    assert facts.by_card is not None
    assert not facts.by_card.registered
    assert await whole.do(do.RegisterCard(1), ev.CardRegistered) == ev.CardRegistered(already=False)
    again = await whole.do(do.AskByCard(1), ev.Answered)
    assert isinstance(again, ev.Answered)
    assert again.answer.registered
    assert whole.faults == []


async def test_a_face_of_a_locked_card_is_taken(whole: Whole) -> None:
    shelf = whole.services.shelf
    assert shelf is not None
    [locked, *_] = [name for name, who in load_personas().items() if who.expected.identity == "pin_locked"]
    await asyncio.to_thread(shelf.place, locked)
    read = await whole.do(do.ReadCard(1), ev.CardRead)
    assert isinstance(read, ev.CardRead)
    assert read.card.ways == (Way.FACE,)
    await whole.do(do.CompareFace(1), ev.FaceMatched)
    answered = await whole.do(do.AskAttested(1, Way.FACE), ev.Answered)
    assert isinstance(answered, ev.Answered)
    assert (answered.answer.validity, answered.answer.possession_not_proven) == (1, True)


async def test_the_card_of_a_child_under_one_has_no_photo(whole: Whole) -> None:
    shelf = whole.services.shelf
    assert shelf is not None
    await asyncio.to_thread(shelf.place, "kazuha")
    read = await whole.do(do.ReadCard(1), ev.CardRead)
    assert isinstance(read, ev.CardRead)
    assert read.card.ways == (Way.PIN,)


async def test_after_the_visit_nothing_of_it_can_be_reached(whole: Whole) -> None:
    await by_card(whole, 1, "taro")
    paper = replace(CERTIFICATE, number=CANARY, name=NAME)
    items = FourItems(NAME, date(1985, 6, 15), "male", ADDRESS)
    await whole.do(do.AskByPaper(1, paper), ev.Answered)
    await whole.do(do.AskByFourItems(1, items), ev.Answered)
    await whole.do(do.Decide(1, VisitFacts(papers=(paper,), four_items=items)), ev.Decided)
    await whole.do(do.KeepDraft(1, "certificate_kyokai", (("name", NAME), ("number", CANARY))))
    await whole.do(do.RecordVisit(1, "OK_ONLINE", "pin", name=NAME, number=CANARY), ev.EntryWritten)
    await whole.do(do.ReleaseCard(1))
    await whole.do(do.ForgetPatient(1))
    await whole.at_rest()
    del paper, items
    whole.told.clear()
    gc.collect()
    left = reachable_texts(whole.performer, beyond=("mock_server", "fastapi", "starlette", "sqlalchemy"))
    assert "counter-1" in left, "the journal was looked into"
    for canary in (NAME, ADDRESS, f"\n{CANARY}\n"):
        assert canary not in left
    assert whole.faults == []


async def test_whoever_was_noted_is_asked_about_while_the_counter_goes_on(whole: Whole) -> None:
    taro = load_personas()["taro"].person
    items = FourItems(taro.name, taro.birthdate, "male", taro.address)
    await whole.do(do.QueueLater(1, "four_items", items))
    await whole.at_rest()
    queue = whole.services.queue
    assert queue is not None
    await whole.do(do.AskQueue(2))
    await by_card(whole, 2, "hanako")
    await whole.until(lambda: queue.waiting == 0)
    assert whole.faults == []
