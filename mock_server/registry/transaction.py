"""What a job sees of the store while its transaction is open: look people up, write down exchanges, the clock.

Everything that goes through here is acknowledged only when the ledger has committed it. Parts of the service with
tables of their own (consents, batches, scenarios) use `connection` with the tables of this package.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, select

from mock_server.people import CardHolder, Membership, NumbersKey, Person, fold_number
from mock_server.people_json import person_from_json
from mock_server.registry import tables
from mock_server.registry.control import Control, count_up, hold_version
from mock_server.registry.exchange_rows import insert_rows, update_row
from mock_server.registry.exchanges import Exchange
from mock_server.registry.interface import NonceUsedError
from mock_server.registry.memory import Memory

T = TypeVar("T")

_HOLDER = select(
    tables.certificate.c.kind, tables.certificate.c.registered, tables.person.c.key, tables.person.c.data
).join(tables.person, tables.person.c.key == tables.certificate.c.person)


class Transaction:
    """One open transaction of the ledger, for one job after another."""

    def __init__(
        self, connection: Connection, control: Control, base_now: Callable[[], datetime], memory: Memory
    ) -> None:
        self.connection = connection
        self.control = control
        self._base_now = base_now
        self._memory = memory
        self._memory.belong_to(control.version)
        self._changed = False
        self._done: frozenset[Hashable] = frozenset()
        self._put_off: list[Exchange] = []
        self._written: list[Exchange] = []

    def now(self) -> datetime:
        """The server's clock, in Japan."""
        return self.control.moved(self._base_now())

    def machine_now(self) -> datetime:
        """The clock before anybody moved it; aware."""
        return self._base_now()

    def changed(self) -> None:
        """Something was changed that processes keep copies of: people, scenarios, the clock."""
        count_up(self.connection)
        self._changed = True
        self._memory.forget()

    def overtaken(self) -> bool:
        """Whether something was `changed` since the transaction began; until its end nobody else can say so.

        What the process remembers is of the time before then, and others may remember what came after.
        """
        return hold_version(self.connection) != self.control.version

    def once(self, key: Hashable, act: Callable[[], None]) -> None:
        """Do it unless this transaction did it before, and did not undo it with the effects it was part of."""
        if key not in self._done:
            act()
            self._done |= {key}

    def remembered(self, key: Hashable, look: Callable[[], T]) -> T:
        """What `look` gives; it is asked once in each process, until somebody says `changed`. None is not remembered.

        `key` begins with a word that nobody else uses.
        """
        things = self._memory.things
        if key in things:
            kept: T = things[key]
            return kept
        found = look()
        if found is not None and not self._changed:  # what this transaction changed may still be undone
            things[key] = found
        return found

    # ── exchanges ──

    def record(self, exchange: Exchange) -> None:
        """Write the exchange at the end of the transaction, as it then is.

        Where its nonce was used before, the job's result is thrown away and the caller gets NonceUsedError; so the job
        must have no other effect.
        """
        self._put_off.append(exchange)

    def record_now(self, exchange: Exchange) -> None:
        """Write the exchange now, and again as it is at the end: for a job that goes on to change something.

        Raises:
            NonceUsedError: Its nonce was used before; nothing was written.
        """
        if insert_rows(self.connection, [exchange]):
            raise NonceUsedError
        self._written.append(exchange)

    @contextmanager
    def effects(self) -> Iterator[None]:
        """What is changed inside is kept together or not at all: an exception undoes it, and nothing else."""
        done = self._done
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            self._done = done
            raise

    @property
    def recorded(self) -> int:
        """How many exchanges were put off to the end so far. The ledger counts them."""
        return len(self._put_off)

    def settle(self) -> list[bool]:
        """Write what is still to be written. For each exchange put off: whether it was refused. The ledger calls it."""
        refused = insert_rows(self.connection, self._put_off) if self._put_off else set()
        for exchange in self._written:
            update_row(self.connection, exchange)
        return [exchange.key in refused for exchange in self._put_off] if refused else []

    # ── people ──

    def card_holder(self, serial: int, run: str = "") -> CardHolder | None:
        """Whose certificate has this serial number, and whether it has the 利用登録 in this run."""
        holder = self.remembered(("card", serial), lambda: self._look_up_holder(serial))
        if holder is None:
            return None
        if holder.registered or not self._was_registered(serial, run):
            return holder
        return CardHolder(holder.person, registered=True, kind=holder.kind)

    def _look_up_holder(self, serial: int) -> CardHolder | None:
        row = self.connection.execute(_HOLDER.where(tables.certificate.c.serial == str(serial))).one_or_none()
        return None if row is None else CardHolder(person_from_json(row.data), row.registered, row.kind)

    def _was_registered(self, serial: int, run: str) -> bool:
        own = tables.registration.c
        query = select(own.serial).where(own.serial == str(serial), own.run == run)
        return self.connection.execute(query).first() is not None

    def person(self, key: str) -> Person | None:
        """The person of that name."""
        data = self.connection.execute(
            select(tables.person.c.data).where(tables.person.c.key == key)
        ).scalar_one_or_none()
        return None if data is None else person_from_json(data)

    def born_on(self, day: date) -> list[Person]:
        """Everybody with this birthdate. Rarely asked: the table has no index for it."""
        query = select(tables.person.c.data).where(tables.person.c.birthdate == day.isoformat())
        return [person_from_json(data) for data in self.connection.execute(query).scalars()]

    def members_with(self, key: NumbersKey) -> list[tuple[Person, Membership]]:
        """Every membership that fits the numbers of a paper, whether current or not, with its person."""
        columns = tables.membership.c
        query = (
            select(tables.person.c.key, tables.person.c.data)
            .join(tables.membership, columns.person == tables.person.c.key)
            .where(
                columns.insurer_number == key.insurer_number,
                columns.number_key == fold_number(key.number),
            )
            .distinct()
        )
        if key.birthdate:
            born = f"{key.birthdate[:4]}-{key.birthdate[4:6]}-{key.birthdate[6:]}"
            query = query.where(tables.person.c.birthdate == born)
        people = [person_from_json(row.data) for row in self.connection.execute(query)]
        return [(person, own) for person in people for own in person.memberships if _fits(own, key)]


def _fits(membership: Membership, key: NumbersKey) -> bool:
    """記号 and 枝番 count where they were given; a paper without them leaves them open (validation.md §2)."""
    return (
        membership.insurer_number == key.insurer_number
        and fold_number(membership.number) == fold_number(key.number)
        and (not key.symbol or fold_number(membership.symbol) == fold_number(key.symbol))
        and (not key.branch or membership.branch == key.branch)
    )
