"""The JSON of bulk requests as models, for reading and for OpenAPI. Every message is in its web JSON variant."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from eligibility.oqs.bulk_messages import BulkQualificationRequest, BulkReceipt, BulkResultRequest
from eligibility.oqs.reference_numbers import BulkReferenceNumberRequest
from mock_server.routes.message_schema import MessageSchema
from mock_server.wire import Query


class BatchQuery(Query):
    """muquc01req: the people to be confirmed, 10 000 at most."""

    message: Annotated[dict[str, Any], MessageSchema(BulkQualificationRequest)]


class BulkRegistrationQuery(Query):
    """muimm01req: the 照会番号 to be registered."""

    message: Annotated[dict[str, Any], MessageSchema(BulkReferenceNumberRequest)]


class BatchResultQuery(Query):
    """muquc02req or muimm02req: which 受付番号 is meant."""

    message: Annotated[dict[str, Any], MessageSchema(BulkResultRequest)]


class BatchReceipt(BaseModel):
    """The receipt with its 受付番号: everything that was sent is kept."""

    message: Annotated[dict[str, Any], MessageSchema(BulkReceipt)]


class BatchAnswer(BaseModel):
    """How far it is, or every result. Repeated elements are always an array; the body is absent while it runs."""

    message: dict[str, Any]
    done: Annotated[int, Field(description="how many have their result")]
    total: Annotated[int, Field(description="how many there are")]
