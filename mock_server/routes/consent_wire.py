"""The JSON of 同意 as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_server.wire import Institution, Moment, Query, Visit

Answer = Literal["given", "declined"]


class ConsentItems(Query):
    """What the patient said, one answer at least. What is left out counts as declined."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    checkups: Annotated[Answer | None, Field(description="特定健診情報")] = None
    medicines: Annotated[Answer | None, Field(description="薬剤情報")] = None
    diagnosis: Annotated[Answer | None, Field(description="診療情報")] = None
    operation: Annotated[Answer | None, Field(description="手術情報")] = None
    specific_diseases: Annotated[Answer | None, Field(description="特定疾病療養受療証")] = None
    comprehensive: Annotated[
        Answer | None, Field(description="包括同意: given is given for 特定健診, 薬剤, 診療 and 手術")
    ] = None


class ConsentQuery(Query):
    """The consent of a patient in one visit."""

    institution: Institution
    visit: Visit
    items: ConsentItems
    replace: Annotated[bool, Field(description="the patient changed their mind in this visit")] = False


class ConsentGiven(BaseModel):
    """Every item with its answer."""

    checkups: Answer
    medicines: Answer
    diagnosis: Answer
    operation: Answer
    specific_diseases: Answer


class ConsentAnswer(BaseModel):
    """What counts now for this institution, and how long."""

    at: Moment
    expires_at: Moment
    items: ConsentGiven
