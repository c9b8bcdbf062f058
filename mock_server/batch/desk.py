"""The batch desk: take a bulk request down, say how far it is, give its results out. For every transport; it blocks.

What breaks if wrong: a 受付番号 for something that was not kept, or one institution's list in another's hands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

from sqlalchemy import Row, Select, select

from eligibility.calendar import JST
from eligibility.oqs.bulk_messages import BulkConfirmUnit, BulkQualificationRequest, BulkReceipt, ReceiptBody
from eligibility.oqs.codes import ReferenceClassification, SegmentOfResult
from eligibility.oqs.headers import BulkResultHeader, ReceiptHeader
from eligibility.oqs.reference_numbers import BulkReferenceNumberRequest, BulkRegistrationUnit
from eligibility.oqs.values import date_text, time_text
from mock_server.asked_days import asked_day
from mock_server.batch import qualifications, registrations
from mock_server.batch.submissions import (
    PIECE,
    Kind,
    Reception,
    State,
    acknowledge,
    add_items,
    how_many_are_done,
    how_many_failed,
    open_submission,
    reception,
    submission_name,
)
from mock_server.batch.work import Answer, Failed, work_off
from mock_server.batch.worker import BatchWorker
from mock_server.callers import Caller
from mock_server.exchange_scope import exchange_of
from mock_server.registry.ledger import Ledger
from mock_server.registry.tables import batch_item
from mock_server.registry.transaction import Transaction

ANSWERS: dict[Kind, tuple[Answer, Failed]] = {
    Kind.QUALIFICATION: (qualifications.answer_some, qualifications.failed),
    Kind.REFERENCE_NUMBER: (registrations.answer_some, registrations.failed),
}
SUBMISSIONS: Final = {Kind.QUALIFICATION: "batch.submit", Kind.REFERENCE_NUMBER: "reference_number.bulk"}
"""What handing in a list of each kind is called; asking how far it is, is `batch.result` for both."""
_NUMBER_BYTES = 6
SHOWN = 40
"""Characters of an asked-for 受付番号 that are kept; ours have 16."""
Unit = BulkConfirmUnit | BulkRegistrationUnit
RawUnits = Iterator[list[str]]


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """What became of a batch so far. Before it is done there are no units."""

    kind: Kind
    header: BulkResultHeader
    done: int
    total: int
    pieces: Callable[[], RawUnits] = field(repr=False)
    """The results as JSON texts, some at a time, in the order of the request; read from the store as they are taken."""

    def units(self) -> Iterator[Unit]:
        """The results as elements, one at a time."""
        read = qualifications.unit_of if self.kind is Kind.QUALIFICATION else registrations.unit_of
        for piece in self.pieces():
            for result in piece:
                yield read(result)


class BatchDesk:
    """Bulk requests of one store. Every method blocks until the store has answered; none is to run on an event loop."""

    def __init__(self, ledger: Ledger, random_bytes: Callable[[int], bytes]) -> None:
        self._ledger = ledger
        self._random_bytes = random_bytes
        self._worker = BatchWorker(lambda: ledger.run_sync(partial(work_off, answers=ANSWERS)))

    def go_on(self) -> None:
        """Work off what an earlier process left."""
        self._worker.kick()

    def close(self) -> None:
        """End the work after the items at hand; what is left is gone on with at the next start."""
        self._worker.stop()

    # ── taking down ──

    def submit(self, caller: Caller, request: BulkQualificationRequest) -> BulkReceipt:
        """Take down a 一括照会 (muquc01). The receipt means: every person of it is kept.

        Raises:
            QualificationError: BATCH_EMPTY, BATCH_TOO_MANY, or of the caller.
            RegistryError: The store cannot be used; send the same again.
        """
        header = request.message_header
        items = [qualifications.item_of(person) for person in request.message_body.people]
        asked_for = asked_day(header.qualification_confirmation_date)
        return self._take(caller, Kind.QUALIFICATION, header.arbitrary_file_identifier, items, asked_for)

    def submit_registrations(self, caller: Caller, request: BulkReferenceNumberRequest) -> BulkReceipt:
        """Take down 照会番号 of many people (muimm01). Raises as `submit`."""
        items = [registrations.item_of(one) for one in request.message_body.registrations]
        return self._take(caller, Kind.REFERENCE_NUMBER, request.message_header.arbitrary_file_identifier, items, None)

    def _take(
        self, caller: Caller, kind: Kind, identifier: str | None, items: Sequence[str], on: date | None
    ) -> BulkReceipt:
        number = f"MOCK{self._random_bytes(_NUMBER_BYTES).hex().upper()}"
        header = {} if on is None else {qualifications.ON: on.isoformat()}
        name = submission_name(kind, identifier, (*items, repr(header)), salt=number)

        def begin(tx: Transaction) -> Reception:
            with exchange_of(tx, caller, SUBMISSIONS[kind]) as exchange:
                exchange.request = json.dumps({"kind": kind.value, "people": len(items), **header})
                taken = open_submission(tx, caller, kind, name, number, len(items), identifier, header)
                exchange.answer = json.dumps({"reception_number": taken.number})
                exchange.outcome = "received"
                return taken

        taken = self._ledger.run_sync(begin)
        if taken.state is State.RECEIVING:
            for first in range(0, len(items), PIECE):
                piece = items[first : first + PIECE]
                self._ledger.run_sync(partial(add_items, number=taken.number, first=first, items=piece))
            self._ledger.run_sync(lambda tx: acknowledge(tx, taken.number))
        self._worker.kick()
        return _receipt(caller, taken)

    # ── giving out ──

    def result(self, caller: Caller, number: str) -> BulkAnswer:
        """What became of the batch of that 受付番号.

        Raises:
            QualificationError: BATCH_UNKNOWN, or of the caller.
            RegistryError: The store cannot be used.
        """

        def look(tx: Transaction) -> BulkAnswer:
            with exchange_of(tx, caller, "batch.result") as exchange:
                exchange.request = json.dumps({"reception_number": number[:SHOWN]})
                taken = reception(tx, caller, number)
                done = taken.total if taken.state is State.DONE else how_many_are_done(tx, number)
                finished = done == taken.total and taken.state is not State.RECEIVING
                exchange.answer = json.dumps({"done": done, "people": taken.total})
                exchange.outcome = "batch:done" if finished else "batch:running"
                failed = how_many_failed(tx, number) if finished else None
                header = _result_header(tx, caller, taken, failed)
                return BulkAnswer(
                    taken.kind, header, done, taken.total, lambda: self._pieces(number) if finished else iter(())
                )

        answer = self._ledger.run_sync(look)
        if answer.done < answer.total:
            self._worker.kick()
        return answer

    def _pieces(self, number: str) -> RawUnits:
        columns = batch_item.c
        last = -1
        while True:
            query = (
                select(columns.position, columns.result)
                .where(columns.reception_number == number, columns.position > last)
                .order_by(columns.position)
                .limit(PIECE)
            )
            rows = self._ledger.run_sync(partial(_read, query=query), reads=True)
            if not rows:
                return
            yield [row.result for row in rows]
            last = rows[-1].position


def _read(tx: Transaction, query: Select[Any]) -> Sequence[Row[Any]]:
    return tx.connection.execute(query).all()


def _receipt(caller: Caller, taken: Reception) -> BulkReceipt:
    at = time_text(taken.at.astimezone(JST))
    header = ReceiptHeader(
        process_execution_time=at,
        medical_institution_code=caller.institution,
        arbitrary_file_identifier=taken.file_identifier,
    )
    return BulkReceipt(
        message_header=header, message_body=ReceiptBody(reception_number=taken.number, reception_date_time=at)
    )


def _result_header(tx: Transaction, caller: Caller, taken: Reception, failed: int | None) -> BulkResultHeader:
    """`failed` is how many items failed; None while it is not finished."""
    finished = failed is not None
    on = taken.header.get(qualifications.ON)
    return BulkResultHeader(
        process_execution_time=time_text(tx.now()),
        qualification_confirmation_date=None if on is None else date_text(date.fromisoformat(on)),
        medical_institution_code=caller.institution,
        arbitrary_file_identifier=taken.file_identifier,
        reception_number=taken.number,
        reference_classification=(ReferenceClassification.INSURED_DATA if taken.kind is Kind.QUALIFICATION else None),
        segment_of_result=SegmentOfResult.DONE if finished else SegmentOfResult.RUNNING,
        number_of_processing_result=str(taken.total) if finished else None,
        number_of_normal_processing=None if failed is None else str(taken.total - failed),
        number_of_error=None if failed is None else str(failed),
    )
