"""Working a batch off, some items in one transaction: whatever process does it, each item is done once.

The result of an item is written in the transaction that found it. What breaks if wrong: after a crash an item is asked
twice, or never.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Row, bindparam, exists, select, update
from sqlalchemy.exc import SQLAlchemyError

from mock_server.batch.submissions import Kind, State
from mock_server.registry.tables import batch, batch_item
from mock_server.registry.transaction import Transaction

_log = logging.getLogger(__name__)

AT_ONCE: Final = 100
"""Items in one transaction: a few milliseconds, so that a counter beside it hardly waits."""

Answer = Callable[[Transaction, Row[Any], list[str]], list[str]]
"""From the batch's row and some items (JSON) to their results (JSON), in the same order."""

FAILED: Final = "MOCK-INTERNAL"
"""ProcessingResultCode of an item that broke the program."""

_WRITE = (
    update(batch_item)
    .where(batch_item.c.reception_number == bindparam("number"), batch_item.c.position == bindparam("at"))
    .values(result=bindparam("said"))
)


Failed = Callable[[str], str]
"""From an item (JSON) that could not be answered to its result (JSON)."""


def work_off(tx: Transaction, answers: Mapping[Kind, tuple[Answer, Failed]], at_most: int = AT_ONCE) -> int:
    """Do up to `at_most` items of the oldest batch that is not done; how many were done. 0: nothing was left to do."""
    for row in tx.connection.execute(
        select(batch).where(batch.c.state == State.WAITING.value).order_by(batch.c.at, batch.c.reception_number)
    ).all():
        done = _some(tx, row, *answers[Kind(row.kind)], at_most)
        if done:
            return done
    return 0


def _answered(tx: Transaction, row: Row[Any], items: list[str], answer: Answer, failed: Failed) -> list[str]:
    """The results; an item whose answer breaks the program gets a result that says so, and the others go on."""
    try:
        with tx.effects():
            return answer(tx, row, items)
    except (SQLAlchemyError, MemoryError):
        raise
    except Exception as error:
        if len(items) > 1:
            return [said for item in items for said in _answered(tx, row, [item], answer, failed)]
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _log.error("an item of a batch ended in %s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
        return [failed(items[0])]


def _some(tx: Transaction, row: Row[Any], answer: Answer, failed: Failed, at_most: int) -> int:
    own = batch_item.c
    undone = own.result.is_(None)
    query = (
        select(own.position, own.request)
        .where(own.reception_number == row.reception_number, undone)
        .order_by(own.position)
        .limit(at_most)
        .with_for_update(skip_locked=True)  # another worker process may be at the others; SQLite has one writer anyway
    )
    items = tx.connection.execute(query).all()
    if items:
        results = _answered(tx, row, [item.request for item in items], answer, failed)
        tx.connection.execute(
            _WRITE,
            [
                {"number": row.reception_number, "at": item.position, "said": said}
                for item, said in zip(items, results, strict=True)
            ],
        )
    if len(items) < at_most:
        left = exists().where(own.reception_number == row.reception_number, undone)
        tx.connection.execute(
            update(batch).where(batch.c.reception_number == row.reception_number, ~left).values(state=State.DONE.value)
        )
    return len(items)


def parsed(item: str) -> dict[str, Any]:
    """An item or result as it was stored."""
    value: dict[str, Any] = json.loads(item)
    return value
