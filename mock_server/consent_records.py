"""Consents in the store: one for each visit, the newest of a person and institution counts.

What breaks if wrong: a consent is lost or counted twice, or another institution or test run acts on it.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Row, Select, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mock_server.consents import ConsentRecord
from mock_server.holdings import note_holding
from mock_server.registry.tables import consent
from mock_server.registry.transaction import Transaction
from mock_server.visits import Visit

_COLUMNS = (consent.c["items"], consent.c.at, consent.c.expires_at)
_OF_VISIT = select(*_COLUMNS).where(consent.c.visit == bindparam("visit"))


def newest() -> Select[str, str, str]:
    """The statement that finds the newest consent: parameters `institution`, `run`, `person`; read by `read`."""
    own = consent.c
    last = (
        select(own.id)
        .where(
            own.institution == bindparam("institution"),
            own.person == bindparam("person"),
            own.run == bindparam("run"),
        )
        .order_by(own.id.desc())
        .limit(1)
    )
    return select(*_COLUMNS).where(own.id == last.scalar_subquery())


_NEWEST = newest()


def newest_consent(tx: Transaction, institution: str, run: str, person: str) -> ConsentRecord | None:
    """What the person agreed to share with this institution when last asked, expired or not."""
    found = tx.connection.execute(_NEWEST, {"institution": institution, "run": run, "person": person}).one_or_none()
    return None if found is None else read(found)


def consent_of(tx: Transaction, visit: Visit) -> ConsentRecord | None:
    """What was agreed to in this very visit."""
    found = tx.connection.execute(_OF_VISIT, {"visit": visit.exchange}).one_or_none()
    return None if found is None else read(found)


def keep(tx: Transaction, visit: Visit, record: ConsentRecord) -> bool:
    """Write down the consent of a visit; False, and nothing is written, where the visit has one already."""
    note_holding(tx, visit.institution, visit.run)
    insert = postgresql_insert if tx.connection.dialect.name == "postgresql" else sqlite_insert
    statement = (
        insert(consent)
        .values(
            run=visit.run,
            institution=visit.institution,
            person=visit.person,
            visit=visit.exchange,
            items=json.dumps(sorted(record.agreed)),
            at=record.at.isoformat(),
            expires_at=record.expires_at.isoformat(),
        )
        .on_conflict_do_nothing(index_elements=["visit"])
        .returning(consent.c.id)
    )
    return tx.connection.execute(statement).first() is not None


def keep_instead(tx: Transaction, visit: Visit, record: ConsentRecord) -> None:
    """Write down the consent of a visit in place of the one it has; it is the newest from now on."""
    tx.connection.execute(delete(consent).where(consent.c.visit == visit.exchange))
    keep(tx, visit, record)


def read(row: Row[str, str, str]) -> ConsentRecord:
    """A row of items, moment and end as values."""
    items, at, expires_at = row
    return ConsentRecord(datetime.fromisoformat(at), datetime.fromisoformat(expires_at), frozenset(json.loads(items)))
