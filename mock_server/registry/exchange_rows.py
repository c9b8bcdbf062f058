"""Exchanges as rows: many in one statement, and which of them came too late because their challenge was used before.

The statement is the same text each time, so each driver prepares it once; SQLAlchemy's own way costs more than the
signature check. What breaks if wrong: a challenge counts twice, or nobody's does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from mock_server.registry.exchanges import Exchange
from mock_server.registry.tables import exchange as table

COLUMNS: Final = tuple(column.name for column in table.columns if column.name != "id")
_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_ONE = f"VALUES ({', '.join('?' for _ in COLUMNS)})"
_ARRAYS = ", ".join(f"%b::{'integer' if name == 'took_us' else 'text'}[]" for name in COLUMNS)
_INSERT: Final = {
    dialect: f'INSERT INTO "exchange" ({_NAMES}) {source} ON CONFLICT DO NOTHING'
    for dialect, source in (("sqlite", _ONE), ("postgresql", f"SELECT * FROM unnest({_ARRAYS})"))  # noqa: S608
}


def insert_rows(connection: Connection, exchanges: Sequence[Exchange]) -> set[str]:
    """Insert a row for each; the keys of those left out because a row with their nonce is there.

    Of two with the same nonce in `exchanges` the first is written.
    """
    rows = [_row(exchange) for exchange in exchanges]
    dialect = connection.dialect.name
    # SQLite runs the statement once for each row without coming back; PostgreSQL takes one array for each column.
    values: Any = rows if dialect == "sqlite" else tuple(map(list, zip(*rows, strict=True)))
    written = connection.exec_driver_sql(_INSERT[dialect], values).rowcount
    if written == len(rows):
        return set()
    keys = {exchange.key for exchange in exchanges}
    return keys - set(connection.execute(select(table.c.key).where(table.c.key.in_(keys))).scalars())


def update_row(connection: Connection, exchange: Exchange) -> None:
    """Write an exchange that has its row as it now is."""
    values = dict(zip(COLUMNS, _row(exchange), strict=True))
    connection.execute(table.update().where(table.c.key == values.pop("key")).values(values))


def _row(exchange: Exchange) -> tuple[object, ...]:
    """The values, in the order of the table's columns."""
    return (
        exchange.key,
        exchange.at.isoformat(),
        exchange.institution,
        exchange.run,
        exchange.via,
        exchange.call,
        exchange.purpose,
        exchange.nonce,
        exchange.outcome,
        exchange.person,
        exchange.request,
        exchange.answer,
        exchange.scenario,
        exchange.took_us,
    )
