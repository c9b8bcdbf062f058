"""The JSON that travels, as models: what a request must have, and what OpenAPI says about an answer.

Shapes only. Grammar that has a refusal of its own (institution, purpose, nonce, certificate, signature) is checked
where that refusal is raised; here it is written down for the description and checks nothing.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from eligibility.oqs.messages import QualificationRequest, QualificationResult
from mock_server.routes.message_schema import MessageSchema

Base64 = Annotated[
    str,
    Field(
        description="base64, standard alphabet, padded",
        json_schema_extra={
            "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            "minLength": 4,
        },
    ),
]
Institution = Annotated[
    str,
    Field(
        description="医療機関コード, 10 digits", examples=["1312345678"], json_schema_extra={"pattern": "^[0-9]{10}$"}
    ),
]
Purpose = Annotated[
    str,
    Field(
        description="what the challenge is for",
        examples=["qualification"],
        json_schema_extra={"enum": ["qualification", "registration"]},
    ),
]
QualificationPurpose = Annotated[
    str,
    Field(
        description="what the challenge was asked for",
        examples=["qualification"],
        json_schema_extra={"enum": ["qualification"]},
    ),
]
Nonce = Annotated[
    str,
    Field(description="as it came in the challenge; good once, for some minutes", json_schema_extra={"minLength": 1}),
]
Visit = Annotated[
    str,
    Field(
        description="names this visit of this patient to consent, medicines and face files; good for 24 hours",
        json_schema_extra={"minLength": 1},
    ),
]
Moment = Annotated[str, Field(description="ISO 8601 with +09:00", examples=["2026-11-20T09:05:00+09:00"])]
ResultMessage = Annotated[dict[str, Any], MessageSchema(QualificationResult)]


class Query(BaseModel):
    """A request: strict types, no field that is not known, and no value in an error."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class ChallengeQuery(Query):
    """For what a challenge is wanted."""

    institution: Institution
    purpose: Purpose


class CardQuery(Query):
    """A challenge, who signed it, and the signature."""

    institution: Institution
    purpose: QualificationPurpose
    nonce: Nonce
    certificate: Annotated[Base64, Field(description="利用者証明用 certificate of the card, DER, base64")]
    signature: Annotated[Base64, Field(description="RSASSA-PKCS1-v1_5 with SHA-256 over the message, base64")]


class AttestedQuery(Query):
    """A certificate that proves nothing, and how the person at the desk was recognised."""

    institution: Institution
    certificate: Annotated[Base64, Field(description="利用者証明用 certificate of the card, DER, base64")]
    method: Annotated[
        str,
        Field(
            description="face: 顔認証; visual: 目視確認",
            examples=["face"],
            json_schema_extra={"enum": ["face", "visual"]},
        ),
    ]


class EnrolledQuery(Query):
    """A challenge, and a real card that proves to be the one that was enrolled."""

    institution: Institution
    purpose: QualificationPurpose
    nonce: Nonce
    public_key: Annotated[Base64, Field(description="SubjectPublicKeyInfo, DER, base64")]
    signature: Base64


class NumbersQuery(Query):
    """The siquc01 request in its web JSON variant."""

    message: Annotated[dict[str, Any], MessageSchema(QualificationRequest)]


class ChallengeAnswer(BaseModel):
    """A challenge; the card signs it together with the server's name."""

    server: str
    nonce: str
    institution: str
    purpose: str
    expires_at: Moment


class CardAnswerWire(BaseModel):
    """The siquc01 result in its web JSON variant, and what the server saw of the card."""

    message: ResultMessage
    certificate_state: Annotated[
        Literal["valid", "expiring", "grace"], Field(description="grace: 有効期限後3か月の猶予期間")
    ]
    registered: Annotated[bool, Field(description="whether the card has the 利用登録")]
    visit: Visit


class AttestedAnswerWire(CardAnswerWire):
    """As for a card that signed; here none did."""

    possession_not_proven: Annotated[Literal[True], Field(description="nobody proved to hold this card")]


class EnrolledAnswerWire(BaseModel):
    """As for a card; its certificate was never sent, so nothing is said of it."""

    message: ResultMessage
    certificate_state: None
    registered: bool
    visit: Visit


class NumbersAnswer(BaseModel):
    """The siquc01 result in its web JSON variant."""

    message: ResultMessage


class Health(BaseModel):
    """The server is up."""

    status: Literal["ok"]
    server: str
    now: Moment


class ErrorDetail(BaseModel):
    """Code, sentence, and what to do about it."""

    code: Annotated[str, Field(description="invented, begins with MOCK-", examples=["MOCK-REQUEST-INSTITUTION"])]
    message: Annotated[str, Field(description="in the language of accept-language: ja or en")]
    remedy: str


class ErrorWire(BaseModel):
    """The one error shape."""

    error: ErrorDetail
