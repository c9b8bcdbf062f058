"""What a reader must conclude from an answer of the other kinds: was it done, its 受付番号, each person's outcome.

What breaks if wrong: a right parser is called wrong.
"""

from __future__ import annotations

from typing import Any

from eligibility.oqs.bulk_messages import BulkQualificationResult, BulkReceipt, confirms
from eligibility.oqs.codes import ProcessingResultStatus, SegmentOfResult
from eligibility.oqs.elements import Element
from eligibility.oqs.medical_information import HealthCheckupsResult, MedicinesResult
from eligibility.oqs.reference_numbers import BulkReferenceNumberResult, ReferenceNumberResult


def conclusions_of(message: Element) -> dict[str, Any]:
    """The further members of the expected reading; none for requests and for siquc01."""
    if isinstance(message, ReferenceNumberResult):
        return {"done": message.is_registered}
    if isinstance(message, MedicinesResult | HealthCheckupsResult):
        return {"done": message.is_done, "code": message.message_body.result_code}
    if isinstance(message, BulkReceipt):
        number = message.reception_number
        return {"done": number is not None, "reception_number": number or ""}
    if isinstance(message, BulkQualificationResult | BulkReferenceNumberResult):
        header = message.message_header
        return {
            "done": header.segment_of_result is SegmentOfResult.DONE,
            "segment": header.segment_of_result.value,
            "reception_number": header.reception_number,
            "units": _units(message),
        }
    return {}


def _units(message: BulkQualificationResult | BulkReferenceNumberResult) -> list[dict[str, Any]]:
    if isinstance(message, BulkQualificationResult):
        return [
            {
                "done": confirms(message.message_header, unit),
                "status": unit.processing_result_status or "",
                "code": unit.processing_result_code or "",
                "validity": unit.qualification_validity or "",
            }
            for unit in message.units
        ]
    return [
        {
            "done": unit.processing_result_status is ProcessingResultStatus.DONE,
            "status": unit.processing_result_status,
            "code": unit.processing_result_code or "",
        }
        for unit in message.units
    ]
