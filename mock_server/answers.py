"""A finding as a `siquc01` result: which element says what (online-qualification.md §2.1, §2.3).

Items that a person does not have are absent, never empty. Codes of our own begin with `MOCK-`. What breaks if wrong:
a レセコン or a counter reads another insurer, number or share than the person has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from eligibility.calendar import JST, CertificateState, elderly_from, preschool_until, seventy_rule_from
from eligibility.oqs.codes import (
    PersonalFamilyClassification,
    PreschoolClassification,
    ProcessingResultStatus,
    ReferenceClassification,
    SegmentOfResult,
)
from eligibility.oqs.messages import (
    ElderlyRecipientCertificateInfo,
    QualificationConfirmSearchInfo,
    QualificationResult,
    ResultBody,
    ResultHeader,
    ResultList,
    ResultOfQualificationConfirmation,
)
from eligibility.oqs.values import date_text, ratio_text, time_text
from mock_server.findings import Finding
from mock_server.people import Membership, Person
from mock_server.words import text

NOT_REGISTERED = "MOCK-NOT-REGISTERED"
"""ProcessingResultCode: the card was read and believed, but has no 利用登録."""
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


def found(asked: Asked, finding: Finding, note: str | None = None) -> QualificationResult:
    """The answer to a question that could be answered; `note` is a code with words `result.<code>`."""
    results: tuple[ResultOfQualificationConfirmation, ...] = ()
    if finding.person is not None and finding.membership is not None:
        results = (_result(finding.person, finding.membership, asked.on),)
    body = ResultBody(
        qualification_confirm_search_info=asked.query,
        processing_result_status=ProcessingResultStatus.DONE,
        processing_result_code=note,
        processing_result_message=_sentence(note),
        qualification_validity=finding.validity,
        result_list=ResultList(results=results) if results else None,
    )
    return QualificationResult(message_header=_header(asked), message_body=body)


def not_answered(asked: Asked, code: str) -> QualificationResult:
    """The answer to a question that is understood but has no answer for this person: `code` says why."""
    body = ResultBody(
        qualification_confirm_search_info=asked.query,
        processing_result_status=ProcessingResultStatus.ERROR,
        processing_result_code=code,
        processing_result_message=_sentence(code),
    )
    return QualificationResult(message_header=_header(asked), message_body=body)


def _header(asked: Asked) -> ResultHeader:
    return ResultHeader(
        process_execution_time=time_text(asked.at.astimezone(JST)),
        qualification_confirmation_date=date_text(asked.on),
        medical_institution_code=asked.institution,
        arbitrary_file_identifier=asked.file_identifier,
        reference_classification=asked.by,
        segment_of_result=SegmentOfResult.DONE,
    )


def _sentence(code: str | None) -> str | None:
    # The service speaks Japanese to everybody; whoever wants another language goes by the code.
    return None if code is None else text("ja", f"result.{code}")


def _result(person: Person, own: Membership, on: date) -> ResultOfQualificationConfirmation:
    return ResultOfQualificationConfirmation(
        insured_card_classification=own.card_class,
        insurer_number=own.insurer_number,
        insured_card_symbol=own.symbol or None,
        insured_identification_number=own.number,
        insured_branch_number=own.branch or None,
        personal_family_classification=PersonalFamilyClassification(own.family),
        insured_name=own.holder_name or person.name,
        name=person.name,
        name_kana=person.kana,
        sex1=person.sex,
        birthdate=date_text(person.birthdate),
        address=person.address,
        post_number=person.post_number,
        qualification_date=date_text(own.qualified_on),
        disqualification_date=_maybe_date(own.lost_on),
        insured_certificate_issuance_date=_maybe_date(own.issued_on),
        insured_card_valid_date=date_text(own.qualified_on),
        insured_card_expiration_date=_maybe_date(own.valid_until),
        insured_partial_contribution_ratio=None if own.burden_ratio is None else ratio_text(own.burden_ratio),
        preschool_classification=PreschoolClassification.PRESCHOOL if on <= preschool_until(person.birthdate) else None,
        reason_of_loss=own.reason_of_loss or None,
        insurer_name=own.insurer_name,
        elderly_recipient_certificate_info=_elderly_paper(person.birthdate, own, on),
    )


def _elderly_paper(birthdate: date, own: Membership, on: date) -> ElderlyRecipientCertificateInfo | None:
    """The 高齢受給者証 in effect on `on`: from the month 70 counts to the day before 75, renewed every 1 August."""
    begin, end = seventy_rule_from(birthdate), elderly_from(birthdate) - timedelta(days=1)
    if own.elderly_ratio is None or not begin <= on <= end:
        return None
    renewed = date(on.year if (on.month, on.day) >= (8, 1) else on.year - 1, 8, 1)
    first = max(begin, renewed)
    return ElderlyRecipientCertificateInfo(
        elderly_recipient_certificate_date=date_text(first),
        elderly_recipient_valid_start_date=date_text(first),
        elderly_recipient_valid_end_date=date_text(min(end, date(renewed.year + 1, 7, 31))),
        elderly_recipient_contribution_ratio=ratio_text(own.elderly_ratio),
    )


def _maybe_date(day: date | None) -> str | None:
    return None if day is None else date_text(day)
