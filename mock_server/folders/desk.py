"""Which part of the service answers which kind of request file, and the one transaction in which it does.

A clerk is a function of a transaction, like every job of the ledger. Bulk requests have clerks of their own, because
they are taken down and given out in several transactions. What breaks if wrong: a request is asked twice, or a kind of
message that the server knows over HTTP is unknown in a folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from eligibility.oqs.bulk_messages import (
    BulkQualificationRequest,
    BulkQualificationResult,
    BulkReceipt,
    BulkResultRequest,
)
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.medical_information import HealthCheckupsRequest, MedicinesRequest
from eligibility.oqs.messages import QualificationRequest
from eligibility.oqs.reference_numbers import (
    BulkReferenceNumberRequest,
    BulkReferenceNumberResult,
    ReferenceNumberRequest,
)
from mock_server.batch.desk import BatchDesk
from mock_server.batch.submissions import Kind
from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.transaction import Transaction
from mock_server.service import QualificationService

Clerk = Callable[[Transaction, Caller, Element], Element]
"""Answers one request. Raises QualificationError; may be run again after a rollback."""


@dataclass(frozen=True, slots=True)
class BulkReply:
    """What a bulk clerk answers: a message without people, and the people, one at a time, where there are any."""

    message: Element
    units: Iterable[Element] | None = None
    at: str = ""
    """ProcessExecutionTime of an answer with people in it."""


_Upload = TypeVar("_Upload", BulkQualificationRequest, BulkReferenceNumberRequest)
BulkClerk = Callable[[Caller, Element, str], BulkReply]
"""Answers one bulk request, known by its claim; blocks, and runs transactions of its own."""

CALLS: Final[Mapping[MessageKind, str]] = {
    MessageKind.QUALIFICATION: "qualification.numbers",
    MessageKind.REFERENCE_NUMBER: "reference_number",
    MessageKind.BULK_QUALIFICATION: "batch.submit",
    MessageKind.BULK_QUALIFICATION_RESULT: "batch.result",
    MessageKind.BULK_REFERENCE_NUMBER: "reference_number.bulk",
    MessageKind.BULK_REFERENCE_NUMBER_RESULT: "batch.result",
    MessageKind.MEDICINES: "medical_information",
    MessageKind.HEALTH_CHECKUPS: "medical_information",
}
"""What an exchange is called whose request file could not be read."""
UNKNOWN_CALL: Final = "folder"
"""The same for a file of no known kind."""


@dataclass(frozen=True, slots=True)
class Clerks:
    """Everybody at the desk."""

    single: Mapping[MessageKind, Clerk]
    bulk: Mapping[MessageKind, BulkClerk]


def clerks_of(service: QualificationService, batches: BatchDesk) -> Clerks:
    """The desk in front of a server's service."""

    def qualification(tx: Transaction, caller: Caller, request: Element) -> Element:
        return service.check_by_numbers(tx, caller, cast("QualificationRequest", request))

    def reference_number(tx: Transaction, caller: Caller, request: Element) -> Element:
        return service.register_reference_number(tx, caller, cast("ReferenceNumberRequest", request))

    def medical(tx: Transaction, caller: Caller, request: Element) -> Element:
        return service.medical_information(tx, caller, cast("MedicinesRequest | HealthCheckupsRequest", request))

    def submit(caller: Caller, request: Element, claim: str) -> BulkReply:
        return _receipt(batches.submit, caller, cast("BulkQualificationRequest", request), claim)

    def submit_registrations(caller: Caller, request: Element, claim: str) -> BulkReply:
        return _receipt(batches.submit_registrations, caller, cast("BulkReferenceNumberRequest", request), claim)

    def result(caller: Caller, request: Element, _: str) -> BulkReply:
        return _result(batches, caller, cast("BulkResultRequest", request), Kind.QUALIFICATION)

    def registrations(caller: Caller, request: Element, _: str) -> BulkReply:
        return _result(batches, caller, cast("BulkResultRequest", request), Kind.REFERENCE_NUMBER)

    return Clerks(
        single={
            MessageKind.QUALIFICATION: qualification,
            MessageKind.REFERENCE_NUMBER: reference_number,
            MessageKind.MEDICINES: medical,
            MessageKind.HEALTH_CHECKUPS: medical,
        },
        bulk={
            MessageKind.BULK_QUALIFICATION: submit,
            MessageKind.BULK_REFERENCE_NUMBER: submit_registrations,
            MessageKind.BULK_QUALIFICATION_RESULT: result,
            MessageKind.BULK_REFERENCE_NUMBER_RESULT: registrations,
        },
    )


def _receipt(
    submit: Callable[[Caller, _Upload], BulkReceipt], caller: Caller, request: _Upload, claim: str
) -> BulkReply:
    """Hand an upload in. The batch desk knows one sent again by its identifier: without one the claim stands for it.

    So a request that is asked again after a crash becomes the batch that it was.
    """
    header = request.message_header
    if header.arbitrary_file_identifier is not None:
        return BulkReply(submit(caller, request))
    named = header.model_copy(update={"arbitrary_file_identifier": claim})
    receipt = submit(caller, request.model_copy(update={"message_header": named}))
    unnamed = receipt.message_header.model_copy(update={"arbitrary_file_identifier": None})
    return BulkReply(receipt.model_copy(update={"message_header": unnamed}))


def _result(batches: BatchDesk, caller: Caller, request: BulkResultRequest, kind: Kind) -> BulkReply:
    """What became of an upload. The identifier that is echoed is that of this request."""
    found = batches.result(caller, request.reception_number)
    if found.kind is not kind:
        raise QualificationError(Refusal.BATCH_UNKNOWN)
    own = request.message_header.arbitrary_file_identifier
    header = found.header.model_copy(update={"arbitrary_file_identifier": own})
    model = BulkQualificationResult if kind is Kind.QUALIFICATION else BulkReferenceNumberResult
    message = model(message_header=header)
    return BulkReply(message, found.units() if found.done >= found.total else None, header.process_execution_time)
