"""Taking a batch down: one row for the batch, one for each item, in pieces that keep nobody else waiting.

A submission has a name (what was asked, by whom, under which identifier). Sent again under the same name it is the same
batch with the same 受付番号, also when the first attempt was cut off half-way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.tables import batch, batch_item
from mock_server.registry.transaction import Transaction

MOST_ITEMS: Final = 10_000
"""People in one request (the issue of a リスト照会 of one day is a few hundred)."""
PIECE: Final = 500
"""Items written in one transaction."""


class Kind(StrEnum):
    """What is done with every item."""

    QUALIFICATION = "muquc"
    """一括照会"""
    REFERENCE_NUMBER = "muimm"
    """照会番号一括登録"""


class State(StrEnum):
    """How far a batch is."""

    RECEIVING = "receiving"
    """Its items are being written; it has not been acknowledged."""
    WAITING = "waiting"
    """Acknowledged; not all items are done."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Reception:
    """A batch as its sender may know it. `at` is when it was taken (aware)."""

    number: str
    """受付番号"""
    kind: Kind
    state: State
    total: int
    at: datetime
    file_identifier: str | None
    header: dict[str, str]


def submission_name(kind: Kind, file_identifier: str | None, items: Iterable[str], salt: str) -> str:
    """What makes a request sent twice the same one: its identifier and everything in it.

    Without an identifier nobody can tell two equal requests apart, so `salt` (random) keeps them apart.
    """
    digest = hashlib.sha256(f"{kind}\0{file_identifier or salt}\0".encode())
    for item in items:
        digest.update(item.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def open_submission(
    tx: Transaction,
    caller: Caller,
    kind: Kind,
    submission: str,
    number: str,
    total: int,
    file_identifier: str | None,
    header: dict[str, str],
) -> Reception:
    """The batch of this name; `number` becomes its 受付番号 where it is new.

    Raises:
        QualificationError: BATCH_TOO_MANY, BATCH_EMPTY.
    """
    if not total:
        raise QualificationError(Refusal.BATCH_EMPTY)
    if total > MOST_ITEMS:
        raise QualificationError(Refusal.BATCH_TOO_MANY, most=str(MOST_ITEMS))
    known = select(batch.c.reception_number).where(
        batch.c.run == caller.run, batch.c.institution == caller.institution, batch.c.submission == submission
    )
    present = tx.connection.execute(known).scalar_one_or_none()
    if present is None:
        tx.connection.execute(
            insert(batch).values(
                reception_number=number,
                run=caller.run,
                institution=caller.institution,
                submission=submission,
                file_identifier=file_identifier,
                kind=kind.value,
                header=json.dumps(header),
                at=tx.now().isoformat(),
                state=State.RECEIVING.value,
                total=total,
            )
        )
    return reception(tx, caller, present or number)


def reception(tx: Transaction, caller: Caller, number: str) -> Reception:
    """The batch of that 受付番号, for the institution and run that sent it only.

    Raises:
        QualificationError: BATCH_UNKNOWN.
    """
    query = select(batch).where(
        batch.c.reception_number == number, batch.c.run == caller.run, batch.c.institution == caller.institution
    )
    row = tx.connection.execute(query).one_or_none()
    if row is None:
        raise QualificationError(Refusal.BATCH_UNKNOWN)
    return Reception(
        row.reception_number,
        Kind(row.kind),
        State(row.state),
        row.total,
        datetime.fromisoformat(row.at),
        row.file_identifier,
        json.loads(row.header),
    )


def add_items(tx: Transaction, number: str, first: int, items: Sequence[str]) -> None:
    """Write items (JSON) from position `first` on; those that are there already stay as they are."""
    build = postgresql_insert if tx.connection.dialect.name == "postgresql" else sqlite_insert
    rows = [
        {"reception_number": number, "position": position, "request": item, "result": None}
        for position, item in enumerate(items, first)
    ]
    tx.connection.execute(build(batch_item).on_conflict_do_nothing(), rows)


def acknowledge(tx: Transaction, number: str) -> None:
    """Everything of the batch is there: from now on it is worked off."""
    tx.connection.execute(
        update(batch)
        .where(batch.c.reception_number == number, batch.c.state == State.RECEIVING.value)
        .values(state=State.WAITING.value)
    )


def how_many_are_done(tx: Transaction, number: str) -> int:
    """Items of the batch that have their result."""
    query = select(func.count()).where(batch_item.c.reception_number == number, batch_item.c.result.is_not(None))
    return tx.connection.execute(query).scalar_one()


def how_many_failed(tx: Transaction, number: str) -> int:
    """Items whose result says エラー (処理結果状況 2)."""
    failed = batch_item.c.result.contains('"ProcessingResultStatus":"2"', autoescape=True)
    query = select(func.count()).where(batch_item.c.reception_number == number, failed)
    return tx.connection.execute(query).scalar_one()
