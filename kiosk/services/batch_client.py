"""一括照会 over HTTP: hand a list in, ask how far it is, read the answers. What came is doubted here once.

A list may be handed in again under the same identifier: the service then has one, not two. What breaks if it is wrong:
an answer about one person is written beside another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import ValidationError

from eligibility.oqs.bulk_messages import (
    BulkConfirmUnit,
    BulkQualificationRequest,
    BulkQualificationResult,
    BulkReceipt,
    BulkRequestBody,
    BulkResultRequest,
    BulkResultRequestBody,
)
from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import LimitConsent, ProcessingResultStatus, SegmentOfResult
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.headers import PlainRequestHeader, RequestHeader
from eligibility.oqs.messages import QualificationConfirmSearchInfo
from eligibility.oqs.values import date_text
from kiosk.flow.states import Trouble
from kiosk.services.http_asker import HttpAsker
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.oqs_answer import BrokenAnswerError

LARGEST_RESULT: Final = 64 * 1_048_576
"""Bytes of the results of 10 000 people."""
PATIENCE_S: Final = 120.0
"""Seconds one request may take: ten thousand people are some 15 MB of answer."""
UNKNOWN: Final = "MOCK-BATCH-UNKNOWN"


M = TypeVar("M", bound=Element)


class Asked(NamedTuple):
    """The numbers of one person, as a message wants them."""

    insurer_number: str
    symbol: str
    number: str
    branch: str
    birthdate: date


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is; `answers` is None until it is done, then one for each person, in order."""

    done: int
    total: int
    answers: Sequence[dict[str, Any]] | None


class HttpBatchClient:
    """Asks one server for one institution. Give it an asker for `LARGEST_RESULT` and `PATIENCE_S`; it closes it."""

    def __init__(self, asker: HttpAsker, institution: str, *, also_close: Callable[[], None] = lambda: None) -> None:
        """`also_close` is called last: what stands behind an asker in this process."""
        self._asker = asker
        self._institution = institution
        self._also_close = also_close

    def submit(self, people: Sequence[Asked], on: date, identifier: str) -> str:
        """Hand the list in for the day `on`; its 受付番号. Raises ServiceStopped."""
        try:
            message = to_json(_request(people, on, self._institution, identifier))
        except (ValidationError, MessageError):
            raise ServiceStopped(Trouble.SERVER_REFUSED, "request") from None  # the cause may quote what was typed
        return self._asker.ask("v1/batch", {"message": message}, lambda body: self._receipt(body, identifier))

    def result(self, reception_number: str, people: Sequence[Asked]) -> Progress:
        """How far the list of that 受付番号 is. Raises ServiceStopped; `UNKNOWN` as its detail: hand it in again."""
        asked = BulkResultRequest(
            message_header=PlainRequestHeader(medical_institution_code=self._institution),
            message_body=BulkResultRequestBody(reception_number=reception_number),
        )
        return self._asker.ask(
            "v1/batch/result", {"message": to_json(asked)}, lambda body: self._progress(body, people)
        )

    def close(self) -> None:
        """Let go of the connection. Safe to call twice."""
        self._asker.close()
        self._also_close()

    def _receipt(self, body: Mapping[str, object], identifier: str) -> str:
        message = _read(BulkReceipt, body)
        header = message.message_header
        if header.medical_institution_code != self._institution:
            raise BrokenAnswerError("institution")
        if header.arbitrary_file_identifier not in (None, identifier):
            raise BrokenAnswerError("identifier")
        if message.reception_number is None:
            raise ServiceStopped(Trouble.SERVER_DOWN, header.error_code or "no_receipt")
        return message.reception_number

    def _progress(self, body: Mapping[str, object], people: Sequence[Asked]) -> Progress:
        message = _read(BulkQualificationResult, body)
        header = message.message_header
        if header.medical_institution_code != self._institution:
            raise BrokenAnswerError("institution")
        if header.segment_of_result is SegmentOfResult.RUNNING:
            done = body.get("done")
            return Progress(done if isinstance(done, int) and 0 <= done <= len(people) else 0, len(people), None)
        if header.segment_of_result is not SegmentOfResult.DONE:
            raise ServiceStopped(Trouble.SERVER_DOWN, header.error_code or "segment_9")
        if len(message.units) != len(people):
            raise BrokenAnswerError("units")
        answers = [_answer(unit, person) for unit, person in zip(message.units, people, strict=True)]
        return Progress(len(people), len(people), answers)


def _request(people: Sequence[Asked], on: date, institution: str, identifier: str) -> BulkQualificationRequest:
    return BulkQualificationRequest(
        message_header=RequestHeader(
            qualification_confirmation_date=date_text(on),
            medical_institution_code=institution,
            arbitrary_file_identifier=identifier,
        ),
        message_body=BulkRequestBody(people=tuple(_search(person) for person in people)),
    )


def _search(person: Asked) -> QualificationConfirmSearchInfo:
    return QualificationConfirmSearchInfo(
        insurer_number=person.insurer_number,
        insured_card_symbol=person.symbol or None,
        insured_identification_number=person.number,
        insured_branch_number=person.branch or None,
        birthdate=date_text(person.birthdate),
        limit_application_certificate_related_cons_flg=LimitConsent.NOT_GIVEN,
    )


def _read(model: type[M], body: Mapping[str, object]) -> M:
    try:
        return from_json(model, body.get("message"))
    except MessageError as error:
        raise BrokenAnswerError(error.code) from None


def _answer(unit: BulkConfirmUnit, person: Asked) -> dict[str, Any]:
    """One person's answer as the report wants it. Raises BrokenAnswerError where it is about somebody else."""
    if unit.qualification_confirm_search_info != _search(person):
        raise BrokenAnswerError("person")
    result = unit.result_of_qualification_confirmation
    well = unit.processing_result_status is ProcessingResultStatus.DONE and unit.qualification_validity is not None
    said: dict[str, Any] = {
        "validity": int(unit.qualification_validity.value) if well and unit.qualification_validity else None,
        "code": unit.processing_result_code,
    }
    if result is not None:
        said |= {
            "insurer_number": result.insurer_number,
            "insurer_name": result.insurer_name,
            "symbol": result.insured_card_symbol,
            "number": result.insured_identification_number,
            "branch": result.insured_branch_number,
            "name": result.name,
            "burden_ratio": result.burden_ratio,
            "elderly_burden_ratio": result.elderly_burden_ratio,
            "valid_until": result.valid_until.isoformat() if result.valid_until else None,
            "lost_on": result.lost_on.isoformat() if result.lost_on else None,
        }
    return said
