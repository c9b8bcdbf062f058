"""From the service's JSON to the plain fields of a Qualification, and from a typed paper to a question.

Everything that came over the wire is doubted here once: an answer to another question, about another day, for another
institution, of another kind, or with values the rules do not have, is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from pydantic import ValidationError

from eligibility.case import RATIOS
from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import (
    LimitConsent,
    ProcessingResultStatus,
    QualificationValidity,
    ReferenceClassification,
    SegmentOfResult,
)
from eligibility.oqs.errors import MessageError
from eligibility.oqs.messages import (
    QualificationConfirmSearchInfo,
    QualificationRequest,
    QualificationResult,
    RequestBody,
    RequestHeader,
    ResultOfQualificationConfirmation,
)
from eligibility.oqs.values import date_text, read_date
from kiosk.flow.states import ManualEntry, Trouble
from kiosk.services.interfaces import Qualification, ServiceStopped

CERTIFICATE_STATES = ("valid", "expiring", "grace")
OTHER_DAY = "other_day"
"""The code of an answer about another day than was asked about: an old one, or two clocks that differ."""
_SAME_DAY = timedelta(days=1)
"""How far the day of an answer by card may lie from the counter's today: midnight may come in between."""
_DECIDABLE = range(1, 6)
"""資格有効性 the rules know."""
_PUBLIC_ASSISTANCE_ONLY = 6
"""有効(未登録): 医療扶助 without a ticket on file, which the welfare office decides and not the desk (OQSCD006)."""
UNREGISTERED_TICKET = "validity_6"
"""Detail of the trouble that says so."""


class BrokenAnswerError(Exception):
    """What came is no answer to what was asked. `code` says which part, for staff; never a value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def request_by_numbers(entry: ManualEntry, institution: str, on: date, identifier: str) -> dict[str, object]:
    """siquc01req for a typed paper as web JSON; `identifier` comes back in the answer.

    Raises:
        ServiceStopped: SERVER_REFUSED `request`: a number does not fit the message.
    """
    try:
        message = QualificationRequest(
            message_header=RequestHeader(
                qualification_confirmation_date=date_text(on),
                medical_institution_code=institution,
                arbitrary_file_identifier=identifier,
            ),
            message_body=RequestBody(
                qualification_confirm_search_info=QualificationConfirmSearchInfo(
                    insurer_number=entry.insurer_number,
                    insured_card_symbol=entry.symbol or None,
                    insured_identification_number=entry.number,
                    insured_branch_number=entry.branch or None,
                    birthdate=date_text(entry.birthdate),
                    limit_application_certificate_related_cons_flg=LimitConsent.NOT_GIVEN,
                )
            ),
        )
        return to_json(message)
    except (ValidationError, MessageError):
        raise ServiceStopped(Trouble.SERVER_REFUSED, "request") from None  # the cause may quote what was typed


def answer_by_card(body: Mapping[str, object], institution: str, on: date) -> Qualification:
    """What the service says of a card; `on` is the counter's today.

    Raises:
        BrokenAnswerError: It is no answer to this question.
        ServiceStopped: It answers that it cannot (処理中, 異常終了, エラー), or what no rule decides (資格有効性 6).
    """
    state = body.get("certificate_state")
    if state not in CERTIFICATE_STATES:
        raise BrokenAnswerError("card")
    return _of_a_card(body, institution, on, str(state))


def answer_by_enrolment(body: Mapping[str, object], institution: str, on: date) -> Qualification:
    """What the service says of an enrolled card, whose certificate it never saw. Raises as `answer_by_card`."""
    if body.get("certificate_state", "missing") is not None:
        raise BrokenAnswerError("card")
    return _of_a_card(body, institution, on, "")


def _of_a_card(body: Mapping[str, object], institution: str, on: date, state: str) -> Qualification:
    registered = body.get("registered")
    if not isinstance(registered, bool):
        raise BrokenAnswerError("card")
    visit = body.get("visit", "")
    if not isinstance(visit, str):
        raise BrokenAnswerError("visit")
    message = _message(body, institution, ReferenceClassification.CARD)
    answered = read_date(message.message_header.qualification_confirmation_date)
    if answered is not None and abs(answered - on) > _SAME_DAY:
        raise BrokenAnswerError(OTHER_DAY)
    if registered:
        return replace(_qualification(message, "card", state), visit=visit)
    return Qualification("card", registered=False, code=message.result_code, certificate_state=state)


def answer_by_numbers(body: Mapping[str, object], institution: str, identifier: str, on: date) -> Qualification:
    """What the service says of a paper's numbers; `on` is the day that was asked about. Raises as `answer_by_card`."""
    message = _message(body, institution, ReferenceClassification.INSURED_DATA)
    if read_date(message.message_header.qualification_confirmation_date) not in (None, on):
        raise BrokenAnswerError(OTHER_DAY)
    if message.message_header.arbitrary_file_identifier not in (None, identifier):
        raise BrokenAnswerError("identifier")
    return _qualification(message, "numbers", "")


