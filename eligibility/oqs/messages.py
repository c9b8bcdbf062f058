"""siquc01: the request and the result of 資格確認, as they are named in the layout (online-qualification.md §2).

Rule: the shape of the two messages and plain reading of it, nothing about files, bytes or rules of the desk. pydantic
and pydantic-xml come with this module: import it where a message is built or read, not at start-up.
"""

from __future__ import annotations

from pydantic_xml import element

from eligibility.oqs.codes import (
    LimitConsent,
    PrescriptionIssueSelect,
    ProcessingResultStatus,
    QualificationValidity,
    SegmentOfResult,
)
from eligibility.oqs.elements import Element, PersonalElement
from eligibility.oqs.headers import RequestHeader, ResultHeader
from eligibility.oqs.results import (
    ElderlyRecipientCertificateInfo,
    LimitApplicationCertificateRelatedInfo,
    MedicalTicketInfo,
    PublicExpenseResultList,
    ResultOfQualificationConfirmation,
    SpecificDiseasesCertificateInfo,
    SpecificDiseasesCertificateList,
)
from eligibility.oqs.values import AskedNumber, Branch, Date, InsurerNumber, Text

__all__ = [
    "ElderlyRecipientCertificateInfo",
    "LimitApplicationCertificateRelatedInfo",
    "MedicalTicketInfo",
    "PublicExpenseResultList",
    "QualificationConfirmSearchInfo",
    "QualificationRequest",
    "QualificationResult",
    "RequestBody",
    "RequestHeader",
    "ResultBody",
    "ResultHeader",
    "ResultList",
    "ResultOfQualificationConfirmation",
    "SpecificDiseasesCertificateInfo",
    "SpecificDiseasesCertificateList",
]


class QualificationConfirmSearchInfo(PersonalElement, tag="QualificationConfirmSearchInfo"):
    """資格確認照会用情報: the numbers of a paper by which a person is looked up."""

    insurer_number: InsurerNumber = element(tag="InsurerNumber")
    insured_card_symbol: AskedNumber | None = element(tag="InsuredCardSymbol", default=None)
    insured_identification_number: AskedNumber = element(tag="InsuredIdentificationNumber")
    insured_branch_number: Branch | None = element(tag="InsuredBranchNumber", default=None)
    birthdate: Date = element(tag="Birthdate")
    limit_application_certificate_related_cons_flg: LimitConsent = element(
        tag="LimitApplicationCertificateRelatedConsFlg"
    )
    arbitrary_identifier: Text | None = element(tag="ArbitraryIdentifier", default=None)


class RequestBody(Element, tag="MessageBody"):
    """The body of siquc01req."""

    qualification_confirm_search_info: QualificationConfirmSearchInfo = element(tag="QualificationConfirmSearchInfo")


class QualificationRequest(Element, tag="XmlMsg"):
    """siquc01req: is this person insured, by the numbers of a paper?"""

    message_header: RequestHeader = element(tag="MessageHeader")
    message_body: RequestBody = element(tag="MessageBody")

    @property
    def query(self) -> QualificationConfirmSearchInfo:
        """The numbers that are asked for."""
        return self.message_body.qualification_confirm_search_info


class ResultList(Element, tag="ResultList"):
    """資格確認結果リスト."""

    results: tuple[ResultOfQualificationConfirmation, ...] = element(
        tag="ResultOfQualificationConfirmation", default=()
    )


class ResultBody(Element, tag="MessageBody"):
    """The body of siquc01res.

    Code and message may come with a success too, as extra information (the certificate ends soon). The query by
    numbers is echoed; its place is not proven, and stands first as it does in the bulk answer. After a failure of the
    whole message (`SegmentOfResult` 9) a body may hold nothing.
    """

    qualification_confirm_search_info: QualificationConfirmSearchInfo | None = element(
        tag="QualificationConfirmSearchInfo", default=None
    )
    prescription_issue_select: PrescriptionIssueSelect | None = element(tag="PrescriptionIssueSelect", default=None)
    processing_result_status: ProcessingResultStatus | None = element(tag="ProcessingResultStatus", default=None)
    processing_result_code: Text | None = element(tag="ProcessingResultCode", default=None)
    processing_result_message: Text | None = element(tag="ProcessingResultMessage", default=None)
    qualification_validity: QualificationValidity | None = element(tag="QualificationValidity", default=None)
    result_list: ResultList | None = element(tag="ResultList", default=None)


class QualificationResult(Element, tag="XmlMsg"):
    """siquc01res: what the service answers, to a card or to numbers."""

    message_header: ResultHeader = element(tag="MessageHeader")
    message_body: ResultBody | None = element(tag="MessageBody", default=None)

    @property
    def results(self) -> tuple[ResultOfQualificationConfirmation, ...]:
        """Every qualification in the answer; none where it has none."""
        body = self.message_body
        return body.result_list.results if body and body.result_list else ()

    @property
    def only_result(self) -> ResultOfQualificationConfirmation | None:
        """The qualification, where the answer has exactly one. Never a pick among several."""
        return self.results[0] if len(self.results) == 1 else None

    @property
    def validity(self) -> QualificationValidity | None:
        """資格有効性, where the answer says it."""
        return self.message_body.qualification_validity if self.message_body else None

    @property
    def result_code(self) -> str:
        """処理結果コード of the person, else the error code of the whole message, else ""."""
        person = self.message_body.processing_result_code if self.message_body else None
        return person or self.message_header.error_code or ""

    @property
    def is_valid(self) -> bool:
        """Whether this answer confirms a valid qualification: all went well, 有効, and exactly one of them (§3)."""
        return (
            self.message_header.segment_of_result is SegmentOfResult.DONE
            and self.message_body is not None
            and self.message_body.processing_result_status is ProcessingResultStatus.DONE
            and self.validity is QualificationValidity.VALID
            and self.only_result is not None
        )
