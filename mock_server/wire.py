"""The JSON that travels, as models: what a request must have, and what OpenAPI says about an answer.

Shapes only. Grammar that has a refusal of its own (institution, purpose, nonce, certificate, signature) is checked
where that refusal is raised, so these fields are plain strings here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Base64 = Annotated[str, Field(description="base64, standard alphabet, padded")]
Institution = Annotated[str, Field(description="医療機関コード, 10 digits", examples=["1312345678"])]
Purpose = Annotated[str, Field(description="what the challenge is for", examples=["qualification"])]


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class ChallengeQuery(_Query):
    """POST /v1/challenge."""

    institution: Institution
    purpose: Purpose


class CardQuery(_Query):
    """POST /v1/qualification/card: a challenge, who signed it, and the signature."""

    institution: Institution
    purpose: Purpose
    nonce: Annotated[str, Field(description="as it came in the challenge")]
    certificate: Base64
    signature: Base64


class EnrolledQuery(_Query):
    """POST /v1/qualification/enrolled: a challenge, and a real card that proves to be the one that was enrolled."""

    institution: Institution
    purpose: Purpose
    nonce: Annotated[str, Field(description="as it came in the challenge")]
    public_key: Annotated[str, Field(description="SubjectPublicKeyInfo, DER, base64")]
    signature: Base64


class NumbersQuery(_Query):
    """POST /v1/qualification/numbers: the siquc01 request in its web JSON variant."""

    message: dict[str, Any]


class ChallengeAnswer(BaseModel):
    """A challenge; the card signs it together with the server's name."""

    server: str
    nonce: str
    institution: str
    purpose: str
    expires_at: Annotated[str, Field(description="ISO 8601 with +09:00")]


class CardAnswerWire(BaseModel):
    """The siquc01 result in its web JSON variant, and what the server saw of the card."""

    message: dict[str, Any]
    certificate_state: Literal["valid", "expiring", "grace"]
    registered: bool


class EnrolledAnswerWire(BaseModel):
    """As for a card; its certificate was never sent, so nothing is said of it."""

    message: dict[str, Any]
    certificate_state: None
    registered: bool


class NumbersAnswer(BaseModel):
    """The siquc01 result in its web JSON variant."""

    message: dict[str, Any]


class Health(BaseModel):
    """The server is up."""

    status: Literal["ok"]
    server: str
    now: Annotated[str, Field(description="ISO 8601 with +09:00")]


class ErrorDetail(BaseModel):
    """Code, sentence, and what to do about it."""

    code: str
    message: str
    remedy: str


class ErrorWire(BaseModel):
    """The one error shape."""

    error: ErrorDetail
