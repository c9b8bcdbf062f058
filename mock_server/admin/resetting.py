"""Taking away what a test run left behind, or all runs: exchanges, scenarios, registrations, consents and the rest.

People, institutions and keys stay. What breaks if wrong: a run begins with what another one left.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select

from mock_server.admin.clock import reset as reset_clock
from mock_server.admin.journal import FORGOTTEN, Filters, forget
from mock_server.registry import tables
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.arming import disarm

_OF_A_RUN: Final = (
    tables.registration,
    tables.consent,
    tables.reference_number,
    tables.batch,
    tables.face_outbox,
    tables.folder_answer,
)
"""Every table whose rows belong to a run, but exchanges and scenarios; their dependants go with them."""


def reset_run(tx: Transaction, run: str) -> dict[str, int]:
    """Clear one run; how many rows of each kind went."""
    return _clear(tx, run)


def reset_all(tx: Transaction) -> dict[str, int]:
    """Clear every run, and set the clock back to the one the server was started with."""
    gone = _clear(tx, None)
    reset_clock(tx)
    return gone


def known_runs(tx: Transaction) -> dict[str, int]:
    """Every run that left an exchange behind, and how many; "" is everybody's."""
    own = tables.exchange.c
    query = select(own.run, func.count()).where(own.call != FORGOTTEN).group_by(own.run).order_by(own.run)
    return {row[0]: row[1] for row in tx.connection.execute(query)}


def _clear(tx: Transaction, run: str | None) -> dict[str, int]:
    gone = {"exchange": forget(tx, Filters(run=run)), "armed": disarm(tx, run=run)}
    for table in _OF_A_RUN:
        of_run = () if run is None else (table.c.run == run,)
        gone[table.name] = tx.connection.execute(delete(table).where(*of_run)).rowcount
    tx.changed()
    return gone
