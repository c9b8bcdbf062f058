"""利用登録 in the store: which cards were registered as マイナ保険証 through this service, in which test run.

What breaks if wrong: a card that was registered is told that it is not, or one run registers for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mock_server.registry.tables import registration
from mock_server.registry.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Registration:
    """The card has the 利用登録 now."""

    already: bool
    """It had it before this request, which then changed nothing."""
    at: datetime | None
    """When it was registered through this service; None for a card that came with the 利用登録."""


def register(tx: Transaction, serial: int, run: str) -> Registration:
    """Register the certificate with this serial number, once, however often it is asked for."""
    now = tx.now()
    insert = postgresql_insert if tx.connection.dialect.name == "postgresql" else sqlite_insert
    statement = (
        insert(registration)
        .values(run=run, serial=str(serial), at=now.isoformat())
        .on_conflict_do_nothing()
        .returning(registration.c.serial)
    )
    if tx.connection.execute(statement).first() is not None:
        return Registration(already=False, at=now)
    return Registration(already=True, at=registered_at(tx, serial, run))


def registered_at(tx: Transaction, serial: int, run: str) -> datetime | None:
    """When the certificate was registered through this service in this run; None where it was not."""
    own = registration.c
    query = select(own.at).where(own.run == run, own.serial == str(serial))
    at = tx.connection.execute(query).scalar_one_or_none()
    return None if at is None else datetime.fromisoformat(at)
