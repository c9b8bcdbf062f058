"""The JSON of bulk requests as models, for reading and for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class BatchQuery(BaseModel):
    """A bulk message in its web JSON variant: muquc01req, muimm01req, or muquc02req / muimm02req."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    message: dict[str, Any]


class BatchAnswer(BaseModel):
    """The answer in its web JSON variant: a receipt, or a result. Repeated elements are always an array."""

    message: dict[str, Any]
    done: Annotated[int | None, Field(description="how many have their result; only in a result")] = None
    total: Annotated[int | None, Field(description="how many there are; only in a result")] = None
