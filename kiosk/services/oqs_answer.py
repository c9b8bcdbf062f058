"""From the service's JSON to the plain fields of a Qualification, and from a typed paper to a question.

Everything that came over the wire is doubted here once: an answer to another question, about another day, for another
institution, of another kind, or with values the rules do not have, is no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from eligibility.calendar import JST
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
from eligibility.papers.paper import Paper
from kiosk.flow.answer import SELF_INFO_REFUSED, Limit, Qualification, SpecificDisease
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import ServiceStopped

_SEXES = {"1": "male", "2": "female"}
"""性別 (OQSCD007)."""
_RELATIONS = {"1": "insured", "2": "dependant"}
"""本人・家族の別 (OQSCD009)."""
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


@dataclass(frozen=True, slots=True)
class AskedNumbers:
    """The keys of a query by numbers, half-width with their leading zeros. "" where the paper has none."""

    insurer_number: str = field(repr=False)
    symbol: str = field(repr=False)
    number: str = field(repr=False)
    branch: str = field(repr=False)
    birthdate: date = field(repr=False)

    @classmethod
    def of_paper(cls, paper: Paper) -> AskedNumbers:
        """The keys that a paper has.

        Raises:
            ServiceStopped: SERVER_REFUSED `request`: it lacks one (`eligibility.papers.paper.missing_for_query`).
        """
        if paper.insurer_number is None or paper.number is None or paper.birthdate is None:
            raise ServiceStopped(Trouble.SERVER_REFUSED, "request")
        return cls(paper.insurer_number.digits, paper.symbol or "", paper.number, paper.branch or "", paper.birthdate)


def request_by_numbers(entry: AskedNumbers, institution: str, on: date, identifier: str) -> dict[str, object]:
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


def answer_attested(body: Mapping[str, object], institution: str, on: date) -> Qualification:
    """What the service says of a card that signed nothing, which it must mark. Raises as `answer_by_card`."""
    if body.get("possession_not_proven") is not True:
        raise BrokenAnswerError("attested")
    return replace(answer_by_card(body, institution, on), possession_not_proven=True)


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
    if registered and message.result_code != SELF_INFO_REFUSED:
        return replace(_qualification(message, "card", state), visit=visit)
    return Qualification("card", registered=registered, code=message.result_code, certificate_state=state)


def answer_by_numbers(body: Mapping[str, object], institution: str, identifier: str, on: date) -> Qualification:
    """What the service says of a paper's numbers; `on` is the day that was asked about. Raises as `answer_by_card`."""
    message = _message(body, institution, ReferenceClassification.INSURED_DATA)
    if read_date(message.message_header.qualification_confirmation_date) not in (None, on):
        raise BrokenAnswerError(OTHER_DAY)
    if message.message_header.arbitrary_file_identifier not in (None, identifier):
        raise BrokenAnswerError("identifier")
    return _qualification(message, "numbers", "")


def answer_by_four_items(body: Mapping[str, object], institution: str, on: date) -> Qualification:
    """What the service says of 氏名, 生年月日, 性別, 住所. Raises as `answer_by_card`."""
    message = _message(body, institution, ReferenceClassification.INSURED_DATA)
    if read_date(message.message_header.qualification_confirmation_date) not in (None, on):
        raise BrokenAnswerError(OTHER_DAY)
    return _qualification(message, "four_items", "")


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
        sex=_SEXES.get(result.sex1 or "", ""),
        address=result.address or "",
        insured_name=result.insured_name or "",
        relation=_RELATIONS.get(result.personal_family_classification or "", ""),
        valid_from=result.valid_from,
        acquired_on=result.qualified_on,
        issued_on=read_date(result.insured_certificate_issuance_date),
        limit=_limit(result),
        specific_diseases=_specific_diseases(result),
        answered_at=_moment(message.message_header.process_execution_time),
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


def _limit(result: ResultOfQualificationConfirmation) -> Limit | None:
    info = result.limit_application_certificate_related_info
    if info is None or info.limit_application_certificate_classification is None:
        return None
    return Limit(
        info.limit_application_certificate_classification, info.limit_application_certificate_classification_flag or ""
    )


def _specific_diseases(result: ResultOfQualificationConfirmation) -> tuple[SpecificDisease, ...]:
    found = result.specific_diseases_certificate_list
    return tuple(
        SpecificDisease(one.specific_diseases_disease_category, _yen(one.specific_diseases_self_pay))
        for one in (found.certificates if found is not None else ())
        if one.specific_diseases_disease_category is not None
    )


def _yen(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None


def _moment(text: str) -> datetime | None:
    """The moment of an answer, which the message gives in Japanese time."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=JST)
    except ValueError:
        return None
