"""siimm01, muimm01 and muimm02: registering 照会番号, one or many (online-qualification.md §2.2).

Rule: the shape of the messages only. The requests are recorded by two sources. Of the answers only the names are: their
elements here are **inferred**, the smallest that fit the shape of the other answers, and are labelled so in
docs/messages.md. What breaks if this is wrong: a レセコン rehearses with answers it will not meet.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic_xml import element

from eligibility.oqs.codes import ProcessingResultStatus, SegmentOfResult
from eligibility.oqs.elements import Element, PersonalElement
from eligibility.oqs.headers import BulkResultHeader, OutcomeHeader, PlainRequestHeader
from eligibility.oqs.limits import BULK_REQUEST, Limits
from eligibility.oqs.values import AskedNumber, Branch, InsurerNumber, ReferenceNumberText, Text


class ReferenceNumberRegistrationInfo(PersonalElement, tag="ReferenceNumberRegistrationInfo"):
    """照会番号登録情報: the institution's own number for the person with these numbers."""

    reference_number: ReferenceNumberText = element(tag="ReferenceNumber")
    insurer_number: InsurerNumber = element(tag="InsurerNumber")
    insured_card_symbol: AskedNumber | None = element(tag="InsuredCardSymbol", default=None)
    insured_identification_number: AskedNumber = element(tag="InsuredIdentificationNumber")
    insured_branch_number: Branch | None = element(tag="InsuredBranchNumber", default=None)
    """Recorded without saying whether it may be absent; 後期高齢者 have none (validation.md §2)."""


class ReferenceNumberRequestBody(Element, tag="MessageBody"):
    """The body of siimm01req."""

    reference_number_registration_info: ReferenceNumberRegistrationInfo = element(tag="ReferenceNumberRegistrationInfo")


class ReferenceNumberRequest(Element, tag="XmlMsg"):
    """siimm01req: remember this 照会番号."""

    message_header: PlainRequestHeader = element(tag="MessageHeader")
    message_body: ReferenceNumberRequestBody = element(tag="MessageBody")

    @property
    def registration(self) -> ReferenceNumberRegistrationInfo:
        """What is to be registered."""
        return self.message_body.reference_number_registration_info


class ReferenceNumberResultBody(Element, tag="MessageBody"):
    """The body of siimm01res; inferred."""

    processing_result_status: ProcessingResultStatus = element(tag="ProcessingResultStatus")
    processing_result_code: Text | None = element(tag="ProcessingResultCode", default=None)
    processing_result_message: Text | None = element(tag="ProcessingResultMessage", default=None)


class ReferenceNumberResult(Element, tag="XmlMsg"):
    """siimm01res: whether it was registered; inferred."""

    message_header: OutcomeHeader = element(tag="MessageHeader")
    message_body: ReferenceNumberResultBody | None = element(tag="MessageBody", default=None)

    @property
    def is_registered(self) -> bool:
        """Whether the 照会番号 is registered now."""
        return (
            self.message_header.segment_of_result is SegmentOfResult.DONE
            and self.message_body is not None
            and self.message_body.processing_result_status is ProcessingResultStatus.DONE
        )


class BulkReferenceNumberBody(Element, tag="MessageBody"):
    """The body of muimm01req: the block of siimm01req, once for each person."""

    registrations: tuple[ReferenceNumberRegistrationInfo, ...] = element(tag="ReferenceNumberRegistrationInfo")


class BulkReferenceNumberRequest(Element, tag="XmlMsg"):
    """muimm01req: remember these 照会番号."""

    limits: ClassVar[Limits] = BULK_REQUEST

    message_header: PlainRequestHeader = element(tag="MessageHeader")
    message_body: BulkReferenceNumberBody = element(tag="MessageBody")


class BulkRegistrationUnit(PersonalElement, tag="BulkRegistrationUnit"):
    """The answer about one person of muimm02res; inferred, its name is our own."""

    reference_number_registration_info: ReferenceNumberRegistrationInfo = element(tag="ReferenceNumberRegistrationInfo")
    processing_result_status: ProcessingResultStatus = element(tag="ProcessingResultStatus")
    processing_result_code: Text | None = element(tag="ProcessingResultCode", default=None)
    processing_result_message: Text | None = element(tag="ProcessingResultMessage", default=None)


class BulkReferenceNumberResultBody(Element, tag="MessageBody"):
    """The body of muimm02res; inferred."""

    units: tuple[BulkRegistrationUnit, ...] = element(tag="BulkRegistrationUnit", default=())


class BulkReferenceNumberResult(Element, tag="XmlMsg"):
    """muimm02res: what became of an upload of 照会番号; inferred."""

    limits: ClassVar[Limits] = BULK_REQUEST

    message_header: BulkResultHeader = element(tag="MessageHeader")
    message_body: BulkReferenceNumberResultBody | None = element(tag="MessageBody", default=None)

    @property
    def units(self) -> tuple[BulkRegistrationUnit, ...]:
        """The answers, in the order of the upload; none while it is RUNNING or where it FAILED."""
        return self.message_body.units if self.message_body else ()
