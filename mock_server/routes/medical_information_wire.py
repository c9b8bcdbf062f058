"""The JSON of 薬剤情報 and 特定健診情報 as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from eligibility.oqs.medical_information import MedicinesRequest, MedicinesResult
from mock_server.routes.message_schema import MessageSchema
from mock_server.wire import Query


class MedicalInformationQuery(Query):
    """The YZKsiquc01 or TKKsiquc01 request in its web JSON variant."""

    kind: Annotated[
        Literal["YZK", "TKK"],
        Field(description="what a file's name would say: YZK 薬剤情報 (may name months), TKK 特定健診情報"),
    ]
    message: Annotated[dict[str, Any], MessageSchema(MedicinesRequest)]


class MedicalInformationAnswer(BaseModel):
    """The result in its web JSON variant. What begins with `Mock` is invented; a TKK has MockHealthCheckupList."""

    message: Annotated[dict[str, Any], MessageSchema(MedicinesResult)]
