"""muquc01 and muquc02: many people asked for in one file, a 受付番号 at once, the results later (§2.1–2.3 of
online-qualification.md).

Rule: the shape of the messages only. They may hold 10 000 people: write and read them with `bulk`, which never has
more than one person of a file in memory, wherever that is possible.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic_xml import element

from eligibility.oqs.codes import ProcessingResultStatus, QualificationValidity, SegmentOfResult
from eligibility.oqs.elements import Element, PersonalElement
from eligibility.oqs.headers import BulkResultHeader, PlainRequestHeader, ReceiptHeader, RequestHeader
from eligibility.oqs.limits import BULK_REQUEST, BULK_RESULT, Limits
from eligibility.oqs.messages import QualificationConfirmSearchInfo
from eligibility.oqs.results import ResultOfQualificationConfirmation
from eligibility.oqs.values import Text, Time


class BulkRequestBody(Element, tag="MessageBody"):
    """The body of muquc01req: the search block of siquc01req, once for each person."""

    people: tuple[QualificationConfirmSearchInfo, ...] = element(tag="QualificationConfirmSearchInfo")


class BulkQualificationRequest(Element, tag="XmlMsg"):
    """muquc01req: are these people insured?"""

    limits: ClassVar[Limits] = BULK_REQUEST

    message_header: RequestHeader = element(tag="MessageHeader")
    message_body: BulkRequestBody = element(tag="MessageBody")


class ReceiptBody(Element, tag="MessageBody"):
    """受付番号 and the moment it was given."""

    reception_number: Text = element(tag="ReceptionNumber")
    reception_date_time: Time = element(tag="ReceptionDateTime")


class BulkReceipt(Element, tag="XmlMsg"):
    """muquc01res and, by inference, muimm01res: the upload was taken, or (without a body) why not."""

    message_header: ReceiptHeader = element(tag="MessageHeader")
    message_body: ReceiptBody | None = element(tag="MessageBody", default=None)

    @property
    def reception_number(self) -> str | None:
        """受付番号; None where the upload was not taken."""
        return self.message_body.reception_number if self.message_body else None


class BulkResultRequestBody(Element, tag="MessageBody"):
    """Which upload is meant."""

    reception_number: Text = element(tag="ReceptionNumber")


class BulkResultRequest(Element, tag="XmlMsg"):
    """muquc02req and muimm02req: give me the result of that 受付番号."""

    message_header: PlainRequestHeader = element(tag="MessageHeader")
    message_body: BulkResultRequestBody = element(tag="MessageBody")

    @property
    def reception_number(self) -> str:
        """受付番号"""
        return self.message_body.reception_number


class BulkConfirmUnit(PersonalElement, tag="BulkConfirmUnit"):
    """The answer about one person of muquc02res."""

    qualification_confirm_search_info: QualificationConfirmSearchInfo = element(tag="QualificationConfirmSearchInfo")
    processing_result_status: ProcessingResultStatus | None = element(tag="ProcessingResultStatus", default=None)
    processing_result_code: Text | None = element(tag="ProcessingResultCode", default=None)
    processing_result_message: Text | None = element(tag="ProcessingResultMessage", default=None)
    qualification_validity: QualificationValidity | None = element(tag="QualificationValidity", default=None)
    result_of_qualification_confirmation: ResultOfQualificationConfirmation | None = element(
        tag="ResultOfQualificationConfirmation", default=None
    )
    reference_number: Text | None = element(tag="ReferenceNumber", default=None)
    """照会番号, only where the institution registered one."""


class BulkResultBody(Element, tag="MessageBody"):
    """The body of muquc02res."""

    units: tuple[BulkConfirmUnit, ...] = element(tag="BulkConfirmUnit", default=())


class BulkQualificationResult(Element, tag="XmlMsg"):
    """muquc02res: what became of an upload, with one unit for each person once it is done."""

    limits: ClassVar[Limits] = BULK_RESULT

    message_header: BulkResultHeader = element(tag="MessageHeader")
    message_body: BulkResultBody | None = element(tag="MessageBody", default=None)

    @property
    def units(self) -> tuple[BulkConfirmUnit, ...]:
        """The answers, in the order of the upload; none while it is RUNNING or where it FAILED."""
        return self.message_body.units if self.message_body else ()


def confirms(header: BulkResultHeader, unit: BulkConfirmUnit) -> bool:
    """Whether a unit under that header confirms a valid qualification: all went well, 有効, and a result is there."""
    return (
        header.segment_of_result is SegmentOfResult.DONE
        and unit.processing_result_status is ProcessingResultStatus.DONE
        and unit.qualification_validity is QualificationValidity.VALID
        and unit.result_of_qualification_confirmation is not None
    )