def _message(body: Mapping[str, object], institution: str, by: ReferenceClassification) -> QualificationResult:
    try:
        message = from_json(QualificationResult, body.get("message"))
    except MessageError as error:
        raise BrokenAnswerError(error.code) from None
    header = message.message_header
    if header.medical_institution_code != institution:
        raise BrokenAnswerError("institution")
    if header.reference_classification is not by:
        raise BrokenAnswerError("classification")
    return message


def _qualification(message: QualificationResult, by: str, certificate_state: str) -> Qualification:
    segment = message.message_header.segment_of_result
    if segment is not SegmentOfResult.DONE:
        raise ServiceStopped(Trouble.SERVER_DOWN, message.result_code or f"segment_{segment.value}")
    body = message.message_body
    if body is None or body.processing_result_status is None:
        raise BrokenAnswerError("status")
    if body.processing_result_status is ProcessingResultStatus.ERROR:
        raise ServiceStopped(Trouble.SERVER_REFUSED, message.result_code or "status_2")
    validity = int(message.validity.value) if message.validity else 0
    if validity == _PUBLIC_ASSISTANCE_ONLY:
        raise ServiceStopped(Trouble.SERVER_REFUSED, UNREGISTERED_TICKET)
    if validity not in _DECIDABLE:
        raise BrokenAnswerError("validity")
    result = message.only_result
    if message.validity is QualificationValidity.VALID and result is None:
        raise BrokenAnswerError("results")  # 有効 counts only with exactly one result (online-qualification.md §3)
    said = Qualification(by, validity=validity, code=message.result_code, certificate_state=certificate_state)
    return said if result is None else _with_record(said, result, message)


def _with_record(
    said: Qualification, result: ResultOfQualificationConfirmation, message: QualificationResult
) -> Qualification:
    return Qualification(
        said.by,
        validity=said.validity,
        code=said.code,
        certificate_state=said.certificate_state,
        card_class=result.insured_card_classification or "",
        insurer_number=result.insurer_number or "",
        insurer_name=result.insurer_name or "",
        symbol=result.insured_card_symbol or "",
        number=result.insured_identification_number or "",
        branch=result.insured_branch_number or "",
        name=result.name or "",
        name_kana=result.name_kana or "",
        birthdate=result.born_on,
        burden_ratio=_share(result.burden_ratio),
        elderly_burden_ratio=_share(_elderly_ratio_in_effect(result, message)),
        valid_until=result.valid_until,
        lost_on=result.lost_on,
    )


def _elderly_ratio_in_effect(result: ResultOfQualificationConfirmation, message: QualificationResult) -> int | None:
    """The share on the 高齢受給者証, where that is in effect on the day that was asked about (design.md §5)."""
    paper = result.elderly_recipient_certificate_info
    on = read_date(message.message_header.qualification_confirmation_date)
    if paper is None or on is None:
        return None
    first = read_date(paper.elderly_recipient_valid_start_date) or date.min
    last = read_date(paper.elderly_recipient_valid_end_date) or date.max
    return result.elderly_burden_ratio if first <= on <= last else None


def _share(ratio: int | None) -> int | None:
    if ratio is not None and ratio not in RATIOS:
        raise BrokenAnswerError("ratio")  # charging by age instead would be a guess against the service
    return ratio
