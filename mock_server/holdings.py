"""Whether an institution has left anything with the service: before its first consent or 照会番号 nobody need look.

A journey to the database for each visit is what PostgreSQL is slow with. Whoever writes the first thing says so, and
every worker process learns it with its next transaction. What breaks if wrong: a consent that was given is not seen.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from mock_server.registry.tables import consent, reference_number
from mock_server.registry.transaction import Transaction


def has_holdings(tx: Transaction, institution: str, run: str) -> bool:
    """Whether anything is kept for this institution in this test run."""
    return tx.remembered(("holdings", institution, run), lambda: _look(tx, institution, run))


def note_holding(tx: Transaction, institution: str, run: str) -> None:
    """Something is being written for this institution and run. Called before it is.

    What this process remembers is not asked: somebody may have taken everything away since, and a third process may
    remember that there is nothing. While the version is held nobody can do either.
    """

    def tell_if_first() -> None:
        if tx.overtaken() or not _look(tx, institution, run):
            tx.changed()

    tx.once(("holdings", institution, run), tell_if_first)


def _look(tx: Transaction, institution: str, run: str) -> bool:
    def kept(columns: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(columns)

    query = select(
        kept((consent.c.institution == institution) & (consent.c.run == run))
        | kept((reference_number.c.institution == institution) & (reference_number.c.run == run))
    )
    return bool(tx.connection.execute(query).scalar_one())
