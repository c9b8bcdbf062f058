"""The store in a database, by SQLAlchemy Core: SQLite beside the program, or any other by URL.

What has been acknowledged survives a power cut (`synchronous=FULL`), and a challenge counts once across every process
that shares the database, because the database itself refuses the second row (design.md §3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, create_engine, event, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from mock_server.people import CardHolder, Membership, NumbersKey, Person, fold_number
from mock_server.registry import tables
from mock_server.registry.interface import NonceUsedError, RegistryError
from mock_server.registry.seeding import Seed, plant

IN_PROGRESS = "in progress"
"""The outcome of an exchange that never ended: the program died over it."""
BUSY_WAIT_S = 10
"""How long SQLite waits for another writer."""


class SqlRegistry:
    """A store in the database behind `engine`. Use `open`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | URL, seeds: Iterable[Seed] = ()) -> SqlRegistry:
        """Connect, make what is missing, and bring in the seeds that are new or changed.

        Raises:
            RegistryError: The URL names no database that can be used.
        """
        try:
            # Values stay out of error texts: they may be a person's.
            engine = create_engine(url, hide_parameters=True)
            if engine.dialect.name == "sqlite":
                _prepare_sqlite(engine)
            with engine.begin() as connection:
                tables.metadata.create_all(connection)
                plant(connection, seeds)
        except (SQLAlchemyError, ImportError) as error:
            raise RegistryError from error
        return cls(engine)

    @contextmanager
    def exchange(
        self, *, at: datetime, institution: str, kind: str, purpose: str, nonce: str | None
    ) -> Iterator[SqlExchange]:
        """One request as one row and one transaction (`mock_server.registry.interface.Registry.exchange`)."""
        row = {
            "at": at.isoformat(),
            "institution": institution,
            "kind": kind,
            "purpose": purpose,
            "nonce": nonce,
            "outcome": IN_PROGRESS,
            "person": "",
        }
        with _told(), self._engine.connect() as connection:
            try:
                made = connection.execute(insert(tables.exchange).values(row))
            except IntegrityError:
                raise NonceUsedError from None
            (row_id,) = made.inserted_primary_key or (None,)
            exchange = SqlExchange(connection)
            try:
                yield exchange
            finally:
                connection.execute(
                    update(tables.exchange)
                    .where(tables.exchange.c.id == row_id)
                    .values(outcome=exchange.outcome, person=exchange.person)
                )
                connection.commit()

    def exchanges(self) -> Sequence[Row[Any]]:
        """Every exchange so far, oldest first: what was asked, how it ended; no certificate, no numbers."""
        with _told(), self._engine.connect() as connection:
            return connection.execute(select(tables.exchange).order_by(tables.exchange.c.id)).all()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


@dataclass(slots=True)
class SqlExchange:
    """One open exchange (`mock_server.registry.interface.Exchange`)."""

    _connection: Connection = field(repr=False)
    outcome: str = IN_PROGRESS
    person: str = ""

    def card_holder(self, serial: int) -> CardHolder | None:
        """Whose certificate has this serial number."""
        query = select(tables.certificate).where(tables.certificate.c.serial == str(serial))
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        (person,) = self._people([row.person]).values()
        return CardHolder(person, row.registered)

    def members_with(self, key: NumbersKey) -> list[tuple[Person, Membership]]:
        """Every membership that fits the numbers, with its person."""
        columns = tables.membership.c
        query = (
            select(columns.person)
            .join(tables.person)
            .where(
                columns.insurer_number == key.insurer_number,
                columns.number_key == fold_number(key.number),
                tables.person.c.birthdate == f"{key.birthdate[:4]}-{key.birthdate[4:6]}-{key.birthdate[6:]}",
            )
            .distinct()
        )
        people = self._people(self._connection.execute(query).scalars().all())
        return [(person, own) for person in people.values() for own in person.memberships if _fits(own, key)]

    def _people(self, keys: Sequence[str]) -> dict[str, Person]:
        memberships: dict[str, list[Membership]] = {key: [] for key in keys}
        own = tables.membership
        for row in self._connection.execute(select(own).where(own.c.person.in_(keys)).order_by(own.c.id)):
            memberships[row.person].append(_membership(row))
        rows = self._connection.execute(select(tables.person).where(tables.person.c.key.in_(keys)))
        return {row.key: _person(row, memberships[row.key]) for row in rows}


def _fits(membership: Membership, key: NumbersKey) -> bool:
    """記号 and 枝番 count where they were given; a paper without them leaves them open (validation.md §2)."""
    return (
        membership.insurer_number == key.insurer_number
        and fold_number(membership.number) == fold_number(key.number)
        and (not key.symbol or fold_number(membership.symbol) == fold_number(key.symbol))
        and (not key.branch or membership.branch == key.branch)
    )


def _person(row: Row[Any], memberships: list[Membership]) -> Person:
    return Person(
        key=row.key,
        name=row.name,
        kana=row.kana,
        birthdate=date.fromisoformat(row.birthdate),
        sex=row.sex,
        post_number=row.post_number,
        address=row.address,
        memberships=tuple(memberships),
    )


def _membership(row: Row[Any]) -> Membership:
    return Membership(
        insurer_number=row.insurer_number,
        insurer_name=row.insurer_name,
        number=row.number,
        qualified_on=date.fromisoformat(row.qualified_on),
        symbol=row.symbol,
        branch=row.branch,
        family=row.family,
        card_class=row.card_class,
        holder_name=row.holder_name,
        issued_on=_day(row.issued_on),
        valid_until=_day(row.valid_until),
        lost_on=_day(row.lost_on),
        reason_of_loss=row.reason_of_loss,
        burden_ratio=row.burden_ratio,
        elderly_ratio=row.elderly_ratio,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        # Before journal_mode, which needs the lock itself.
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_WAIT_S * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Every exchange writes: taking the write lock at once means waiting, never failing half-way.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise RegistryError from error
