"""An answer that says the request was not served: 処理中 or 異常終了, with the invented code and its sentence.

For every kind whose layout has 処理結果区分 (online-qualification.md §2.1). What breaks if wrong: a レセコン takes a
failure for an answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from eligibility.oqs.bulk_messages import BulkQualificationResult, BulkReceipt, BulkResultRequest
from eligibility.oqs.codes import ReferenceClassification, SegmentOfResult
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.headers import BulkResultHeader, OutcomeHeader, ReceiptHeader, ResultHeader
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from eligibility.oqs.reference_numbers import BulkReferenceNumberResult, ReferenceNumberResult
from eligibility.oqs.values import time_text
from mock_server.errors import QualificationError
from mock_server.scenarios.not_served import NotServed
from mock_server.words import error_words

_RECEIPTS: Final = frozenset({MessageKind.BULK_QUALIFICATION, MessageKind.BULK_REFERENCE_NUMBER})


def failed(kind: MessageKind, request: Element, refusal: QualificationError, at: datetime) -> Element:
    """The answer to `request` that says so; `at` in Japanese time. Not for 薬剤 and 特定健診, which cannot say it.

    Raises:
        ValueError: The kind has no such answer.
    """
    asked: Any = request
    header: dict[str, Any] = {
        "process_execution_time": time_text(at),
        "medical_institution_code": asked.message_header.medical_institution_code,
        "arbitrary_file_identifier": asked.message_header.arbitrary_file_identifier,
        "segment_of_result": refusal.segment if isinstance(refusal, NotServed) else SegmentOfResult.FAILED,
        "error_code": refusal.code,
        "error_message": error_words("ja", refusal.code, dict(refusal.params))[0],
    }
    if isinstance(request, QualificationRequest):
        header["qualification_confirmation_date"] = request.message_header.qualification_confirmation_date
        header["reference_classification"] = ReferenceClassification.INSURED_DATA
        return QualificationResult(message_header=ResultHeader(**header))
    if kind is MessageKind.REFERENCE_NUMBER:
        return ReferenceNumberResult(message_header=OutcomeHeader(**header))
    if kind in _RECEIPTS:
        return BulkReceipt(message_header=ReceiptHeader(**header))
    if isinstance(request, BulkResultRequest):
        result_header = BulkResultHeader(**header, reception_number=request.reception_number)
        if kind is MessageKind.BULK_QUALIFICATION_RESULT:
            return BulkQualificationResult(message_header=result_header)
        return BulkReferenceNumberResult(message_header=result_header)
    raise ValueError(kind)
