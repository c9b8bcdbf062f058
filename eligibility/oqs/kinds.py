"""Which messages belong to a file name: the request model and the answer model of every kind.

Rule: the pairing only; names are `file_names`', shapes the models'. pydantic comes with this module. What breaks if
this is wrong: a transport reads a request as another one.
"""

from __future__ import annotations

from typing import NamedTuple

from eligibility.oqs.bulk_messages import (
    BulkQualificationRequest,
    BulkQualificationResult,
    BulkReceipt,
    BulkResultRequest,
)
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    HealthCheckupsResult,
    MedicinesRequest,
    MedicinesResult,
)
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from eligibility.oqs.reference_numbers import (
    BulkReferenceNumberRequest,
    BulkReferenceNumberResult,
    ReferenceNumberRequest,
    ReferenceNumberResult,
)


class Pair(NamedTuple):
    """The two messages of a kind."""

    request: type[Element]
    answer: type[Element]


PAIRS: dict[MessageKind, Pair] = {
    MessageKind.QUALIFICATION: Pair(QualificationRequest, QualificationResult),
    MessageKind.REFERENCE_NUMBER: Pair(ReferenceNumberRequest, ReferenceNumberResult),
    MessageKind.BULK_QUALIFICATION: Pair(BulkQualificationRequest, BulkReceipt),
    MessageKind.BULK_QUALIFICATION_RESULT: Pair(BulkResultRequest, BulkQualificationResult),
    MessageKind.BULK_REFERENCE_NUMBER: Pair(BulkReferenceNumberRequest, BulkReceipt),
    MessageKind.BULK_REFERENCE_NUMBER_RESULT: Pair(BulkResultRequest, BulkReferenceNumberResult),
    MessageKind.MEDICINES: Pair(MedicinesRequest, MedicinesResult),
    MessageKind.HEALTH_CHECKUPS: Pair(HealthCheckupsRequest, HealthCheckupsResult),
}
"""Every kind of `MessageKind`."""


def request_model(kind: MessageKind) -> type[Element]:
    """The model that a request file of this kind is read with (`codec.from_xml`)."""
    return PAIRS[kind].request


def answer_model(kind: MessageKind) -> type[Element]:
    """The model of the XML answer to a request of this kind."""
    return PAIRS[kind].answer
