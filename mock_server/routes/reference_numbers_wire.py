"""The JSON of 照会番号登録 as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel

from eligibility.oqs.reference_numbers import ReferenceNumberRequest, ReferenceNumberResult
from mock_server.routes.message_schema import MessageSchema
from mock_server.wire import Query


class ReferenceNumberQuery(Query):
    """The siimm01 request in its web JSON variant."""

    message: Annotated[dict[str, Any], MessageSchema(ReferenceNumberRequest)]


class ReferenceNumberAnswer(BaseModel):
    """The siimm01 result in its web JSON variant; its elements are inferred."""

    message: Annotated[dict[str, Any], MessageSchema(ReferenceNumberResult)]
