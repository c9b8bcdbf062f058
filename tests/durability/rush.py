"""Many clinics at once, each with its own kind of work, until they are told to go home; then what the store holds.

Every person is used for one thing only, so that what the store must hold is known exactly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import Connection, func, select

from mock_server.registry import tables
from mock_server.registry.engines import open_engine
from mock_server.serials import serial_number
from tests.durability.clinic import Acknowledged, Clinic
from tests.mock_server.deck import DeckCard

AT_ONCE = 5
"""Clinics, one for each kind of work."""
BATCH_OF = 40


@dataclass
class Rush:
    """The work of one run over a deck of cards; the last `unregistered` of the cards have no 利用登録."""

    url: str
    cards: Sequence[DeckCard]
    unregistered: int
    done: Acknowledged = field(default_factory=Acknowledged)
    closing: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going(self) -> Iterator[Watched]:
        """Work on; at the end everybody finishes what they have begun."""
        works = (self._check, self._register, self._consent, self._remember, self._batch)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            working = [threads.submit(self._work, work) for work in works]
            try:
                yield Watched(self.done, working)
            finally:
                self.closing.set()
            for one in working:
                one.result()

    def _work(self, work: Callable[[Clinic], Iterator[None]]) -> None:
        clinic = Clinic(self.url, self.done, self.closing)
        try:
            for _ in work(clinic):
                if self.closing.is_set():
                    return
        finally:
            clinic.close()

    def _check(self, clinic: Clinic) -> Iterator[None]:
        while True:
            for card in self._share(0):
                clinic.check(card)
                yield

    def _register(self, clinic: Clinic) -> Iterator[None]:
        for card in self.cards[len(self.cards) - self.unregistered :]:
            clinic.register(card)
            yield

    def _consent(self, clinic: Clinic) -> Iterator[None]:
        for card in self._share(1):
            clinic.consent(card)
            yield

    def _remember(self, clinic: Clinic) -> Iterator[None]:
        for number, card in enumerate(self._share(2)):
            clinic.remember(card, f"K{number:06}")
            yield

    def _batch(self, clinic: Clinic) -> Iterator[None]:
        people = list(self._share(0))[:BATCH_OF]
        for number in count():
            clinic.batch(people, f"MOCK{number:04}")
            yield

    def _share(self, which: int) -> Sequence[DeckCard]:
        """A third of those with 利用登録."""
        return self.cards[: len(self.cards) - self.unregistered][which::3]


class Watched:
    """How much was acknowledged; raises what broke whoever broke instead of working."""

    def __init__(self, done: Acknowledged, working: Sequence[Future[None]]) -> None:
        self._done = done
        self._working = working

    @property
    def count(self) -> int:
        """How many things so far."""
        return self._done.count

    def wait_for(self, number: int) -> bool:
        """As `Acknowledged.wait_for`."""
        for one in self._working:
            if one.done():
                one.result()
        return self._done.wait_for(number)


def assert_kept(database_url: str, done: Acknowledged, cards: Sequence[DeckCard]) -> None:
    """Everything acknowledged is in the store, once."""
    engine = open_engine(database_url)
    with engine.connect() as connection:
        _assert_exchanges(connection, done)
        _assert_once(connection, tables.registration.c.serial, [_serial(key) for key in done.registrations])
        _assert_once(connection, tables.consent.c.person, done.consents)
        _assert_reference_numbers(connection, done, cards)
        _assert_batches(connection, done)
    engine.dispose()


def _serial(person: str) -> str:
    return str(serial_number(person))


def _assert_exchanges(connection: Connection, done: Acknowledged) -> None:
    own = tables.exchange.c
    kept = dict(
        tuple(row) for row in connection.execute(select(own.nonce, own.outcome).where(own.nonce.is_not(None))).all()
    )
    assert [nonce for nonce in done.nonces if kept.get(nonce) != "validity:1"] == []


def _assert_once(connection: Connection, column: object, acknowledged: Sequence[str]) -> None:
    rows = connection.execute(select(column, func.count()).group_by(column)).all()  # type: ignore[call-overload]
    kept = {row[0]: row[1] for row in rows}
    assert [one for one in acknowledged if kept.get(one) != 1] == [], f"lost or doubled in {column}"
    # One more each may have been done and never acknowledged: the work that was going on at the end is finished, so no.
    assert set(kept) == set(acknowledged), f"in the store and never acknowledged: {column}"


def _assert_reference_numbers(connection: Connection, done: Acknowledged, cards: Sequence[DeckCard]) -> None:
    own = tables.reference_number.c
    kept = [tuple(row) for row in connection.execute(select(own.number_key, own.reference_number)).all()]
    people = {card.person.key: card.person for card in cards}
    wanted = [(people[key].memberships[0].number, number) for key, number in done.reference_numbers.items()]
    assert sorted(number for _, number in kept) == sorted(number for _, number in wanted)
    assert len(kept) == len(wanted)


def _assert_batches(connection: Connection, done: Acknowledged) -> None:
    batches = connection.execute(select(tables.batch.c.file_identifier, tables.batch.c.reception_number)).all()
    assert sorted(map(tuple, batches)) == sorted(done.batches.items())
    own = tables.batch_item.c
    rows = connection.execute(
        select(own.reception_number, func.count(), func.count(own.result), func.max(own.position)).group_by(
            own.reception_number
        )
    ).all()
    for number, items, results, last in rows:
        assert (items, results) == (BATCH_OF, BATCH_OF), number
        assert last in (BATCH_OF - 1, BATCH_OF), number
    assert len(rows) == len(done.batches)
