"""The JSON of 薬剤情報 and 特定健診情報 as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from eligibility.oqs.medical_information import HealthCheckupsRequest, MedicinesRequest, MedicinesResult
from mock_server.routes.message_schema import MessageSchema, message_schema
from mock_server.wire import Query

REQUESTS: Final[dict[str, type[MedicinesRequest] | type[HealthCheckupsRequest]]] = {
    "YZK": MedicinesRequest,
    "TKK": HealthCheckupsRequest,
}
"""The message of each kind."""


def _by_kind(schema: dict[str, Any]) -> None:
    """Describe each kind with its own message."""
    whole = {name: schema.pop(name) for name in ("properties", "required", "additionalProperties", "type")}
    schema["anyOf"] = [
        {
            **whole,
            "properties": {
                "kind": {**whole["properties"]["kind"], "enum": [kind]},
                "message": message_schema(model),
            },
        }
        for kind, model in REQUESTS.items()
    ]


class MedicalInformationQuery(Query):
    """The YZKsiquc01 or TKKsiquc01 request in its web JSON variant."""

    model_config = ConfigDict(json_schema_extra=_by_kind)

    kind: Annotated[
        Literal["YZK", "TKK"],
        Field(description="what a file's name would say: YZK 薬剤情報 (may name months), TKK 特定健診情報"),
    ]
    message: dict[str, Any]


class MedicalInformationAnswer(BaseModel):
    """The result in its web JSON variant. What begins with `Mock` is invented; a TKK has MockHealthCheckupList."""

    message: Annotated[dict[str, Any], MessageSchema(MedicinesResult)]
