"""The headers of the messages: who asked, when, and how the whole message went (online-qualification.md §2.1).

Rule: headers only. Those of siquc01 and of the bulk pair muquc are taken from the facts as they are; the headers of the
照会番号 answers are not recorded and are the smallest that fit the others: docs/messages.md labels every element.
"""

from __future__ import annotations

from pydantic_xml import element

from eligibility.oqs.codes import CharacterCodeIdentifier, ReferenceClassification, SegmentOfResult
from eligibility.oqs.elements import Element
from eligibility.oqs.values import Count, Date, InstitutionCode, Text, Time


class RequestHeader(Element, tag="MessageHeader"):
    """The header of siquc01req and muquc01req."""

    qualification_confirmation_date: Date = element(tag="QualificationConfirmationDate")
    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)
    """Echoed in the answer: some レセコン find their answer by it."""


class PlainRequestHeader(Element, tag="MessageHeader"):
    """The header of siimm01req, muimm01req and the two requests for a bulk result: no day is asked for."""

    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)


class ResultHeader(Element, tag="MessageHeader"):
    """The header of siquc01res. Error code and message only where the segment is not DONE."""

    process_execution_time: Time = element(tag="ProcessExecutionTime")
    qualification_confirmation_date: Date = element(tag="QualificationConfirmationDate")
    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)
    reference_classification: ReferenceClassification = element(tag="ReferenceClassification")
    segment_of_result: SegmentOfResult = element(tag="SegmentOfResult")
    error_code: Text | None = element(tag="ErrorCode", default=None)
    error_message: Text | None = element(tag="ErrorMessage", default=None)
    character_code_identifier: CharacterCodeIdentifier = element(
        tag="CharacterCodeIdentifier", default=CharacterCodeIdentifier.UTF_8
    )
    """The codec writes what is true of the bytes it makes, whatever stands here."""


class ReceiptHeader(Element, tag="MessageHeader"):
    """The header of muquc01res and, by inference, of muimm01res.

    The recorded one has no 処理結果区分. It stands here only where the upload failed, with the error: how the service
    tells that is not recorded.
    """

    process_execution_time: Time = element(tag="ProcessExecutionTime")
    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)
    segment_of_result: SegmentOfResult | None = element(tag="SegmentOfResult", default=None)
    error_code: Text | None = element(tag="ErrorCode", default=None)
    error_message: Text | None = element(tag="ErrorMessage", default=None)
    character_code_identifier: CharacterCodeIdentifier = element(
        tag="CharacterCodeIdentifier", default=CharacterCodeIdentifier.UTF_8
    )


class BulkResultHeader(Element, tag="MessageHeader"):
    """The header of muquc02res and, by inference, of muimm02res. The counts are absent while it is still RUNNING."""

    process_execution_time: Time = element(tag="ProcessExecutionTime")
    qualification_confirmation_date: Date | None = element(tag="QualificationConfirmationDate", default=None)
    """Absent for 照会番号, and where nothing was uploaded under that 受付番号."""
    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)
    reception_number: Text = element(tag="ReceptionNumber")
    """受付番号"""
    reference_classification: ReferenceClassification | None = element(tag="ReferenceClassification", default=None)
    segment_of_result: SegmentOfResult = element(tag="SegmentOfResult")
    error_code: Text | None = element(tag="ErrorCode", default=None)
    error_message: Text | None = element(tag="ErrorMessage", default=None)
    number_of_processing_result: Count | None = element(tag="NumberOfProcessingResult", default=None)
    number_of_normal_processing: Count | None = element(tag="NumberOfNormalProcessing", default=None)
    number_of_error: Count | None = element(tag="NumberOfError", default=None)
    character_code_identifier: CharacterCodeIdentifier = element(
        tag="CharacterCodeIdentifier", default=CharacterCodeIdentifier.UTF_8
    )


class OutcomeHeader(Element, tag="MessageHeader"):
    """The header of siimm01res: inferred, the header of siquc01res without what belongs to a qualification."""

    process_execution_time: Time = element(tag="ProcessExecutionTime")
    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)
    segment_of_result: SegmentOfResult = element(tag="SegmentOfResult")
    error_code: Text | None = element(tag="ErrorCode", default=None)
    error_message: Text | None = element(tag="ErrorMessage", default=None)
    character_code_identifier: CharacterCodeIdentifier = element(
        tag="CharacterCodeIdentifier", default=CharacterCodeIdentifier.UTF_8
    )
