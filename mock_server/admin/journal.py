"""What the server received, read back: by run, institution, call, person, how it ended, and from where on.

What breaks if wrong: a test finds requests of another run, or a tester sees what is masked elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, case, delete, func, or_, select, update

from mock_server.errors import QualificationError, Refusal
from mock_server.registry.tables import exchange
from mock_server.registry.transaction import Transaction

FORGOTTEN: Final = "forgotten"
"""The call of an exchange that was taken away: of it only the used challenge is left, so that it stays used."""
MOST: Final = 1_000
_OWN = exchange.c
_SHOWN = (
    _OWN.id,
    _OWN.key,
    _OWN.at,
    _OWN.institution,
    _OWN.run,
    _OWN.via,
    _OWN.call,
    _OWN.purpose,
    _OWN.outcome,
    _OWN.person,
    _OWN.scenario,
    _OWN.took_us,
    _OWN.request,
    _OWN.answer,
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which exchanges are meant; None where it does not matter. A word before a dot means the whole group."""

    run: str | None = None
    institution: str | None = None
    call: str | None = None
    """`qualification.card`, or `qualification` for all of them."""
    persona: str | None = None
    outcome: str | None = None
    """`validity:1`, or `validity` for all of them."""
    via: str | None = None
    scenario: str | None = None
    """Exchanges that this trouble struck."""

    def clauses(self) -> list[ColumnElement[bool]]:
        """As conditions on the table."""
        found = [_OWN.call != FORGOTTEN]
        for column, wanted in (
            (_OWN.run, self.run),
            (_OWN.institution, self.institution),
            (_OWN.person, self.persona),
            (_OWN.via, self.via),
        ):
            if wanted is not None:
                found.append(column == wanted)
        if self.call is not None:
            found.append(or_(_OWN.call == self.call, _begins(_OWN.call, f"{self.call}.")))
        if self.outcome is not None:
            found.append(or_(_OWN.outcome == self.outcome, _begins(_OWN.outcome, f"{self.outcome}:")))
        if self.scenario is not None:
            listed = ", " + _OWN.scenario + ","
            # Not LIKE, here and below: in SQLite that takes capitals for small letters.
            found.append(func.replace(listed, f", {self.scenario},", "") != listed)
        return found


def _begins(column: ColumnElement[str], start: str) -> ColumnElement[bool]:
    return func.substr(column, 1, len(start)) == start


def newest(tx: Transaction, filters: Filters, limit: int) -> list[dict[str, Any]]:
    """The newest `limit` exchanges, oldest first."""
    query = select(*_SHOWN).where(*filters.clauses()).order_by(_OWN.id.desc()).limit(limit)
    return [_as_dict(row) for row in reversed(tx.connection.execute(query).mappings().all())]


def after(
    tx: Transaction, filters: Filters, last: int, limit: int, *, without: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Up to `limit` exchanges behind `last` (an id) but those of `without`, oldest first."""
    clauses = [*filters.clauses(), _OWN.id > last]
    if without:
        clauses.append(_OWN.id.not_in(without))
    query = select(*_SHOWN).where(and_(*clauses)).order_by(_OWN.id).limit(limit)
    return [_as_dict(row) for row in tx.connection.execute(query).mappings()]


def between(tx: Transaction, filters: Filters, last: int, until: int, *, messages: bool) -> list[dict[str, Any]]:
    """Those with an id above `last` and up to `until`, oldest first.

    With `messages` request and answer come as the JSON texts they are: taking them apart is not for the ledger's
    thread. Without, they are not even read.
    """
    columns = _SHOWN if messages else _SHOWN[:-2]
    query = select(*columns).where(*filters.clauses(), _OWN.id > last, _OWN.id <= until).order_by(_OWN.id)
    return [dict(row) for row in tx.connection.execute(query).mappings()]


def counts(tx: Transaction, wanted: Sequence[Filters], last: int, until: int) -> list[int]:
    """How many there are of each, among those with an id above `last` and up to `until`."""
    columns = [func.count(case((and_(*filters.clauses()), 1))) for filters in wanted]
    query = select(*columns).where(_OWN.id > last, _OWN.id <= until)
    return [int(count) for count in tx.connection.execute(query).one()]


def id_range(tx: Transaction) -> tuple[int, int]:
    """The lowest and the highest id of all; (0, 0) before the first."""
    lowest, highest = tx.connection.execute(select(func.min(_OWN.id), func.max(_OWN.id))).one()
    return lowest or 0, highest or 0


def last_id(tx: Transaction) -> int:
    """The id of the newest exchange of all; 0 before the first."""
    return tx.connection.execute(select(_OWN.id).order_by(_OWN.id.desc()).limit(1)).scalar() or 0


def one(tx: Transaction, number: int) -> dict[str, Any]:
    """The exchange of that id. Raises QualificationError EXCHANGE_UNKNOWN."""
    query = select(*_SHOWN).where(_OWN.id == number, _OWN.call != FORGOTTEN)
    row = tx.connection.execute(query).mappings().one_or_none()
    if row is None:
        raise QualificationError(Refusal.EXCHANGE_UNKNOWN)
    return _as_dict(row)


def forget(tx: Transaction, filters: Filters) -> int:
    """Take exchanges away; how many. A challenge that was used stays used, whatever the clock is set to."""
    clauses = filters.clauses()
    gone = tx.connection.execute(delete(exchange).where(*clauses, _OWN.nonce.is_(None))).rowcount
    blank = dict.fromkeys(("institution", "run", "purpose", "outcome", "person", "request", "answer", "scenario"), "")
    stripped = tx.connection.execute(
        update(exchange).where(*clauses, _OWN.nonce.is_not(None)).values(call=FORGOTTEN, took_us=0, **blank)
    ).rowcount
    return gone + stripped


def _as_dict(row: RowMapping) -> dict[str, Any]:
    return taken_apart({str(name): value for name, value in row.items()})


def taken_apart(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its request and answer, where it has them, as JSON; None where there is nothing to show."""
    return row | {name: json.loads(row[name]) if row[name] else None for name in ("request", "answer") if name in row}
