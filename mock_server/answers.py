"""A finding as a `siquc01` result: header, status, 資格有効性 and person (online-qualification.md §2.1, §2.3).

Codes of our own begin with `MOCK-`. Elements are built without validating them again, because this runs for each visit
and the values are ours or come out of a message that was read; a test validates the answers about every persona. What
breaks if wrong: an answer is taken for a refusal, or a refusal for an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from eligibility.calendar import JST, CertificateState
from eligibility.oqs.codes import (
    LimitConsent,
    PrescriptionIssueSelect,
    ProcessingResultStatus,
    ReferenceClassification,
    SegmentOfResult,
)
from eligibility.oqs.headers import ResultHeader
from eligibility.oqs.messages import QualificationConfirmSearchInfo, QualificationResult, ResultBody, ResultList
from eligibility.oqs.values import date_text, time_text
from mock_server.answer_results import result_of
from mock_server.consents import ConsentRecord
from mock_server.findings import Finding
from mock_server.people import CardHolder
from mock_server.words import text

NOT_REGISTERED = "MOCK-NOT-REGISTERED"
"""ProcessingResultCode: the card was read and believed, but has no 利用登録."""
SELF_INFO_REFUSED = "MOCK-SELF-INFO-REFUSED"
"""ProcessingResultCode: 自己情報提供不可. The card can be neither used nor registered; a 資格確認書 is needed
(reception.md §7). That the service answers so, and not with "not registered", is our choice."""
CERTIFICATE_NOTES = {
    CertificateState.EXPIRING: "MOCK-CERTIFICATE-EXPIRING",
    CertificateState.GRACE: "MOCK-CERTIFICATE-GRACE",
}
"""ProcessingResultCode beside an answer: extra information, not a failure (§2.3)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, when, for which day, and by what: the part of an answer that only repeats the question."""

    at: datetime
    on: date
    institution: str
    by: ReferenceClassification
    file_identifier: str | None = None
    query: QualificationConfirmSearchInfo | None = None


def card_obstacle(holder: CardHolder) -> str | None:
    """Why a card that is genuine gets no answer, as a code for `not_answered`; None where it gets one."""
    if holder.person.self_info_refused:
        return SELF_INFO_REFUSED
    return None if holder.registered else NOT_REGISTERED


def found(
    asked: Asked,
    finding: Finding,
    note: str | None = None,
    consent: ConsentRecord | None = None,
    reference_number: str | None = None,
) -> QualificationResult:
    """The answer to a question that could be answered.

    `note` is a code with words `result.<code>`. `consent` is what the patient agreed to in this visit, None where
    nobody asked: with numbers, or in the grace period of a certificate. `reference_number` is the 照会番号 that the
    institution registered for the person, None where there is none.
    """
    body: dict[str, Any] = {
        "processing_result_status": ProcessingResultStatus.DONE,
        "qualification_validity": finding.validity,
        **_query_and_note(asked, note),
    }
    person, by_card = finding.person, asked.by is ReferenceClassification.CARD
    if person is not None and finding.membership is not None:
        result = result_of(
            person,
            finding.membership,
            on=asked.on,
            at=asked.at.astimezone(JST),
            institution=asked.institution,
            by_card=by_card,
            limit_wanted=_wants_limit(asked.query),
            consent=consent if by_card else None,
            reference_number=reference_number,
        )
        body["result_list"] = ResultList.model_construct(results=(result,))
        if by_card and person.prescription:
            body["prescription_issue_select"] = PrescriptionIssueSelect(person.prescription)
    return _message(asked, body)


def not_answered(asked: Asked, code: str) -> QualificationResult:
    """The answer to a question that is understood but has no answer for this person: `code` says why."""
    return _message(asked, {"processing_result_status": ProcessingResultStatus.ERROR, **_query_and_note(asked, code)})


def _wants_limit(query: QualificationConfirmSearchInfo | None) -> bool:
    return query is not None and query.limit_application_certificate_related_cons_flg is LimitConsent.GIVEN


def _query_and_note(asked: Asked, code: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {} if asked.query is None else {"qualification_confirm_search_info": asked.query}
    if code is not None:
        values |= {"processing_result_code": code, "processing_result_message": _sentence(code)}
    return values


def _message(asked: Asked, body: dict[str, Any]) -> QualificationResult:
    return QualificationResult.model_construct(
        message_header=_header(asked), message_body=ResultBody.model_construct(**body)
    )


def _header(asked: Asked) -> ResultHeader:
    values: dict[str, Any] = {
        "process_execution_time": time_text(asked.at.astimezone(JST)),
        "qualification_confirmation_date": date_text(asked.on),
        "medical_institution_code": asked.institution,
        "reference_classification": asked.by,
        "segment_of_result": SegmentOfResult.DONE,
    }
    if asked.file_identifier is not None:
        values["arbitrary_file_identifier"] = asked.file_identifier
    return ResultHeader.model_construct(**values)


@cache
def _sentence(code: str) -> str:
    # The service speaks Japanese to everybody; whoever wants another language goes by the code.
    return text("ja", f"result.{code}")
